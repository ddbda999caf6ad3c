package op

import (
	"cmp"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is NonMaxSuppression.

var suppressing = family{
	{Name: "NonMaxSuppression", Make: suppress, Least: 2, Most: 5, Attrs: "center_point_box"},
}

// maxSuppressed bounds how often two boxes are compared.
const maxSuppressed = 1 << 28

// suppress is NonMaxSuppression: of the boxes of each class, from the best score
// down, those that overlap no better one by more than a threshold. The result is
// rows of batch, class and box.
func suppress(n *Node) Eval {
	boxes, scores := n.In[0].Shape, n.In[1].Shape
	n.Type(0, tensor.TypeSet(onnx.Float))
	n.Type(1, tensor.TypeSet(onnx.Float))
	if len(boxes) != 3 || boxes[2] != 4 || len(scores) != 3 || boxes[0] != scores[0] || boxes[1] != scores[2] {
		n.Fail("boxes and scores have shapes %v and %v, want [N, B, 4] and [N, C, B]", boxes, scores)
		return nil
	}
	most, overlap, least := 0.0, 0.0, 0.0
	for i, v := range []*float64{&most, &overlap, &least} {
		if n.In[2+i] != nil {
			*v = n.One(2 + i)
		}
	}
	center := n.Bool("center_point_box", false)
	b, s := n.Float32s(0), n.Float32s(1)
	if n.err != nil {
		return nil
	}
	count := boxes[1]
	limit := int(max(0, min(most, float64(count))))
	n.CountWork(scores[0], scores[1], count, 8*limit)
	if n.Work > maxSuppressed {
		n.Fail("%d classes of %d boxes, of which %d may be chosen, are too many", scores[0]*scores[1], count, limit)
		return nil
	}
	var found []int64
	order := make([]int, 0, count)
	for class := range scores[0] * scores[1] {
		score := s[class*count:][:count]
		box := func(i int) corners { return cornersOf(b[(class/scores[1]*count+i)*4:][:4], center) }
		order = order[:0]
		for i, v := range score {
			if limit > 0 && (n.In[4] == nil || float64(v) > least) {
				order = append(order, i)
			}
		}
		slices.SortFunc(order, func(i, k int) int { return cmp.Or(cmp.Compare(score[k], score[i]), i-k) })
		chosen := 0
		for _, i := range order {
			if chosen == limit {
				break
			}
			worse := slices.ContainsFunc(order[:chosen], func(k int) bool { return overlapping(box(i), box(k)) > overlap })
			if !worse {
				order[chosen] = i // it is at i's place or before
				chosen++
				found = append(found, int64(class/scores[1]), int64(class%scores[1]), int64(i))
			}
		}
	}
	if !n.Result(onnx.Int64, len(found)/3, 3) || n.empty() {
		return nothing
	}
	return func(_ *Memory, out, _ []tensor.Tensor) { copy(tensor.Of[int64](out[0]), found) }
}

// corners are a box's least and greatest coordinates, one axis after the other.
type corners [4]float64

// cornersOf reads a box: two opposite corners, or its centre, width and height.
func cornersOf(b []float32, center bool) corners {
	p, q, r, s := float64(b[0]), float64(b[1]), float64(b[2]), float64(b[3])
	if center {
		return corners{p - r/2, p + r/2, q - s/2, q + s/2}
	}
	return corners{min(p, r), max(p, r), min(q, s), max(q, s)}
}

// overlapping returns the area that two boxes share by that which they cover.
func overlapping(a, b corners) float64 {
	shared := float64(max(0, min(a[1], b[1])-max(a[0], b[0])) * max(0, min(a[3], b[3])-max(a[2], b[2])))
	covered := float64((a[1]-a[0])*(a[3]-a[2])) + float64((b[1]-b[0])*(b[3]-b[2])) - shared
	if !(shared > 0) || !(covered > 0) {
		return 0
	}
	return shared / covered
}
