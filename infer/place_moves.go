package infer

import "slices"

// This file is the rules of operators that move elements.

// regrouped is the place after the elements, in their order, got a new shape
// whose axis has the batch. As many stay ahead of a sample's next stretch.
func (n *node) regrouped(axis int) place {
	at, from, to := n.kept(), n.in[0].shape, n.results[0].shape
	if n.err != nil {
		return at
	}
	ahead, skip := product(from[:at.axis])*at.before, product(to[:axis])
	if skip == 0 || ahead%skip != 0 || to[axis]%(ahead/skip) != 0 {
		n.fail("its samples would not stay on their own")
		return at
	}
	return place{axis, ahead / skip}
}

// reshapePlace finds the size that has N in it: by name, copied, or what is left.
func reshapePlace(n *node) place {
	x, sizes := n.in[0], n.in[1]
	if n.kept(); n.err != nil {
		return place{}
	}
	keep := n.intAttr("allowzero", 0) == 0
	var named []int
	rest := none
	for i := range n.results[0].shape {
		var times, plus int64
		if sizes.probes != nil {
			times, plus, _ = sizes.line(i)
		} else {
			plus = n.ints(1)[i]
		}
		switch {
		case times > 0 || plus == 0 && keep && i == x.place.axis:
			named = append(named, i)
		case plus == -1:
			rest = i
		}
	}
	if len(named) == 0 && rest != none {
		named = []int{rest}
	}
	if len(named) != 1 {
		n.fail("%d of its sizes depend on the batch, want 1", len(named))
		return place{}
	}
	return n.regrouped(named[0])
}

func flattenPlace(n *node) place {
	at, axis := n.kept(), int(n.intAttr("axis", 1))
	if axis < 0 {
		axis += len(n.in[0].shape)
	}
	if at.axis < axis {
		return n.regrouped(0)
	}
	return n.regrouped(1)
}

func squeezePlace(n *node) place {
	shape := n.in[0].shape
	list, given := n.axes(1, len(shape))
	if !given {
		for d, size := range shape {
			if size == 1 {
				list = append(list, d)
			}
		}
	}
	at := n.kept(list...)
	return n.without(at, list)
}

// without is the place after some axes before it are gone.
func (n *node) without(at place, gone []int) place {
	axis := at.axis
	for _, d := range gone {
		if d < at.axis {
			axis--
		}
	}
	return place{axis, at.before}
}

func unsqueezePlace(n *node) place {
	at := n.kept()
	list, _ := n.axes(1, len(n.results[0].shape))
	slices.Sort(list)
	for _, d := range list {
		if d <= at.axis {
			at.axis++
		}
	}
	return at
}

func transposePlace(n *node) place {
	at, rank := n.kept(), len(n.in[0].shape)
	perm := n.listAttr("perm")
	if perm == nil {
		return place{rank - 1 - at.axis, at.before}
	}
	for d, a := range perm {
		if n.axis(a, rank) == at.axis {
			return place{d, at.before}
		}
	}
	return at
}

func splitPlace(n *node) place {
	return n.kept(n.axis(n.intAttr("axis", 0), len(n.in[0].shape)))
}

func slicePlace(n *node) place {
	rank := len(n.in[0].shape)
	list, given := n.axes(3, rank)
	if !given {
		list = steps(rank, 1)
	}
	return n.kept(list...)
}

func concatPlace(n *node) place {
	axis := n.axis(n.intAttr("axis", 1), len(n.in[0].shape))
	for i, v := range n.in {
		if !v.apart() {
			n.fail("input %d has one sample, the others have a batch", i)
		} else if v.place.axis == axis {
			n.fail("axis %d is the batch: its samples must stay on their own", axis)
		}
	}
	if n.err != nil {
		return place{}
	}
	return n.together()
}

func gatherPlace(n *node) place {
	axis := n.axis(n.intAttr("axis", 0), len(n.in[0].shape))
	at := n.kept(axis)
	if axis < at.axis {
		at.axis += len(n.in[1].shape) - 1
	}
	return at
}

func padPlace(n *node) place {
	raw := n.listAttr("pads")
	if n.opset >= 11 {
		raw = n.ints(1)
	}
	list := steps(len(n.in[0].shape), 1)
	if n.in[3] != nil {
		list, _ = n.axes(3, len(list))
	}
	var padded []int
	for i, axis := range list {
		if raw[i] != 0 || raw[i+len(list)] != 0 {
			padded = append(padded, axis)
		}
	}
	return n.kept(padded...)
}
