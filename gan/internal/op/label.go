package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is what a network makes of the labels of its samples. A table, [K, E],
// has a row for each of K classes. Labels are 0 to K-1, read at every run; that of
// sample i is labels[i%len(labels)], so that several batches in one have the same.

// row returns a function that finds the row for sample i in a table's values.
func row(labels []int, size int) func(table []float32, i int) []float32 {
	return func(table []float32, i int) []float32 { return table[labels[i%len(labels)]*size:][:size] }
}

// Embed joins to each row of x, [N, F], the row of the table that its label says:
// [N, F+E]. A leaf x gets no gradient, nor does a frozen table.
func Embed(e *Env, x, table *G.Node, labels []int, leaf, frozen bool) (*G.Node, error) {
	xs, ts := x.Shape(), table.Shape()
	if len(xs) != 2 || len(ts) != 2 || len(labels) == 0 {
		return nil, fmt.Errorf("op: %d labels of a table of %v for %v, want rows in both", len(labels), ts, xs)
	}
	n, f, size := xs[0], xs[1], ts[1]
	rowOf := row(labels, size)
	o := &Op{name: "embed", shape: tensor.Shape{n, f + size}, wrt: []bool{!leaf, !frozen}}
	o.run = func(out []float32, in [][]float32) error {
		for i := range n {
			joined := out[i*(f+size):][:f+size]
			copy(joined[copy(joined, in[0][i*f:][:f]):], rowOf(in[1], i))
		}
		return nil
	}
	o.grad = func(_ G.Nodes, _, dout *G.Node) (dins G.Nodes, err error) {
		dins = make(G.Nodes, 2)
		if !leaf {
			dins[0], err = e.apply(&Op{name: "embed/dx", shape: xs.Clone(), run: func(dx []float32, in [][]float32) error {
				for i := range n {
					copy(dx[i*f:][:f], in[0][i*(f+size):])
				}
				return nil
			}}, dout)
		}
		if !frozen && err == nil {
			dins[1], err = e.apply(&Op{name: "embed/dtable", shape: ts.Clone(), run: func(dt []float32, in [][]float32) error {
				clear(dt)
				for i := range n {
					d, row := in[0][i*(f+size)+f:], rowOf(dt, i)
					for j := range row {
						row[j] += d[j]
					}
				}
				return nil
			}}, dout)
		}
		return dins, err
	}
	return e.apply(o, x, table)
}

// Projection adds to each logit the inner product of its sample's features, [N,
// ...] of E values each in any form, and the row of the table that its label says.
// A frozen table gets no gradient.
func Projection(e *Env, logits, features, table *G.Node, labels []int, frozen bool) (*G.Node, error) {
	n, fs, ts := logits.Shape().TotalSize(), features.Shape(), table.Shape()
	if len(ts) != 2 || fs.TotalSize() != n*ts[1] || len(labels) == 0 {
		return nil, fmt.Errorf("op: %d labels of a table of %v for %d logits of features %v, want a row as long as a sample", len(labels), ts, n, fs)
	}
	size := ts[1]
	rowOf := row(labels, size)
	o := &Op{name: "projection", shape: logits.Shape().Clone(), wrt: []bool{true, true, !frozen}}
	o.run = func(out []float32, in [][]float32) error {
		for i := range out {
			x, sum := in[1][i*size:][:size], 0.0
			for j, t := range rowOf(in[2], i) {
				sum += float64(float64(t) * float64(x[j]))
			}
			out[i] = in[0][i] + float32(sum)
		}
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		dins := G.Nodes{dout, nil, nil}
		var err error
		dins[1], err = e.apply(&Op{name: "projection/dx", shape: fs.Clone(), run: func(dx []float32, in [][]float32) error {
			for i, d := range in[1] {
				for j, t := range rowOf(in[0], i) {
					dx[i*size+j] = d * t
				}
			}
			return nil
		}}, in[2], dout)
		if frozen || err != nil {
			return dins, err
		}
		dins[2], err = e.apply(&Op{name: "projection/dtable", shape: ts.Clone(), run: func(dt []float32, in [][]float32) error {
			clear(dt)
			for i, d := range in[1] {
				x, row := in[0][i*size:][:size], rowOf(dt, i)
				for j := range row {
					row[j] += float32(d * x[j])
				}
			}
			return nil
		}}, in[1], dout)
		return dins, err
	}
	return e.apply(o, logits, features, table)
}
