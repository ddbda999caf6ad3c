// Command random compares ganlet's infer with ONNX Runtime on random graphs: those that infer's own fuzzing draws, by seed.
//
//	ORT_LIB=/path/to/libonnxruntime.so.1 random -n 20000
//	ORT_LIB=/path/to/libonnxruntime.so.1 random -first 17 -n 1 -v
//
// It prints how many graphs both ran, and, by operator, on how many nodes they differ: the node alone, on the inputs that infer
// computes for it. What is known (known.go) is counted apart, with its reason. It exits 1 if there is anything else. A graph on
// which ONNX Runtime itself crashes is counted, too: graphs run in a process of their own, which is started again.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "random: error: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("random", flag.ContinueOnError)
	first := f.Uint64("first", 0, "the first seed")
	n := f.Uint64("n", 5000, "how many seeds")
	verbose := f.Bool("v", false, "print every difference, with the node")
	child := f.Bool("child", false, "compare in this process, and write one line of JSON a seed")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *child {
		return compareAll(*first, *n, stdout)
	}
	all := newCounts()
	for at := *first; at < *first+*n; {
		next, err := part(at, *first+*n-at, func(r result) { all.add(&r, *verbose, stdout) })
		if err != nil && next == at {
			return err
		}
		if err != nil && next < *first+*n {
			all.crashes = append(all.crashes, next)
			next++
		}
		at = next
	}
	return all.print(stdout)
}

// part compares seeds in a child, until that ends. It returns the first seed that was not done.
func part(first, n uint64, add func(result)) (next uint64, err error) {
	self, err := os.Executable()
	if err != nil {
		return first, err
	}
	c := exec.Command(self, "-child", "-first", strconv.FormatUint(first, 10), "-n", strconv.FormatUint(n, 10))
	out, err := c.StdoutPipe()
	if err != nil {
		return first, err
	}
	if err := c.Start(); err != nil {
		return first, err
	}
	next = first
	started := false
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return next, err
		}
		if started = true; r.Ready {
			continue
		}
		add(r)
		next = r.Seed + 1
	}
	err = c.Wait()
	if err != nil && !started {
		return first, errors.New("the library does not load: is ORT_LIB the path of libonnxruntime.so.1?")
	}
	if err != nil && next == first {
		// the first seed crashed: say so by moving on from here
		add(result{Seed: first, Crashed: true})
		return first + 1, nil
	}
	return next, err
}

// result is what came of a seed.
type result struct {
	Ready   bool   `json:"ready,omitempty"` // the library is loaded; no seed yet
	Seed    uint64 `json:"seed"`
	Outcome string `json:"outcome,omitempty"` // which of the two ran
	Op      string `json:"op,omitempty"`      // of the node that they differ on; empty: only their sum differs
	Says    string `json:"says,omitempty"`
	Node    string `json:"node,omitempty"`
	Crashed bool   `json:"crashed,omitempty"`
}

// counts sums up.
type counts struct {
	outcomes map[string]int
	ops      map[string][]uint64 // seeds that differ, by operator
	known    map[difference]int
	crashes  []uint64
}

func newCounts() *counts {
	return &counts{make(map[string]int), make(map[string][]uint64), make(map[difference]int), nil}
}

func (c *counts) add(r *result, verbose bool, stdout io.Writer) {
	if r.Crashed {
		c.crashes = append(c.crashes, r.Seed)
		return
	}
	c.outcomes[r.Outcome]++
	if r.Outcome != differ {
		return
	}
	if d := lookup(r); d != nil {
		c.known[*d]++
		return
	}
	c.ops[r.Op] = append(c.ops[r.Op], r.Seed)
	if verbose {
		fmt.Fprintf(stdout, "seed %d: %s: %s\n%s\n", r.Seed, r.Op, r.Says, r.Node)
	}
}

func (c *counts) print(stdout io.Writer) error {
	for _, outcome := range slices.Sorted(maps.Keys(c.outcomes)) {
		fmt.Fprintf(stdout, "%6d %s\n", c.outcomes[outcome], outcome)
	}
	fmt.Fprintf(stdout, "%6d crashes of ONNX Runtime, seeds %v\n", len(c.crashes), c.crashes)
	for _, d := range known {
		if n := c.known[d]; n > 0 {
			fmt.Fprintf(stdout, "%6d known, %s: %s\n", n, d.op, d.why)
		}
	}
	bad := 0
	for _, op := range slices.Sorted(maps.Keys(c.ops)) {
		bad += len(c.ops[op])
		fmt.Fprintf(stdout, "DIFFER %-24s %4d, seeds %v\n", op, len(c.ops[op]), c.ops[op][:min(8, len(c.ops[op]))])
	}
	if bad > 0 {
		return fmt.Errorf("%d graphs differ", bad)
	}
	return nil
}
