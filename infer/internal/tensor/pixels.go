package tensor

// This file is the second order in which images lie in memory: [N, H, W, C], the
// channels of a pixel together, where ONNX has [N, C, H, W]. What stands between
// two convolutions then need not bring every image into ONNX's order and back.

// ByPixels returns a shape, with ones in front up to a rank, in the order of
// pixels: the channels last.
func ByPixels(shape []int, rank int) []int {
	full := make([]int, rank)
	for d := range full {
		full[d] = 1
		if k := d - (rank - len(shape)); k >= 0 {
			full[d] = shape[k]
		}
	}
	return append(append(full[:1:1], full[2:]...), full[1])
}

// PixelAxis is where an axis of an image is in the order of pixels.
func PixelAxis(axis, rank int) int {
	switch axis {
	case 0:
		return 0
	case 1:
		return rank - 1
	}
	return axis - 1
}
