package gan

import (
	"errors"
	"fmt"
	"iter"
	"maps"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is a generator as plain data.

// Shape is the shape of one image. With H = W = 1 it is a vector of C numbers,
// such as a point in the plane: those are in the data's own units, while the
// values of an image lie in [-1, 1].
type Shape struct {
	C int `json:"channels"`
	H int `json:"height"`
	W int `json:"width"`
}

// Len is the number of values of an image.
func (s Shape) Len() int { return s.C * s.H * s.W }

// Vector says that the shape is a vector's, not an image's.
func (s Shape) Vector() bool { return s.H == 1 && s.W == 1 }

// maxValues bounds the values of an image, or of what a layer makes of one sample.
const maxValues = 1 << 28

func (s Shape) validate() error {
	for _, n := range []int{s.C, s.H, s.W} {
		if n < 1 || n > maxSide {
			return fmt.Errorf("gan: images of %v, want sides of 1 to %d", s, maxSide)
		}
	}
	if int64(s.C)*int64(s.H)*int64(s.W) > maxValues {
		return fmt.Errorf("gan: images of %v, want at most %d values", s, maxValues)
	}
	return nil
}

func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.C, s.H, s.W) }

// The distributions that latents are drawn from.
const (
	Normal  = "normal"  // standard normal
	Uniform = "uniform" // uniform in [-1, 1)
)

// LayerOp names the linear part of a layer.
type LayerOp string

// The linear parts. Those without weights are all that their layer does.
const (
	Dense         LayerOp = "Dense"
	Conv          LayerOp = "Conv"
	ConvTranspose LayerOp = "ConvTranspose"

	Nearest  LayerOp = "Nearest"  // twice the sides, each pixel four times
	Bilinear LayerOp = "Bilinear" // twice the sides, the pixels between mixed
	Halve    LayerOp = "Halve"    // half the sides, the mean of every 2x2 pixels

	Residual LayerOp = "Residual" // the image plus what the layers of Body make of it

	Constant  LayerOp = "Constant"  // Weight, an image, whatever the sample
	Synthesis LayerOp = "Synthesis" // what the layers of Body make of a style of In numbers: the sum of their images
)

// resizes says that the op is one without weights.
func (op LayerOp) resizes() bool { return op.grows() || op == Halve }

func (op LayerOp) grows() bool { return op == Nearest || op == Bilinear }

// Act names an activation.
type Act string

// The activations.
const (
	Identity  Act = "identity"
	ReLU      Act = "relu"
	LeakyReLU Act = "leaky_relu" // x where x >= 0, else Alpha*x
	Tanh      Act = "tanh"
	Sigmoid   Act = "sigmoid"
)

// A Layer is a linear map, then batch norm if there is one, then an activation.
type Layer struct {
	Op      LayerOp
	In, Out int // features of Dense, channels of the others

	// All but Dense: the input's height and width. Conv and ConvTranspose: a square
	// window. ConvTranspose makes a side of (H-1)*Stride - 2*Pad + Kernel, Conv one of
	// (H + 2*Pad - Kernel)/Stride + 1. Synthesis has those of its image.
	H, W                int
	Kernel, Stride, Pad int
	// Groups of Conv's channels are convolved apart; 0 is one group.
	Groups int

	Weight []float32 // Dense and Conv: [Out, In/Groups(, Kernel, Kernel)]; ConvTranspose: [In, Out, Kernel, Kernel]; Constant: [Out, H, W]
	Bias   []float32 // [Out], or nil
	Norm   *Norm     // or nil
	Act    Act
	Alpha  float32 // LeakyReLU's slope

	Body []Layer // of Residual: from its images to images of that shape, without Dense; of Synthesis

	Normalize bool      // Dense: its input is divided by the root of its mean square
	Style     *Style    // of Conv in a Synthesis, or nil
	Mean      []float32 // of Synthesis: the mean of styles, [In]

	// Embed is the embedding of labels, [classes, e], of a conditional generator's
	// first layer, or nil: the last e numbers of In are the row of a sample's label.
	Embed []float32

	spectral *spectral // of a discriminator's, or nil
	// Of a discriminator: how many samples make a group whose deviation is the last
	// channel of In; 0: there is no such channel.
	group int
	// Of a conditional discriminator's last layer, or nil.
	projection *projection
}

