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
		for panels := 1; panels <= 8; panels++ {
			for rows := 1; rows <= maxRows; rows++ {
				if panels > panelsFor(rows) || rows > rowsFor(panels) {
					continue
				}
				for _, k := range []int{1, 2, 7, 100, 256} {
					for _, add := range []bool{false, true} {
						step := (panels + k%3) * panelWidth
						const tiles = 3
						a := randoms(r, tiles*maxRows*(k+5)+9)
						b := randoms(r, k*step)
						a[3], b[1] = float32(math.Inf(1)), float32(math.NaN())
						var aoff, coff offsets
						for i := range tiles * rows {
							aoff[i] = 1 + (tiles*rows-1-i)*(k+5)
							coff[i] = 3 + i*(panels*panelWidth+1)
						}
						c := randoms(r, tiles*maxRows*(panels*panelWidth+1)+20)
						want := append([]float32(nil), c...)
						tile(rows, tiles, panels, k, a, &aoff, b, step, step, c, &coff, add)
						tileGo(tiles*rows, panels, k, a, &aoff, b, step, want, &coff, add)
						sameBits(t, fmt.Sprintf("%s tile(rows %d, panels %d, k %d, add %v)", tier, rows, panels, k, add), c, want)
					}
				}
			}
		}
	}
}

// Panels of float16 give the bits of the same panels widened beforehand.
func TestHalfTilesEqualWidenedOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, tier := range eachTier(t) {
		for panels := 1; panels <= 8; panels++ {
			for rows := 1; rows <= maxRows; rows++ {
				if panels > panelsFor(rows) || rows > rowsFor(panels) {
					continue
				}
				for _, k := range []int{1, 3, 8, 101} {
					step := (panels + k%2) * panelWidth
					a := randoms(r, maxRows*k)
					half := make([]uint16, k*step)
					wide := make([]float32, len(half))
					for i := range half {
						half[i] = uint16(r.Uint32()) &^ 0x4000 // no infinity, no NaN; subnormals too
						wide[i] = Float16(half[i])
					}
					var aoff, coff offsets
					for i := range rows {
						aoff[i], coff[i] = i*k, i*panels*panelWidth
					}
					c := randoms(r, maxRows*panels*panelWidth)
					want := append([]float32(nil), c...)
					tileHalf(rows, 1, panels, k, a, &aoff, half, step, 0, c, &coff, k > 3)
					tileGo(rows, panels, k, a, &aoff, wide, step, want, &coff, k > 3)
					sameBits(t, fmt.Sprintf("%s tileHalf(rows %d, panels %d, k %d)", tier, rows, panels, k), c, want)
				}
			}
		}
	}
}

// Every element-wise function of every tier equals its twin, at every length.
func TestElementsEqualTheirTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1e-40, -1e-40, 89, -104, 0.625, -0.625, 3e38}
	twins := []struct {
		name string
		run  func(x, y, z []float32)
		twin func(x, y, z float32) float32
	}{
		{"AddTo", func(x, y, z []float32) { AddTo(x, y) }, func(x, y, z float32) float32 { return x + y }},
		{"scaleShift", func(x, y, z []float32) { (&Tail{Scale: y, Shift: z}).Apply(x, max(1, len(x))) }, fma},
		{"LeakyReLU", func(x, y, z []float32) { Activate(x, LeakyReLU, .2) }, func(x, y, z float32) float32 {
			if x < 0 {
				return x * .2
			}
			return x
		}},
		{"ReLU", func(x, y, z []float32) { Activate(x, ReLU, 0) }, func(x, y, z float32) float32 {
			if x < 0 {
				return 0
			}
			return x
		}},
		{"Tanh", func(x, y, z []float32) { Activate(x, Tanh, 0) }, func(x, y, z float32) float32 { return tanh(x) }},
		{"slope", func(x, y, z []float32) { ActivateGrad(x, y, z, LeakyReLU, .2) }, func(x, y, z float32) float32 {
			if y > 0 {
				return z
			}
			return z * .2
		}},
		{"tanh's slope", func(x, y, z []float32) { ActivateGrad(x, y, z, Tanh, 0) }, func(x, y, z float32) float32 { return z * (1 - float32(y*y)) }},
		{"Mix", func(x, y, z []float32) { Mix(x, y, .9, .1) }, func(x, y, z float32) float32 { return fma(y, .1, float32(x*.9)) }},
		{"addSquare", func(x, y, z []float32) {
			for i := vector(addSquareElement, nil, x, y, z); i < len(x); i++ {
				x[i] = fma(y[i]-z[i], y[i]-z[i], x[i])
			}
		}, func(x, y, z float32) float32 { return fma(y-z, y-z, x) }},
		{"Sigmoid", func(x, y, z []float32) { Activate(x, Sigmoid, 0) }, func(x, y, z float32) float32 { return sigmoid(x) }},
	}
	for _, tier := range eachTier(t) {
		for _, f := range twins {
			for n := range 70 {
				x, y, z := randoms(r, n+2), randoms(r, n+2), randoms(r, n+2)
				for i := range x {
					switch r.IntN(3) {
					case 0:
						x[i] = special[r.IntN(len(special))]
					case 1:
						x[i] *= 30
					}
				}
				want := append([]float32(nil), x...)
				for i := 1; i <= n; i++ {
					want[i] = f.twin(x[i], y[i], z[i])
				}
				f.run(x[1:n+1], y[1:n+1], z[1:n+1])
				sameBits(t, fmt.Sprintf("%s %s of %d", tier, f.name, n), x, want)
			}
		}
	}
}

// What training computes with vectors is the same on every tier.
func TestTrainingFunctionsOnEveryTier(t *testing.T) {
	const rows, c = 9, 37
	do := func() [][]float32 {
		r := rand.New(rand.NewPCG(17, 18))
		x, dy := randoms(r, rows*c), randoms(r, rows*c)
		gamma, beta := randoms(r, c), randoms(r, c)
		mean, variance, inv := make([]float32, c), make([]float32, c), make([]float32, c)
		NormStats(mean, variance, inv, x, 1e-5)
		y, dx := make([]float32, len(x)), make([]float32, len(x))
		Normalize(y, x, mean, inv, gamma, beta, LeakyReLU, .2)
		dg, db := make([]float32, c), make([]float32, c)
		NormGradSums(dg, db, dy, x, mean, inv)
		NormGrad(dx, dy, x, mean, inv, gamma, dg, db, rows)
		w, m, v := randoms(r, len(x)), make([]float32, len(x)), make([]float32, len(x))
		for range 3 {
			Adam(w, dx, m, v, .5, .999, 2e-4, 30, 1e-8)
		}
		return [][]float32{mean, variance, inv, y, dg, db, dx, w, m, v}
	}
	var want [][]float32
	for _, tier := range eachTier(t) {
		got := do()
		if want == nil {
			want = got
		}
		for i := range got {
			sameBits(t, fmt.Sprintf("%s, result %d", tier, i), got[i], want[i])
		}
	}
}
