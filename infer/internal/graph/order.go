package graph

import (
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is which nodes are needed, and in what order.

// order returns the nodes of a list that some values need, in an order in which
// they can be computed: that of the file, where it is one. Label is that of a
// node which needs itself, "" if there is none.
func order(list []onnx.Node, wanted []onnx.ValueInfo) (nodes []int, cycle string) {
	maker := make(map[string]int)
	for i := range list {
		for _, name := range list[i].Outputs {
			if name != "" {
				maker[name] = i
			}
		}
	}
	const (
		unseen = iota
		begun
		done
	)
	state := make([]uint8, len(list))
	type visit struct {
		node int
		left []string // what it reads, not visited yet
	}
	var sorted []int
	var stack []visit
	enter := func(name string) (again bool) {
		i, ok := maker[name]
		if !ok || state[i] == done {
			return false
		}
		if state[i] == begun {
			cycle = list[i].Label()
			return true
		}
		state[i] = begun
		stack = append(stack, visit{i, reads(&list[i])})
		return false
	}
	for _, w := range wanted {
		if enter(w.Name) {
			return nil, cycle
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.left) == 0 {
				state[top.node] = done
				sorted = append(sorted, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			name := top.left[0]
			top.left = top.left[1:]
			if enter(name) {
				return nil, cycle
			}
		}
	}
	// The file's own order, unless a node stands before what it reads.
	made := make([]bool, len(list))
	var own []int
	for i := range list {
		if state[i] != done {
			continue
		}
		for _, name := range reads(&list[i]) {
			if k, ok := maker[name]; ok && !made[k] {
				return sorted, ""
			}
		}
		made[i] = true
		own = append(own, i)
	}
	return own, ""
}

// reads lists what a node reads, by itself or in its subgraphs. Names that a
// subgraph makes itself may be among them.
func reads(n *onnx.Node) []string {
	names := n.Inputs
	for i := range n.Attrs {
		if g := n.Attrs[i].Graph; g != nil {
			names = append(names[:len(names):len(names)], free(g)...)
		}
	}
	return names
}

// free lists the names that a subgraph reads and does not make.
func free(g *onnx.Graph) (names []string) {
	own := make(map[string]bool)
	for _, v := range g.Inputs {
		own[v.Name] = true
	}
	for i := range g.Initializers {
		own[g.Initializers[i].Name] = true
	}
	for i := range g.Sparse {
		own[g.Sparse[i].Values.Name] = true
	}
	for i := range g.Nodes {
		for _, name := range g.Nodes[i].Outputs {
			own[name] = true
		}
	}
	add := func(name string) {
		if name != "" && !own[name] {
			own[name] = true
			names = append(names, name)
		}
	}
	for i := range g.Nodes {
		for _, name := range reads(&g.Nodes[i]) {
			add(name)
		}
	}
	for _, v := range g.Outputs {
		add(v.Name)
	}
	return names
}
