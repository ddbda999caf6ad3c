package main

import (
	"fmt"
	"math"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

// This file is how long a training lasts: exactly one of steps, epochs, time.

// budget is counted from a run's first step, resumed or not. One field is set.
type budget struct {
	Steps  int      `json:"steps,omitempty"`
	Epochs float64  `json:"epochs,omitempty"`
	Time   duration `json:"time,omitzero"`
}

// duration is a time.Duration that JSON has as "10m0s".
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

// budget is what the flags say; given is false if they say nothing.
func (o *options) budget() (b budget, given bool, err error) {
	var names []string
	for _, name := range []string{"steps", "epochs", "time"} {
		if o.set.Changed(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return budget{Steps: o.steps}, false, nil
	}
	if len(names) > 1 {
		return b, true, cli.Flagf("--%s and --%s exclude each other", names[0], names[1])
	}
	switch names[0] {
	case "steps":
		b.Steps = o.steps
	case "epochs":
		b.Epochs = o.epochs
	case "time":
		b.Time = duration(o.time)
	}
	if err := b.validate(); err != nil {
		return b, true, cli.Flagf("%w", err)
	}
	return b, true, nil
}

// maxSteps is the longest training that can be asked for.
const maxSteps = 1 << 40

func (b budget) validate() error {
	set := 0
	for _, is := range []bool{b.Steps != 0, b.Epochs != 0, b.Time != 0} {
		if is {
			set++
		}
	}
	switch {
	case b.Steps < 0 || b.Steps > maxSteps:
		return fmt.Errorf("steps is %d, want 1 to %d", b.Steps, maxSteps)
	case b.Epochs < 0 || b.Epochs > 1e9 || math.IsNaN(b.Epochs):
		return fmt.Errorf("epochs is %v, want more than 0, up to 1e9", b.Epochs)
	case b.Time < 0:
		return fmt.Errorf("time is %v, want more than 0", time.Duration(b.Time))
	case set != 1:
		return fmt.Errorf("steps, epochs or time must be more than 0")
	}
	return nil
}

func (b budget) String() string {
	switch {
	case b.Steps > 0:
		return fmt.Sprintf("%d steps", b.Steps)
	case b.Epochs > 0:
		return fmt.Sprintf("%v epochs", b.Epochs)
	}
	return time.Duration(b.Time).String()
}

// target is the number of steps after which the budget is used up, for images
// of which a step shows so many; 0 when it is a time.
func (b budget) target(images, shown int) int {
	if b.Epochs > 0 {
		return max(1, int(math.Ceil(b.Epochs*float64(images)/float64(shown))))
	}
	return b.Steps
}
