package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func einsumOf(equation string, in ...tensor.Tensor) ([]tensor.Tensor, error) {
	return node(12, "Einsum", 1, []onnx.Attr{onnx.StringAttr("equation", equation)}, in...)
}

// ramp is a tensor of small numbers that are all different.
func ramp(elem tensor.Type, seed float64, shape ...int) tensor.Tensor {
	d := tensor.New(onnx.Double, shape...)
	for i := range tensor.Of[float64](d) {
		tensor.Of[float64](d)[i] = math.Round(8*math.Sin(seed+1.7*float64(i))) / 4
	}
	t := tensor.New(elem, shape...)
	tensor.Convert(t, d)
	return t
}

// plainEinsum sums over every combination of names, one letter each, no ellipsis.
func plainEinsum(equation string, in ...tensor.Tensor) tensor.Tensor {
	left, right, _ := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	size := make(map[byte]int)
	var names []byte
	for i, t := range terms {
		for d := range len(t) {
			if size[t[d]] == 0 {
				names = append(names, t[d])
			}
			size[t[d]] = max(size[t[d]], in[i].Shape[d])
		}
	}
	var shape []int
	for i := range len(right) {
		shape = append(shape, size[right[i]])
	}
	out := tensor.New(onnx.Double, shape...)
	place := func(term string, sizes []int, at map[byte]int) (k int) {
		for d := range len(term) {
			k *= sizes[d]
			if sizes[d] != 1 {
				k += at[term[d]]
			}
		}
		return k
	}
	total := 1
	for _, c := range names {
		total *= size[c]
	}
	for i := range total {
		at, rest := make(map[byte]int), i
		for _, c := range names {
			at[c], rest = rest%size[c], rest/size[c]
		}
		v := 1.0
		for j, t := range terms {
			x := tensor.New(onnx.Double, in[j].Shape...)
			tensor.Convert(x, in[j])
			v *= tensor.Of[float64](x)[place(t, in[j].Shape, at)]
		}
		tensor.Of[float64](out)[place(right, shape, at)] += v
	}
	t := tensor.New(in[0].Elem, shape...)
	tensor.Convert(t, out)
	return t
}

func TestEinsumAgainstPlainSums(t *testing.T) {
	for _, c := range []struct {
		equation string
		shapes   [][]int
	}{
		{"i->", [][]int{{5}}},
		{"ij->ji", [][]int{{3, 4}}},
		{"ii->i", [][]int{{4, 4}}},
		{"ii->", [][]int{{4, 4}}},
		{"iji->j", [][]int{{3, 2, 3}}},
		{"ij,jk->ik", [][]int{{3, 4}, {4, 5}}},
		{"ij,kj->ik", [][]int{{3, 4}, {5, 4}}},
		{"ij,jk->ki", [][]int{{8, 4}, {4, 9}}},
		{"bij,bjk->bik", [][]int{{2, 3, 4}, {2, 4, 5}}},
		{"bhqd,bhkd->bhqk", [][]int{{2, 3, 4, 5}, {2, 3, 6, 5}}},
		{"bqhd,bkhd->bhqk", [][]int{{2, 4, 3, 5}, {2, 6, 3, 5}}},
		{"bi,bi->b", [][]int{{3, 70}, {3, 70}}},
		{"i,j->ij", [][]int{{3}, {4}}},
		{"ij,k->", [][]int{{3, 2}, {4}}},
		{"ij,ij->ij", [][]int{{3, 2}, {3, 2}}},
		{"iij,jj->i", [][]int{{3, 3, 2}, {2, 2}}},
		{"ab,cd,bc,da->", [][]int{{2, 3}, {4, 5}, {3, 4}, {5, 2}}},
		{"ab,cd,bc->ad", [][]int{{2, 3}, {4, 5}, {3, 4}}},
		{"a,ab,abc,b->cb", [][]int{{2}, {2, 3}, {2, 3, 4}, {3}}},
		{"ab,ab->a", [][]int{{2, 1}, {2, 3}}},
		{"ab,b->ab", [][]int{{2, 3}, {1}}},
		{",i->i", [][]int{{}, {3}}},
		{"bi,oi,bo->bo", [][]int{{2, 3}, {5, 3}, {2, 5}}},
	} {
		for _, elem := range []tensor.Type{onnx.Float, onnx.Double, onnx.Int32} {
			var in []tensor.Tensor
			for i, s := range c.shapes {
				in = append(in, ramp(elem, float64(i), s...))
			}
			got, err := einsumOf(c.equation, in...)
			if err == nil {
				err = conformance.Differ(got[0], plainEinsum(c.equation, in...), 1e-5, 1e-5)
			}
			if err != nil {
				t.Errorf("%s of %v: %v", c.equation, elem, err)
			}
		}
	}
}

