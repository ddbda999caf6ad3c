package op

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// use is one use of an operator, of the newest version unless one is given. Want
// is its outputs, or fail a part of its error.
type use struct {
	op      string
	version int64
	attrs   []onnx.Attr
	in      []tensor.Tensor
	want    []tensor.Tensor
	fail    string
}

// check computes uses. Integers must be equal, floats nearly.
func check(t *testing.T, uses []use) {
	t.Helper()
	for _, u := range uses {
		if u.version == 0 {
			u.version = 26
		}
		got, err := node(u.version, u.op, max(len(u.want), 1), u.attrs, u.in...)
		if u.fail != "" {
			if err == nil || !strings.Contains(err.Error(), u.fail) {
				t.Errorf("%s %v of %v: error is %v, want %q", u.op, u.attrs, shapes(u.in), err, u.fail)
			}
			continue
		}
		for i := 0; i < len(u.want) && err == nil; i++ {
			if err = conformance.Differ(got[i], u.want[i], 2e-6, 1e-7); err == nil && !tensor.Floats.Has(got[i].Elem) && got[i].Len() > 0 && !reflect.DeepEqual(tensor.Slice(got[i].Data), tensor.Slice(u.want[i].Data)) {
				t.Errorf("%s: output %d is %v, want %v", u.op, i, tensor.Slice(got[i].Data), tensor.Slice(u.want[i].Data))
			}
		}
		if err != nil {
			t.Errorf("%s %v of %v: %v", u.op, u.attrs, shapes(u.in), err)
		}
	}
}

func shapes(list []tensor.Tensor) (s [][]int) {
	for _, t := range list {
		s = append(s, t.Shape)
	}
	return s
}

// Short names for tables: a shape, tensors, attributes.
func dims(v ...int) []int { return v }

func list(v ...tensor.Tensor) []tensor.Tensor { return v }

func bools(shape []int, v ...bool) tensor.Tensor { return tensor.From(onnx.Bool, v, shape...) }

func f64(shape []int, v ...float64) tensor.Tensor { return tensor.From(onnx.Double, v, shape...) }

func u64(shape []int, v ...uint64) tensor.Tensor { return tensor.From(onnx.Uint64, v, shape...) }

func u8(shape []int, v ...uint8) tensor.Tensor { return tensor.From(onnx.Uint8, v, shape...) }

func i8(shape []int, v ...int8) tensor.Tensor { return tensor.From(onnx.Int8, v, shape...) }

func ints(pairs ...any) (a []onnx.Attr) {
	for i := 0; i < len(pairs); i += 2 {
		a = append(a, onnx.IntAttr(pairs[i].(string), int64(pairs[i+1].(int))))
	}
	return a
}

func text(name, v string) []onnx.Attr { return []onnx.Attr{onnx.StringAttr(name, v)} }
