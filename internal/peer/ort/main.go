// Command ort runs a model on ONNX Runtime: once, or over and over to time it. It is ONNX Runtime's side of compare, in a program
// of its own so that its start and its memory are ONNX Runtime's and not those of the comparison.
//
//	ORT_LIB=/path/to/libonnxruntime.so.1 ort -model M.onnx -in z -out image -shape 1,100 -n 300 -threads 1
//
// It loads the model, runs it once on normal latents, then n times with the same input and output memory, and prints one JSON line.
// Without -in and -out it first asks the library for the names, which takes as long as to load the model once more.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ganlet/ganlet/internal/peer"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "ort: error: %v\n", err)
		os.Exit(1)
	}
	// No clean-up, so that a run that is over ends at once.
}

// finding is what is printed. Times are in microseconds, of one run; without runs there are none.
type finding struct {
	Version string  `json:"version"`
	P50     float64 `json:"p50_us,omitempty"`
	P99     float64 `json:"p99_us,omitempty"`
}

func run(args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("ort", flag.ContinueOnError)
	model := f.String("model", "", "the ONNX `file`")
	in := f.String("in", "", "`name` of the input")
	out := f.String("out", "", "`name` of the output")
	dims := f.String("shape", "", "shape of the input, with commas")
	threads := f.Int("threads", 1, "intra-op threads")
	n := f.Int("n", 0, "runs to time after the first")
	if err := f.Parse(args); err != nil {
		return err
	}
	shape, size, err := parseShape(*dims)
	if err != nil {
		return err
	}
	if *n < 0 || *threads < 1 {
		return fmt.Errorf("-n is %d and -threads %d, want at least 0 and 1", *n, *threads)
	}
	if err := peer.Start(os.Getenv("ORT_LIB")); err != nil {
		return err
	}
	if *in == "" || *out == "" {
		if *in, *out, err = peer.Names(*model); err != nil {
			return err
		}
	}
	session, err := peer.Open(*model, *in, *out, *threads)
	if err != nil {
		return err
	}
	z := make([]float32, size)
	random := rand.New(rand.NewPCG(1, 0))
	for i := range z {
		z[i] = float32(random.NormFloat64())
	}
	bound, err := session.Bind(z, shape...)
	if err != nil {
		return err
	}
	if err := bound.Run(); err != nil {
		return err
	}
	found := finding{Version: peer.Version()}
	if *n > 0 {
		times := make([]float64, *n)
		for i := range times {
			begun := time.Now()
			if err := bound.Run(); err != nil {
				return err
			}
			times[i] = float64(time.Since(begun).Nanoseconds()) / 1e3
		}
		slices.Sort(times)
		found.P50, found.P99 = times[*n/2], times[*n*99/100]
	}
	return json.NewEncoder(stdout).Encode(found)
}

// parseShape reads "1,100", and returns how many elements that is.
func parseShape(s string) (shape []int64, size int, err error) {
	size = 1
	for _, field := range strings.Split(s, ",") {
		d, err := strconv.Atoi(field)
		if err != nil || d < 1 || d > 1<<20 || size > 1<<28/d {
			return nil, 0, fmt.Errorf("-shape is %q, want sizes with commas", s)
		}
		shape, size = append(shape, int64(d)), size*d
	}
	return shape, size, nil
}
