package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func randoms(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// sameBits reports the first difference; NaNs of any payload are equal.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && !(got[i] != got[i] && want[i] != want[i]) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Every tile of every tier equals the Go twin, and writes nothing beside.
func TestTilesEqualTheirTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, tier := range eachTier(t) {
		for panels := 1; panels <= 8; panels *= 2 {
			for rows := 1; rows <= maxRows; rows++ {
				if group(rows, panels) != panels || rows > rowsFor(panels) {
					continue
				}
				for _, k := range []int{1, 2, 7, 100, 256} {
					for _, add := range []bool{false, true} {
						stride := (k + 3) * panelWidth
						a := randoms(r, maxRows*(k+5)+9)
						b := randoms(r, panels*stride)
						a[3], b[1] = float32(math.Inf(1)), float32(math.NaN())
						var aoff, coff offsets
						for i := range rows {
							aoff[i] = 1 + (rows-1-i)*(k+5)
							coff[i] = 3 + i*(panels*panelWidth+1)
						}
						c := randoms(r, maxRows*(panels*panelWidth+1)+20)
						want := append([]float32(nil), c...)
						tile(rows, panels, k, a, &aoff, b, stride, c, &coff, add)
						tileGo(rows, panels, k, a, &aoff, b, stride, want, &coff, add)
						sameBits(t, fmt.Sprintf("%s tile(rows %d, panels %d, k %d, add %v)", tier, rows, panels, k, add), c, want)
					}
				}
			}
		}
	}
}
