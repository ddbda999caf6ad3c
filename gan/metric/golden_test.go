package metric

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// This file compares the metrics with what NumPy computed from the definitions:
// testdata/metric/metric.py.

const folder = "../../testdata/metric"

type share struct{ Precision, Recall, Density, Coverage float64 }

// pairGolden is the figures of two sets of features.
type pairGolden struct {
	Dim      int
	FID, KID float64
	K3, K5   share
	Nearest  struct {
		Index    []int
		Distance []float64
	}
}

type goldens struct {
	Normal, Relu pairGolden
	Ring         struct {
		Modes      int
		Quality    float64
		BoxQuality float64 `json:"box_quality"`
		ReverseKL  float64 `json:"reverse_kl"`
	}
	Probabilities struct{ Mean, Deviation float64 }
}

func loadGoldens(t *testing.T) (g goldens) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "goldens.json"))
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func loadRows(t *testing.T, name string) []float32 {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, name+".bin"))
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

// near fails the test unless got is within tolerance times want, or that much
// absolutely where want is below 1.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s = %.9g, want %.9g within %.1g", what, got, want, tolerance)
	}
}

func TestGoldens(t *testing.T) {
	g := loadGoldens(t)
	for name, want := range map[string]pairGolden{"normal": g.Normal, "relu": g.Relu} {
		t.Run(name, func(t *testing.T) {
			x, y := loadRows(t, name+"-x"), loadRows(t, name+"-y")
			fid, err := FID(x, y, want.Dim)
			fatal(t, err)
			near(t, "FID", fid, want.FID, 1e-6)
			kid, deviation, err := KID(x, y, want.Dim, 3, len(x)/want.Dim, 1)
			fatal(t, err)
			near(t, "KID of one subset of everything", kid, want.KID, 1e-5)
			near(t, "its deviation / KID", deviation/kid, 0, 1e-6)
			checkShare(t, x, y, want.Dim, 3, want.K3)
			checkShare(t, x, y, want.Dim, 5, want.K5)
			neighbours, err := Nearest(y, x, want.Dim)
			fatal(t, err)
			for i, index := range want.Nearest.Index {
				if n := neighbours[i]; n.Index != index {
					t.Errorf("Nearest[%d] = %d, want %d", i, n.Index, index)
				}
				near(t, "distance", neighbours[i].Distance, want.Nearest.Distance[i], 1e-12)
			}
		})
	}
}

func checkShare(t *testing.T, x, y []float32, dim, k int, want share) {
	t.Helper()
	precision, recall, err := PrecisionRecall(x, y, dim, k)
	fatal(t, err)
	density, coverage, err := DensityCoverage(x, y, dim, k)
	fatal(t, err)
	near(t, "precision", precision, want.Precision, 1e-9)
	near(t, "recall", recall, want.Recall, 1e-9)
	near(t, "density", density, want.Density, 1e-9)
	near(t, "coverage", coverage, want.Coverage, 1e-9)
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
