package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ganlet/ganlet/gan"
)

func TestLines(t *testing.T) {
	var w bytes.Buffer
	p := newProgress(&w, gan.Minimax, 200)
	if w.String() != meaning(gan.Minimax) {
		t.Errorf("progress begins with %q, want what its numbers mean", w.String())
	}
	w.Reset()
	s := &state{Stats: gan.Stats{Epoch: 1.5, LossD: 1, LossG: 2, Real: 0.75, Fake: 0.25}, target: 1000, done: 0.5, rate: 400, left: 61 * time.Second}
	for s.Step = 201; s.Step <= 450; s.Step++ {
		p.show(s)
	}
	want := "step 300/1000  epoch 1.50  D 1.000  G 2.000  real 0.75  fake 0.25  400 images/s  1m1s left\n"
	if want += strings.Replace(want, "300", "400", 1); w.String() != want {
		t.Errorf("250 steps show %q, want %q", w.String(), want)
	}

	w.Reset()
	p.shown = time.Now().Add(-2 * lineTime)
	s.Step = 451
	p.show(s)
	if n := strings.Count(w.String(), "\n"); n != 1 {
		t.Errorf("a step after a long time shows %d lines, want 1", n)
	}
	s.Step, s.done = 452, 1
	p.show(s)
	p.end()
	if n := strings.Count(w.String(), "\n"); n != 2 {
		t.Errorf("the last step shows %d lines, want 1", n-1)
	}
}

func TestBar(t *testing.T) {
	for _, c := range []struct {
		width int
		want  string // the last look
	}{
		{200, " 100% [================]  step 1000  epoch 1.50  D 1.000  G 2.000  real 0.75  fake 0.25  400 images/s  0s left"},
		{80, " 100% [================]  0s left  400 images/s  D 1.00 G 2.00"},
		{50, " 100% [================]  0s left  400 images/s"},
		{10, " 100% [================]"},
	} {
		var w bytes.Buffer
		p := newProgress(&w, gan.Hinge, 0)
		p.begin(func() int { return c.width })
		s := &state{Stats: gan.Stats{Epoch: 1.5, LossD: 1, LossG: 2, Real: 0.75, Fake: 0.25}, rate: 400}
		for s.Step = 1; s.Step <= 1000; s.Step++ {
			s.done = float64(s.Step) / 1000
			p.show(s)
		}
		p.end()
		looks := strings.Split(strings.TrimRight(w.String(), " \n"), "\r")
		if last := strings.TrimRight(looks[len(looks)-1], " "); last != c.want {
			t.Errorf("%d columns: the bar ends as %q, want %q", c.width, last, c.want)
		}
		if !strings.HasSuffix(w.String(), "\n") {
			t.Errorf("%d columns: the bar leaves the line open", c.width)
		}
		for _, look := range looks[1:] {
			if n := len(strings.TrimRight(look, " \n")); n > max(c.width, barRoom) {
				t.Errorf("%d columns: a look of the bar has %d", c.width, n)
			}
		}
	}
}

// A line that is said stands alone, above the bar that goes on.
func TestSay(t *testing.T) {
	var w bytes.Buffer
	p := newProgress(&w, gan.Hinge, 0)
	p.begin(func() int { return 80 })
	s := &state{Stats: gan.Stats{Step: 1}, done: .5}
	p.shown = time.Now().Add(-time.Hour)
	p.show(s)
	p.say("hello")
	p.shown = time.Now().Add(-time.Hour)
	p.show(s)
	p.end()
	lines := strings.Split(w.String(), "\n")
	said := lines[len(lines)-3]
	if last := said[strings.LastIndex(said, "\r")+1:]; strings.TrimSpace(last) != "hello" {
		t.Errorf("the line reads %q, want hello", said)
	}
	if bar := lines[len(lines)-2]; !strings.Contains(bar, "50% [") {
		t.Errorf("the bar goes on as %q", bar)
	}
}
