package gan

import (
	"fmt"
	"math"
	"slices"
)

// This file is what a training run is given.

// Dataset is a set of real images, all of one shape. It must not change while
// a Trainer uses it; several goroutines call its methods at the same time. One
// that has a method Digest() string is told from others of its name by that, too,
// when a training resumes.
type Dataset interface {
	Name() string
	Shape() Shape
	Len() int
	// Image writes image i, [C, H, W] with values in [-1, 1], into dst; or
	// vector i, [C, 1, 1], in units of its own, finite and best of a size near 1.
	// Images are wanted ahead of the steps that they are for.
	Image(dst []float32, i int) error
}

// Config is everything that decides a training run besides its data; equal
// configurations give equal weights, bit for bit, on the same machine.
type Config struct {
	Arch         string  `json:"arch"`       // one of Architectures
	Width        int     `json:"width"`      // of the narrowest hidden layer
	Distribution string  `json:"latent"`     // Normal or Uniform
	LatentDim    int     `json:"latent_dim"` // numbers of a latent
	Loss         string  `json:"loss"`       // NonSaturating, Minimax, LeastSquares, Hinge, Wasserstein or Relativistic
	Batch        int     `json:"batch"`      // real images of a discriminator's step; batch norm wants 2 or more
	LR           float64 `json:"lr"`         // Adam's step size, both players unless LRD is set
	Beta1        float64 `json:"beta1"`      // Adam's decay of the mean
	Beta2        float64 `json:"beta2"`      // Adam's decay of the square
	Average      float64 `json:"average"`    // decay a step of the generator's average; 0: none
	Seed         uint64  `json:"seed"`       // of weights, latents, the order of images and their augmentation
	Threads      int     `json:"-"`          // goroutines that a kernel, or the reading of images, is split over; they change no bit

	// LRD is the discriminator's own step size, 0: LR (Heusel et al., "GANs
	// Trained by a Two Time-Scale Update Rule", 2017).
	LRD float64 `json:"lr_d,omitempty"`
	// LRDecay is the last part of the training, 0 to 1, over which both step
	// sizes fall to zero, along LRCurve: Linear or Cosine.
	LRDecay float64 `json:"lr_decay,omitempty"`
	LRCurve string  `json:"lr_curve,omitempty"`
	// Steps is how many steps the training is planned for, so that LRDecay and
	// InstanceNoise know its end; 0: [Trainer.SetProgress] says how far it is.
	Steps int `json:"steps,omitempty"`

	// GradClip bounds the length of each player's whole gradient (Pascanu et al.
	// 2013); 0: any length.
	GradClip float64 `json:"grad_clip,omitempty"`

	// Smooth is how far the label of real images is below 1 for the discriminator,
	// of ns, minimax and ls (one-sided label smoothing, Salimans et al., "Improved
	// Techniques for Training GANs", 2016, section 3.4, who have 0.1). The
	// generator's label stays.
	Smooth float64 `json:"smooth,omitempty"`

	// NormD is NoNorm for a discriminator without batch norm, SpectralNorm
	// for any with spectral normalisation in its place.
	NormD string `json:"norm_d,omitempty"`

	// HeadD is the features of a dense layer, with LeakyReLU, before the last layer
	// of a dcgan's discriminator; 0: there is none.
	HeadD int `json:"head_d,omitempty"`

	// StepsD is how many steps the discriminator takes for each of the generator's,
	// every one on real images and latents of its own; 0: one (Goodfellow et al.
	// 2014, algorithm 1, where it is k; Arjovsky et al. 2017 have 5).
	StepsD int `json:"steps_d,omitempty"`

	// MinibatchStddev is the size of groups of a batch, which it divides, real images
	// and generated ones apart: what enters the last layer but one of the
	// discriminator gets another channel, how much the images of the group differ
	// there (minibatch standard deviation, Karras et al. 2018, who have 4); 0: none.
	// An image's logit then depends on others, which R1, R2, GP and DRAGAN do not allow.
	MinibatchStddev int `json:"minibatch_stddev,omitempty"`

	// Dropout is the probability with which each value that the discriminator's
	// hidden layers make is 0, in both players' steps; the others are multiplied with
	// 1/(1-Dropout) (Srivastava et al. 2014). AR1 and AR2 do not allow it.
	Dropout float64 `json:"dropout,omitempty"`

	// Up is BilinearUp for images that grow by mixed pixels, in an architecture
	// that resizes them.
	Up string `json:"up,omitempty"`

	// Clip bounds each weight of the discriminator after its step: of Wasserstein
	// alone, which needs it, a penalty or spectral normalisation, and not with the
	// last. Arjovsky et al. 2017 have 0.01.
	Clip float64 `json:"clip,omitempty"`

	// R1 is gamma of a penalty on the discriminator, gamma/2 times the mean square
	// of its logits' gradient by real images (Mescheder et al. 2018), R2 of the
	// same by generated ones; 0: none. They want a discriminator without batch
	// norm.
	R1 float64 `json:"r1,omitempty"`
	R2 float64 `json:"r2,omitempty"`
	// GP is lambda of a penalty in place of these, which wants no batch norm either:
	// lambda times the mean of (|v|-1)², v the gradient at points between real and
	// generated images (WGAN-GP, Gulrajani et al. 2017, who have 10).
	GP float64 `json:"gp,omitempty"`
	// DRAGAN is lambda of the same penalty, in place of these, at real images with
	// noise: added to each value is a draw between 0 and half the deviation of the
	// batch's values (Kodali et al. 2017, who have 10).
	DRAGAN float64 `json:"dragan,omitempty"`
	// AR1 is lambda of an approximate R1 in place of these, lambda times the mean
	// square of what noise on a real image changes of its logit, AR2 of the same
	// with generated ones. ARSigma is the noise's deviation, theirs alone (Lin et al.
	// 2025 have 100 and 0.01).
	AR1     float64 `json:"ar1,omitempty"`
	AR2     float64 `json:"ar2,omitempty"`
	ARSigma float64 `json:"ar_sigma,omitempty"`

	// Pack is how many images the discriminator judges at once, channels side by
	// side, so that it sees how alike they are (Lin et al., "PacGAN: The power of
	// two samples in generative adversarial networks", 2018); 0 or 1: each alone.
	// Its logits, means over them and groups of MinibatchStddev are then of packs.
	Pack int `json:"pack,omitempty"`
	// InstanceNoise is the deviation, in the data's units, of Gaussian noise that is
	// added to all that the discriminator sees, and falls linearly to 0 over the
	// training (Sønderby et al., "Amortised MAP Inference for Image Super-resolution", 2017;
	// Arjovsky and Bottou, "Towards Principled Methods for Training Generative
	// Adversarial Networks", 2017).
	InstanceNoise float64 `json:"instance_noise,omitempty"`
	// DiffAugment are kinds of differentiable augmentation, with commas between:
	// Colour, Translation and Cutout.
	DiffAugment string `json:"diff_augment,omitempty"`

	// Classes is how many classes the data's labels tell apart, 2 to 1000, for a
	// conditional training; 0: labels are not looked at. The generator gets a learnt
	// embedding of a label beside the latent (Mirza and Osindero, "Conditional
	// Generative Adversarial Nets", 2014), the discriminator judges by projection:
	// the inner product of an embedding of its own and the features that enter the
	// last layer is added to the logit (Miyato and Koyama, "cGANs with Projection
	// Discriminator", 2018, equation 4). Generated images have the labels of the
	// batch's real ones.
	Classes int `json:"classes,omitempty"`

	// Augmentation of real images, each time that one is shown.
	Flip      bool `json:"flip,omitempty"`      // mirror half of them, left to right
	Translate int  `json:"translate,omitempty"` // move them by up to so many pixels each way; the edge is a mirror
}