// Each yields layers and, after a Residual, the layers of its body. Their places
// are as 3, and 3.0 for the first of a body.
func Each(layers []Layer) iter.Seq2[string, *Layer] {
	return func(yield func(string, *Layer) bool) { each("", layers, yield) }
}

func each(prefix string, layers []Layer, yield func(string, *Layer) bool) bool {
	for i := range layers {
		place := fmt.Sprint(prefix, i)
		if !yield(place, &layers[i]) || !each(place+".", layers[i].Body, yield) {
			return false
		}
	}
	return true
}

// Norm is batch normalisation over a layer's Out features or channels (Ioffe
// and Szegedy, 2015): y = (x-Mean)/sqrt(Var+Eps)*Gamma + Beta at sampling time.
type Norm struct {
	Gamma, Beta, Mean, Var []float32 // [Out]
	Eps                    float32
}

// A Generator turns latents into images, or latents and labels if it is
// conditional. It is plain data: whoever holds it owns its slices.
type Generator struct {
	Arch         string // the architecture it was made as, for information
	Distribution string // of its latents: Normal or Uniform
	LatentDim    int    // numbers of a latent
	Shape        Shape  // of an image, whose values lie in [-1, 1], or of a vector
	Layers       []Layer
	Classes      []string          // names of the labels 0, 1, ... of a conditional one; nil of others
	Training     map[string]string // how it was trained, for information
}

// Clone returns a copy of g that shares nothing with it.
func (g *Generator) Clone() *Generator {
	c := *g
	c.Layers, c.Training = clone(g.Layers), maps.Clone(g.Training)
	return &c
}

// OutSize returns the height and width that the layer makes; Dense makes 1 x 1.
func (l *Layer) OutSize() (h, w int) {
	side := func(n int) int {
		switch l.Op {
		case ConvTranspose:
			return (n-1)*l.Stride - 2*l.Pad + l.Kernel
		case Conv:
			return (n+2*l.Pad-l.Kernel)/l.Stride + 1
		case Nearest, Bilinear:
			return 2 * n
		case Halve:
			return n / 2
		case Residual, Constant, Synthesis:
			return n
		}
		return 1
	}
	return side(l.H), side(l.W)
}

// inLen and outLen are the values of one sample before and after the layer.
func (l *Layer) inLen() int {
	if l.isFlat() {
		return l.In
	}
	return l.In * l.H * l.W
}

func (l *Layer) outLen() int {
	h, w := l.OutSize()
	return l.Out * h * w
}

// weights is the number of the layer's own weights.
func (l *Layer) weights() int64 {
	if l.Op == Constant {
		return volume(l.Out, l.H, l.W)
	}
	return volume(l.In, l.Out, l.window()) / int64(l.groups())
}

func (l *Layer) groups() int { return max(l.Groups, 1) }

// window is the number of weights for each pair of channels.
func (l *Layer) window() int {
	switch {
	case l.Op == Dense:
		return 1
	case l.Op.resizes(), l.Op == Residual, l.Op == Synthesis:
		return 0
	}
	return l.Kernel * l.Kernel
}

// maxSide bounds sizes so that a product of two cannot overflow.
const maxSide = 1 << 14

