package kernel

import "math"

// This file is what only training needs of resizing: its tables, its gradient.

// HalfPixel is the table from in to out pixels whose edges coincide: output i
// lies at (i+1/2)*in/out - 1/2, between the two inputs about it (linear) or at
// the nearer one.
func HalfPixel(in, out int, linear bool) (a Axis) {
	clamp := func(at float64) int { return int(min(max(at, 0), float64(in-1))) }
	for i := range out {
		at := (float64(i)+0.5)*float64(in)/float64(out) - 0.5
		low := math.Floor(at)
		if !linear {
			a.Low = append(a.Low, clamp(math.Ceil(at-0.5)))
			continue
		}
		a.Low, a.High, a.Weight = append(a.Low, clamp(low)), append(a.High, clamp(low+1)), append(a.Weight, float32(at-low))
	}
	return a
}

// GradLen is the length of the scratch that one Grad needs.
func (r *Resize) GradLen() int { return r.h * len(r.x.Low) * r.c }

// Grad writes the gradient of Run's sources, dx [n, h, w, c], given that of its
// outputs, dy: what an output was made of gets its share, along y and then along
// x, outputs ascending. It does its part-th of parts shares of the images.
func (r *Resize) Grad(dx, dy []float32, n int, scratch []float32, part, parts int) {
	large, row := r.h*r.w*r.c, len(r.x.Low)*r.c
	rows := scratch[:r.GradLen()]
	from, to := Share(n, part, parts)
	for i := from; i < to; i++ {
		clear(rows)
		r.y.spread(rows, dy[i*len(r.y.Low)*row:], row)
		image := dx[i*large:][:large]
		clear(image)
		for y := range r.h {
			r.x.spread(image[y*r.w*r.c:], rows[y*row:], r.c)
		}
	}
}

// spread adds outputs of so many values each to the inputs that they were made
// of.
func (a *Axis) spread(in, out []float32, each int) {
	for i, low := range a.Low {
		from, to := out[i*each:][:each], in[low*each:][:each]
		if a.High == nil {
			AddTo(to, from)
			continue
		}
		Mix(to, from, 1, 1-a.Weight[i])
		Mix(in[a.High[i]*each:][:each], from, 1, a.Weight[i])
	}
}
