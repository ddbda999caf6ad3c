package lab

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
)

// outcome does the experiment of a name, and draws it. Without assembly those
// that train take minutes: -short leaves them out.
func outcome(t *testing.T, name string) *Outcome {
	t.Helper()
	if testing.Short() && name != "convergence" {
		t.Skip("trains")
	}
	for _, e := range Experiments() {
		if e.Name != name {
			continue
		}
		o, err := e.Run()
		if err != nil {
			t.Fatal(err)
		}
		for _, sentence := range []string{e.See, e.Why, e.Cure} {
			if !strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, ".)") {
				t.Errorf("%s: %q is no sentence", name, sentence)
			}
		}
		var b bytes.Buffer
		if err := o.WritePNG(&b); err != nil {
			t.Fatal(err)
		}
		if p, err := png.DecodeConfig(&b); err != nil || p.Width > 1000 || p.Height < p.Width {
			t.Errorf("%s: the picture is %v, %v", name, p, err)
		}
		return o
	}
	t.Fatalf("there is no experiment %q", name)
	return nil
}

// names are what a side is told to be.
func names(s Side) string {
	var n []string
	for _, f := range s.Verdict {
		n = append(n, f.Name)
	}
	return strings.Join(n, " ")
}

func TestConvergence(t *testing.T) {
	t.Parallel()
	o := outcome(t, "convergence")
	if names(o.Bad) != verdict.Oscillating || names(o.Good) != "" {
		t.Errorf("plain play is told to be %v and R1 %v, want %s and nothing", o.Bad.Verdict, o.Good.Verdict, verdict.Oscillating)
	}
	if bad, mean, good := o.Bad.Figures["distance"], o.Bad.Figures["distance_of_mean"], o.Good.Figures["distance"]; bad < 1 || mean > .1 || good > .01 {
		t.Errorf("from a distance of 1, plain play ends at %v, its mean at %v, R1 at %v; want more, under .1 and under .01", bad, mean, good)
	}
}

func TestCollapse(t *testing.T) {
	t.Parallel()
	o := outcome(t, "collapse")
	if !strings.HasPrefix(names(o.Bad), verdict.Collapsing) {
		t.Errorf("the bad run is told to be %v, want %s first", o.Bad.Verdict, verdict.Collapsing)
	}
	if n := names(o.Good); n != verdict.Rising && n != verdict.Flat {
		t.Errorf("the good run is told to be %v, want no failure", o.Good.Verdict)
	}
	if bad, good := o.Bad.Figures["modes"], o.Good.Figures["modes"]; bad > 2 || good < 8 {
		t.Errorf("%v modes without a penalty and %v with it, want at most 2 and all 8", bad, good)
	}
}

// The non-saturating loss cures the gradient, and no more: the samples reach the
// data, and collapse there.
func TestVanishing(t *testing.T) {
	t.Parallel()
	o := outcome(t, "vanishing")
	if !strings.HasPrefix(names(o.Bad), verdict.Starved) || strings.Contains(names(o.Good), verdict.Starved) || !strings.Contains(names(o.Good), verdict.Rising) {
		t.Errorf("minimax is told to be %v and ns %v, want %s first, and %s without that", o.Bad.Verdict, o.Good.Verdict, verdict.Starved, verdict.Rising)
	}
	const still = "grad_g_of_still_generator"
	if bad, good := o.Bad.Figures[still], o.Good.Figures[still]; good < 100*bad {
		t.Errorf("in the same state the gradient is %v of minimax and %v of ns, want 100 times more", bad, good)
	}
	if bad, good := o.Bad.Figures["travel"], o.Good.Figures["travel"]; bad > .2 || good < .9 {
		t.Errorf("samples are at %v of the way to the data with minimax and at %v with ns, want at most .2 and at least .9", bad, good)
	}
}

func TestQuality(t *testing.T) {
	t.Parallel()
	o := outcome(t, "quality")
	if names(o.Bad) != Misleading || names(o.Good) != verdict.Rising {
		t.Errorf("the losses are told to be %v and the samples %v, want %s and %s", o.Bad.Verdict, o.Good.Verdict, Misleading, verdict.Rising)
	}
	if q := o.Good.Figures["quality"]; q < .2 {
		t.Errorf("a share of %v of the samples is good at the end, want .2", q)
	}
}
