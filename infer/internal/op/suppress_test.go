package op

import "testing"

func TestNonMaxSuppression(t *testing.T) {
	// Boxes 0 and 1 share 0.9 of 1.1, box 2 is apart, box 3 is box 2 with its corners exchanged.
	boxes := f32(dims(1, 4, 4), 0, 0, 1, 1, 0, 0.1, 1, 1.1, 5, 5, 6, 6, 6, 6, 5, 5)
	scores := f32(dims(1, 1, 4), 0.5, 0.9, 0.1, 0.2)
	most, overlap := i64(dims(1), 9), f32(dims(1), 0.5)
	check(t, []use{
		{op: "NonMaxSuppression", in: list(boxes, scores, most, overlap), want: list(i64(dims(2, 3), 0, 0, 1, 0, 0, 3))},
		{op: "NonMaxSuppression", in: list(boxes, scores, i64(dims(1), 1), overlap), want: list(i64(dims(1, 3), 0, 0, 1))},
		{op: "NonMaxSuppression", in: list(boxes, scores, most, f32(dims(1), 0.95), f32(dims(1), 0.3)), want: list(i64(dims(2, 3), 0, 0, 1, 0, 0, 0))},
		{op: "NonMaxSuppression", in: list(boxes, scores), want: list(i64(dims(0, 3)))},
		{op: "NonMaxSuppression", attrs: ints("center_point_box", 1), in: list(f32(dims(1, 2, 4), 0, 0, 2, 2, 0.1, 0, 2, 2), f32(dims(1, 1, 2), 1, 2), most, overlap), want: list(i64(dims(1, 3), 0, 0, 1))},
		{op: "NonMaxSuppression", in: list(f32(dims(1, 0, 4)), f32(dims(1, 1, 0)), most), want: list(i64(dims(0, 3)))},
		{op: "NonMaxSuppression", in: list(boxes, f32(dims(1, 1, 3), 1, 2, 3)), fail: "boxes and scores have shapes [1 4 4] and [1 1 3]"},
		{op: "NonMaxSuppression", in: list(f32(dims(1, 20000, 4), make([]float32, 80000)...), f32(dims(1, 1, 20000), make([]float32, 20000)...), i64(dims(1), 20000)), fail: "are too many"},
	})
}
