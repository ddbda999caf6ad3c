// Tests that the goldens are whole, are what their names say, and that a comparison can fail.
package golden

import (
	"math"
	"slices"
	"testing"
)

func TestEveryCaseIsWholeAndFinite(t *testing.T) {
	cases := LoadAll(t, "")
	if len(cases) < 30 {
		t.Errorf("testdata/goldens has %d cases, want at least 30", len(cases))
	}
	for _, c := range cases {
		for _, e := range c.Tensors {
			v, shape := c.Tensor(e.Name)
			if len(v) != e.Len() || !slices.Equal(shape, e.Shape) {
				t.Errorf("%s: %s has %d elements of shape %v, want %d of %v", c.Name, e.Name, len(v), shape, e.Len(), e.Shape)
			}
			for i, x := range v {
				if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
					t.Errorf("%s: %s[%d] = %v, want a finite number", c.Name, e.Name, i, x)
				}
			}
		}
	}
}

// A dense layer, computed here in float64, ties the layout (w is [out, in]) and the reader to PyTorch's numbers.
func TestDenseForward(t *testing.T) {
	c := Load(t, "dense-leaky_relu")
	x, xs := c.Tensor("x")
	w, ws := c.Tensor("w")
	b, _ := c.Tensor("b")
	n, in, out := xs[0], xs[1], ws[0]
	y := make([]float32, n*out)
	for i := range n {
		for o := range out {
			s := float64(b[o])
			for k := range in {
				s += float64(x[i*in+k]) * float64(w[o*in+k])
			}
			if s < 0 {
				s *= c.Float("alpha")
			}
			y[i*out+o] = float32(s)
		}
	}
	c.Check(t, "y", y, 1e-6)
	if err := compare(y[1:], y, 1e-6); err == nil {
		t.Error("compare of two lengths found no difference")
	}
}

func TestCompareFails(t *testing.T) {
	want := []float32{0, -100, 1}
	for _, got := range [][]float32{{0, -100, 1.02}, {float32(math.NaN()), -100, 1}, {0, float32(math.Inf(1)), 1}} {
		if compare(got, want, 1e-4) == nil {
			t.Errorf("compare(%v, %v) found no difference", got, want)
		}
	}
	if err := compare([]float32{.009, -100.009, 1}, want, 1e-4); err != nil {
		t.Errorf("compare within tolerance: value%v", err)
	}
	if compare([]float32{0, 1e-9}, []float32{0, 0}, 1e-4) == nil {
		t.Error("compare with zeros found no difference")
	}
}
