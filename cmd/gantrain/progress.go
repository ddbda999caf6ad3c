package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is what a training says while it runs: a bar on a terminal, else
// a line now and then.

// meaning explains the figures of a training with an objective.
func meaning(loss string) string {
	if loss != gan.NonSaturating && loss != gan.Minimax {
		return `D, G        losses of the discriminator and the generator
real, fake  the mean sigmoid of what the discriminator says of real and of generated images
`
	}
	return `D, G        losses of the discriminator and the generator; D is 1.39 when it can only guess
real, fake  the discriminator's mean verdict, 0 to 1, on real and on generated images:
            0.50 and 0.50 when it can only guess, 1.00 and 0.00 when it is always right
`
}

const (
	lineSteps = 100 // a line at least every so many steps,
	lineTime  = 10 * time.Second
	barParts  = 1000                   // that the bar counts to
	barTime   = 200 * time.Millisecond // between two looks of the bar
	barWidth  = 16                     // of the bar itself
	barRoom   = barWidth + 12          // columns before the figures and after
)

// progress shows how far a training is.
type progress struct {
	w     io.Writer
	width func() int               // columns of the terminal
	bar   *progressbar.ProgressBar // nil: lines
	steps int                      // at the last line
	shown time.Time
}

// newProgress shows the progress of a training with an objective on w, from a
// step on, with a bar if w is a terminal.
func newProgress(w io.Writer, loss string, step int) *progress {
	p := &progress{w: w, steps: step, shown: time.Now()}
	fmt.Fprint(w, meaning(loss))
	if file, ok := w.(*os.File); ok && cli.Terminal(file) {
		p.begin(func() int {
			if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
				return width
			}
			return 80
		})
	}
	return p
}

// begin makes a bar on a terminal of so many columns.
func (p *progress) begin(width func() int) {
	p.width = width
	p.bar = progressbar.NewOptions(barParts,
		progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "[", BarEnd: "]"}))
}

// state is what is shown of a moment of training.
type state struct {
	gan.Stats
	target int           // steps, or 0
	done   float64       // part of the budget
	rate   float64       // real images per second
	left   time.Duration // till the budget is used up
}

func (s *state) String() string {
	step := fmt.Sprint(s.Step)
	if s.target > 0 {
		step = fmt.Sprintf("%d/%d", s.Step, s.target)
	}
	return fmt.Sprintf("step %s  epoch %.2f  D %.3f  G %.3f  real %.2f  fake %.2f  %.0f images/s  %s left",
		step, s.Epoch, s.LossD, s.LossG, s.Real, s.Fake, s.rate, s.left.Round(time.Second))
}

// fit is String for a terminal with room for so many bytes: if that is too few,
// the time left comes first, and what does not fit is left out.
func (s *state) fit(room int) string {
	if text := s.String(); len(text) <= room {
		return text
	}
	text := ""
	for _, field := range []string{
		s.left.Round(time.Second).String() + " left",
		fmt.Sprintf("%.0f images/s", s.rate),
		fmt.Sprintf("D %.2f G %.2f", s.LossD, s.LossG),
		fmt.Sprintf("real %.2f fake %.2f", s.Real, s.Fake),
	} {
		if len(text)+len(field) > room {
			break
		}
		text += field + "  "
	}
	return strings.TrimSpace(text)
}

// show shows s if it is time.
func (p *progress) show(s *state) {
	now := time.Now()
	last := s.done >= 1
	switch {
	case p.bar != nil:
		if !last && now.Sub(p.shown) < barTime {
			return
		}
		p.bar.Describe(s.fit(p.width() - barRoom))
		p.bar.Set(int(barParts * min(s.done, 1)))
	case last || s.Step-p.steps >= lineSteps || now.Sub(p.shown) >= lineTime:
		fmt.Fprintln(p.w, s)
	default:
		return
	}
	p.steps, p.shown = s.Step, now
}

// say writes a line above the bar.
func (p *progress) say(line string) {
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintln(p.w, line)
}

// end leaves the bar's line, so that what follows begins a new one.
func (p *progress) end() {
	if p.bar != nil {
		fmt.Fprintln(p.w)
		p.bar = nil
	}
}
