package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// This file is the process of one side. It loads the model, runs it as often as each line on standard input says, and answers with a line
// of JSON. At the end of standard input it answers how much memory it had at most, and writes the outputs of the last run to a file.

// engine is a loaded model with its input.
type engine interface {
	run() error
	outputs() [][]float32 // of the last run
}

// answer is a line on standard output.
type answer struct {
	Times []float64 `json:"times,omitempty"` // of the runs, in seconds
	Peak  float64   `json:"peak,omitempty"`  // memory of the process, in bytes
}

// sideOptions are the flags.
type sideOptions struct {
	engine, model, input, output, profile string
	inputName                             string
	outputNames                           []string
	shape                                 []int
	fixed                                 bool // the model is loaded with its sizes fixed
	cpu                                   bool // times are of the processor
}

func (o *sideOptions) args() []string {
	shape := make([]string, len(o.shape))
	for i, d := range o.shape {
		shape[i] = strconv.Itoa(d)
	}
	return append([]string{
		"side", "-engine", o.engine, "-model", o.model, "-input", o.input, "-output", o.output, "-profile", o.profile,
		"-name", o.inputName, "-shape", strings.Join(shape, ","), fmt.Sprintf("-fixed=%v", o.fixed), fmt.Sprintf("-cpu=%v", o.cpu),
	}, o.outputNames...)
}

func parseSide(args []string) (*sideOptions, error) {
	var o sideOptions
	f := flag.NewFlagSet("side", flag.ContinueOnError)
	f.StringVar(&o.engine, "engine", "", "ganlet or ort")
	f.StringVar(&o.model, "model", "", "the ONNX `file`")
	f.StringVar(&o.input, "input", "", "`file` of the input's values")
	f.StringVar(&o.output, "output", "", "`file` for the outputs' values")
	f.StringVar(&o.profile, "profile", "", "`file` for a profile of all runs but the first line's")
	f.StringVar(&o.inputName, "name", "", "of the input")
	f.BoolVar(&o.fixed, "fixed", false, "fix the sizes")
	f.BoolVar(&o.cpu, "cpu", false, "measure processor time")
	shape := f.String("shape", "", "of the input, with commas")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.outputNames = f.Args()
	for field := range strings.SplitSeq(*shape, ",") {
		d, err := strconv.Atoi(field)
		if err != nil {
			return nil, fmt.Errorf("-shape is %q, want sizes with commas", *shape)
		}
		o.shape = append(o.shape, d)
	}
	return &o, nil
}

func runSide(args []string, stdin io.Reader, stdout io.Writer) error {
	runtime.GOMAXPROCS(1) // one thread, the garbage collector's included
	o, err := parseSide(args)
	if err != nil {
		return err
	}
	x, err := readFloats(o.input)
	if err != nil {
		return err
	}
	e, err := openEngine(o, x)
	if err != nil {
		return err
	}
	if err := serve(e, stdin, json.NewEncoder(stdout), o); err != nil {
		return err
	}
	return writeFloats(o.output, e.outputs())
}

func openEngine(o *sideOptions, x []float32) (engine, error) {
	if o.engine == "ort" {
		return openORT(o, x)
	}
	return openGanlet(o, x)
}

// serve answers each line, and then how much memory that took.
func serve(e engine, stdin io.Reader, answers *json.Encoder, o *sideOptions) error {
	seconds := wallTime
	if o.cpu {
		seconds = processorTime
	}
	lines := bufio.NewScanner(stdin)
	for first := true; lines.Scan(); first = false {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			return err
		}
		times := make([]float64, n)
		for i := range times {
			begun := seconds()
			if err := e.run(); err != nil {
				return err
			}
			times[i] = seconds() - begun
		}
		if err := answers.Encode(answer{Times: times}); err != nil {
			return err
		}
		if first && o.profile != "" {
			f, err := os.Create(o.profile)
			if err != nil {
				return err
			}
			defer f.Close()
			if err := pprof.StartCPUProfile(f); err != nil {
				return err
			}
			defer pprof.StopCPUProfile()
		}
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	return answers.Encode(answer{Peak: peak})
}

var started = time.Now()

func wallTime() float64 { return time.Since(started).Seconds() }

// processorTime is what all threads of this process have used.
func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it has no errors for these arguments
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// peakMemory is the most memory that this process had, in bytes, as Linux counts it: unlike that of getrusage, this count begins when the
// program starts.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`).FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("/proc/self/status has no VmHWM")
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb * 1024, err
}

// writeFloats writes lists of numbers, each after its length.
func writeFloats(path string, lists [][]float32) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	for _, list := range lists {
		if err := binary.Write(w, binary.LittleEndian, int64(len(list))); err != nil {
			return err
		}
		for part := range slices.Chunk(list, 1<<12) {
			if err := binary.Write(w, binary.LittleEndian, part); err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// readLists reads what writeFloats wrote.
func readLists(path string) (lists [][]float32, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for {
		var n int64
		if err := binary.Read(r, binary.LittleEndian, &n); err == io.EOF {
			return lists, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list := make([]float32, n)
		for at := int64(0); at < n; at += 1 << 12 {
			if err := binary.Read(r, binary.LittleEndian, list[at:min(at+1<<12, n)]); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		lists = append(lists, list)
	}
}

// readFloats reads a file of one list.
func readFloats(path string) ([]float32, error) {
	lists, err := readLists(path)
	if err == nil && len(lists) != 1 {
		err = fmt.Errorf("%s has %d lists, want one", path, len(lists))
	}
	if err != nil {
		return nil, err
	}
	return lists[0], nil
}
