package op

import (
	"math/bits"
	"strings"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the equations of Einsum: reading them, and the order in which
// operands join.

// letters is a set of dimension names: a-z, A-Z, then those of the ellipsis.
type letters [2]uint64

func (s *letters) add(letter int)      { s[letter/64] |= 1 << (letter % 64) }
func (s *letters) has(letter int) bool { return s[letter/64]>>(letter%64)&1 != 0 }
func (s letters) or(t letters) letters { return letters{s[0] | t[0], s[1] | t[1]} }
func (s letters) count() int           { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

const (
	plainLetters = 52
	allLetters   = plainLetters + tensor.MaxRank
)

// term reads the names of one operand of a rank, or of the result (rank is -1):
// those of the ellipsis are counted from the end, and ellipsis says how many the
// result has.
func (n *Node) term(text string, rank, ellipsis int) (list []int) {
	before, after, dots := strings.Cut(text, "...")
	named := len(before) + len(after)
	if rank >= 0 {
		ellipsis = rank - named
		if ellipsis < 0 || ellipsis > 0 && !dots {
			n.Fail("term %q of its equation does not fit %d dimensions", text, rank)
			return nil
		}
	}
	name := func(s string) {
		for _, c := range []byte(s) {
			switch {
			case c >= 'a' && c <= 'z':
				list = append(list, int(c-'a'))
			case c >= 'A' && c <= 'Z':
				list = append(list, int(c-'A')+26)
			default:
				n.Fail("term %q of its equation has %q, want a letter", text, c)
			}
		}
	}
	name(before)
	if dots {
		for i := ellipsis; i > 0; i-- {
			list = append(list, plainLetters+i-1)
		}
	}
	name(after)
	return list
}

// equation is an equation with the shapes of its operands.
type equation struct {
	operands []strided // of each input: its dimensions, each once
	names    []letters // of each input, as the equation has them
	result   []int
	sizes    [allLetters]int
}

// equation reads the attribute, and checks it against the inputs.
func (n *Node) equation() (e equation) {
	a := n.attr("equation", onnx.AttrString)
	if a == nil || len(a.String) > 1<<16 {
		n.Fail("it has no equation, or one of more than %d bytes", 1<<16)
		return e
	}
	left, right, explicit := strings.Cut(strings.ReplaceAll(a.String, " ", ""), "->")
	texts := strings.Split(left, ",")
	if len(texts) != len(n.In) {
		n.Fail("its equation has %d terms, want one for each of %d inputs", len(texts), len(n.In))
		return e
	}
	var uses [allLetters]int
	ellipsis, terms := 0, make([][]int, len(texts))
	for i := range e.sizes {
		e.sizes[i] = 1
	}
	for i, text := range texts {
		shape := n.In[i].Shape
		terms[i] = n.term(text, len(shape), 0)
		if n.err != nil {
			return e
		}
		for d, letter := range terms[i] {
			uses[letter]++
			if letter >= plainLetters {
				ellipsis = max(ellipsis, letter-plainLetters+1)
			}
			switch has := e.sizes[letter]; {
			case has == 1:
				e.sizes[letter] = shape[d]
			case shape[d] != 1 && shape[d] != has:
				n.Fail("dimension %d of input %d is %d, want %d as in other terms", d, i, shape[d], has)
			}
		}
	}
	if explicit {
		e.result = n.term(right, -1, ellipsis)
	} else {
		for i := ellipsis; i > 0; i-- {
			e.result = append(e.result, plainLetters+i-1)
		}
		for _, list := range [2][2]int{{26, 52}, {0, 26}} { // capitals first, as they sort
			for letter := list[0]; letter < list[1]; letter++ {
				if uses[letter] == 1 {
					e.result = append(e.result, letter)
				}
			}
		}
	}
	for i, letter := range e.result {
		if uses[letter] == 0 || contains(e.result[:i], letter) {
			n.Fail("its equation %q has a result with a name that no term has, or twice", a.String)
			return e
		}
	}
	for i, term := range terms {
		e.operand(term, n.In[i].Shape)
	}
	return e
}

// operand adds an operand. A dimension of 1 that others have longer is left out.
func (e *equation) operand(term, shape []int) {
	var s strided
	var names letters
	for d, stride := range tensor.Strides(shape) {
		letter := term[d]
		names.add(letter)
		if shape[d] != e.sizes[letter] {
			continue
		}
		if i := indexOf(s.letters, letter); i >= 0 {
			s.strides[i] += stride // a diagonal
			continue
		}
		s.letters, s.sizes, s.strides = append(s.letters, letter), append(s.sizes, shape[d]), append(s.strides, stride)
	}
	e.operands, e.names = append(e.operands, s), append(e.names, names)
}

// order is the order in which operands join: next is the one that leaves the
// fewest names, of many operands simply the next.
func (e *equation) order() []int {
	order := tensor.Steps(len(e.operands), 1)
	if len(order) < 3 || len(order) > 64 {
		return order
	}
	var kept letters
	for _, letter := range e.result {
		kept.add(letter)
	}
	acc := e.names[0]
	for at := 1; at < len(order)-1; at++ {
		best, fewest := at, allLetters+1
		for i := at; i < len(order); i++ {
			needed := kept
			for _, j := range order[at:] {
				if j != order[i] {
					needed = needed.or(e.names[j])
				}
			}
			joined := acc.or(e.names[order[i]])
			left := letters{joined[0] & needed[0], joined[1] & needed[1]}
			if c := left.count(); c < fewest {
				best, fewest = i, c
			}
		}
		next := order[best]
		copy(order[at+1:best+1], order[at:best]) // the others stay in order
		order[at] = next
		acc = acc.or(e.names[next])
	}
	return order
}