// NoNorm is a discriminator without batch norm, whose verdict on an image
// depends on no other image.
const NoNorm = "none"

// SpectralNorm is a discriminator whose layers divide their weights by their
// largest singular value (Miyato et al. 2018); it has no batch norm either.
const SpectralNorm = "spectral"

// BilinearUp is images that grow by mixed pixels; by default they are copied.
const BilinearUp = "bilinear"

const maxThreads = 256

// maxSteps bounds a plan, so that float64 counts its steps exactly.
const maxSteps = 1e12

// rateD is the discriminator's step size.
func (c Config) rateD() float64 {
	if c.LRD > 0 {
		return c.LRD
	}
	return c.LR
}

// Validate reports the first field that cannot work.
func (c Config) Validate() error {
	bad := func(name string, found any, want string) error {
		return fmt.Errorf("gan: %s is %v, want %s", name, found, want)
	}
	within := func(v, low, high float64) bool { return v >= low && v <= high } // false for NaN
	if err := c.validateArch(); err != nil {
		return err
	}
	switch {
	case c.Width < 1 || c.Width > 4096:
		return bad("width", c.Width, "1 to 4096")
	case c.NormD != "" && c.NormD != NoNorm && c.NormD != SpectralNorm:
		return bad("norm-d", fmt.Sprintf("%q", c.NormD), `"none", "spectral" or empty, for batch norm`)
	case c.Up != "" && c.Up != BilinearUp:
		return bad("up", fmt.Sprintf("%q", c.Up), `"bilinear" or empty, for nearest`)
	case c.Distribution != Normal && c.Distribution != Uniform:
		return bad("latent", fmt.Sprintf("%q", c.Distribution), `"normal" or "uniform"`)
	case c.LatentDim < 1 || c.LatentDim > maxSide:
		return bad("latent-dim", c.LatentDim, fmt.Sprintf("1 to %d", maxSide))
	case objectives[c.Loss].real == nil:
		return bad("loss", fmt.Sprintf("%q", c.Loss), `"ns", "minimax", "ls", "hinge", "wasserstein" or "rp"`)
	case c.Loss != Wasserstein && c.Clip != 0:
		return bad("clip", c.Clip, fmt.Sprintf("0 with loss %q", c.Loss))
	case c.Clip != 0 && !within(c.Clip, math.SmallestNonzeroFloat32, 10):
		return bad("clip", c.Clip, "a bound above 0, up to 10")
	case c.Clip != 0 && c.NormD == SpectralNorm:
		return bad("clip", c.Clip, `0 with norm-d "spectral"`)
	case c.Loss == Wasserstein && c.Clip == 0 && !c.penalised() && c.NormD != SpectralNorm:
		return bad("clip", c.Clip, `a bound with loss "wasserstein", such as 0.01, or a penalty such as gp, or norm-d "spectral"`)
	case c.Batch < 2 || c.Batch > 4096:
		return bad("batch", c.Batch, "2 to 4096")
	case !within(c.LR, math.SmallestNonzeroFloat32, 10):
		return bad("lr", c.LR, "a step size above 0, up to 10")
	case c.LRD != 0 && !within(c.LRD, math.SmallestNonzeroFloat32, 10):
		return bad("lr-d", c.LRD, "a step size above 0, up to 10, or 0 for lr's")
	case c.GradClip != 0 && !within(c.GradClip, math.SmallestNonzeroFloat32, math.MaxFloat32):
		return bad("grad-clip", c.GradClip, "a length above 0, or 0 for any")
	case !within(c.LRDecay, 0, 1):
		return bad("lr-decay", c.LRDecay, "a part, 0 to 1")
	case c.LRCurve != Linear && c.LRCurve != Cosine:
		return bad("lr-curve", fmt.Sprintf("%q", c.LRCurve), `"cosine" or empty, for a line`)
	case c.LRCurve != Linear && c.LRDecay == 0:
		return bad("lr-curve", fmt.Sprintf("%q", c.LRCurve), "none without lr-decay")
	case c.Steps != 0 && !c.Scheduled():
		return bad("steps", c.Steps, "0 without lr-decay or instance-noise")
	case c.Steps < 0 || float64(c.Steps) > maxSteps:
		return bad("steps", c.Steps, "0 to 1e12")
	case !within(c.Beta1, 0, 0.99999):
		return bad("beta1", c.Beta1, "0 to 0.99999")
	case !within(c.Beta2, 0, 0.9999999):
		return bad("beta2", c.Beta2, "0 to 0.9999999")
	case !within(c.Average, 0, 0.99999):
		return bad("average", c.Average, "0 to 0.99999")
	case c.Translate < 0:
		return bad("translate", c.Translate, "0 or more pixels")
	case c.Threads < 1 || c.Threads > maxThreads:
		return bad("threads", c.Threads, fmt.Sprintf("1 to %d", maxThreads))
	}
	for _, validate := range []func() error{
		c.validateSmoothing,
		c.validatePenalties,
		c.validateDiscriminator,
		c.validateView,
		c.validateDropout,
		c.validateLabels,
	} {
		if err := validate(); err != nil {
			return err
		}
	}
	return nil
}

