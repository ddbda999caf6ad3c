package kernel

// This file is transposition.

const (
	together  = 8   // columns of a share of Transpose
	blockRows = 128 // of what is transposed at once, so that the cache holds it
	blockCols = 32
)

// Transpose writes n matrices of rows x cols as cols x rows. It does its part-th
// of parts shares of the columns.
func Transpose(dst, src []float32, n, rows, cols, part, parts int) {
	groups := (cols + together - 1) / together
	from, to := Share(n*groups, part, parts)
	for i, next := from, 0; i < to; i = next {
		next = min(to, (i/groups+1)*groups) // the rest of the matrix
		at, c := i/groups*rows*cols, i%groups*together
		width := min((next-i)*together, cols-c)
		switch {
		case rows == 3: // colours
			x, y, z, to := src[at+c:][:width], src[at+cols+c:][:width], src[at+2*cols+c:][:width], dst[at+3*c:][:3*width]
			for k, v := range x {
				pixel := to[3*k:][:3]
				pixel[0], pixel[1], pixel[2] = v, y[k], z[k]
			}
		case cols == 3:
			pixels := src[at:][:3*rows]
			x, y, z := dst[at:][:rows], dst[at+rows:][:rows], dst[at+2*rows:][:rows]
			for r := splitColours(x, y, z, pixels); r < rows; r++ {
				pixel := pixels[3*r:][:3]
				x[r], y[r], z[r] = pixel[0], pixel[1], pixel[2]
			}
		default:
			for j := c; j < c+width; j += blockCols {
				for r := 0; r < rows; r += blockRows {
					TransposeBlock(dst[at+j*rows+r:], rows, src[at+r*cols+j:], cols, min(blockRows, rows-r), min(blockCols, c+width-j))
				}
			}
		}
	}
}

// splitColours writes the colours of pixels apart; it returns of how many. It turns
// squares that have the next pixels' colours as well.
func splitColours(x, y, z, pixels []float32) (done int) {
	const most = 64
	side := squareSide()
	var room [most * 8]float32
	for {
		n := min(most, (len(pixels)-side)/3+1-done)
		if n < 1 {
			return done
		}
		n = transposeSquares(room[:], most, pixels[3*done:], 3, n)
		if n == 0 {
			return done
		}
		copy(x[done:][:n], room[:])
		copy(y[done:][:n], room[most:])
		copy(z[done:][:n], room[2*most:])
		done += n
	}
}

// TransposeBlock writes rows x cols numbers of src as cols x rows ones of dst. Steps
// are from row to row.
func TransposeBlock(dst []float32, dstStep int, src []float32, srcStep, rows, cols int) {
	side := squareSide()
	for c := 0; c < cols; c += side {
		width, r := min(side, cols-c), 0
		if width == side {
			r = transposeSquares(dst[c*dstStep:], dstStep, src[c:], srcStep, rows)
		}
		for ; r < rows; r++ {
			for k, v := range src[r*srcStep+c:][:width] {
				dst[(c+k)*dstStep+r] = v
			}
		}
	}
}

// transposed is TransposeBlock of weights.
func transposed[T element16or32](dst []T, dstStep int, src []T, srcStep, rows, cols int) {
	if to, ok := any(dst).([]float32); ok {
		TransposeBlock(to, dstStep, any(src).([]float32), srcStep, rows, cols)
		return
	}
	const few = 8 // so that what is written stays in the cache
	for c := 0; c < cols; c += few {
		for r := range rows {
			for k, v := range src[r*srcStep+c:][:min(few, cols-c)] {
				dst[(c+k)*dstStep+r] = v
			}
		}
	}
}
