package infer

import (
	"math/rand/v2"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests convolutions whose weights are computed.

// drawModulated is a convolution of batch samples, each with weights of its own, as
// exporters write it: samples are groups of one image.
func drawModulated(batch int64, op string, bias bool) *onnx.Model {
	const channels, filters, side = 16, 20, 9
	s := newSketch(batch, channels)
	s.random = rand.New(rand.NewPCG(7, 8))
	first, second := int64(filters), int64(channels) // of the weights
	if op == "ConvTranspose" {
		first, second = second, first
	}
	w := s.weight(channels*9, 1, first, second, 3, 3)
	style := s.node("Reshape", []string{"z", s.ints(batch, 1, channels, 1, 1)})
	if op == "ConvTranspose" {
		style = s.node("Reshape", []string{"z", s.ints(batch, channels, 1, 1, 1)})
	}
	weights := s.node("Reshape", []string{s.node("Mul", []string{w, style}), s.ints(batch*first, second, 3, 3)})
	image := s.node("Add", []string{s.node("Reshape", []string{"z", s.ints(batch, channels, 1, 1)}), s.weight(1, 1, channels, side, side)})
	in := []string{s.node("Reshape", []string{image, s.ints(1, batch*channels, side, side)}), weights}
	if bias {
		b := s.values(1, filters)
		var all []float32
		for range batch {
			all = append(all, b...)
		}
		s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("bias", all, int64(len(all))))
		in = append(in, "bias")
	}
	y := s.node(op, in, onnx.IntAttr("group", batch), onnx.IntsAttr("pads", 1, 1, 1, 1))
	return s.outputs(s.act("Relu", s.node("Reshape", []string{y, s.ints(batch, filters, side, side)})))
}

// A sample's bits are those that it has alone, and near those of the operators' plain
// functions.
func TestModulatedConvolution(t *testing.T) {
	const batch = 3
	for _, op := range []string{"Conv", "ConvTranspose"} {
		for _, bias := range []bool{false, true} {
			file := drawModulated(batch, op, bias)
			m, one := load(t, file), load(t, drawModulated(1, op, bias))
			z := latents(m, batch)
			for workers := range 3 {
				s := mustSession(t, m, batch)
				s.Workers = 1 + workers
				all := mustRun(t, s, z)
				plain, err := runPlain(m, onnx.Marshal(file), []Tensor{z})
				if err == nil {
					err = near64("float32", all[0], plain[0])
				}
				if err != nil {
					t.Errorf("%s: %v", op, err)
				}
				for i := range batch {
					in := Tensor{Name: "z", Shape: []int{1, 16}, Data: z.Data.([]float32)[i*16:][:16]}
					want := mustRun(t, mustSession(t, one, 1), in)[0].Data.([]float32)
					sameBits(t, op, all[0].Data.([]float32)[i*len(want):][:len(want)], want)
				}
			}
		}
	}
}
