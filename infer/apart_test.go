package infer

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests values whose batch is not their first dimension: random chains
// of operators over a model that we know which of them keep samples apart.

// folded is a value as a chain knows it: its elements are numbered by atoms, in
// their order, one of which is N; each dimension is some of them together.
type folded struct {
	name string
	dims [][]int
}

const atomN = -1

// at is the dimension with N.
func (x *folded) at() int {
	return slices.IndexFunc(x.dims, func(d []int) bool { return slices.Contains(d, atomN) })
}

// size is that of a dimension for one sample.
func (x *folded) size(d int) int64 {
	n := int64(1)
	for _, a := range x.dims[d] {
		n *= max(int64(a), 1)
	}
	return n
}

// regroup is Reshape: N's size is left to be worked out, or computed from N.
func (s *sketch) regroup(x folded, dims [][]int) folded {
	y := folded{dims: dims}
	left := s.random.IntN(2) == 0
	var sizes []string
	for d := range dims {
		switch {
		case d != y.at():
			sizes = append(sizes, s.ints(y.size(d)))
		case left:
			sizes = append(sizes, s.ints(-1))
		default:
			n := s.node("Gather", []string{s.act("Shape", "z"), s.ints(0)})
			sizes = append(sizes, s.node("Mul", []string{n, s.ints(y.size(d))}))
		}
	}
	y.name = s.node("Reshape", []string{x.name, s.node("Concat", sizes, onnx.IntAttr("axis", 0))})
	return y
}

// shuffle is Transpose.
func (s *sketch) shuffle(x folded, perm []int) folded {
	var y folded
	var list []int64
	for _, d := range perm {
		y.dims, list = append(y.dims, x.dims[d]), append(list, int64(d))
	}
	y.name = s.node("Transpose", []string{x.name}, onnx.IntsAttr("perm", list...))
	return y
}

// home brings N back to the front.
func (s *sketch) home(x folded) string {
	var atoms [][]int
	for _, a := range slices.Concat(x.dims...) {
		atoms = append(atoms, []int{a})
	}
	x = s.regroup(x, atoms)
	perm := steps(len(atoms), 1)
	perm = slices.Insert(slices.Delete(perm, x.at(), x.at()+1), 0, x.at())
	return s.node("Flatten", []string{s.shuffle(x, perm).name})
}

// with is x under another name, with another size of a dimension.
func (x folded) with(name string, d int, size int) folded {
	x.name, x.dims = name, slices.Clone(x.dims)
	x.dims[d] = []int{size}
	return x
}

// A link appends an operator along dimension d, and says whether that keeps
// samples apart.
type chainLink func(s *sketch, x folded, d int) (y folded, fine bool)

// along makes the link of an operator on one axis, that makes its size another.
func along(op string, size func(n int) int, inputs func(s *sketch, x folded, d int) []string, attrs func(x folded, d int) []onnx.Attr) chainLink {
	return func(s *sketch, x folded, d int) (folded, bool) {
		all := []string{x.name}
		if inputs != nil {
			all = append(all, inputs(s, x, d)...)
		}
		y := folded{s.node(op, all, attrs(x, d)...), x.dims}
		if n := size(int(x.size(d))); n > 0 {
			y = x.with(y.name, d, n)
		}
		return y, d != x.at()
	}
}

func onAxis(x folded, d int) []onnx.Attr { return []onnx.Attr{onnx.IntAttr("axis", int64(d))} }

// line is a constant that differs along dimension d only.
func (s *sketch) line(x folded, d int) string {
	shape := slices.Repeat([]int64{1}, len(x.dims))
	shape[d] = x.size(d)
	return s.weight(1, shape...)
}

func sameSize(int) int { return 0 }

