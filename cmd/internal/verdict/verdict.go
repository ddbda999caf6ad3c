// Package verdict says in words how a training goes: whether the quality of its
// samples rises, and which of the known failures of GANs its log shows. It sees
// the configuration and the log, no weights; a rule of thumb each, with the
// figures that it goes by.
package verdict

import (
	"fmt"
	"strings"

	"github.com/ganlet/ganlet/gan"
)

// Line is a line of a training's log, in the order of steps.
type Line struct {
	gan.Stats
	Metrics map[string]float64 // of the exported generator; nil where it was not judged
}

// What a finding may be called.
const (
	Rising      = "rising" // of quality
	Flat        = "flat"
	Falling     = "falling"
	Oscillating = "oscillating"
	Collapsing  = "collapsing"
	Starved     = "starved" // of gradient: the generator
)

// Finding is one thing that the log shows.
type Finding struct {
	Name     string   `json:"name"`
	Words    string   `json:"words"`              // what is seen, with its figures
	Remedies []string `json:"remedies,omitempty"` // flags of gantrain, each of which may help, or what else to do
}

func (f Finding) String() string {
	s := f.Name + ": " + f.Words
	if len(f.Remedies) > 0 {
		s += "; try " + strings.Join(f.Remedies, ", or ")
	}
	return s
}

// Of returns what a log shows, failures first, and nothing if it is too short.
// Quality, collapse and swings of quality are told by the metrics of at least
// two, two and four judgements; the others by the losses and gradients.
func Of(c gan.Config, log []Line) (found []Finding) {
	for _, look := range []func(gan.Config, []Line) *Finding{starved, collapsing, oscillating, quality} {
		if f := look(c, log); f != nil {
			found = append(found, *f)
		}
	}
	return found
}

// judged are the lines that have metrics.
func judged(log []Line) (with []Line) {
	for _, l := range log {
		if l.Metrics != nil {
			with = append(with, l)
		}
	}
	return with
}

// steady are flags that make c's game steadier: the first two that are not in
// force.
func steady(c gan.Config) (flags []string) {
	if c.R1+c.R2+c.GP+c.DRAGAN+c.AR1+c.AR2 == 0 {
		flag := "--r1 0.1"
		if c.NormD == "" && (c.Arch == "dcgan" || c.Arch == "resize") { // which have batch norm
			flag += " --norm-d none"
		}
		flags = append(flags, flag)
	}
	if c.Average == 0 {
		flags = append(flags, "--average 0.999")
	}
	if c.LRDecay == 0 {
		flags = append(flags, "--lr-decay 0.3")
	}
	flags = append(flags, fmt.Sprintf("--lr %.3g", c.LR/2))
	return flags[:min(2, len(flags))]
}
