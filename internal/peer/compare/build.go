package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// This file is the programs that take part: built for this run, and how they are called.

// workshop is where they are built from and to.
type workshop struct {
	scratch string // a directory for this run
	root    string // of ganlet
	peer    string // of this module
}

func newWorkshop(scratch string) (*workshop, error) {
	w := &workshop{scratch: scratch}
	for module, dir := range map[string]*string{"github.com/ganlet/ganlet": &w.root, "github.com/ganlet/ganlet/internal/peer": &w.peer} {
		out, err := output(exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module))
		if err != nil {
			return nil, fmt.Errorf("compare runs in ganlet's internal/peer: %w", err)
		}
		*dir = strings.TrimSpace(string(out))
	}
	return w, nil
}

// build compiles a package, found from the directory dir, and returns the program's path. Settings are environment variables, NAME=VALUE.
func (w *workshop) build(dir, name, pkg string, settings []string, flags ...string) (string, error) {
	path := filepath.Join(w.scratch, name)
	cmd := exec.Command("go", append(append([]string{"build", "-buildvcs=false", "-o", path}, flags...), pkg)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), settings...)
	_, err := output(cmd)
	return path, err
}

// output runs a command and returns what it writes; its error has what it said.
func output(cmd *exec.Cmd) ([]byte, error) {
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(said.String()))
	}
	return out, nil
}

// call runs a program that prints one JSON value, into v.
func call(v any, program string, args ...string) error {
	out, err := output(exec.Command(program, args...))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, v); err != nil {
		return fmt.Errorf("%s printed %q: %w", program, out, err)
	}
	return nil
}

// Settings and flags of builds.
var (
	native = []string{"CGO_ENABLED=0"}
	forPi  = []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64"}
	withC  = []string{"CGO_ENABLED=1"}
	small  = []string{"-trimpath", "-ldflags=-s -w"} // stripped
)

// sizeRows builds for linux/arm64 what the sizes are about.
func (w *workshop) sizeRows() ([]*row, error) {
	sizes := make(map[string]float64)
	for name, from := range map[string][2]string{"ganinfer": {w.root, "./cmd/ganinfer"}, "only": {w.peer, "./size/infer"}, "empty": {w.peer, "./size/empty"}} {
		path, err := w.build(from[0], name+".size", from[1], forPi, small...)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		sizes[name] = float64(info.Size()) / 1e6
	}
	return []*row{
		{name: "ganinfer, linux/arm64, stripped", unit: "MB", ours: []float64{sizes["ganinfer"]}, must: 5, want: 4},
		{name: "a program that only imports infer, over an empty one", unit: "MB", ours: []float64{sizes["only"] - sizes["empty"]}, must: 1.5, want: 1},
	}, nil
}
