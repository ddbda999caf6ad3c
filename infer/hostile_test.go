package infer

import (
	"context"
	"crypto/sha256"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests files that ask for too much: sizes without elements, ranks,
// repetitions, loops. Each ends in an error or in a result, at little cost.

// zeros is a constant of float32 without a file's worth of data.
func (s *sketch) zeros(shape ...int64) string {
	return s.node("ConstantOfShape", []string{s.ints(shape...)})
}

// empty is an initializer without elements.
func (s *sketch) empty(shape ...int64) string {
	name := s.name("empty")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.Tensor{Name: name, Type: onnx.Float, Dims: shape})
	return name
}

// of starts the model over with inputs of these shapes, and names them a, b, ...
func (s *sketch) of(shapes ...[]int64) (names []string) {
	s.Graph.Inputs = nil
	for i, shape := range shapes {
		name := string(rune('a' + i))
		s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: name, Type: onnx.Float, Shape: onnx.Shape(shape...)})
		names = append(names, name)
	}
	return names
}

func repeatedInts(v int64, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// hostile are models, and what their error says; empty: they run.
var hostile = map[string]struct {
	want string
	draw func(s *sketch) []string
}{
	// memory
	"Transpose of [2^31-1, 0]": {"has more than", func(s *sketch) []string {
		return []string{s.node("Transpose", []string{s.empty(1<<31-1, 0)})}
	}},
	"Pad of 32 axes": {"(Pad): output 0 of shape", func(s *sketch) []string {
		x := s.of(repeatedInts(1, 32))[0]
		return []string{s.node("Pad", []string{x, s.ints(append(repeatedInts(0, 32), repeatedInts(1<<24, 32)...)...)})}
	}},
	"Resize of 32 axes": {"(Resize): ", func(s *sketch) []string {
		x := s.of(repeatedInts(1, 32))[0]
		return []string{s.node("Resize", []string{x, "", "", s.ints(repeatedInts(1<<24, 32)...)})}
	}},
	"Tile of 32 axes": {"(Tile): ", func(s *sketch) []string {
		x := s.of(repeatedInts(1, 32))[0]
		return []string{s.node("Tile", []string{x, s.ints(repeatedInts(1e7, 32)...)})}
	}},
	"Tile of nothing 2^31 times": {"(Tile): ", func(s *sketch) []string {
		return []string{s.node("Tile", []string{s.empty(0), s.ints(1 << 31)})}
	}},
	"Split of 2^28 in 64": {"its shape is [1 268435456]", func(s *sketch) []string {
		s.of([]int64{1, 1 << 28})
		n := onnx.Node{Op: "Split", Inputs: []string{"a"}, Attrs: []onnx.Attr{onnx.IntAttr("axis", 1)}}
		for range 64 {
			n.Outputs = append(n.Outputs, s.name("part"))
		}
		s.Graph.Nodes = append(s.Graph.Nodes, n)
		return n.Outputs
	}},
	"900 constants of 2^20": {"loading takes more than", func(s *sketch) []string {
		var all []string
		for range 900 {
			all = append(all, s.zeros(1<<20))
		}
		return []string{s.node("Sum", all)}
	}},
	"products with one column": {"takes", func(s *sketch) []string {
		s.of([]int64{1, 1 << 21})
		var all []string
		for range 30 {
			all = append(all, s.node("MatMul", []string{"a", s.zeros(1<<21, 1)}))
		}
		return []string{s.node("Sum", all)}
	}},
	"an image of 2^62 pixels": {"(ConstantOfShape): there is no size 2147483647", func(s *sketch) []string {
		return []string{s.zeros(1<<31-1, 1<<31-1)}
	}},
	// time
	"Concat of nothing": {"its shape is [268435456 0]", func(s *sketch) []string {
		x := s.of([]int64{1 << 28, 0})[0]
		return []string{s.node("Concat", []string{x, x, x}, onnx.IntAttr("axis", 1))}
	}},
	"2^20 empty products": {"", func(s *sketch) []string {
		in := s.of([]int64{1 << 20, 0, 1}, []int64{1 << 20, 1, 0})
		return []string{s.node("MatMul", in)}
	}},
	"1000 folded products": {"takes more than", func(s *sketch) []string {
		var all []string
		for range 1000 {
			w := s.zeros(1024, 1024)
			all = append(all, s.node("ReduceMax", []string{s.node("MatMul", []string{w, w})}))
		}
		return []string{s.node("Sum", all)}
	}},
	"a sum of 250,000 inputs": {"takes more than", func(s *sketch) []string {
		x := s.of([]int64{1, 1 << 20})[0]
		all := make([]string, 250_000)
		for i := range all {
			all[i] = x
		}
		return []string{s.node("Sum", all)}
	}},
	"2000 inputs and 2000 nodes": {"", func(s *sketch) []string {
		x := s.node("Sum", s.of(make([][]int64, 2000)...))
		for range 2000 {
			x = s.act("Neg", x)
		}
		return []string{x}
	}},
	// panics
	"InstanceNormalization without channels": {"", func(s *sketch) []string {
		x := s.of([]int64{2, 0, 3})[0]
		return []string{s.node("InstanceNormalization", []string{x, s.empty(0), s.empty(0)})}
	}},
	"InstanceNormalization of a constant without channels": {"", func(s *sketch) []string {
		return []string{s.node("InstanceNormalization", []string{s.empty(2, 0, 3), s.empty(0), s.empty(0)})}
	}},
	"42 dimensions": {"(Unsqueeze): ", func(s *sketch) []string {
		axes := make([]int64, 40)
		for i := range axes {
			axes[i] = int64(i)
		}
		x := s.node("Unsqueeze", []string{s.of([]int64{1, 1})[0], s.ints(axes...)})
		return []string{s.node("Mul", []string{x, x})}
	}},
	"Expand to 40 dimensions": {"(Expand): ", func(s *sketch) []string {
		return []string{s.node("Expand", []string{s.of([]int64{1})[0], s.ints(repeatedInts(1, 40)...)})}
	}},
	"ReduceMax of a scalar along an axis": {"(ReduceMax): ax", func(s *sketch) []string {
		return []string{s.node("ReduceMax", []string{s.of([]int64{})[0]}, onnx.IntsAttr("axes", 0))}
	}},
	"Gemm of no columns": {"", func(s *sketch) []string {
		return []string{s.node("Gemm", s.of([]int64{0, 2}, []int64{0, 3}), onnx.IntAttr("transA", 1))}
	}},
	"Conv without filters": {"(Conv): inputs have shapes", func(s *sketch) []string {
		return []string{s.node("Conv", []string{s.of([]int64{1, 2, 8, 8})[0], s.empty(0, 1, 3, 3)}, onnx.IntAttr("group", 2))}
	}},
	"ConvTranspose without channels": {"(ConvTranspose): inputs have shapes", func(s *sketch) []string {
		return []string{s.node("ConvTranspose", []string{s.of([]int64{1, 2, 8, 8})[0], s.empty(2, 0, 3, 3)}, onnx.IntAttr("group", 2))}
	}},
	"Resize of no lines": {"", func(s *sketch) []string {
		return []string{s.node("Resize", []string{s.of([]int64{1, 3, 0, 4})[0], "", s.weight32(1, 1, 1, 2)}, onnx.StringAttr("mode", "linear"))}
	}},
	"Concat of 4096 times 2^20": {"more than", func(s *sketch) []string {
		x := s.of([]int64{1, 1 << 20})[0]
		all := make([]string, 4096)
		for i := range all {
			all[i] = x
		}
		return []string{s.node("Concat", all, onnx.IntAttr("axis", 1))}
	}},
	"group of 2^40": {`attribute "group" is`, func(s *sketch) []string {
		return []string{s.node("Conv", []string{s.of([]int64{1, 2, 8, 8})[0], s.weight(1, 2, 1, 1, 1)}, onnx.IntAttr("group", 1<<40+2))}
	}},
}

// Each hostile model ends in its error, or in a result, within 64 MB besides the
// file and what reading it takes.
func TestHostile(t *testing.T) {
	for name, c := range hostile {
		for _, limits := range []Limits{{}, {Nodes: 1e6, Parameters: 1e8, Activations: 1e7, MultiplyAdds: 1e9}} {
			s := newSketch()
			s.Opsets[0].Version = 13
			data := onnx.Marshal(s.outputs(c.draw(s)...))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := use(data, limits)
			runtime.ReadMemStats(&after)
			var unsupported *UnsupportedError
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v", name, err)
			case c.want != "" && (!errors.As(err, &unsupported) || limits == (Limits{}) && !strings.Contains(err.Error(), c.want)):
				t.Errorf("%s: error %v, want an *UnsupportedError that says %q", name, err, c.want)
			}
			if took := int64(after.TotalAlloc-before.TotalAlloc) - 64*int64(len(data)); took > 64<<20 {
				t.Errorf("%s: it takes %d bytes, want at most 64 MiB", name, took)
			}
		}
	}
}

// use loads a model, runs it once on zeros, and verifies it.
func use(data []byte, limits Limits) error {
	m, err := Options{Limits: limits}.Parse(data)
	if err != nil {
		return err
	}
	s, err := m.NewSession(1)
	if err != nil {
		return err
	}
	var inputs []Tensor
	for _, v := range m.Inputs() {
		inputs = append(inputs, Tensor{Name: v.Name, Shape: v.Shape, Data: make([]float32, v.Len())})
	}
	if _, err := s.Run(context.Background(), inputs...); err != nil {
		return err
	}
	if _, err := m.Verify(sha256.New()); err == nil {
		return errors.New("a model without a probe is verified")
	}
	return nil
}

// Probes of nothing are an error of Verify, no division.
func TestVerifyOfNothing(t *testing.T) {
	for _, shape := range [][]int64{{1, 0}, {0, 5}} {
		s := newSketch(shape...)
		for key, value := range map[string]string{probeSeed: "1", probeCount: "2", probeHash: "00"} {
			s.Metadata = append(s.Metadata, onnx.Property{Key: key, Value: value})
		}
		_, err := load(t, s.outputs(s.act("Neg", "z"))).Verify(sha256.New())
		wantError(t, err, "there is nothing to verify")
	}
}