// Computed by hand.
func TestEinsumNames(t *testing.T) {
	x, y := f32([]int{2, 2}, 1, 2, 3, 4), f32([]int{2, 2}, 5, 6, 7, 8)
	for _, c := range []struct {
		equation string
		want     tensor.Tensor
	}{
		{"ij, jk", f32([]int{2, 2}, 19, 22, 43, 50)},                    // implicit: ik
		{"ba,Ab", f32([]int{2, 2}, 1*5+3*6, 2*5+4*6, 1*7+3*8, 2*7+4*8)}, // implicit: Aa
		{"...,...", f32([]int{2, 2}, 5, 12, 21, 32)},                    // all dimensions
		{"i...,i...->...", f32([]int{2}, 5+21, 12+32)},                  // summed over i
		{"...i,...i->...", f32([]int{2}, 5+12, 21+32)},                  //
		{"...i,ji->...j", f32([]int{2, 2}, 5+12, 7+16, 15+24, 21+32)},   // against weights
		{"...i,j...->", f32([]int{}, (1+2)*(5+7)+(3+4)*(6+8))},          // the ellipsis is summed
	} {
		got, err := einsumOf(c.equation, x, y)
		if err == nil {
			err = conformance.Differ(got[0], c.want, 0, 0)
		}
		if err != nil {
			t.Errorf("%q: %v", c.equation, err)
		}
	}
	got, err := einsumOf("...ij->...ji", f32([]int{1, 1, 2, 1}, 1, 2))
	same(t, got, err, f32([]int{1, 1, 1, 2}, 1, 2))
	got, err = einsumOf("...i,...i->...i", f32([]int{2, 1}, 1, 2), f32([]int{3}, 1, 2, 3)) // broadcast by numpy's rules
	same(t, got, err, f32([]int{2, 3}, 1, 2, 3, 2, 4, 6))
}

func TestEinsumZeroSizes(t *testing.T) {
	got, err := einsumOf("ij,jk->ik", f32([]int{2, 0}), f32([]int{0, 1}))
	same(t, got, err, f32([]int{2, 1}, 0, 0))
	got, err = einsumOf("ij->j", f32([]int{0, 2}))
	same(t, got, err, f32([]int{2}, 0, 0))
	got, err = einsumOf("ij,jk->ik", f32([]int{0, 3}), f32([]int{3, 2}, 0, 0, 0, 0, 0, 0))
	same(t, got, err, f32([]int{0, 2}))
}

func TestEinsumRefuses(t *testing.T) {
	x := f32([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	for equation, want := range map[string]string{
		"i->i":     `term "i" of its equation does not fit 2 dimensions`,
		"ijk->i":   `term "ijk" of its equation does not fit 2 dimensions`,
		"ij,ij":    "its equation has 2 terms, want one for each of 1 inputs",
		"ii->i":    "dimension 1 of input 0 is 3, want 2",
		"ij->k":    "a name that no term has",
		"ij->ii":   "or twice",
		"i1->i":    "want a letter",
		"...->...": "",
	} {
		_, err := einsumOf(equation, x)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want %q", equation, err, want)
		}
	}
	big := f32([]int{1 << 13}, make([]float32, 1<<13)...)
	if _, err := einsumOf("a,b,c->", big, big, big); err != nil {
		t.Errorf("what only one operand has is summed first: %v", err)
	}
	if _, err := einsumOf("a,b,ab->", big, big, f32([]int{1, 1}, 1)); err != nil {
		t.Errorf("dimensions of 1: %v", err)
	}
}

// A sample's bits do not depend on how many are beside it.
func TestEinsumOfOneSampleAmongMany(t *testing.T) {
	for _, equation := range []string{"bi,ij->bj", "bi,oi->ob", "bi,bi->b", "bi,bi,ij->bj"} {
		w := ramp(onnx.Float, 9, 50, 50)
		of := func(b int) tensor.Tensor {
			x := f32([]int{b, 50}, tensor.Of[float32](ramp(onnx.Float, 0.3, 20, 50))[:50*b]...)
			in := []tensor.Tensor{x, x}
			if strings.Count(equation, ",") == 2 {
				in = append(in, w)
			} else if strings.Contains(equation, "ij") || strings.Contains(equation, "oi") {
				in[1] = w
			}
			got, err := einsumOf(equation, in...)
			if err != nil {
				t.Fatalf("%s: %v", equation, err)
			}
			return got[0]
		}
		one, many := of(1), of(20)
		step := 1
		if strings.HasSuffix(equation, "ob") {
			step = 20
		}
		for i, v := range tensor.Of[float32](one) {
			if got := tensor.Of[float32](many)[i*step]; got != v {
				t.Fatalf("%s: [%d] is %v among 20, want %v", equation, i, got, v)
			}
		}
	}
}
