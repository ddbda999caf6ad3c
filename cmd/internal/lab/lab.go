// Package lab is the four problems of training GANs that their literature names,
// each small enough to watch: an experiment that goes wrong, and the same with one
// change, which goes right.
package lab

import (
	"fmt"
	"io"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
)

// An Experiment is one problem. Its sentences are for somebody who looks at the
// pictures.
type Experiment struct {
	Name string `json:"name"`
	See  string `json:"see"`
	Why  string `json:"why"`
	Cure string `json:"cure"`

	run func() (*Outcome, error)
}

// Experiments are all of them.
func Experiments() []Experiment {
	return []Experiment{convergence(), collapse(), vanishing(), quality()}
}

// Run does the experiment, the same every time; it takes seconds.
func (e Experiment) Run() (*Outcome, error) {
	o, err := e.run()
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", e.Name, err)
	}
	o.Experiment = e
	return o, nil
}

// An Outcome is what an experiment showed.
type Outcome struct {
	Experiment
	Bad  Side `json:"bad"`
	Good Side `json:"good"`

	rows []row // of the picture
}

// A Side is one of its two runs.
type Side struct {
	Title   string             `json:"title"`
	Flags   string             `json:"flags,omitempty"` // of gantrain, which do the same
	Verdict []verdict.Finding  `json:"verdict"`
	Figures map[string]float64 `json:"figures"`
}

// WritePNG draws both sides, the bad one at the left.
func (o *Outcome) WritePNG(w io.Writer) error { return drawRows(w, o.Bad.Title, o.Good.Title, o.rows) }
