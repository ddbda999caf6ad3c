package infer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file is what must hold for a model, whatever it is.

// tally checks models, and counts what became of them.
type tally struct {
	models, loaded, runs, apart, plain, exact int
	ran                                       map[string]int // runs, by recipe
	known                                     *regexp.Regexp // failures to be passed over; nil: none
}

func newTally() *tally {
	y := &tally{ran: make(map[string]int)}
	if *randomKnown != "" {
		y.known = regexp.MustCompile(*randomKnown)
	}
	return y
}

func (y *tally) String() string {
	return fmt.Sprintf("of %d models %d load and %d run; %d were compared in two batches, %d with the plain plan, %d of those bit by bit", y.models, y.loaded, y.runs, y.apart, y.plain, y.exact)
}

// narrow are limits for what nobody trusts.
var narrow = Limits{Nodes: 64, Parameters: 1 << 14, Activations: 1 << 16, MultiplyAdds: 1 << 20}

// slow is the work from which on a model is not run without limits: it is allowed
// to take seconds.
const slow = 1 << 23

// check says what is wrong with how the package takes a model.
func (y *tally) check(c *randmodel.Case) error {
	stop := time.AfterFunc(30*time.Second, func() { panic("a model takes more than 30 seconds:" + describe(c.Model)) })
	defer stop.Stop()
	return y.checkFile(c, onnx.Marshal(c.Model))
}

// checkFile is check of a model's file.
func (y *tally) checkFile(c *randmodel.Case, data []byte) error {
	y.models++
	for _, o := range []Options{{Limits: narrow, Seed: 1}, {Seed: 1}} {
		if err := y.checkWith(c, data, o); err != nil {
			if y.known != nil && y.known.MatchString(err.Error()) {
				continue
			}
			return fmt.Errorf("limits %+v: %w", o.Limits, err)
		}
	}
	return nil
}

func (y *tally) checkWith(c *randmodel.Case, data []byte, o Options) error {
	memory, _ := o.Limits.fold(int64(len(data)))
	var m *Model
	var err error
	if took := allocated(func() { m, err = o.Parse(data) }); took > 64<<20+6*memory {
		return fmt.Errorf("Parse allocates %d bytes: %v", took, err)
	}
	if err != nil {
		return refused(err)
	}
	free := o.Limits == Limits{}
	if free {
		y.loaded++
	}
	n := 3
	if m.single {
		n = 1
	}
	inputs := feed(m, c.Feeds, n)
	if inputs == nil {
		return nil
	}
	if p, err := m.plan(shapesOf(inputs)); err != nil && refused(public(err)) != nil {
		return err
	} else if err != nil || free && p.Work > slow {
		return nil
	}
	limits := o.Limits.plan(int64(len(data)), 1<<16, int64(n))
	var got []Tensor
	if took := allocated(func() { got, err = y.runs3(m, inputs, c.Apart) }); took > 64<<20+8*limits.Memory+16*limits.FoldMemory {
		return fmt.Errorf("its runs allocate %d bytes: %v", took, err)
	}
	if err != nil {
		if isPanic(err) || errors.Is(err, errDiffers) {
			return err
		}
		return nil
	}
	if !free {
		return nil
	}
	if err := around(m, got); err != nil {
		return err
	}
	y.runs++
	for _, name := range c.Ops {
		y.ran[name]++
	}
	return y.comparePlain(c, m, data, inputs, got)
}

var errDiffers = errors.New("results differ")

// runs3 runs a model with several workers and batches, whose results must be
// equal, and returns them.
func (y *tally) runs3(m *Model, inputs []Tensor, apart bool) ([]Tensor, error) {
	batch := 3
	s, err := m.NewSession(batch)
	if err != nil {
		return nil, err
	}
	want, err := s.run(inputs)
	if isPanic(err) {
		return nil, err
	}
	type other struct{ batch, workers int }
	others := []other{{3, 3}, {3, 1}}
	if apart && err == nil {
		others = append(others, other{1, 1}, other{2, 3})
		y.apart++
	}
	for i, o := range others {
		again := s
		if i > 1 {
			var failed error
			if again, failed = m.NewSession(o.batch); failed != nil {
				return nil, failed
			}
		}
		again.Workers, again.eager = o.workers, true
		got, failed := again.run(inputs)
		if isPanic(failed) {
			return nil, failed
		}
		if (failed == nil) != (err == nil) {
			return nil, fmt.Errorf("%w: batches of %d with %d workers: error is %v, want %v", errDiffers, o.batch, o.workers, failed, err)
		}
		e := equal(got, want)
		if e != nil && o.batch != batch { // where no number is, the batch may change bits
			e = equal(sameNaNs(got), sameNaNs(want))
		}
		if e != nil {
			return nil, fmt.Errorf("%w: batches of %d with %d workers: %v", errDiffers, o.batch, o.workers, e)
		}
	}
	if err != nil {
		return nil, err
	}
	return want, y.generate(m, s, inputs, want)
}

