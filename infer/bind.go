package infer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is inputs that are no inputs of every run: those that decide a shape,
// such as Reshape's sizes, which must be known before anything is planned, and those
// that the file has a value for.

// ParseBound is [Parse] for a model that cannot be planned before some of its
// inputs are known. Of the inputs given, only those it needs become constants of
// the model, and are no longer among [Model.Inputs]; the others are for
// [Session.Run]. All are checked against the file. Inputs of float16, which Run
// does not take, are always bound: their Data is the bits, a []uint16.
//
// An input of [Model.Optional] is bound to what is given in place of its value in
// the file. Given by its name alone, without shape and data, it becomes an input of
// the model, for [Session.Run]. So a generator of styles is truncated, for good:
//
//	infer.ParseBound(data, infer.Tensor{Name: "truncation", Shape: []int{1}, Data: []float32{0.7}})
func ParseBound(data []byte, inputs ...Tensor) (*Model, error) {
	m, err := parseBound(data, inputs)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return m, nil
}

func parseBound(data []byte, inputs []Tensor) (*Model, error) {
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, public(err)
	}
	given, bound := make(map[string]onnx.Tensor), make(map[string]onnx.Tensor)
	for _, t := range inputs {
		if _, twice := given[t.Name]; twice {
			return nil, fmt.Errorf("input %q is given twice", t.Name)
		}
		at := slices.IndexFunc(file.Graph.Initializers, func(c onnx.Tensor) bool { return c.Name == t.Name })
		if at >= 0 && inputNamed(&file.Graph, t.Name) >= 0 {
			file.Graph.Initializers = slices.Delete(file.Graph.Initializers, at, at+1)
			if t.Shape == nil && t.Data == nil {
				continue
			}
		}
		c, err := inputConstant(&file.Graph, t)
		if err != nil {
			return nil, err
		}
		given[t.Name] = c
		if c.Type == onnx.Float16 || at >= 0 {
			bound[t.Name] = c
		}
	}
	for {
		m, err := compileFile(file, defaults, bound)
		var u *UnsupportedError
		if !errors.As(err, &u) {
			return m, err
		}
		// What decides a shape is mostly integers; latents beside them are not bound.
		if !bindOf(u.Inputs, given, bound, integers) && !bindOf(u.Inputs, given, bound, anyType) {
			return nil, err
		}
	}
}

// bindOf binds what is wanted, given, and of some type; false if there is none.
func bindOf(wanted []string, given, bound map[string]onnx.Tensor, of types) (found bool) {
	for _, name := range wanted {
		t, ok := given[name]
		if _, done := bound[name]; ok && !done && of.has(t.Type) {
			bound[name], found = t, true
		}
	}
	return found
}

// inputNamed is the index of an input of the graph; -1: there is none.
func inputNamed(g *onnx.Graph, name string) int {
	return slices.IndexFunc(g.Inputs, func(v onnx.ValueInfo) bool { return v.Name == name })
}

// inputConstant is an input of the graph as a constant.
func inputConstant(g *onnx.Graph, t Tensor) (onnx.Tensor, error) {
	none := onnx.Tensor{}
	i := inputNamed(g, t.Name)
	if i < 0 || slices.ContainsFunc(g.Initializers, func(c onnx.Tensor) bool { return c.Name == t.Name }) {
		return none, fmt.Errorf("the model has no input %q", t.Name)
	}
	in, left := g.Inputs[i], 1<<30 // elements that a shape may have
	c := onnx.Tensor{Name: t.Name, Type: in.Type}
	for k, d := range t.Shape {
		open := in.Shape == nil || k < len(in.Shape) && (in.Shape[k].Size < 0 || in.Shape[k].Size == int64(d))
		if in.Shape != nil && len(in.Shape) != len(t.Shape) || !open || d < 0 || d > left {
			return none, fmt.Errorf("input %q has shape %v, the model wants another", t.Name, t.Shape)
		}
		left /= max(d, 1)
		c.Dims = append(c.Dims, int64(d))
	}
	if len(t.Shape) == 0 && len(in.Shape) > 0 {
		return none, fmt.Errorf("input %q is a scalar, want %d dimensions", t.Name, len(in.Shape))
	}
	data, n := pointer(t.Data, in.Type.String())
	bits, half := t.Data.([]uint16)
	switch {
	case half && in.Type == onnx.Float16:
		n = len(bits)
		for _, b := range bits {
			c.Raw = binary.LittleEndian.AppendUint16(c.Raw, b)
		}
	case data == nil:
		return none, fmt.Errorf("input %q is %T, want []%v", t.Name, t.Data, in.Type)
	}
	if n != c.Len() {
		return none, fmt.Errorf("input %q has %d values, want %d for shape %v", t.Name, n, c.Len(), t.Shape)
	}
	if data != nil {
		c.Raw = slices.Clone(constantOf(tensor{in.Type, t.Shape, data}).Raw)
	}
	return c, nil
}
