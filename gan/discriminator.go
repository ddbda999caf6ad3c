package gan

import "fmt"

// This file is what a discriminator may have beyond its architecture's layers.

// dcganHead is the last layers of a dcgan's discriminator, from an image of
// channels and side to a logit: a window as large as the image (Radford et al.
// 2015), or, with features, a dense layer of so many before the last one (as in
// Chen et al., "InfoGAN", 2016, appendix C.1, there with batch norm).
func dcganHead(features, channels, side int) []Layer {
	if features == 0 {
		return []Layer{{Op: Conv, In: channels, Out: 1, H: side, W: side, Kernel: side, Stride: 1, Bias: make([]float32, 1), Act: Identity}}
	}
	return []Layer{
		{Op: Dense, In: channels * side * side, Out: features, Bias: make([]float32, features), Act: LeakyReLU, Alpha: 0.2},
		{Op: Dense, In: features, Out: 1, Bias: make([]float32, 1), Act: Identity},
	}
}

// joinDeviation lets the last layer but one of a discriminator take another
// channel: the deviation within groups of the batch of what enters it. (Karras et
// al. 2018, table 2, and StyleGAN2 have it before the last convolution, which is
// followed by dense layers.)
func (c Config) joinDeviation(dis []Layer) {
	if c.MinibatchStddev > 0 {
		l := &dis[len(dis)-2]
		l.In++
		l.group = c.MinibatchStddev
	}
}

// validateDiscriminator reports such an option that cannot work, or that another
// makes void.
func (c Config) validateDiscriminator() error {
	switch {
	case c.HeadD < 0 || c.HeadD > maxHead:
		return fmt.Errorf("gan: head-d is %d, want 0 to %d features", c.HeadD, maxHead)
	case c.HeadD > 0 && (c.Arch == mlp.name || c.Arch == mlpTanh.name):
		return fmt.Errorf("gan: head-d is %d, want 0: the layers of a discriminator of arch %q are dense", c.HeadD, c.Arch)
	case c.StepsD < 0 || c.StepsD > maxStepsD:
		return fmt.Errorf("gan: steps-d is %d, want 0 to %d", c.StepsD, maxStepsD)
	case c.MinibatchStddev < 0 || c.MinibatchStddev == 1:
		return fmt.Errorf("gan: minibatch-stddev is %d, want groups of 2 or more images, or 0", c.MinibatchStddev)
	case c.MinibatchStddev > 0 && c.packs()%c.MinibatchStddev != 0:
		return fmt.Errorf("gan: minibatch-stddev is %d, want a number that divides the %d images or packs of a batch", c.MinibatchStddev, c.packs())
	case c.MinibatchStddev > 0 && c.R1+c.R2+c.GP+c.DRAGAN > 0:
		return fmt.Errorf("gan: minibatch-stddev is %d, want 0 with r1, r2, gp or dragan, which are for logits of one image each", c.MinibatchStddev)
	}
	return nil
}

const maxHead, maxStepsD = 4096, 100

// stepsD is how many steps the discriminator takes in one of the training.
func (c Config) stepsD() int { return max(1, c.StepsD) }

// RealImages is how many real images a step of the training shows.
func (c Config) RealImages() int { return c.Batch * c.stepsD() }
