package kernel

// This file is resizing of images: pixels copied, or mixed of four neighbours,
// after tables that say which.

// Axis is one dimension of a Resize: output i lies Weight[i] of the way from
// input Low[i] to input High[i]. Nil High and Weight: output i is input Low[i].
type Axis struct {
	Low, High []int
	Weight    []float32
}

// Resize makes images [len(y.Low), len(x.Low), c] of images [h, w, c]. It is
// read-only and may be used by several goroutines.
type Resize struct {
	h, w, c int
	y, x    Axis
}

// NewResize is a Resize by the two axes' tables, which it keeps. Both axes have
// High and Weight (linear), or neither has (nearest). Indices are trusted to lie
// within h and w.
func NewResize(h, w, c int, y, x Axis) *Resize {
	return &Resize{h: h, w: w, c: c, y: y, x: x}
}

// Run writes n resized images of src, [n, h, w, c], to dst. It does its part-th
// of parts shares of the output rows; no two parts write the same output.
//
// Nearest copies. Linear goes along x, then along y; per channel, with a and b
// the low and high pixel of the low row, c and d those of the high one,
//
//	p = fma(x.Weight, b-a, a)
//	q = fma(x.Weight, d-c, c)
//	dst = fma(y.Weight, q-p, p)
func (r *Resize) Run(dst, src []float32, n, part, parts int) {
	oh, in, out := len(r.y.Low), r.w*r.c, len(r.x.Low)*r.c
	var s strip
	from, to := Share(n*oh, part, parts)
	for i := from; i < to; i++ {
		oy := i % oh
		image, row := src[i/oh*r.h*in:], dst[i*out:][:out]
		low := image[r.y.Low[oy]*in:][:in]
		switch {
		case r.y.High != nil:
			r.linear(row, low, image[r.y.High[oy]*in:][:in], r.y.Weight[oy], &s)
		case i > from && oy > 0 && r.y.Low[oy-1] == r.y.Low[oy]:
			copy(row, dst[(i-1)*out:])
		default:
			r.nearest(row, low)
		}
	}
}

// nearest copies the pixels of an output row from an input row.
func (r *Resize) nearest(dst, src []float32) {
	c := r.c
	if c == 1 {
		for i, at := range r.x.Low {
			dst[i] = src[at]
		}
		return
	}
	for i, at := range r.x.Low {
		copy(dst[i*c:][:c], src[at*c:])
	}
}

// stripLen is how many floats of an output row are mixed in one go.
const stripLen = 256

// A strip holds, for each of so many outputs, the four neighbours and the
// weight along x.
type strip struct{ a, b, c, d, t [stripLen]float32 }

// linear mixes an output row from two input rows, t of the way from low to high:
// in strips of pixels, or of channels where one pixel has too many.
func (r *Resize) linear(dst, low, high []float32, t float32, s *strip) {
	pixels, channels := max(stripLen/r.c, 1), min(stripLen, r.c)
	for i := 0; i < len(r.x.Low); i += pixels {
		m := min(pixels, len(r.x.Low)-i)
		if r.c == 1 {
			s.gatherLine(low, high, r.x.Low[i:][:m], r.x.High[i:], r.x.Weight[i:])
			s.mix(dst[i:][:m], t)
			continue
		}
		for c0 := 0; c0 < r.c; c0 += channels {
			k := min(channels, r.c-c0)
			for j := range m {
				a, b := r.x.Low[i+j]*r.c+c0, r.x.High[i+j]*r.c+c0
				s.gather(j*k, k, low[a:], low[b:], high[a:], high[b:], r.x.Weight[i+j])
			}
			s.mix(dst[i*r.c+c0:][:m*k], t)
		}
	}
}

// gatherLine puts the neighbours of outputs of one channel.
func (s *strip) gatherLine(low, high []float32, first, second []int, weight []float32) {
	n := len(first)
	a, b, c, d := s.a[:n], s.b[:n], s.c[:n], s.d[:n]
	copy(s.t[:n], weight)
	second = second[:n]
	for j, at := range first {
		next := second[j]
		a[j], b[j], c[j], d[j] = low[at], low[next], high[at], high[next]
	}
}

// gather puts k channels of one output's neighbours at i.
func (s *strip) gather(i, k int, a, b, c, d []float32, t float32) {
	if k < 8 { // cheaper than five calls
		for j := range k {
			s.a[i+j], s.b[i+j], s.c[i+j], s.d[i+j], s.t[i+j] = a[j], b[j], c[j], d[j], t
		}
		return
	}
	copy(s.a[i:i+k], a)
	copy(s.b[i:i+k], b)
	copy(s.c[i:i+k], c)
	copy(s.d[i:i+k], d)
	w := s.t[i : i+k]
	for j := range w {
		w[j] = t
	}
}

// mix is Run's formula over a strip.
func (s *strip) mix(dst []float32, t float32) {
	n := len(dst)
	for i := vector(bilinearElement, []float32{t}, dst, s.a[:n], s.b[:n], s.c[:n], s.d[:n], s.t[:n]); i < n; i++ {
		p := fma(s.t[i], s.b[i]-s.a[i], s.a[i])
		q := fma(s.t[i], s.d[i]-s.c[i], s.c[i])
		dst[i] = fma(t, q-p, p)
	}
}