// validateAugmentation reports an augmentation that images of a shape cannot
// have, or that would change nothing.
func (c Config) validateAugmentation(s Shape) error {
	if short := min(s.H, s.W); c.Translate >= short && c.Translate > 0 {
		return fmt.Errorf("gan: translate is %d, want less than the shorter side of images of %v", c.Translate, s)
	}
	if c.Flip && s.W == 1 {
		return fmt.Errorf("gan: flip changes nothing in images of %v", s)
	}
	return nil
}

// validateNorm reports settings of a discriminator, for images of a shape, that
// its batch norm does not let work, or that its lack of it makes void.
func (c Config) validateNorm(s Shape, dis []Layer) error {
	for _, p := range c.penaltyWeights() {
		if p.value > 0 && normed(dis) {
			return fmt.Errorf("gan: %s is %v, want 0 with batch norm in the discriminator: choose norm-d %q or %q", p.name, p.value, NoNorm, SpectralNorm)
		}
	}
	if c.NormD == NoNorm && !c.normedOtherwise(s) {
		return fmt.Errorf("gan: norm-d %q changes nothing: the discriminator of arch %q for images of %v has no batch norm", NoNorm, c.Arch, s)
	}
	return nil
}

// normedOtherwise says whether the discriminator has batch norm unless NormD
// wants none.
func (c Config) normedOtherwise(s Shape) bool {
	c.NormD = ""
	_, dis, err := c.architecture().build(c, s)
	return err == nil && normed(dis)
}

func normed(layers []Layer) bool {
	return slices.ContainsFunc(layers, func(l Layer) bool { return l.Norm != nil })
}

// validateUp reports a way of growing that nothing grows by.
func (c Config) validateUp(gen []Layer) error {
	if c.Up == "" {
		return nil
	}
	for _, l := range Each(gen) {
		if l.Op == Bilinear {
			return nil
		}
	}
	return fmt.Errorf("gan: up %q changes nothing: the generator of arch %q resizes no images", c.Up, c.Arch)
}