// Validate reports the first layer whose sizes and slices do not agree with
// each other or with the generator.
func (g *Generator) Validate() error {
	if g.Distribution != Normal && g.Distribution != Uniform {
		return fmt.Errorf("gan: latent distribution %q, want %q or %q", g.Distribution, Normal, Uniform)
	}
	if len(g.Layers) == 0 {
		return errors.New("gan: generator has no layers")
	}
	if err := g.Shape.validate(); err != nil {
		return err
	}
	if g.LatentDim < 1 || g.LatentDim > maxSide {
		return fmt.Errorf("gan: latents of %d numbers, want 1 to %d", g.LatentDim, maxSide)
	}
	if err := g.validateClasses(); err != nil {
		return err
	}
	if err := g.validateStyles(); err != nil {
		return err
	}
	n := g.LatentDim
	for i := range g.Layers {
		l := &g.Layers[i]
		if err := l.validate(0); err != nil {
			return fmt.Errorf("gan: layer %d: %w", i, err)
		}
		if i == 0 {
			n += l.embedded(len(g.Classes))
		}
		if l.inLen() != n {
			return fmt.Errorf("gan: layer %d takes %d values, want the %d it is given", i, l.inLen(), n)
		}
		if i == 0 && l.Op != Dense && l.H*l.W != 1 {
			return fmt.Errorf("gan: layer 0 takes an image of %dx%d, want a latent: 1x1", l.H, l.W)
		}
		if i > 0 && !l.isFlat() {
			before := &g.Layers[i-1]
			h, w := before.OutSize()
			if before.Op != Dense && (before.Out != l.In || h != l.H || w != l.W) {
				return fmt.Errorf("gan: layer %d takes %dx%dx%d, want the %dx%dx%d it is given", i, l.In, l.H, l.W, before.Out, h, w)
			}
		}
		n = l.outLen()
	}
	if n != g.Shape.Len() {
		return fmt.Errorf("gan: layers make %d values, want %d for %v", n, g.Shape.Len(), g.Shape)
	}
	last := &g.Layers[len(g.Layers)-1]
	if h, w := last.OutSize(); last.Op != Dense && (last.Out != g.Shape.C || h != g.Shape.H || w != g.Shape.W) {
		return fmt.Errorf("gan: layers make %dx%dx%d, want %v", last.Out, h, w, g.Shape)
	}
	return nil
}

// volume multiplies without running over on 32 bits.
func volume(a, b, c int) int64 { return int64(a) * int64(b) * int64(c) }

// validate is of a layer in so many residuals.
func (l *Layer) validate(depth int) error {
	sizes := []int{l.In, l.Out}
	if l.Op == Dense { // features may be as many as an image has values
		sizes = nil
		if min(l.In, l.Out) < 1 || max(l.In, l.Out) > maxValues {
			return fmt.Errorf("%d features to %d, want 1 to %d", l.In, l.Out, maxValues)
		}
	}
	if l.Op != Residual && l.Op != Synthesis && l.Body != nil {
		return fmt.Errorf("%s with a body, want none", l.Op)
	}
	if l.Groups != 0 {
		if err := l.validateGroups(); err != nil {
			return err
		}
	}
	switch l.Op {
	case Dense:
	case Nearest, Bilinear, Halve, Residual, Constant:
		if err := l.validatePlain(); err != nil {
			return err
		}
		sizes = append(sizes, l.H, l.W)
	case Synthesis:
		sizes = append(sizes, l.H, l.W)
	case Conv, ConvTranspose:
		sizes = append(sizes, l.H, l.W, l.Kernel, l.Stride)
		if l.Pad < 0 || l.Pad >= l.Kernel {
			return fmt.Errorf("pad %d, want 0 to %d", l.Pad, l.Kernel-1)
		}
	default:
		return fmt.Errorf("op %q is unknown", l.Op)
	}
	for _, n := range sizes {
		if n < 1 || n > maxSide {
			return fmt.Errorf("a size of %d, want 1 to %d", n, maxSide)
		}
	}
	if h, w := l.OutSize(); h < 1 || w < 1 || h > maxSide || w > maxSide {
		return fmt.Errorf("output of %dx%d, want sides of 1 to %d", h, w, maxSide)
	}
	if l.Op == Conv && min(l.H, l.W)+2*l.Pad < l.Kernel {
		return fmt.Errorf("a window of %d on an image of %dx%d with a pad of %d", l.Kernel, l.H, l.W, l.Pad)
	}
	h, w := l.OutSize()
	if in, out := volume(l.In, l.H, l.W), volume(l.Out, h, w); l.Op != Dense && max(in, out) > maxValues {
		return fmt.Errorf("images of %d and %d values, want at most %d", in, out, maxValues)
	}
	if want := l.weights(); int64(len(l.Weight)) != want {
		return fmt.Errorf("%d weights, want %d", len(l.Weight), want)
	}
	if l.Bias != nil && len(l.Bias) != l.Out {
		return fmt.Errorf("%d biases, want %d", len(l.Bias), l.Out)
	}
	if n := l.Norm; n != nil {
		for _, s := range [][]float32{n.Gamma, n.Beta, n.Mean, n.Var} {
			if len(s) != l.Out {
				return fmt.Errorf("batch norm of %d channels, want %d", len(s), l.Out)
			}
		}
	}
	switch l.Act {
	case Identity, ReLU, LeakyReLU, Tanh, Sigmoid:
	default:
		return fmt.Errorf("activation %q is unknown", l.Act)
	}
	if err := l.validateStyle(); err != nil {
		return err
	}
	switch l.Op {
	case Residual:
		return l.validateBody(depth + 1)
	case Synthesis:
		return l.validateSynthesis(depth)
	}
	return nil
}

