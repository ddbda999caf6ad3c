package infer

import "slices"

// This file is the rules that say, operator by operator, where the batch of the
// inputs is in the outputs, if samples stay apart. A rule sees inputs and results
// for N = 1, and fails where what that computes for each sample is not what the
// file says for all of them.

// rules are those of operators that are not computed element by element.
var rules = map[string]func(*node) place{
	"Cast": onFirst, "Clip": onFirst, "Identity": onFirst, "Not": onFirst,
	"And": (*node).together, "Equal": (*node).together, "Greater": (*node).together, "GreaterOrEqual": (*node).together,
	"Less": (*node).together, "LessOrEqual": (*node).together, "Or": (*node).together, "Xor": (*node).together,
	"Concat": concatPlace, "Flatten": flattenPlace, "Gather": gatherPlace, "Pad": padPlace, "Reshape": reshapePlace,
	"Slice": slicePlace, "Split": splitPlace, "Squeeze": squeezePlace, "Transpose": transposePlace, "Unsqueeze": unsqueezePlace,
	"Gemm": gemmPlace, "MatMul": matMulPlace, "PRelu": preluPlace,
	"LayerNormalization": layerNormPlace, "LogSoftmax": softmaxPlace, "LpNormalization": lpNormPlace, "Softmax": softmaxPlace,
	"ReduceL1": reducePlace, "ReduceL2": reducePlace, "ReduceLogSum": reducePlace, "ReduceLogSumExp": reducePlace,
	"ReduceMax": reducePlace, "ReduceMean": reducePlace, "ReduceMin": reducePlace, "ReduceProd": reducePlace,
	"ReduceSum": reducePlace, "ReduceSumSquare": reducePlace,
	"AveragePool": imagePlace, "Conv": imagePlace, "ConvTranspose": imagePlace, "DepthToSpace": imagePlace,
	"GlobalAveragePool": imagePlace, "GlobalMaxPool": imagePlace, "GroupNormalization": imagePlace,
	"InstanceNormalization": imagePlace, "MaxPool": imagePlace, "SpaceToDepth": imagePlace,
}

// placed returns where the batch is in the node's results.
func (n *node) placed() place {
	rule := rules[n.Op]
	switch {
	case rule != nil:
		return rule(n)
	case n.pointwise:
		return n.together()
	}
	n.fail("the batch is not the first dimension of its inputs")
	return place{}
}

// kept is the place of input 0, the only one with samples, which the operator
// does not join along some axes.
func (n *node) kept(joined ...int) place {
	for i, v := range n.in {
		if v.apart() != (i == 0) {
			n.fail("input 0 alone may hold samples of the batch")
			return place{}
		}
	}
	at := *n.in[0].place
	if slices.Contains(joined, at.axis) {
		n.fail("axis %d is the batch: its samples must stay on their own", at.axis)
	}
	return at
}

func onFirst(n *node) place { return n.kept() }

// fromEnd counts the dimension with the batch from the end, the last as 1; 0:
// there is none.
func (v *value) fromEnd() int {
	if !v.apart() {
		return 0
	}
	return len(v.shape) - v.place.axis
}

// together is the place that all inputs with samples have when they are
// broadcast. The others must be the same for all samples.
func (n *node) together() place {
	var first *value
	for _, v := range n.in {
		if v.apart() && first == nil {
			first = v
		}
	}
	end := first.fromEnd()
	for i, v := range n.in {
		switch {
		case v.apart():
			if v.fromEnd() != end || v.place.before != first.place.before || v.shape[v.place.axis] != first.shape[first.place.axis] {
				n.fail("inputs hold the batch in different places")
			}
		case v != nil:
			n.level(i, end)
		}
	}
	return place{len(n.results[0].shape) - end, first.place.before}
}

// level fails unless input i is the same along a dimension counted from the end.
func (n *node) level(i, end int) {
	if v := n.in[i]; v != nil && len(v.shape) >= end && v.shape[len(v.shape)-end] != 1 {
		n.fail("input %d of shape %v has a number for each sample of a batch of one", i, v.shape)
	}
}

func preluPlace(n *node) place {
	if !n.in[0].apart() {
		return n.kept() // fails: the slope must not be larger than x
	}
	return n.together()
}

func softmaxPlace(n *node) place {
	rank := len(n.in[0].shape)
	if n.opset < 13 {
		return n.kept(steps(rank, 1)[n.axis(n.intAttr("axis", 1), rank):]...)
	}
	return n.kept(n.axis(n.intAttr("axis", -1), rank))
}

func lpNormPlace(n *node) place {
	return n.kept(n.axis(n.intAttr("axis", -1), len(n.in[0].shape)))
}

func layerNormPlace(n *node) place {
	rank := len(n.in[0].shape)
	at := n.kept(steps(rank, 1)[n.axis(n.intAttr("axis", -1), rank):]...)
	for i := range n.in[1:] {
		n.level(i+1, rank-at.axis)
	}
	return at
}

func reducePlace(n *node) place {
	rank := len(n.in[0].shape)
	list, _ := n.axes(1, rank)
	if len(list) == 0 && n.intAttr("noop_with_empty_axes", 0) == 0 {
		list = steps(rank, 1)
	}
	at := n.kept(list...)
	if n.intAttr("keepdims", 1) != 0 {
		return at
	}
	return n.without(at, list)
}

// imagePlace is of operators on images, one by one: [N, C, ...].
func imagePlace(n *node) place {
	at := n.kept()
	if at.axis != 0 {
		n.fail("axis %d of its images is the batch, want 0", at.axis)
	}
	return at
}

// matMulPlace lets N be along stacks of matrices, or rows or columns of the result.
func matMulPlace(n *node) place {
	a, b := n.in[0], n.in[1]
	rows, columns := a.fromEnd(), b.fromEnd()
	switch rank := len(n.results[0].shape); {
	case len(a.shape) < 2 || len(b.shape) < 2:
	case rows > 2 || columns > 2:
		return n.together()
	case rows == 2 && columns == 0:
		return place{rank - 2, a.place.before}
	case rows == 0 && columns == 1:
		return place{rank - 1, b.place.before}
	}
	n.fail("its sums would join samples of the batch")
	return place{}
}

func gemmPlace(n *node) place {
	at := n.kept()
	if at.axis != 0 || n.intAttr("transA", 0) != 0 {
		n.fail("its sums would join samples of the batch")
	}
	n.level(2, 2)
	return at
}
