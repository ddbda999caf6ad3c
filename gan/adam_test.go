package gan

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// Without decay the rate stays; with it, it falls over the last steps, and is
// above zero at the last.
func TestRateFalls(t *testing.T) {
	for _, c := range []struct {
		decay float64
		curve string
		want  []float64 // at each of eight steps
	}{
		{0, Linear, []float64{1, 1, 1, 1, 1, 1, 1, 1}},
		{0.5, Linear, []float64{1, 1, 1, 1, 1, .75, .5, .25}},
		{1, Linear, []float64{1, .875, .75, .625, .5, .375, .25, .125}},
		{0.5, Cosine, []float64{1, 1, 1, 1, 1, .5 + math.Sqrt2/4, .5, .5 - math.Sqrt2/4}},
	} {
		for i, want := range c.want {
			got := Config{LRDecay: c.decay, LRCurve: c.curve}.lrFactor(float64(i) / float64(len(c.want)))
			if math.Abs(got-want) > 1e-15 {
				t.Errorf("decay %v %s: the rate's factor at step %d is %v, want %v", c.decay, c.curve, i+1, got, want)
			}
		}
	}
}

// Adam's first step is as long as the rate: each player has its own.
func TestRateOfEachPlayer(t *testing.T) {
	c := small("dcgan")
	c.LRD = 3e-3
	tr := begun(t, c, random(Shape{1, 28, 28}, 12))
	gen, dis := params(clone(tr.gen)), params(clone(tr.dis))
	steps(t, tr, 1)
	for _, p := range []struct {
		name          string
		before, after [][]float32
		rate          float64
	}{{"generator", gen, params(tr.gen), c.LR}, {"discriminator", dis, params(tr.dis), c.LRD}} {
		most := 0.0
		for i := range p.before {
			for j, v := range p.before[i] {
				most = max(most, math.Abs(float64(p.after[i][j]-v)))
			}
		}
		if math.Abs(most/p.rate-1) > 1e-3 {
			t.Errorf("the %s's first step is %v long, want the rate %v", p.name, most, p.rate)
		}
	}
}

// A training whose rate falls is the same up to there, goes on exactly from a
// checkpoint, and ends where the rate is zero.
func TestDecayedTraining(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	begin := func(decay float64, planned int) *Trainer {
		c := small("mlp")
		c.LRDecay, c.Steps = decay, planned
		tr := begun(t, c, data)
		t.Cleanup(func() { tr.Close() })
		return tr
	}
	plain, whole, half := begin(0, 0), begin(0.5, 6), begin(0.5, 6)
	for i, steps := 0, [2][]Stats{steps(t, plain, 6), steps(t, whole, 6)}; i < 6; i++ {
		// The fifth is the first with a smaller rate: the discriminator's shows in the generator's loss.
		if same := steps[0][i] == steps[1][i]; same != (i < 4) {
			t.Errorf("step %d equals that without decay: %v, want %v", i+1, same, i < 4)
		}
	}
	steps(t, half, 4)
	resumed, err := Resume(bytes.NewReader(saved(t, half)), data, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer resumed.Close()
	steps(t, resumed, 2)
	if !bytes.Equal(saved(t, resumed), saved(t, whole)) {
		t.Error("resumed training ends in other weights")
	}
	if _, err := resumed.Step(); err == nil || !strings.Contains(err.Error(), "step 7: the training was planned for 6 steps") {
		t.Errorf("a step after the last: error %v", err)
	}
	saved(t, resumed)

	told := begin(0.5, 0)
	for i := range 6 {
		told.SetProgress(float64(i) / 6)
		steps(t, told, 1)
	}
	if !equal(params(told.gen), params(whole.gen)) {
		t.Error("a training that is told its progress ends in other weights than one that counts it")
	}
}

// A gradient that is too long is cut to the bound in its direction, as a whole;
// another is not touched.
func TestShorten(t *testing.T) {
	g := [][]float32{{3, 0}, {-4}}
	shorten(g, length(g), 5)
	if g[0][0] != 3 || g[1][0] != -4 {
		t.Errorf("a gradient of length 5 bounded by 5 is %v, want it as it was", g)
	}
	shorten(g, length(g), 1)
	if x, y := float64(g[0][0]), float64(g[1][0]); math.Abs(x-0.6) > 1e-6 || g[0][1] != 0 || math.Abs(y+0.8) > 1e-6 {
		t.Errorf("a gradient bounded by 1 is %v, want [[0.6 0] [-0.8]]", g)
	}
}

// Both players' gradients are bounded: Adam's first mean is a part of them.
func TestGradClip(t *testing.T) {
	for bound, want := range map[float64]bool{1e9: false, 1e-3: true} {
		c := small("dcgan")
		c.GradClip = bound
		tr := begun(t, c, random(Shape{1, 28, 28}, 12))
		first := steps(t, tr, 1)[0]
		told := map[*adam]float64{tr.adamG: first.GradG, tr.adamD: first.GradD}
		for player, a := range map[string]*adam{"generator": tr.adamG, "discriminator": tr.adamD} {
			square := 0.0
			for _, m := range a.m {
				for _, v := range m {
					square += float64(v) * float64(v)
				}
			}
			length := math.Sqrt(square) / (1 - c.Beta1)
			if at := math.Abs(length/bound-1) < 1e-4; at != want {
				t.Errorf("the %s's gradient of a length up to %v has %v", player, bound, length)
			}
			if uncut := math.Abs(told[a]/length-1) < 1e-4; uncut == want {
				t.Errorf("the %s's gradient of a length up to %v has %v, and is told as %v, want its length before it is cut", player, bound, length, told[a])
			}
		}
	}
}
