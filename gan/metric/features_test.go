package metric

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// This file holds the metrics of features to closed forms and invariances.

func normals(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// mapped is f of every number.
func mapped(x []float32, f func(float32) float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

func TestFIDOfKnownMoments(t *testing.T) {
	// Columns of ±a and ±b, independent: covariances diagonal, n/(n-1) a².
	signs := func(a, b, shift float32) []float32 {
		return []float32{a + shift, b, a + shift, -b, -a + shift, b, -a + shift, -b}
	}
	got, err := FID(signs(1, 2, 0), signs(3, 5, 7), 2)
	fatal(t, err)
	near(t, "FID", got, 49+4.0/3*((3-1)*(3-1)+(5-2)*(5-2)), 1e-12)
}

func TestFIDOfSamples(t *testing.T) {
	const dim, n = 8, 20000
	got, err := FID(normals(1, n*dim), mapped(normals(2, n*dim), func(v float32) float32 { return 2*v + 1 }), dim)
	fatal(t, err)
	near(t, "FID of N(0, I) and N(1, 4I) in 8 dimensions", got, 8+8, .02)
}

func TestFIDOfOneSet(t *testing.T) {
	const dim = 6
	x := normals(1, 500*dim)
	for i := range 500 { // of rank 5, far from the origin
		x[i*dim+3] = 100 - x[i*dim]
	}
	got, err := FID(x, x, dim)
	fatal(t, err)
	near(t, "FID of a set and itself", got, 0, 1e-6)
	got, err = FID(x, mapped(x, func(v float32) float32 { return v + .5 }), dim)
	fatal(t, err)
	near(t, "FID of a set and itself moved by half in 6 dimensions", got, 6*.25, 1e-4)
}

func TestFIDForgetsOrder(t *testing.T) {
	const dim = 5
	x, y := normals(1, 300*dim), mapped(normals(2, 200*dim), func(v float32) float32 { return v * v })
	want, err := FID(x, y, dim)
	fatal(t, err)
	for i := 0; i < len(x)/2; i += dim {
		for j := range dim {
			x[i+j], x[len(x)-dim-i+j] = x[len(x)-dim-i+j], x[i+j]
		}
	}
	swapped, err := FID(y, x, dim)
	fatal(t, err)
	near(t, "FID in another order", swapped, want, 1e-9)
}

func TestFrechetRefuses(t *testing.T) {
	good := Moments{10, []float64{0}, []float64{1}}
	for _, bad := range []Moments{{}, {10, []float64{0, 0}, []float64{1}}, {10, []float64{math.NaN()}, []float64{1}}, {10, []float64{0}, []float64{math.Inf(1)}}} {
		if d, err := Frechet(good, bad); err == nil {
			t.Errorf("Frechet of %v = %v, want an error", bad, d)
		}
	}
}

func TestKIDIsUnbiased(t *testing.T) {
	const dim = 16
	mean, deviation, err := KID(normals(1, 4000*dim), normals(2, 4000*dim), dim, 40, 200, 3)
	fatal(t, err)
	if deviation <= 0 || math.Abs(mean) > 4*deviation/math.Sqrt(40) {
		t.Errorf("KID of two halves of one distribution = %v, deviation %v, want 0 within four deviations of the mean", mean, deviation)
	}
}

func TestKIDOfPoints(t *testing.T) {
	// In one dimension, all x at 1 and all y at 2: 2³ + 5³ - 2·3³.
	got, _, err := KID([]float32{1, 1, 1}, []float32{2, 2, 2}, 1, 5, 2, 0)
	fatal(t, err)
	near(t, "KID", got, 8+125-2*27, 1e-12)
}

func TestKIDRepeats(t *testing.T) {
	const dim = 7
	x, y := normals(1, 300*dim), normals(2, 250*dim)
	first, _, err := KID(x, y, dim, 9, 100, 5)
	fatal(t, err)
	again, _, err := KID(x, y, dim, 9, 100, 5)
	fatal(t, err)
	other, _, err := KID(x, y, dim, 9, 100, 6)
	fatal(t, err)
	if again != first || other == first {
		t.Errorf("KID = %v, again %v, of another seed %v, want two equal and the third not", first, again, other)
	}
}

func TestNeighboursOfOneSet(t *testing.T) {
	const dim, n = 10, 1500 // more than one part, more than one block
	x := normals(1, n*dim)
	checkShare(t, x, x, dim, 5, share{1, 1, 1, 1})
}

func TestNeighboursOfDistantSets(t *testing.T) {
	const dim = 4
	x, y := normals(1, 100*dim), mapped(normals(2, 80*dim), func(v float32) float32 { return v + 100 })
	checkShare(t, x, y, dim, 3, share{})
}

func TestNeighboursOnALine(t *testing.T) {
	// k = 1: real radii 1, 1, 2, 6; balls (-1, 1), (0, 2), (1, 5), (3, 15), open.
	// Fakes -2, 2, 4, 14 have radii 4, 2, 2, 10: balls (-6, 2), (0, 4), (2, 6), (4, 24).
	real, fake := []float32{0, 1, 3, 9}, []float32{-2, 2, 4, 14}
	checkShare(t, real, fake, 1, 1, share{Precision: 3. / 4, Recall: 1, Density: (0 + 1 + 2 + 1) / 4., Coverage: 2. / 4})
}

// Balls are compared by distances, so moving, scaling and turning both sets
// changes nothing, far from the origin and at the ends of float32's range.
func TestNeighboursAreInvariant(t *testing.T) {
	const dim, k = 3, 5
	x, y := normals(1, 700*dim), mapped(normals(2, 600*dim), func(v float32) float32 { return 1.3*v + .2 })
	p, r, err := PrecisionRecall(x, y, dim, k)
	fatal(t, err)
	d, c, err := DensityCoverage(x, y, dim, k)
	fatal(t, err)
	for name, f := range map[string]func(float32) float32{
		"huge":    func(v float32) float32 { return v * 0x1p120 },
		"tiny":    func(v float32) float32 { return v * 0x1p-110 },
		"turned":  func(v float32) float32 { return -v },
		"shifted": func(v float32) float32 { return float32(math.Round(float64(v)*1024))/1024 + 1000 },
	} {
		t.Run(name, func(t *testing.T) {
			tolerance := 1e-12
			if name == "shifted" { // and rounded
				tolerance = .01
			}
			p2, r2, err := PrecisionRecall(mapped(x, f), mapped(y, f), dim, k)
			fatal(t, err)
			d2, c2, err := DensityCoverage(mapped(x, f), mapped(y, f), dim, k)
			fatal(t, err)
			near(t, "precision", p2, p, tolerance)
			near(t, "recall", r2, r, tolerance)
			near(t, "density", d2, d, tolerance)
			near(t, "coverage", c2, c, tolerance)
		})
	}
}

// The figures of the prdc package's README for two sets of 10,000 from N(0, I)
// in 1,000 dimensions, k = 5: .477, .471, 1.056, .974. In so many dimensions a
// few points lie in most balls, and draws differ. On 23 November 2026,
// GANLET_SLOW=1 go test ./gan/metric -run PRDC -v gave .4852, .4919, 1.0103,
// .9733 in 14 s; three other draws .468-.480, .471-.493, .924-1.047, .959-.974.
func TestPRDCOracle(t *testing.T) {
	if os.Getenv("GANLET_SLOW") == "" {
		t.Skip("GANLET_SLOW is not set")
	}
	const n, dim, k = 10000, 1000, 5
	x, y := normals(1, n*dim), normals(2, n*dim)
	p, r, err := PrecisionRecall(x, y, dim, k)
	fatal(t, err)
	d, c, err := DensityCoverage(x, y, dim, k)
	fatal(t, err)
	t.Logf("precision %.4f, recall %.4f, density %.4f, coverage %.4f", p, r, d, c)
	near(t, "precision", p, .477, .03)
	near(t, "recall", r, .471, .03)
	near(t, "density", d, 1.056, .14)
	near(t, "coverage", c, .974, .02)
}

func TestNearest(t *testing.T) {
	training := normals(1, 900*20)
	images := append(slices.Clone(training[500*20:502*20]), normals(2, 20)...)
	images[20] += .25 // the second is a little off
	got, err := Nearest(images, training, 20)
	fatal(t, err)
	if got[0] != (Neighbour{500, 0}) {
		t.Errorf("nearest of image 500 = %v, want itself", got[0])
	}
	if got[1].Index != 501 {
		t.Errorf("nearest of image 501 and a little = %v, want 501", got[1])
	}
	near(t, "its distance", got[1].Distance, .25, 1e-6)
	if got[2].Distance < 1 {
		t.Errorf("nearest of a new image = %v, want none so near", got[2])
	}
	copies, err := ExactCopies(images, training, 20)
	fatal(t, err)
	if copies != 1 {
		t.Errorf("ExactCopies = %d, want 1", copies)
	}
}

func TestExactCopiesHaveNoSign(t *testing.T) {
	zero := float32(math.Copysign(0, -1))
	if got, err := ExactCopies([]float32{zero, 1, 0, 1, 1, 0}, []float32{0, 1, 2, 3}, 2); got != 2 || err != nil {
		t.Errorf("ExactCopies = %d, %v, want 2", got, err)
	}
}

func TestFeaturesRefused(t *testing.T) {
	const dim = 4
	good := normals(1, 12*dim)
	nan := slices.Clone(good)
	nan[7] = float32(math.NaN())
	calls := map[string]func(x, y []float32, dim int) error{
		"FID":             func(x, y []float32, dim int) error { _, err := FID(x, y, dim); return err },
		"KID":             func(x, y []float32, dim int) error { _, _, err := KID(x, y, dim, 2, 6, 0); return err },
		"PrecisionRecall": func(x, y []float32, dim int) error { _, _, err := PrecisionRecall(x, y, dim, 5); return err },
		"DensityCoverage": func(x, y []float32, dim int) error { _, _, err := DensityCoverage(x, y, dim, 5); return err },
		"Nearest":         func(x, y []float32, dim int) error { _, err := Nearest(x, y, dim); return err },
		"ExactCopies":     func(x, y []float32, dim int) error { _, err := ExactCopies(x, y, dim); return err },
	}
	for name, call := range calls {
		fatal(t, call(good, good, dim))
		for _, bad := range []struct {
			x    []float32
			dim  int
			want string
		}{
			{good, 0, "want at least 1"},
			{good, -1, "want at least 1"},
			{good[:47], dim, "want a multiple of 4"},
			{nil, dim, "has 0 samples"},
			{nan, dim, "value 3 of sample 1 is NaN"},
		} {
			for _, err := range []error{call(bad.x, good, bad.dim), call(good, bad.x, bad.dim)} {
				if err == nil || !strings.HasPrefix(err.Error(), "metric: ") || !strings.Contains(err.Error(), bad.want) {
					t.Errorf("%s: error %v, want %q", name, err, bad.want)
				}
			}
		}
	}
}

func TestTooFewRefused(t *testing.T) {
	x := normals(1, 5*4)
	errs := map[string]error{}
	_, errs["FID of 4 in 4 dimensions"] = FID(x, x[:4*4], 4)
	_, errs["FID of 10,000 dimensions"] = FID(make([]float32, 20000), make([]float32, 20000), 10000)
	_, _, errs["KID of 6 of 5"] = KID(x, x, 4, 1, 6, 0)
	_, _, errs["KID of 1"] = KID(x, x, 4, 1, 1, 0)
	_, _, errs["KID of no subsets"] = KID(x, x, 4, 0, 2, 0)
	_, _, errs["KID of huge features"] = KID([]float32{1e30, 1e30}, []float32{1, 1}, 1, 1, 2, 0)
	_, _, errs["k of 5 in 5"] = PrecisionRecall(x, x, 4, 5)
	_, _, errs["k of 0"] = DensityCoverage(x, x, 4, 0)
	_, _, errs["k of 101"] = DensityCoverage(make([]float32, 200), make([]float32, 200), 1, 101)
	for name, err := range errs {
		if err == nil || !strings.HasPrefix(err.Error(), "metric: ") {
			t.Errorf("%s: error %v, want one", name, err)
		}
	}
}