// around calls what else a model can be asked: it may refuse, but not panic.
func around(m *Model, got []Tensor) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("Verify, Latent or Image panics: %v", v)
		}
	}()
	if _, err := m.Verify(sha256.New()); isPanic(err) {
		return err
	}
	if latent, err := m.Latent(1); err == nil && latent.Dim < 1<<16 {
		latent.Fill(make([]float32, 2*latent.Dim), 3)
	}
	if images, ok := got[0].Data.([]float32); ok {
		m.Image(images[:min(len(images), m.outputs[0].Len())])
	}
	return nil
}

// generate compares Generate with Run.
func (y *tally) generate(m *Model, s *Session, inputs, want []Tensor) error {
	if m.generates(1) != nil || len(inputs) != 1 {
		return nil
	}
	z := inputs[0].Data.([]float32)
	images, ok := want[0].Data.([]float32)
	if !ok {
		return nil // the file says so, and a cut hides that it is wrong
	}
	if m.inputs[0].Len() == 0 {
		return nil
	}
	dst := make([]float32, len(z)/m.inputs[0].Len()*m.outputs[0].Len())
	if err := s.Generate(dst, z); isPanic(err) {
		return err
	} else if err != nil {
		return nil // not one sample for each latent
	}
	if len(dst) != len(images) {
		return fmt.Errorf("%w: Generate makes %d numbers, Run %d", errDiffers, len(dst), len(images))
	}
	if i := differing(dst, images); i >= 0 {
		return fmt.Errorf("%w: Generate gives [%d] = %v, Run %v", errDiffers, i, dst[i], images[i])
	}
	return nil
}

// equal compares bits.
func equal(got, want []Tensor) error {
	for i, w := range want {
		g := got[i]
		if !slices.Equal(g.Shape, w.Shape) || fmt.Sprintf("%T", g.Data) != fmt.Sprintf("%T", w.Data) {
			return fmt.Errorf("%q is %T %v, want %T %v", w.Name, g.Data, g.Shape, w.Data, w.Shape)
		}
		if k := differing(g.Data, w.Data); k >= 0 {
			return fmt.Errorf("%q of shape %v differs at element %d: %v, want %v", w.Name, w.Shape, k, g.Data, w.Data)
		}
	}
	return nil
}

// differing is the first element whose bits differ, -1 if none does.
func differing(a, b any) int {
	x, _ := binary.Append(nil, binary.LittleEndian, a)
	y, _ := binary.Append(nil, binary.LittleEndian, b)
	if bytes.Equal(x, y) {
		return -1
	}
	size := max(len(x)/max(elementsOf(a), 1), 1)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i / size
		}
	}
	return min(len(x), len(y)) / size
}

// sameNaNs returns tensors in which whatever is not a number has the same bits.
func sameNaNs(list []Tensor) []Tensor {
	list = slices.Clone(list)
	for i := range list {
		t := &list[i]
		switch d := t.Data.(type) {
		case []float32:
			t.Data = mapped(d, func(x float32) float32 {
				if x != x {
					return float32(math.NaN())
				}
				return x
			})
		case []float64:
			t.Data = mapped(d, func(x float64) float64 {
				if x != x {
					return math.NaN()
				}
				return x
			})
		case []uint16:
			if most, ok := map[string]uint16{"float16": 0x7c00, "bfloat16": 0x7f80}[t.Type]; ok {
				t.Data = mapped(d, func(x uint16) uint16 {
					if x&0x7fff > most {
						return 0x7fff
					}
					return x
				})
			}
		}
	}
	return list
}

func mapped[T any](v []T, f func(T) T) []T {
	w := make([]T, len(v))
	for i, x := range v {
		w[i] = f(x)
	}
	return w
}

func elementsOf(data any) int {
	switch d := data.(type) {
	case []float32:
		return len(d)
	case []float64:
		return len(d)
	case []bool:
		return len(d)
	}
	n := binary.Size(data)
	if n <= 0 {
		return 0
	}
	return n
}

// feed makes inputs of n samples; nil if they would be large.
func feed(m *Model, feeds map[string]randmodel.Feed, n int) []Tensor {
	inputs := []Tensor{}
	for i, v := range m.inputs {
		shape := slices.Clone(v.Shape)
		for k := range shape {
			if shape[k] < 0 {
				shape[k] = randmodel.Free
			}
		}
		if v.batched() {
			shape[0] = n
		}
		bytes, ok := tensor.Bytes(m.graph.Inputs[i].Elem, shape, 1<<16)
		if !ok || v.Shape == nil && len(m.graph.Inputs[i].Shape) > 0 || bytes > 1<<18 {
			return nil
		}
		f, ok := feeds[v.Name]
		if !ok || f.Type != m.graph.Inputs[i].Elem {
			f = randmodel.Feed{Type: m.graph.Inputs[i].Elem, Kind: randmodel.Normal, Seed: uint64(i)}
		}
		inputs = append(inputs, Tensor{Name: v.Name, Shape: shape, Data: f.Data(tensor.Product(shape))})
	}
	return inputs
}

func shapesOf(inputs []Tensor) (shapes [][]int) {
	for _, t := range inputs {
		shapes = append(shapes, t.Shape)
	}
	return shapes
}

// allocated is how many bytes f takes from the heap, whether or not it gives them
// back.
func allocated(f func()) int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	f()
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - before)
}

// most is the largest finite number, without its sign.
func most(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		if x = math.Abs(x); x > m && x <= math.MaxFloat64 {
			m = x
		}
	}
	return m
}
