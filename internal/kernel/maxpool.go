package kernel

// This file is max pooling, for training; infer has its own, of any window, made of
// Larger.

// Larger is x = y where y is larger or NaN, element by element.
func Larger(x, y []float32) {
	y = y[:len(x)]
	for i := vector(largerElement, nil, x, y); i < len(x); i++ {
		if v := y[i]; x[i] < v || v != v {
			x[i] = v
		}
	}
}

// MaxPool writes the largest value of each 2x2 square of n images x,
// [n, h, w, c], to dst, [n, h/2, w/2, c]; h and w are even. A square with a NaN
// gives a NaN.
func MaxPool(dst, x []float32, n, h, w, c int) {
	squares(n, h, w, c, func(to, a, b, below, belowB int) {
		y, p, q, r, s := dst[to:][:c], x[a:][:c], x[b:][:c], x[below:][:c], x[belowB:][:c]
		for i := range y {
			y[i] = max(p[i], q[i], r[i], s[i])
		}
	})
}

// MaxPoolGrad writes the gradient of MaxPool's x: dy, [n, h/2, w/2, c], goes to
// the value of the square that is y, to the first of equal ones by rows.
func MaxPoolGrad(dx, x, y, dy []float32, n, h, w, c int) {
	clear(dx)
	squares(n, h, w, c, func(from, a, b, below, belowB int) {
		p, q, r := x[a:][:c], x[b:][:c], x[below:][:c]
		m, d := y[from:][:c], dy[from:][:c]
		for i, v := range m {
			at := belowB
			switch v {
			case p[i]:
				at = a
			case q[i]:
				at = b
			case r[i]:
				at = below
			}
			dx[at+i] = d[i]
		}
	})
}

// squares calls do for each 2x2 square of n images [h, w, c]: with the place of
// its result, and of its four pixels by rows.
func squares(n, h, w, c int, do func(to, a, b, below, belowB int)) {
	to := 0
	for y := 0; y < n*h; y += 2 {
		for x := 0; x < w; x += 2 {
			a := (y*w + x) * c
			do(to, a, a+c, a+w*c, a+w*c+c)
			to += c
		}
	}
}
