package metric

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file holds the metrics of classes and mixtures to closed forms,
// and to NumPy.

func TestHistogram(t *testing.T) {
	got, err := Histogram([]int{2, 0, 2, 2}, 4)
	fatal(t, err)
	if want := [4]int{1, 0, 3, 0}; [4]int(got) != want {
		t.Errorf("Histogram = %v, want %v", got, want)
	}
}

func TestKL(t *testing.T) {
	for _, c := range []struct {
		counts, reference []int
		want              float64
	}{
		{[]int{5, 5, 5, 5}, nil, 0},
		{[]int{20, 0, 0, 0}, nil, math.Log(4)},
		{[]int{3, 1}, nil, .75*math.Log(1.5) + .25*math.Log(.5)},
		{[]int{3, 1}, []int{300, 100}, 0},
		{[]int{0, 1}, []int{300, 100}, math.Log(4)},
	} {
		got, err := KL(c.counts, c.reference)
		fatal(t, err)
		near(t, "KL", got, c.want, 1e-12)
	}
}

// Uniform draws score the floor: its standard deviation is sqrt((k-1)/2)/n.
func TestKLFloor(t *testing.T) {
	const k, n = 1000, 26000
	near(t, "KLFloor", KLFloor(k, n), .0192, 1e-4)
	s := kernel.Stream{Seed: 1}
	classes := make([]int, 3*n)
	for i := range classes {
		classes[i] = s.IntN(10)
	}
	modes, kl, err := StackedModes(classes)
	fatal(t, err)
	if modes != 1000 {
		t.Errorf("modes = %d, want 1000", modes)
	}
	near(t, "KL", kl, KLFloor(k, n), .004)
}

func TestStackedModes(t *testing.T) {
	modes, kl, err := StackedModes([]int{1, 2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1})
	fatal(t, err)
	if modes != 2 {
		t.Errorf("modes = %d, want 2", modes)
	}
	near(t, "KL", kl, math.Log(500), 1e-12)
}

func TestInceptionScore(t *testing.T) {
	sure := []float32{1, 0, 0, 1, 1, 0, 0, 1} // two classes in turn
	mean, deviation, err := InceptionScore(sure, 2, 2)
	fatal(t, err)
	near(t, "score of sure and varied samples", mean, 2, 1e-12)
	near(t, "its deviation", deviation, 0, 1e-12)
	mean, _, err = InceptionScore([]float32{.25, .75, .25, .75, .25, .75}, 2, 1)
	fatal(t, err)
	near(t, "score of equal samples", mean, 1, 1e-7)
	mean, deviation, err = InceptionScore([]float32{1, 0, 0, 1, 1, 0, 1, 0}, 2, 2) // a part of one class
	fatal(t, err)
	near(t, "score of unequal parts", mean, 1.5, 1e-12)
	near(t, "its deviation", deviation, .5, 1e-12)
}

// perfect draws n samples of m.
func perfect(m Mixture, n int) []float32 {
	x := make([]float32, 2*n)
	kernel.Latents(x, 1, 0, 2, true)
	s := kernel.Stream{Seed: 2}
	for i := range n {
		centre := m.Centres[s.IntN(len(m.Centres))]
		for j := range 2 {
			x[2*i+j] = float32(centre[j] + float64(m.Sigma*float64(x[2*i+j])))
		}
	}
	return x
}

func TestPerfectSamplers(t *testing.T) {
	const n = 100000
	for name, m := range map[string]Mixture{"ring": Ring8(), "grid": Grid25()} {
		got, err := m.Judge(perfect(m, n))
		fatal(t, err)
		if got.Modes != len(m.Centres) {
			t.Errorf("%s: modes = %d, want %d", name, got.Modes, len(m.Centres))
		}
		near(t, name+": quality", got.Quality, 1-math.Exp(-4.5), .0012) // 3.6 standard deviations
		near(t, name+": box quality", got.BoxQuality, .99461, .0009)
		near(t, name+": reverse KL", got.ReverseKL, KLFloor(len(m.Centres), n), 2e-4)
	}
}

