// Command agree compares ganlet's infer with ONNX Runtime: the same models on the same latents, and labels in turn, in batches of 1, 3 and 64;
// and with all optional inputs of a generator of styles.
//
//	ORT_LIB=/path/to/libonnxruntime.so.1 agree MODEL.onnx ...
//
// It prints a line for every model and batch, and exits 1 if an image differs by more than 1e-5 (of a range of [-1, 1]) anywhere.
package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/peer"
)

// limit is how far two float32 computations of one image, in another order of operations, may lie apart.
const limit = 1e-5

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "agree: error: %v\n", err)
		os.Exit(1)
	}
}

func run(paths []string, stdout io.Writer) error {
	if len(paths) == 0 {
		return errors.New("no model given, want agree MODEL.onnx and perhaps more")
	}
	if err := peer.Start(os.Getenv("ORT_LIB")); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "ONNX Runtime %s, limit %g\n", peer.Version(), limit)
	var all, failed int
	check := func(what string, batch int, d delta, err error) error {
		if err != nil {
			return fmt.Errorf("%s, batch %d: %w", what, batch, err)
		}
		all++
		verdict := "ok"
		if !(d.largest <= limit) { // a NaN fails, too
			verdict = "FAILED"
			failed++
		}
		fmt.Fprintf(stdout, "%s batch %d: largest difference %.3g of %d values in [%.3f, %.3f]: %s\n", what, batch, d.largest, d.values, d.low, d.high, verdict)
		return nil
	}
	for _, path := range paths {
		styles, err := hasStyles(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, batch := range []int{1, 3, 64} {
			d, err := difference(path, batch)
			if err := check(path, batch, d, err); err != nil {
				return err
			}
			if styles {
				d, err := differenceStyled(path, batch)
				if err := check(path+" with its optional inputs", batch, d, err); err != nil {
					return err
				}
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d comparisons beyond %g", failed, all, limit)
	}
	return nil
}

// delta is what was found between two sets of images.
type delta struct {
	largest   float64 // absolute difference
	low, high float32 // range of ONNX Runtime's values
	values    int
}

// difference draws the first batch latents of seed 1 through both engines.
func difference(path string, batch int) (delta, error) {
	m, err := infer.Open(path)
	if err != nil {
		return delta{}, err
	}
	s, err := m.NewSession(batch)
	if err != nil {
		return delta{}, err
	}
	latent, err := m.Latent(1)
	if err != nil {
		return delta{}, err
	}
	inputs, out := m.Inputs(), m.Outputs()[0]
	in := inputs[0]
	z := make([]float32, batch*latent.Dim)
	latent.Fill(z, 0)
	ours := make([]float32, batch*size(out.Shape))
	names, tensors := []string{in.Name}, []peer.Tensor{{Shape: dims(batch, in.Shape), Data: z}}
	if classes := len(m.Classes()); classes > 0 {
		labels := make([]int64, batch)
		for i := range labels {
			labels[i] = int64(i % classes)
		}
		names, tensors = append(names, inputs[1].Name), append(tensors, peer.Tensor{Shape: []int{batch}, Data: labels})
		err = s.GenerateLabels(ours, z, labels)
	} else {
		err = s.Generate(ours, z)
	}
	if err != nil {
		return delta{}, err
	}

	o, err := peer.OpenAll(path, names, []string{out.Name}, 1)
	if err != nil {
		return delta{}, err
	}
	defer o.Close()
	theirs, err := outputOf(o, tensors)
	if err != nil {
		return delta{}, err
	}
	if len(theirs) != len(ours) {
		return delta{}, fmt.Errorf("ONNX Runtime's output has %d values, infer's %d", len(theirs), len(ours))
	}
	return compare(ours, theirs), nil
}

// outputOf is the output of a model.
func outputOf(o *peer.Session, inputs []peer.Tensor) ([]float32, error) {
	b, err := o.BindAll(inputs...)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if err := b.Run(); err != nil {
		return nil, err
	}
	out, err := b.Output(0)
	return slices.Clone(out), err
}

// compare is for slices of one length.
func compare(ours, theirs []float32) delta {
	d := delta{low: slices.Min(theirs), high: slices.Max(theirs), values: len(theirs)}
	for i, v := range theirs {
		d.largest = max(d.largest, math.Abs(float64(ours[i])-float64(v))) // max keeps a NaN
	}
	return d
}

// size is the number of elements of one sample: shape without its first dimension, N.
func size(shape []int) int {
	n := 1
	for _, d := range shape[1:] {
		n *= d
	}
	return n
}

// dims is shape with batch in place of N.
func dims(batch int, shape []int) []int { return append([]int{batch}, shape[1:]...) }
