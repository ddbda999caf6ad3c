package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a graph on ONNX Runtime.

// runtime runs a model once, with its optimiser off, and returns its outputs by name.
func runtime(m *onnx.Model, inputs []infer.Tensor) (map[string]infer.Tensor, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	for _, err := range []error{options.SetIntraOpNumThreads(1), options.SetInterOpNumThreads(1), options.SetLogSeverityLevel(ort.LoggingLevelFatal),
		options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelDisableAll)} {
		if err != nil {
			return nil, err
		}
	}
	var in, out []string
	var values []ort.Value
	defer func() {
		for _, v := range values {
			if v != nil {
				v.Destroy()
			}
		}
	}()
	m, inputs = bindable(m, inputs)
	for _, t := range inputs {
		v, err := valueOf(t)
		if err != nil {
			return nil, err
		}
		in, values = append(in, t.Name), append(values, v)
	}
	for _, o := range m.Graph.Outputs {
		out = append(out, o.Name)
	}
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(onnx.Marshal(m), in, out, options)
	if err != nil {
		return nil, err
	}
	defer s.Destroy()
	made := make([]ort.Value, len(out))
	if err = s.Run(values, made); err != nil {
		return nil, err // and made may have what cannot be freed: the binding does not take results without elements
	}
	values = append(values, made...)
	results := make(map[string]infer.Tensor)
	for i, v := range made {
		t, err := tensorOf(v)
		if err != nil {
			return nil, err
		}
		t.Name = out[i]
		results[out[i]] = t
	}
	return results, nil
}

// bindable makes what the binding does not take something else: inputs without elements are constants, and if there is no input,
// one is added.
func bindable(m *onnx.Model, inputs []infer.Tensor) (*onnx.Model, []infer.Tensor) {
	changed := *m
	g := &changed.Graph
	g.Inputs, g.Initializers = slices.Clone(g.Inputs), slices.Clone(g.Initializers)
	var given []infer.Tensor
	for _, t := range inputs {
		i := slices.IndexFunc(g.Inputs, func(v onnx.ValueInfo) bool { return v.Name == t.Name })
		if !slices.Contains(t.Shape, 0) || i < 0 {
			given = append(given, t)
			continue
		}
		c := onnx.Tensor{Name: t.Name, Type: g.Inputs[i].Type, Raw: []byte{}}
		for _, d := range t.Shape {
			c.Dims = append(c.Dims, int64(d))
		}
		g.Initializers, g.Inputs = append(g.Initializers, c), slices.Delete(g.Inputs, i, i+1)
	}
	if len(given) == 0 {
		g.Inputs = append(g.Inputs, onnx.ValueInfo{Name: "unread", Type: onnx.Float, Shape: onnx.Shape(1)})
		given = []infer.Tensor{{Name: "unread", Shape: []int{1}, Data: []float32{0}}}
	}
	return &changed, given
}

// valueOf makes ONNX Runtime's tensor of ours.
func valueOf(t infer.Tensor) (ort.Value, error) {
	shape := make(ort.Shape, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = int64(d)
	}
	switch d := t.Data.(type) {
	case []float32:
		return ort.NewTensor(shape, d)
	case []float64:
		return ort.NewTensor(shape, d)
	case []int64:
		return ort.NewTensor(shape, d)
	case []int32:
		return ort.NewTensor(shape, d)
	case []int16:
		return ort.NewTensor(shape, d)
	case []int8:
		return ort.NewTensor(shape, d)
	case []uint64:
		return ort.NewTensor(shape, d)
	case []uint32:
		return ort.NewTensor(shape, d)
	case []uint16:
		return ort.NewTensor(shape, d)
	case []uint8:
		return ort.NewTensor(shape, d)
	case []bool:
		raw, err := binary.Append(nil, binary.LittleEndian, d)
		if err != nil {
			return nil, err
		}
		return ort.NewCustomDataTensor(shape, raw, ort.TensorElementDataTypeBool)
	}
	return nil, fmt.Errorf("an input is %T", t.Data)
}

// tensorOf copies ONNX Runtime's tensor.
func tensorOf(v ort.Value) (t infer.Tensor, err error) {
	for _, d := range v.GetShape() {
		t.Shape = append(t.Shape, int(d))
	}
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[float64]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[int64]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[int32]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[int16]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[int8]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[uint64]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[uint32]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[uint16]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[uint8]:
		t.Data = slices.Clone(v.GetData())
	case *ort.Tensor[bool]:
		t.Data = slices.Clone(v.GetData())
	case *ort.CustomDataTensor:
		if ort.TensorElementDataType(v.DataType()) != ort.TensorElementDataTypeBool {
			return t, fmt.Errorf("an output is of type %v", ort.TensorElementDataType(v.DataType()))
		}
		for _, b := range v.GetData() {
			t.Data = append(boolsOf(t.Data), b != 0)
		}
	default:
		return t, fmt.Errorf("an output is a %T", v)
	}
	return t, nil
}

func boolsOf(v any) []bool {
	b, _ := v.([]bool)
	return b
}

// compare says how a tensor differs from another; nil if it does not, or as little as rounding explains. Loose compares types and
// shapes only.
func compare(got, want infer.Tensor, loose bool) error {
	if fmt.Sprintf("%T", got.Data) != fmt.Sprintf("%T", want.Data) {
		return fmt.Errorf("type %T, ONNX Runtime %T", got.Data, want.Data)
	}
	if !slices.Equal(got.Shape, want.Shape) {
		return fmt.Errorf("shape %v, ONNX Runtime %v", got.Shape, want.Shape)
	}
	a, b := doubles(got.Data), doubles(want.Data)
	if loose {
		return nil
	}
	scale, off := 1e-2, 0.0
	for _, v := range b {
		if v = math.Abs(v); v > scale && v <= math.MaxFloat64 {
			scale = v
		}
	}
	switch got.Data.(type) {
	case []float32, []float64:
		off = 1e-4 * scale
	}
	for i, w := range b {
		if g := a[i]; g != w && !(g != g && w != w) && !(math.Abs(g-w) <= off) {
			return fmt.Errorf("[%d] of %v = %v, ONNX Runtime %v", i, want.Shape, g, w)
		}
	}
	return nil
}

// odd reports whether a tensor has NaN, infinities or no element at all: ONNX Runtime's products of matrices of K = 0 leave
// memory as it was.
func odd(t infer.Tensor) bool {
	return slices.Contains(t.Shape, 0) || slices.ContainsFunc(doubles(t.Data), func(v float64) bool { return v-v != 0 })
}

// doubles are numbers of any type as float64.
func doubles(data any) []float64 {
	switch d := data.(type) {
	case []float32:
		return widened(d)
	case []float64:
		return d
	case []int64:
		return widened(d)
	case []int32:
		return widened(d)
	case []int16:
		return widened(d)
	case []int8:
		return widened(d)
	case []uint64:
		return widened(d)
	case []uint32:
		return widened(d)
	case []uint16:
		return widened(d)
	case []uint8:
		return widened(d)
	case []bool:
		v := make([]float64, len(d))
		for i, is := range d {
			if is {
				v[i] = 1
			}
		}
		return v
	}
	return nil
}

func widened[T float32 | int64 | int32 | int16 | int8 | uint64 | uint32 | uint16 | uint8](v []T) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}