var chainLinks = map[string]chainLink{
	"Reshape": func(s *sketch, x folded, _ int) (folded, bool) {
		var dims [][]int
		for _, a := range slices.Concat(x.dims...) {
			if len(dims) == 0 || len(dims) < 4 && s.random.IntN(3) > 0 {
				dims = append(dims, nil)
			}
			dims[len(dims)-1] = append(dims[len(dims)-1], a)
		}
		return s.regroup(x, dims), true
	},
	"Transpose": func(s *sketch, x folded, _ int) (folded, bool) {
		return s.shuffle(x, s.random.Perm(len(x.dims))), true
	},
	"Flatten":   flattenLink,
	"Unsqueeze": unsqueezeLink,
	"Squeeze": func(s *sketch, x folded, d int) (folded, bool) {
		max := s.node("ReduceMax", []string{x.name}, onnx.IntsAttr("axes", int64(d)))
		y := folded{s.node("Squeeze", []string{max, s.ints(int64(d))}), slices.Delete(slices.Clone(x.dims), d, d+1)}
		return y, d != x.at()
	},
	"Add": func(s *sketch, x folded, d int) (folded, bool) {
		return folded{s.node("Add", []string{s.line(x, d), x.name}), x.dims}, d != x.at() || x.size(d) == 1
	},
	"Mul": func(s *sketch, x folded, _ int) (folded, bool) {
		return folded{s.node("Mul", []string{x.name, s.act("Tanh", x.name)}), x.dims}, true
	},
	"Where": func(s *sketch, x folded, d int) (folded, bool) {
		less := s.act("Not", s.node("Less", []string{x.name, s.line(x, d)}))
		return folded{s.node("Where", []string{less, x.name, s.act("Tanh", x.name)}), x.dims}, d != x.at() || x.size(d) == 1
	},
	"Concat": func(s *sketch, x folded, d int) (folded, bool) {
		y := s.node("Concat", []string{x.name, x.name}, onAxis(x, d)...)
		return x.with(y, d, 2*int(x.size(d))), d != x.at()
	},
	"Split": func(s *sketch, x folded, d int) (folded, bool) {
		x, fine := padLink(s, x, d)
		s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Name: "split", Op: "Split", Inputs: []string{x.name, s.ints(x.size(d)-1, 1)},
			Outputs: []string{s.name("split"), s.name("split")}, Attrs: onAxis(x, d)})
		y := s.Graph.Nodes[len(s.Graph.Nodes)-1].Outputs[0]
		return x.with(y, d, int(x.size(d))-1), fine
	},
	"Softmax":         along("Softmax", sameSize, nil, onAxis),
	"LpNormalization": along("LpNormalization", sameSize, nil, onAxis),
	"Gather": func(s *sketch, x folded, d int) (folded, bool) {
		shapes := [][]int64{{}, {2}, {1, 2}}
		shape := shapes[s.random.IntN(len(shapes))]
		index := s.name("index")
		s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewInt64(index, []int64{0, -1}[:max(1, 2*min(len(shape), 1))], shape...))
		y := folded{s.node("Gather", []string{x.name, index}, onAxis(x, d)...), slices.Delete(slices.Clone(x.dims), d, d+1)}
		for _, size := range slices.Backward(shape) {
			y.dims = slices.Insert(y.dims, d, []int{int(size)})
		}
		return y, d != x.at()
	},
	"ReduceMean": along("ReduceMean", func(int) int { return 1 }, nil, func(_ folded, d int) []onnx.Attr {
		return []onnx.Attr{onnx.IntsAttr("axes", int64(d))}
	}),
	"ReduceL2": func(s *sketch, x folded, d int) (folded, bool) {
		y := folded{s.node("ReduceL2", []string{x.name}, onnx.IntsAttr("axes", int64(d)), onnx.IntAttr("keepdims", 0)), nil}
		y.dims = slices.Delete(slices.Clone(x.dims), d, d+1)
		return y, d != x.at()
	},
	"Slice": along("Slice", func(int) int { return 1 }, func(s *sketch, _ folded, d int) []string {
		return []string{s.ints(0), s.ints(1), s.ints(int64(d))}
	}, func(folded, int) []onnx.Attr { return nil }),
	"Pad": padLink,
	"LayerNormalization": func(s *sketch, x folded, d int) (folded, bool) {
		last := x.size(len(x.dims) - 1)
		return folded{s.node("LayerNormalization", []string{x.name, s.weight(1, last)}, onAxis(x, d)...), x.dims}, x.at() < d
	},
	"attention": func(s *sketch, x folded, d int) (folded, bool) {
		last := len(x.dims) - 1
		perm := steps(len(x.dims), 1)
		perm[last-1], perm[last] = last, last-1
		y := x.with(s.node("MatMul", []string{x.name, s.shuffle(x, perm).name}), last, 0)
		y.dims[last] = x.dims[last-1]
		return y, x.at() < last-1
	},
	"Gemm": func(s *sketch, x folded, d int) (folded, bool) {
		x, _ = flattenLink(s, x, d)
		k := x.size(1)
		return x.with(s.node("Gemm", []string{x.name, s.weight(k, 2, k), s.weight(1, 1, 2)}, onnx.IntAttr("transB", 1)), 1, 2), x.at() == 0
	},
	"Conv": func(s *sketch, x folded, d int) (folded, bool) {
		for len(x.dims) < 3 {
			x, _ = unsqueezeLink(s, x, len(x.dims))
		}
		c := x.size(1)
		w := append([]int64{2, c}, slices.Repeat([]int64{1}, len(x.dims)-2)...)
		fine := x.at() == 0 && len(x.dims) < 6
		return x.with(s.node("Conv", []string{x.name, s.weight(c, w...), s.weight(1, 2)}), 1, 2), fine
	},
	"InstanceNormalization": func(s *sketch, x folded, d int) (folded, bool) {
		x, _ = unsqueezeLink(s, x, len(x.dims))
		c := x.size(1)
		return folded{s.node("InstanceNormalization", []string{x.name, s.weight(1, c), s.weight(1, c)}), x.dims}, x.at() == 0
	},
	"MatMul": func(s *sketch, x folded, d int) (folded, bool) {
		last := len(x.dims) - 1
		w := s.weight(x.size(last), x.size(last), 2)
		return x.with(s.node("MatMul", []string{x.name, w}), last, 2), x.at() != last
	},
}

