// Package script is what the test scripts of both commands need beyond
// testscript's own: failures held to the house's form, JSON, waiting.
package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/npy"
)

// GORACE is for the environment variable of that name: with -race, processes
// would sleep for a second at their end.
const GORACE = "atexit_sleep_ms=10"

// Commands are this package's script commands, by name.
func Commands() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"fails":   fails,
		"jsonhas": jsonHas,
		"await":   await,
		"latents": latents,
	}
}

// Condition is this package's condition: [smalldisk] holds where a script can
// mount a small file system that only it and its children see, with unshare.
func Condition(cond string) (bool, error) {
	if cond != "smalldisk" {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return false, err
	}
	defer os.Remove(dir)
	return exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=100k", "none", dir).Run() == nil, nil
}

// fails runs a program that must end with a code, write nothing to standard
// output, and say one line of error, no more.
//
//	fails CODE PROGRAM ARGS...
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	prog := args[1]
	err = ts.Exec(prog, args[2:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Check(err)
	}
	if err == nil {
		ts.Fatalf("%s succeeded, want exit status %d", prog, want)
	}
	if exit.ExitCode() != want {
		ts.Fatalf("%s: %v, want exit status %d", prog, err, want)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("%s failed, but wrote %q to standard output", prog, out)
	}
	said := ts.ReadFile("stderr")
	if !strings.HasPrefix(said, prog+": error: ") || strings.Index(said, "\n") != len(said)-1 {
		ts.Fatalf("%s said %q, want one line of error", prog, said)
	}
}

// jsonHas checks a value in a JSON file, or in the last line of one whose name
// ends in .jsonl. Keys and indices of the path are parted by slashes.
//
//	jsonhas FILE PATH VALUE
func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: jsonhas FILE PATH VALUE")
	}
	b := []byte(ts.ReadFile(args[0]))
	if strings.HasSuffix(args[0], ".jsonl") {
		lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
		b = lines[len(lines)-1]
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	for _, key := range strings.Split(args[1], "/") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(inner) {
				ts.Fatalf("%s: no element %q in %s", args[0], key, args[1])
			}
			v = inner[i]
		default:
			ts.Fatalf("%s: %s leads nowhere at %q", args[0], args[1], key)
		}
	}
	got, err := json.Marshal(v)
	ts.Check(err)
	if string(got) != args[2] {
		ts.Fatalf("%s: %s is %s, want %s", args[0], args[1], got, args[2])
	}
}

// await waits until a file exists.
//
//	await FILE
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s is not there after a minute", args[0])
}

// latents writes samples 0 to n-1 of a seed, as infer draws them from the
// standard normal distribution.
//
//	latents FILE.npy SEED N DIM
func latents(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: latents FILE.npy SEED N DIM")
	}
	seed, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	dim, err := strconv.Atoi(args[3])
	ts.Check(err)
	z := make([]float32, n*dim)
	kernel.Latents(z, seed, 0, dim, true)
	ts.Check(atomicfile.Write(ts.MkAbs(args[0]), func(w io.Writer) error {
		return npy.Write(w, &npy.Array{Shape: []int{n, dim}, Data: z})
	}))
}