// validatePlain reports what a layer without weights of its own cannot have.
func (l *Layer) validatePlain() error {
	switch {
	case l.In != l.Out:
		return fmt.Errorf("%s of %d channels to %d, want as many", l.Op, l.In, l.Out)
	case l.Op == Halve && (l.H%2 != 0 || l.W%2 != 0):
		return fmt.Errorf("%s of %dx%d, want even sides", l.Op, l.H, l.W)
	case l.Kernel != 0 || l.Stride != 0 || l.Pad != 0 || l.Bias != nil || l.Norm != nil || l.Act != Identity:
		return fmt.Errorf("%s with a window, bias, norm or activation, want none", l.Op)
	case l.Op == Residual && len(l.Body) == 0:
		return fmt.Errorf("%s without a body", l.Op)
	}
	return nil
}

// validateGroups reports groups that channels do not make.
func (l *Layer) validateGroups() error {
	switch n := l.Groups; {
	case l.Op != Conv || n < 2:
		return fmt.Errorf("%s of %d groups, want 0 but for Conv of 2 or more", l.Op, n)
	case l.In%n != 0 || l.Out%n != 0 || l.Out/n < kernel.GroupWidth:
		return fmt.Errorf("%d channels to %d in %d groups, want equal groups of at least %d", l.In, l.Out, n, kernel.GroupWidth)
	}
	return nil
}

// maxDepth bounds how deep residuals stand in each other.
const maxDepth = 8

// validateBody reports the first layer of a body that does not fit; depth is how
// many residuals are around it.
func (l *Layer) validateBody(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("residuals in each other, want at most %d", maxDepth)
	}
	channels, h, w := l.In, l.H, l.W
	for i := range l.Body {
		b := &l.Body[i]
		err := b.validate(depth)
		switch {
		case err != nil:
		case b.isFlat():
			err = fmt.Errorf("%s in a residual", b.Op)
		case b.In != channels || b.H != h || b.W != w:
			err = fmt.Errorf("it takes %dx%dx%d, want the %dx%dx%d it is given", b.In, b.H, b.W, channels, h, w)
		}
		if err != nil {
			return fmt.Errorf("layer %d of its body: %w", i, err)
		}
		channels = b.Out
		h, w = b.OutSize()
	}
	if channels != l.In || h != l.H || w != l.W {
		return fmt.Errorf("its body makes %dx%dx%d, want %dx%dx%d", channels, h, w, l.In, l.H, l.W)
	}
	return nil
}
