package infer

import (
	"bytes"
	"context"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// This file tests sessions: what Generate costs, what it refuses, and several
// at once.

// Generate allocates nothing, with any number of workers.
func TestGenerateAllocates(t *testing.T) {
	for _, name := range []string{"mlp", "dcgan", "tails alone", "conv to dense and back"} {
		m := load(t, sketches[name]())
		for _, workers := range []int{1, 3} {
			s := mustSession(t, m, 5)
			s.Workers, s.eager = workers, true
			z := latents(m, 7).Data.([]float32)
			dst := make([]float32, 7*m.outputs[0].Len())
			allocs := testing.AllocsPerRun(10, func() {
				if err := s.Generate(dst, z); err != nil {
					t.Fatal(err)
				}
			})
			if allocs != 0 {
				t.Errorf("%s, %d workers: Generate allocates %v times, want 0", name, workers, allocs)
			}
		}
	}
}

// Generate writes what Run returns, for any number of latents.
func TestGenerate(t *testing.T) {
	m := load(t, sketches["dcgan"]())
	want := mustRun(t, mustSession(t, m, 1), latents(m, 11))[0].Data.([]float32)
	s := mustSession(t, m, 4)
	z := latents(m, 11).Data.([]float32)
	per := len(want) / 11
	for _, n := range []int{0, 1, 4, 11} {
		dst := make([]float32, n*per)
		if err := s.Generate(dst, z[:n*10]); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "images", dst, want[:n*per])
	}
}

func TestGenerateErrors(t *testing.T) {
	m := load(t, sketches["dcgan"]())
	s := mustSession(t, m, 2)
	cases := []struct {
		dst, z int
		want   string
	}{
		{3 * 16 * 16, 63, "infer: z has 63 values, want a multiple of 10"},
		{767, 10, "infer: dst has room for 767 values, want 768 for 1 latents"},
		{769, 10, "want 768"},
		{768, 0, "want 0"},
	}
	for _, c := range cases {
		wantError(t, s.Generate(make([]float32, c.dst), make([]float32, c.z)), c.want)
	}
	two := load(t, sketches["layer read twice"]())
	wantError(t, mustSession(t, two, 1).Generate(nil, nil), "1 inputs and 3 outputs")
	_, err := m.NewSession(0)
	wantError(t, err, "batch is 0")
	_, err = m.NewSession(math.MaxInt)
	wantError(t, err, "want at most")
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "infer: ") != 1 {
		t.Errorf("error %v, want one that says %q, and the package once", err, want)
	}
}

func TestRunErrors(t *testing.T) {
	m := load(t, sketches["mlp"]())
	s := mustSession(t, m, 2)
	z := latents(m, 1)
	with := func(change func(*Tensor)) Tensor {
		t := z
		change(&t)
		return t
	}
	cases := []struct {
		want   string
		inputs []Tensor
	}{
		{`input "z" is missing`, nil},
		{`no input "y"`, []Tensor{with(func(t *Tensor) { t.Name = "y" })}},
		{`"z" is given twice`, []Tensor{z, z}},
		{`has shape [1 8], want [-1 7]`, []Tensor{with(func(t *Tensor) { t.Shape = []int{1, 8} })}},
		{`has shape [7], want [-1 7]`, []Tensor{with(func(t *Tensor) { t.Shape = []int{7} })}},
		{`has 7 values, want 14`, []Tensor{with(func(t *Tensor) { t.Shape = []int{2, 7} })}},
		{`which is too large`, []Tensor{with(func(t *Tensor) { t.Shape = []int{math.MaxInt, 7} })}},
		{`is []int64, want []float32`, []Tensor{with(func(t *Tensor) { t.Data = []int64{1} })}},
	}
	for _, c := range cases {
		_, err := s.Run(context.Background(), c.inputs...)
		wantError(t, err, c.want)
	}
}

// Several inputs and outputs come and go by name.
func TestRunNamed(t *testing.T) {
	s := newSketch(-1, 4)
	s.Graph.Inputs = append(s.Graph.Inputs, s.Graph.Inputs[0])
	s.Graph.Inputs[1].Name = "noise"
	m := load(t, s.outputs(s.gemm("z", 4, 3), s.act("Relu", "noise")))
	session := mustSession(t, m, 2)
	z := latents(m, 3)
	noise := Tensor{Name: "noise", Shape: []int{3, 4}, Data: []float32{-1, 2, -3, 4, 5, -6, 7, -8, 9, 10, -11, -12}}
	out := mustRun(t, session, noise, z)
	sameBits(t, "Relu(noise)", out[1].Data.([]float32), []float32{0, 2, 0, 4, 5, 0, 7, 0, 9, 10, 0, 0})
	sameBits(t, "Gemm(z)", out[0].Data.([]float32), mustRun(t, session, z, noise)[0].Data.([]float32))
	noise.Shape, noise.Data = []int{1, 4}, []float32{1, 2, 3, 4}
	_, err := session.Run(context.Background(), z, noise)
	wantError(t, err, `input "noise" has 1 samples, another input has 3`)
}

// Sessions of one model run side by side.
func TestConcurrent(t *testing.T) {
	m := load(t, sketches["dcgan"]())
	z := latents(m, 5)
	want := mustRun(t, mustSession(t, m, 5), z)[0].Data.([]float32)
	var all sync.WaitGroup
	for i := range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			s, err := m.NewSession(2)
			if err != nil {
				t.Error(err)
				return
			}
			s.Workers, s.eager = i, true
			got := make([]float32, len(want))
			for range 3 {
				if err := s.Generate(got, z.Data.([]float32)); err != nil {
					t.Error(err)
				}
				for j := range want {
					if got[j] != want[j] {
						t.Errorf("session %d: image value %d = %v, want %v", i, j, got[j], want[j])
						return
					}
				}
			}
		}()
	}
	all.Wait()
}

// Workers end when their session is gone.
func TestWorkersEnd(t *testing.T) {
	m := load(t, sketches["dcgan"]())
	z := latents(m, 4).Data.([]float32)
	awaitWorkers(t, 0) // of other tests' sessions
	func() {
		s := mustSession(t, m, 4)
		s.Workers, s.eager = 4, true
		if err := s.Generate(make([]float32, 4*768), z); err != nil {
			t.Fatal(err)
		}
		awaitWorkers(t, min(4, runtime.GOMAXPROCS(0))-1)
		runtime.KeepAlive(s)
	}()
	awaitWorkers(t, 0)
}

// awaitWorkers collects garbage until there are want helpers.
func awaitWorkers(t *testing.T, want int) {
	t.Helper()
	stacks, got := make([]byte, 1<<20), 0
	for range 100 {
		runtime.GC()
		got = bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte("plan.(*Pool).help("))
		if got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d workers, want %d", got, want)
}

// An output that is the same for every latent is Run's.
func TestGenerateOfAConstant(t *testing.T) {
	for _, shape := range [][]int64{nil, {1}, {2, 3}} {
		s := newSketch(-1, 4)
		name := s.weight(1, shape...)
		m := load(t, s.outputs(s.act("Identity", name)))
		err := mustSession(t, m, 2).Generate(make([]float32, 2*volume64(shape)), make([]float32, 8))
		if err == nil || !strings.Contains(err.Error(), "the same for every latent") {
			t.Errorf("Generate of a constant of shape %v: error %v", shape, err)
		}
	}
}
