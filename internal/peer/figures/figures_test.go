package figures

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		v       []float64
		q, want float64
	}{
		{[]float64{3}, .5, 3},
		{[]float64{9, 1, 5}, .5, 5},
		{[]float64{4, 1, 2, 3}, .5, 2.5},
		{[]float64{5, 4, 3, 2, 1}, .25, 2},
		{[]float64{1, 2, 3, 4}, .75, 3.25},
		{[]float64{1, 2, 3, 4}, 1, 4},
	} {
		before := c.v[0]
		if got := Quantile(c.v, c.q); got != c.want || c.v[0] != before {
			t.Errorf("Quantile(%v, %v) = %v, want %v", c.v, c.q, got, c.want)
		}
	}
	if got := Quantile(nil, .5); !math.IsNaN(got) {
		t.Errorf("quantile of nothing = %v, want NaN", got)
	}
}
