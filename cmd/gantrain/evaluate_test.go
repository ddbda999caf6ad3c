package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
)

// Every remedy of a verdict is flags that gantrain has, with values that work
// beside the run's own.
func TestRemediesAreFlags(t *testing.T) {
	logs, err := filepath.Glob("../internal/verdict/testdata/*.jsonl")
	if err != nil || len(logs) == 0 {
		t.Fatalf("no recorded logs: %v", err)
	}
	tried := make(map[string]bool)
	for _, path := range logs {
		var log []verdict.Line
		for line := range bytes.Lines(readFile(t, path)) {
			var l verdict.Line
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatal(err)
			}
			log = append(log, l)
		}
		for _, c := range configurations() {
			for _, f := range verdict.Of(c, log) {
				for _, remedy := range f.Remedies {
					if strings.HasPrefix(remedy, "--") {
						tried[remedy] = true
						works(t, c, remedy)
					}
				}
			}
		}
	}
	if len(tried) < 5 {
		t.Errorf("the remedies are %v, want more", tried)
	}
}

// configurations are some that a run may have.
func configurations() (all []gan.Config) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, loss := range []string{gan.NonSaturating, gan.Minimax, gan.LeastSquares, gan.Hinge, gan.Relativistic} {
			c := gan.Plain(arch)
			c.Loss, c.Width = loss, 8
			all = append(all, c)
			c.NormD, c.R1 = gan.NoNorm, .5
			if arch == "mlp" {
				c.NormD = ""
			}
			all = append(all, c)
			if loss == gan.NonSaturating {
				c.Smooth, c.LRDecay, c.Average = .1, .5, 0
				all = append(all, c)
			}
		}
		c := all[0]
		c.Arch, c.Loss, c.Clip, c.Batch = arch, gan.Wasserstein, .01, 30
		all = append(all, c)
	}
	return all
}

// works fails unless c with a remedy's flags is a configuration.
func works(t *testing.T, c gan.Config, remedy string) {
	t.Helper()
	f := cli.Flags()
	configFlags(f, &c)
	err := f.Parse(strings.Fields(remedy))
	if err == nil {
		err = c.Validate()
	}
	if err == nil {
		_, _, err = c.Layers(gan.Shape{C: 1, H: 28, W: 28})
	}
	if err != nil {
		t.Errorf("%s with %s: the remedy %s: %v", c.Arch, c.Loss, remedy, err)
	}
}
