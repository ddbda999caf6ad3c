package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies keeps training out of the program that goes to devices.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := strings.Fields(string(out))
	for _, d := range deps {
		for _, not := range []string{"gorgonia.org/", "gonum.org/", "github.com/owulveryck/", "github.com/ganlet/ganlet/gan", "github.com/ganlet/ganlet/export"} {
			if strings.HasPrefix(d, not) {
				t.Errorf("ganinfer depends on %s", d)
			}
		}
	}
	if !strings.Contains(string(out), "github.com/ganlet/ganlet/infer\n") {
		t.Errorf("go list knows %d packages, but infer is not among them", len(deps))
	}
}