// A chain is drawn twice from one seed: for an open batch and for a fixed one. The
// last link may join samples; then its operators are returned.
func drawChain(batch int64, seed uint64) (m *onnx.Model, joins []string) {
	s := newSketch(batch, 12)
	s.Opsets[0].Version = 17
	s.random = rand.New(rand.NewPCG(seed, 7))
	names := make([]string, 0, len(chainLinks))
	for name := range chainLinks {
		names = append(names, name)
	}
	slices.Sort(names)
	x := s.regroup(folded{name: "z"}, [][]int{{atomN}, {3}, {2}, {2}})
	if seed%2 == 0 {
		x = s.shuffle(x, []int{1, 0, 2, 3})
	}
	for range 10 {
		link := names[s.random.IntN(len(names))]
		if len(x.dims) < 2 {
			link = "Unsqueeze"
		}
		before := s.Graph
		y, fine := chainLinks[link](s, x, s.random.IntN(len(x.dims)))
		if !fine && s.random.IntN(4) > 0 { // try another
			s.Graph = before
			continue
		}
		x = y
		if !fine {
			for _, n := range s.Graph.Nodes[len(before.Nodes):] {
				joins = append(joins, n.Op)
			}
			return s.outputs(x.name), joins
		}
		elements := int64(1)
		for d := range x.dims {
			elements *= x.size(d)
		}
		if elements > 1<<12 {
			break
		}
	}
	return s.outputs(s.home(x)), nil
}

// A model with an open batch is the one whose batch is fixed, wherever its batch
// goes; or it joins samples and is refused.
func TestBatchApart(t *testing.T) {
	run, refused := 0, 0
	for seed := range uint64(1500) {
		file, joins := drawChain(-1, seed)
		m, err := Parse(onnx.Marshal(file))
		if joins != nil {
			refused++
			var u *UnsupportedError
			if !errors.As(err, &u) || !slices.Contains(joins, u.Op) || u.Node == "" {
				t.Fatalf("seed %d joins samples by one of %v: error %v, want one that names it%v", seed, joins, err, describe(file))
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, describe(file))
		}
		run++
		fixed, _ := drawChain(5, seed)
		z := latents(m, 5)
		want := mustRun(t, mustSession(t, load(t, fixed), 1), z)[0]
		var first []float32
		for _, batch := range []int{1, 2, 5} {
			s := mustSession(t, m, batch)
			s.Workers, s.small = batch, 0
			got := mustRun(t, s, z)[0]
			if first == nil {
				first = got.Data.([]float32)
			}
			sameBits(t, fmt.Sprintf("seed %d", seed), got.Data.([]float32), first)
			if err := agree(got, want); err != nil {
				t.Fatalf("seed %d: %v\n%v", seed, err, describe(file))
			}
		}
	}
	t.Logf("%d models run, %d are refused", run, refused)
	if run < 300 || refused < 300 {
		t.Errorf("%d models run, %d are refused: too few", run, refused)
	}
}

