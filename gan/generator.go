package gan

import (
	"errors"
	"fmt"
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

// The linear parts.
const (
	Dense         LayerOp = "Dense"
	Conv          LayerOp = "Conv"
	ConvTranspose LayerOp = "ConvTranspose"
)

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

	// Conv and ConvTranspose: the input's height and width, and a square window.
	// ConvTranspose makes a side of (H-1)*Stride - 2*Pad + Kernel, Conv one of
	// (H + 2*Pad - Kernel)/Stride + 1.
	H, W                int
	Kernel, Stride, Pad int

	Weight []float32 // Dense and Conv: [Out, In(, Kernel, Kernel)]; ConvTranspose: [In, Out, Kernel, Kernel]
	Bias   []float32 // [Out], or nil
	Norm   *Norm     // or nil
	Act    Act
	Alpha  float32 // LeakyReLU's slope

	spectral *spectral // of a discriminator's, or nil
	// Of a discriminator: how many samples make a group whose deviation is the last
	// channel of In; 0: there is no such channel.
	group int
}

// Norm is batch normalisation over a layer's Out features or channels (Ioffe
// and Szegedy, 2015): y = (x-Mean)/sqrt(Var+Eps)*Gamma + Beta at sampling time.
type Norm struct {
	Gamma, Beta, Mean, Var []float32 // [Out]
	Eps                    float32
}

// A Generator turns latents into images. It is plain data: whoever holds it
// owns its slices.
type Generator struct {
	Arch         string // the architecture it was made as, for information
	Distribution string // of its latents: Normal or Uniform
	LatentDim    int    // numbers of a latent
	Shape        Shape  // of an image, whose values lie in [-1, 1], or of a vector
	Layers       []Layer
	Training     map[string]string // how it was trained, for information
}

// outSize returns the height and width that the layer makes.
func (l *Layer) outSize() (h, w int) {
	side := func(n int) int {
		switch l.Op {
		case ConvTranspose:
			return (n-1)*l.Stride - 2*l.Pad + l.Kernel
		case Conv:
			return (n+2*l.Pad-l.Kernel)/l.Stride + 1
		}
		return 1
	}
	return side(l.H), side(l.W)
}

// inLen and outLen are the values of one sample before and after the layer.
func (l *Layer) inLen() int {
	if l.Op == Dense {
		return l.In
	}
	return l.In * l.H * l.W
}

func (l *Layer) outLen() int {
	h, w := l.outSize()
	return l.Out * h * w
}

// window is the number of weights for each pair of channels.
func (l *Layer) window() int {
	if l.Op == Dense {
		return 1
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
	n := g.LatentDim
	for i := range g.Layers {
		l := &g.Layers[i]
		if err := l.validate(); err != nil {
			return fmt.Errorf("gan: layer %d: %w", i, err)
		}
		if l.inLen() != n {
			return fmt.Errorf("gan: layer %d takes %d values, want the %d it is given", i, l.inLen(), n)
		}
		if i == 0 && l.Op != Dense && l.H*l.W != 1 {
			return fmt.Errorf("gan: layer 0 takes an image of %dx%d, want a latent: 1x1", l.H, l.W)
		}
		if i > 0 && l.Op != Dense {
			before := &g.Layers[i-1]
			h, w := before.outSize()
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
	if h, w := last.outSize(); last.Op != Dense && (last.Out != g.Shape.C || h != g.Shape.H || w != g.Shape.W) {
		return fmt.Errorf("gan: layers make %dx%dx%d, want %v", last.Out, h, w, g.Shape)
	}
	return nil
}

// volume multiplies without running over on 32 bits.
func volume(a, b, c int) int64 { return int64(a) * int64(b) * int64(c) }

func (l *Layer) validate() error {
	sizes := []int{l.In, l.Out}
	if l.Op == Dense { // features may be as many as an image has values
		sizes = nil
		if min(l.In, l.Out) < 1 || max(l.In, l.Out) > maxValues {
			return fmt.Errorf("%d features to %d, want 1 to %d", l.In, l.Out, maxValues)
		}
	}
	switch l.Op {
	case Dense:
	case Conv, ConvTranspose:
		sizes = append(sizes, l.H, l.W, l.Kernel, l.Stride)
		if l.Pad < 0 || l.Pad >= l.Kernel {
			return fmt.Errorf("pad %d, want 0 to %d", l.Pad, l.Kernel-1)
		}
	default:
		return fmt.Errorf("op %q, want %q, %q or %q", l.Op, Dense, Conv, ConvTranspose)
	}
	for _, n := range sizes {
		if n < 1 || n > maxSide {
			return fmt.Errorf("a size of %d, want 1 to %d", n, maxSide)
		}
	}
	if h, w := l.outSize(); h < 1 || w < 1 || h > maxSide || w > maxSide {
		return fmt.Errorf("output of %dx%d, want sides of 1 to %d", h, w, maxSide)
	}
	if l.Op == Conv && min(l.H, l.W)+2*l.Pad < l.Kernel {
		return fmt.Errorf("a window of %d on an image of %dx%d with a pad of %d", l.Kernel, l.H, l.W, l.Pad)
	}
	h, w := l.outSize()
	if in, out := volume(l.In, l.H, l.W), volume(l.Out, h, w); l.Op != Dense && max(in, out) > maxValues {
		return fmt.Errorf("images of %d and %d values, want at most %d", in, out, maxValues)
	}
	if want := volume(l.In, l.Out, l.window()); int64(len(l.Weight)) != want {
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
	return nil
}
