package op

import (
	"math/rand/v2"
	"testing"
)

// The gradients of an embedding and of a projection are those of finite
// differences, with labels that occur often, once and never, over two batches.
func TestLabelDifferences(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	values := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rnd.NormFloat64())
		}
		return v
	}
	labels := []int{2, 0, 2} // of 4
	r := newRig(t)
	x, table := r.input("x", values(6*5), 6, 5), r.input("table", values(4*3), 4, 3)
	out, err := Embed(&r.env, x, table, labels, false, false)
	r.finish(out, err, values(6*8), x, table)
	r.differences("embed x", x, 5e-3)
	r.differences("embed table", table, 5e-3)
	y, in, rows := Floats(r.out.Value()), Floats(x.Value()), Floats(table.Value())
	for i := range 6 {
		for j := range 8 {
			want := rows[labels[i%3]*3+max(j-5, 0)]
			if j < 5 {
				want = in[i*5+j]
			}
			if y[i*8+j] != want {
				t.Errorf("embed [%d, %d] = %v, want %v", i, j, y[i*8+j], want)
			}
		}
	}

	r = newRig(t)
	logits, features := r.input("logits", values(6), 6, 1), r.input("features", values(6*2*2*3), 6, 2, 2, 3)
	table = r.input("table", values(4*12), 4, 12)
	out, err = Projection(&r.env, logits, features, table, labels, false)
	r.finish(out, err, values(6), logits, features, table)
	r.differences("projection logits", logits, 5e-3)
	r.differences("projection features", features, 5e-3)
	r.differences("projection table", table, 5e-3)

	if _, err := Projection(&r.env, logits, x, table, labels, false); err == nil {
		t.Error("features of 5 values and rows of 12: no error")
	}
	if _, err := Embed(&r.env, x, table, nil, false, false); err == nil {
		t.Error("no labels: no error")
	}
}
