package export

import (
	"fmt"
	"io"
	"iter"
	"math"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the way out: a generator checked, rounded if need be, written.

// The format that is written: that of ONNX 1.8, which every runtime in use reads.
const (
	irVersion = 7
	opset     = 13
)

// Options says how a generator is stored. The zero value stores it exactly.
type Options struct {
	// Float16 stores the weights of the layers as half-precision floats, each
	// behind a Cast to float32: half the file, the same arithmetic. Biases and
	// batch norm's parameters, which are few, stay float32. The file then
	// holds another generator than the one given, its weights being rounded to
	// nearest even; the probe is the rounded one's.
	Float16 bool
}

// Write writes g as an ONNX model. Equal generators and options give equal
// bytes. G stays as it is.
//
// To write the probe, g samples four images, or one of each class if these are
// more, in Gorgonia: metadata "ganlet.probe.sha256" is the SHA-256, in hexadecimal,
// of the bits of image [count, C, H, W], little-endian, for samples 0 to
// "ganlet.probe.count" - 1 of the seed "ganlet.probe.seed", their labels being 0, 1,
// ... and, after the last class, 0 again.
// Whoever runs the model with arithmetic equal to ours gets these bits.
//
// A weight that is not finite, or that Float16 makes infinite, is an error; so
// are training notes that are not UTF-8. Errors of g itself are gan's.
func Write(w io.Writer, g *gan.Generator, o Options) error {
	if err := g.Validate(); err != nil {
		return err
	}
	if o.Float16 {
		g = rounded(g)
	}
	if err := checkFinite(g); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	properties, err := metadata(g)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	p, err := newProbe(g)
	if err != nil {
		return err
	}
	data := onnx.Marshal(&onnx.Model{
		IRVersion:    irVersion,
		Opsets:       []onnx.Opset{{Version: opset}},
		ProducerName: "ganlet",
		Graph:        newGraph(g, o.Float16),
		Metadata:     append(properties, p.metadata()...),
	})
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// rounded returns a copy of g with the weights of its layers rounded to float16.
func rounded(g *gan.Generator) *gan.Generator {
	half := g.Clone()
	for _, l := range gan.Each(half.Layers) {
		for i, v := range l.Weight {
			l.Weight[i] = onnx.Float16ToFloat32(onnx.Float32ToFloat16(v))
		}
		if y := l.Style; y != nil {
			for i, v := range y.Weight {
				y.Weight[i] = onnx.Float16ToFloat32(onnx.Float32ToFloat16(v))
			}
		}
	}
	return half
}

// checkFinite fails at the first parameter that is infinite or not a number:
// there is no image to be had from it.
func checkFinite(g *gan.Generator) error {
	for place, l := range gan.Each(g.Layers) {
		for name, v := range parameters(l) {
			for j, x := range v {
				if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
					return fmt.Errorf("layer %s: %s[%d] is %v, want a finite number", place, name, j, x)
				}
			}
		}
	}
	return nil
}

// parameters yields what a layer has learnt, with a name for each.
func parameters(l *gan.Layer) iter.Seq2[string, []float32] {
	return func(yield func(string, []float32) bool) {
		ok := yield("weight", l.Weight) && yield("bias", l.Bias)
		if n := l.Norm; n != nil && ok {
			ok = yield("gamma", n.Gamma) && yield("beta", n.Beta) && yield("mean", n.Mean) && yield("var", n.Var)
		}
		if y := l.Style; y != nil && ok {
			ok = yield("style weight", y.Weight) && yield("style bias", y.Bias) && yield("strength", y.Noise)
		}
		if l.Op == gan.Synthesis && ok {
			ok = yield("mean style", l.Mean)
		}
		if l.Embed != nil && ok {
			yield("embedding", l.Embed)
		}
	}
}
