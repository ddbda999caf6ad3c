package op

import "github.com/ganlet/ganlet/internal/kernel"

// This file is what a node can be besides a plain Go function: a layer, which
// the planner lays into memory and joins with its neighbours.

// Layer is one of the types below.
type Layer interface{ layer() }

// View is a node whose result is input 0 under its own shape, element by element.
type View struct{}

// Dense is x times constant weights, input 1: [K, N], or [N, K] if Transposed.
// Alpha multiplies the weights; Bias, one number a column, may be nil.
type Dense struct {
	Transposed bool
	Alpha      float32
	Bias       []float32
}

// Convolution is a convolution with constant weights, input 1.
type Convolution struct {
	Kernel ConvKernel // its weights are not packed yet
	Layout string     // equal for kernels that can share packed weights of one constant
	Bias   []float32
}

// ComputedConvolution is a convolution whose weights, input 1, a step computes: each
// of some sets of them for an image of its own, or one for all images.
type ComputedConvolution struct {
	Kernel            func() ComputedKernel // of one set
	Sets              int
	Channels, Filters int // of an image before and after
	Bias              []float32
}

// ComputedKernel packs weights in a run.
type ComputedKernel interface {
	ConvKernel
	ReserveIn(alloc func(n int) []float32)
	PackPart(w []float32, part, parts int)
}

// IntegerConvolution is a convolution with constant weights of 8 bits, input 1, of
// images of float32, which it quantises.
type IntegerConvolution struct {
	Kernel *kernel.DynamicConv // its weights are not packed yet: PackBytes
	Layout string              // as that of a Convolution
}

// ConvKernel is what convolutions of package kernel have in common.
type ConvKernel interface {
	Pack(w []float32)
	PackHalf(w []uint16)
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int)
}

// Tail is what can follow a layer: a bias, a scale and shift, an activation, one
// number a channel of input Of.
type Tail struct {
	kernel.Tail
	Of  int
	One bool // the bias is one number for all elements
}

// InstanceNorm brings each channel of each sample to mean 0 and variance 1.
type InstanceNorm struct {
	Gamma, Beta []float32
	Epsilon     float32
}

func (View) layer()                 {}
func (*Dense) layer()               {}
func (*Convolution) layer()         {}
func (*ComputedConvolution) layer() {}
func (*IntegerConvolution) layer()  {}
func (*Tail) layer()                {}
func (*InstanceNorm) layer()        {}
