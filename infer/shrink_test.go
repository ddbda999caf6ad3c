package infer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file makes models that show a bug small, and keeps them.

// shrunk returns the failure of a model, and the smallest part of the model that
// fails, too: what is needed for one value.
func shrunk(c *randmodel.Case, err error, fails func(*randmodel.Case) error) (*randmodel.Case, error) {
	g := &c.Model.Graph
	for i := range g.Nodes {
		for _, name := range g.Nodes[i].Outputs {
			part := partOf(c, name)
			if e := fails(part); e != nil && isPanic(e) == isPanic(err) {
				return part, e
			}
		}
	}
	return c, err
}

// partOf is the part of a model that makes one value.
func partOf(c *randmodel.Case, name string) *randmodel.Case {
	m := *c.Model
	g := &m.Graph
	g.Outputs = []onnx.ValueInfo{{Name: name}}
	for _, o := range c.Model.Graph.Outputs {
		if o.Name == name {
			g.Outputs[0].Type = o.Type
		}
	}
	needed := map[string]bool{name: true}
	needs(g.Nodes, needed)
	g.Nodes = slices.DeleteFunc(slices.Clone(g.Nodes), func(n onnx.Node) bool {
		return !slices.ContainsFunc(n.Outputs, func(o string) bool { return needed[o] })
	})
	g.Initializers = slices.DeleteFunc(slices.Clone(g.Initializers), func(t onnx.Tensor) bool { return !needed[t.Name] })
	g.Inputs = slices.DeleteFunc(slices.Clone(g.Inputs), func(v onnx.ValueInfo) bool { return !needed[v.Name] })
	part := *c
	part.Model = &m
	return &part
}

// needs marks what must be there for the values that are marked.
func needs(nodes []onnx.Node, needed map[string]bool) {
	for before := -1; before < len(needed); {
		before = len(needed)
		for i := range nodes {
			n := &nodes[i]
			if !slices.ContainsFunc(n.Outputs, func(o string) bool { return needed[o] }) {
				continue
			}
			for _, in := range n.Inputs {
				needed[in] = true
			}
			for _, a := range n.Attrs {
				if a.Graph == nil {
					continue
				}
				for k := range a.Graph.Nodes {
					for _, name := range slices.Concat(a.Graph.Nodes[k].Inputs, a.Graph.Nodes[k].Outputs) {
						needed[name] = true
					}
				}
				for _, o := range a.Graph.Outputs {
					needed[o.Name] = true
				}
				needs(a.Graph.Nodes, needed)
			}
		}
	}
}

// kept writes a model to the folder of -random.save, if that is given, and
// describes it.
func kept(name string, c *randmodel.Case, err error) error {
	if *randomSave != "" {
		path := filepath.Join(*randomSave, name+".onnx")
		if err := os.WriteFile(path, onnx.Marshal(c.Model), 0o666); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w%s", err, describe(c.Model))
}
