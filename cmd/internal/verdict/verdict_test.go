package verdict

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
)

// load is a recorded log.
func load(t *testing.T, name string) (log []Line) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		var l Line
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		log = append(log, l)
	}
	return log
}

func names(found []Finding) string {
	var s []string
	for _, f := range found {
		s = append(s, f.Name)
	}
	return strings.Join(s, " ")
}

// The logs are those of real runs, on 23 November 2026, without their times and
// with four digits of each number:
//
//	good         gantrain --data ring8 --width 64 --latent-dim 4 --lr 2e-3 --beta2 0.99 --r1 0.5 --average 0.99 --batch 128 --steps 2500 --eval-every 500
//	oscillating  gantrain --data ring8 --width 64 --latent-dim 4 --lr 1e-2 --beta2 0.99 --r1 0.5 --average 0.98 --steps 2000 --eval-every 250
//	collapsing   gantrain --data ring8 --width 64 --latent-dim 4 --lr 2e-3 --beta2 0.99 --r1 0.01 --average 0.98 --batch 16 --loss minimax --steps 2000 --eval-every 250
//	starved      gantrain --data mnist --arch mlp --width 32 --loss minimax --lr 2e-5 --lr-d 1e-3 --beta2 0.999 --lr-decay 0 --r1 0 --pack 0 --steps 600 --eval-every 200
//	wandering    gantrain --data ring8 --width 64 --latent-dim 4 --lr 2e-3 --beta1 0.9 --lr-d 5e-4 --average 0.9 --batch 128 --steps 3000 --eval-every 300
func TestRecordedLogs(t *testing.T) {
	c := gan.Plain("mlp")
	minimax := c
	minimax.Loss = gan.Minimax
	penalised, pair := c, minimax
	penalised.R1, pair.R1 = .5, .01
	for _, run := range []struct {
		log    string
		config gan.Config
		want   string // names of what is found
		words  string // some of the first's
		remedy string
	}{
		{"good", penalised, Rising, "reverse_kl - ln(quality), where less is better, is 0.5135 at step 2500 after 0.7204 at step 2000", ""},
		{"oscillating", penalised, Oscillating + " " + Falling, "reverse_kl - ln(quality) turned ", "--lr-decay 0.3"},
		{"collapsing", pair, Collapsing + " " + Rising, "while the share of good samples went from 0.05 to 0.13", "--loss rp"},
		{"starved", minimax, Starved + " " + Flat, "and the discriminator is sure of itself: real 1.00, fake 0.00", "--loss ns"},
		{"wandering", c, Oscillating + " " + Falling, "turned 3 times in 10 judgements", "--r1 0.1"},
	} {
		found := Of(run.config, load(t, run.log))
		t.Logf("%s: %v", run.log, found)
		if got := names(found); got != run.want {
			t.Errorf("the run %q is %s, want %s", run.log, got, run.want)
			continue
		}
		if f := found[0]; !strings.Contains(f.Words, run.words) || slices.Contains(f.Remedies, run.remedy) != (run.remedy != "") {
			t.Errorf("the run %q is told as %v, want %q and %q", run.log, f, run.words, run.remedy)
		}
	}
}

// Any beginning of a good log has no failure, and nothing is said of very short
// ones.
func TestBeginnings(t *testing.T) {
	log := load(t, "good")
	for n := range log {
		found := Of(gan.Config{}, log[:n])
		for _, f := range found {
			if !slices.Contains([]string{Rising, Flat}, f.Name) {
				t.Errorf("%d lines of a good log: %v", n, f)
			}
		}
		if n < 10 && len(found) > 0 {
			t.Errorf("%d lines are told to be %v", n, found)
		}
	}
}

// Losses that swing slowly are told from those that are noisy.
func TestSwings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noisy, swinging := make([]Line, 600), make([]Line, 600)
	for i := range noisy {
		noisy[i].LossD = 1.4 + .2*r.NormFloat64()
		swinging[i].LossD = noisy[i].LossD + .4*math.Sin(float64(i)/20)
	}
	if found := Of(gan.Config{}, noisy); len(found) > 0 {
		t.Errorf("noise is told to be %v", found)
	}
	found := Of(gan.Config{}, swinging)
	if names(found) != Oscillating || !strings.Contains(found[0].Words, "the discriminator's loss turned ") {
		t.Errorf("a loss that swings is told to be %v", found)
	}
}

func TestTurns(t *testing.T) {
	for _, c := range []struct {
		series []float64
		want   int
	}{
		{nil, 0}, {[]float64{1}, 0}, {[]float64{1, 2, 3}, 0}, {[]float64{1, 3, 1}, 1}, {[]float64{3, 1, 3, 1}, 2},
		{[]float64{1, 1.5, 1, 1.5, 1}, 0}, {[]float64{1, 2, 1.8, 3, 2.9, 1}, 1},
	} {
		if got := turns(c.series, .6); got != c.want {
			t.Errorf("%v turns %d times by more than .6, want %d", c.series, got, c.want)
		}
	}
}

// judgements are lines of images that were judged, every 100 steps.
func judgements(figures ...map[string]float64) (log []Line) {
	for i, m := range figures {
		log = append(log, Line{gan.Stats{Step: 100 * (i + 1)}, m})
	}
	return log
}

// Images that lose coverage while they stay precise collapse, whatever their
// FID; those that are few from the start, too; bad ones are only bad.
func TestCollapseOfImages(t *testing.T) {
	figures := func(fid, precision, coverage float64) map[string]float64 {
		return map[string]float64{"fid": fid, "precision": precision, "coverage": coverage}
	}
	for _, c := range []struct {
		log  []Line
		want string
	}{
		{judgements(figures(40, .7, .6), figures(60, .75, .3)), Collapsing + " " + Falling},
		{judgements(figures(40, .7, .6), figures(38.5, .3, .3)), Flat},
		{judgements(figures(90, .9, .1), figures(80, .9, .1)), Collapsing + " " + Rising},
		{judgements(figures(40, .7, .6), figures(30, .7, .7)), Rising},
		{judgements(figures(40, .7, .6)), ""},
	} {
		if got := names(Of(gan.Config{}, c.log)); got != c.want {
			t.Errorf("%v is %q, want %q", c.log, got, c.want)
		}
	}
}

// A remedy of a discriminator without batch norm does not take batch norm out.
func TestNorm(t *testing.T) {
	for arch, want := range map[string]string{"dcgan": "--r1 0.1 --norm-d none", "resize": "--r1 0.1 --norm-d none", "resnet": "--r1 0.1", "style": "--r1 0.1", "mlp": "--r1 0.1"} {
		if flags := steady(gan.Plain(arch)); flags[0] != want {
			t.Errorf("what makes the game of %s steadier is %q, want %q", arch, flags[0], want)
		}
	}
}
