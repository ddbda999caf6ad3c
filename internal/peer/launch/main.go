// Command launch runs a command and prints, as one JSON line, how long that took and how much memory it had at most. What the command
// itself writes is thrown away, except errors.
//
//	launch COMMAND ARG...
//
// It is a program of its own because Linux counts, in a process's peak, the memory of the process that started it: this one's is small.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "launch: error: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("no command given, want launch COMMAND and its arguments")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%q: %w", args, err)
	}
	wall := time.Since(begun)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return json.NewEncoder(stdout).Encode(map[string]float64{
		"wall_us":     float64(wall.Nanoseconds()) / 1e3,
		"peak_rss_kb": float64(usage.Maxrss), // as Linux has it; other systems differ
	})
}