// What may join samples is refused, by node and operator.
func TestBatchApartRefused(t *testing.T) {
	cases := []struct {
		op, why string
		draw    func(s *sketch, x string) string // x is [4, N, 3]
	}{
		{"Softmax", "axis 1 is the batch", func(s *sketch, x string) string { return s.node("Softmax", []string{x}, onnx.IntAttr("axis", -2)) }},
		{"Softmax", "axis 1 is the batch", func(s *sketch, x string) string { // it joins all axes from 0 on
			s.Opsets[0].Version = 12
			return s.node("Softmax", []string{x}, onnx.IntAttr("axis", 0))
		}},
		{"Mul", "opset 6, and the batch is not the first dimension of its inputs", func(s *sketch, x string) string {
			s.Opsets[0].Version = 6
			return s.node("Mul", []string{x, x})
		}},
		{"ReduceMean", "axis 1 is the batch", func(s *sketch, x string) string { return s.node("ReduceMean", []string{x}) }},
		{"Gather", "axis 1 is the batch", func(s *sketch, x string) string {
			return s.node("Gather", []string{x, s.ints(0)}, onnx.IntAttr("axis", 1))
		}},
		{"Concat", "input 1 has one sample", func(s *sketch, x string) string {
			return s.node("Concat", []string{x, s.weight(1, 4, 1, 3)}, onnx.IntAttr("axis", 0))
		}},
		{"Squeeze", "axis 1 is the batch", func(s *sketch, x string) string { return s.act("Squeeze", x) }},
		{"Add", "input 1 of shape [4 2 3] has a number for each sample", func(s *sketch, x string) string { // [4, N*2, 3]
			x = s.reshape(s.node("Concat", []string{x, x}, onnx.IntAttr("axis", 2)), 4, -1, 3)
			return s.node("Add", []string{x, s.weight(1, 4, 2, 3)})
		}},
		{"Add", "in different places", func(s *sketch, x string) string { return s.node("Add", []string{x, s.reshape("z", -1, 4, 3)}) }},
		{"Add", "in different places", func(s *sketch, x string) string { // [4*N, 3] and [N*4, 3]
			return s.node("Add", []string{s.reshape(x, -1, 3), s.reshape("z", -1, 3)})
		}},
		{"Reshape", "would not stay on their own", func(s *sketch, x string) string { return s.reshape(x, 3, -1, 4) }},
		{"Reshape", "would not stay on their own", func(s *sketch, x string) string { return s.reshape(x, -1, 2) }},
		{"Reshape", "0 of its sizes depend on the batch", func(s *sketch, x string) string { return s.reshape(x, 4, 3, 1) }},
		{"MatMul", "would join samples", func(s *sketch, x string) string {
			return s.node("MatMul", []string{s.node("Transpose", []string{x}, onnx.IntsAttr("perm", 0, 2, 1)), x})
		}},
		{"Gemm", "would join samples", func(s *sketch, x string) string {
			return s.node("Gemm", []string{s.reshape(x, -1, 3), s.weight(1, 4, 2)}, onnx.IntAttr("transA", 1))
		}},
		{"Gemm", "has a number for each sample", func(s *sketch, x string) string {
			return s.node("Gemm", []string{s.reshape(x, -1, 3), s.weight(1, 3, 2), s.weight(1, 4, 1)})
		}},
		{"PRelu", "input 0 alone", func(s *sketch, x string) string { return s.node("PRelu", []string{s.weight(1, 4, 1, 3), x}) }},
		{"Resize", "the batch is not the first dimension of its inputs", func(s *sketch, x string) string {
			return s.node("Resize", []string{x, "", s.weight32(1, 1, 2)})
		}},
		{"GlobalAveragePool", "axis 1 of its images is the batch", func(s *sketch, x string) string { return s.act("GlobalAveragePool", x) }},
	}
	for _, c := range cases {
		s := newSketch(-1, 12)
		x := s.node("Transpose", []string{s.reshape("z", 0, 4, 3)}, onnx.IntsAttr("perm", 1, 0, 2))
		_, err := Parse(onnx.Marshal(s.outputs(c.draw(s, x))))
		var u *UnsupportedError
		if !errors.As(err, &u) || u.Op != c.op || !strings.Contains(err.Error(), c.why) {
			t.Errorf("error %v, want a %s that says %q", err, c.op, c.why)
		}
	}
}

// agree compares to float32's precision: a fixed batch may take another kernel.
func agree(got, want Tensor) error {
	if !slices.Equal(got.Shape, want.Shape) {
		return fmt.Errorf("shape %v, want %v", got.Shape, want.Shape)
	}
	for i, w := range want.Data.([]float32) {
		g := got.Data.([]float32)[i]
		if !(math.Abs(float64(g-w)) <= 1e-4*(1+math.Abs(float64(w)))) {
			return fmt.Errorf("[%d] = %v, want %v", i, g, w)
		}
	}
	return nil
}

func describe(m *onnx.Model) (nodes []string) {
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		nodes = append(nodes, fmt.Sprint("\n", n.Op, n.Inputs, n.Outputs, n.Attrs))
	}
	return nodes
}

func flattenLink(s *sketch, x folded, d int) (folded, bool) {
	y := folded{s.node("Flatten", []string{x.name}, onnx.IntAttr("axis", int64(d-len(x.dims)))), nil}
	y.dims = [][]int{slices.Concat(x.dims[:d]...), slices.Concat(x.dims[d:]...)}
	for i := range y.dims {
		if len(y.dims[i]) == 0 {
			y.dims[i] = []int{1}
		}
	}
	return y, true
}

func unsqueezeLink(s *sketch, x folded, d int) (folded, bool) {
	y := folded{s.node("Unsqueeze", []string{x.name, s.ints(int64(d), -1)}), nil}
	y.dims = append(slices.Insert(slices.Clone(x.dims), d, []int{1}), []int{1})
	return y, true
}

var padLink = along("Pad", func(n int) int { return n + 1 }, func(s *sketch, x folded, d int) []string {
	pads := make([]int64, 2*len(x.dims))
	pads[d] = 1
	return []string{s.ints(pads...)}
}, func(folded, int) []onnx.Attr { return nil })