func TestMixtureModes(t *testing.T) {
	m := Mixture{Centres: [][2]float64{{0, 0}, {10, 0}}, Sigma: 1}
	for _, c := range []struct {
		samples []float32
		want    Cover
	}{
		{[]float32{2.9, 0, 10, 2.9}, Cover{2, 1, 1, 0}},
		{[]float32{2.9, 2.9, 10, 3.1}, Cover{0, 0, .5, math.Ln2}},
		{[]float32{0, 0, 0, 1, 1e30, 0, 5, 0}, Cover{1, .5, .5, math.Ln2}},
	} {
		got, err := m.Judge(c.samples)
		fatal(t, err)
		near(t, "reverse KL", got.ReverseKL, c.want.ReverseKL, 1e-12)
		if got.ReverseKL = c.want.ReverseKL; got != c.want {
			t.Errorf("Judge(%v) = %+v, want %+v", c.samples, got, c.want)
		}
	}
}

func TestGoldenRing(t *testing.T) {
	want := loadGoldens(t).Ring
	got, err := Ring8().Judge(loadRows(t, "ring-x"))
	fatal(t, err)
	if got.Modes != want.Modes {
		t.Errorf("modes = %d, want %d", got.Modes, want.Modes)
	}
	near(t, "quality", got.Quality, want.Quality, 1e-12)
	near(t, "box quality", got.BoxQuality, want.BoxQuality, 1e-12)
	near(t, "reverse KL", got.ReverseKL, want.ReverseKL, 1e-12)
}

func TestGoldenScore(t *testing.T) {
	want := loadGoldens(t).Probabilities
	mean, deviation, err := InceptionScore(loadRows(t, "probabilities-x"), 10, 10)
	fatal(t, err)
	near(t, "mean", mean, want.Mean, 1e-12)
	near(t, "deviation", deviation, want.Deviation, 1e-12)
}

func TestClassesRefused(t *testing.T) {
	errs := map[string]error{}
	_, errs["no classes"] = Histogram(nil, 0)
	_, errs["class 3 of 3"] = Histogram([]int{1, 3}, 3)
	_, errs["class -1"] = Histogram([]int{-1}, 3)
	_, errs["no samples"] = KL([]int{0, 0}, nil)
	_, errs["no histogram"] = KL(nil, nil)
	_, errs["count below zero"] = KL([]int{2, -1}, nil)
	_, errs["reference of another length"] = KL([]int{1}, []int{1, 1})
	_, errs["class that the reference lacks"] = KL([]int{1, 1}, []int{0, 1})
	_, _, errs["four digits"] = StackedModes([]int{1, 2, 3, 4})
	_, _, errs["digit 10"] = StackedModes([]int{1, 2, 10})
	_, _, errs["no digits"] = StackedModes(nil)
	_, _, errs["no splits"] = InceptionScore([]float32{1}, 1, 0)
	_, _, errs["more splits than samples"] = InceptionScore([]float32{1, 1}, 1, 3)
	_, _, errs["probability below zero"] = InceptionScore([]float32{-.5, 1.5}, 2, 1)
	_, _, errs["logits"] = InceptionScore([]float32{3, 4}, 2, 1)
	_, errs["half a point"] = Ring8().Judge([]float32{1, 2, 3})
	_, errs["no points"] = Ring8().Judge(nil)
	_, errs["point at infinity"] = Ring8().Judge([]float32{0, float32(math.Inf(1))})
	_, errs["no mixture"] = Mixture{}.Judge([]float32{0, 0})
	for name, err := range errs {
		if err == nil || !strings.HasPrefix(err.Error(), "metric: ") {
			t.Errorf("%s: error %v, want one", name, err)
		}
	}
}
