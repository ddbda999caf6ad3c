package op

import (
	"math"
	"math/bits"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the discrete Fourier transform of any length, in float64: by
// halves (Cooley and Tukey, 1965), and where the length is no power of two as a
// convolution by such (Bluestein, 1970).

// fourier transforms n complex numbers.
type fourier struct {
	n, size  int       // size is the power of two that is computed
	cos, sin []float64 // of k/size turns, k < size/2

	// If size is not n: e^(i*pi*k*k/n), and the transform of these.
	chirp, response complexes
}

// complexes are complex numbers.
type complexes struct{ re, im []float64 }

func newComplexes(n int) complexes { return complexes{make([]float64, n), make([]float64, n)} }

// upTo is the first n of them.
func (c complexes) upTo(n int) complexes { return complexes{c.re[:n], c.im[:n]} }

// turned is them multiplied by i, and conjugated: the transform of these is that
// of the inverse, turned.
func (c complexes) turned() complexes { return complexes{c.im, c.re} }

// roomFor is how many complex numbers a transform of n needs.
func roomFor(n int) int {
	if n&(n-1) == 0 {
		return n
	}
	return 1 << bits.Len(uint(2*n-2))
}

// onCircle returns the cosine and sine of k/n turns, k < n.
func onCircle(k, n int) (cos, sin float64) {
	x := 2 * math.Pi * (float64(k) / float64(n))
	return kernel.Cos64(x), kernel.Sin64(x)
}

// newFourier makes tables, which are as long as roomFor(n).
func newFourier(n int) *fourier {
	f := &fourier{n: n, size: roomFor(n)}
	f.cos, f.sin = make([]float64, f.size/2), make([]float64, f.size/2)
	for k := range f.cos {
		f.cos[k], f.sin[k] = onCircle(k, f.size)
	}
	if f.size == n {
		return f
	}
	f.chirp, f.response = newComplexes(n), newComplexes(f.size)
	for k := range n {
		c, s := onCircle(int(uint64(k)*uint64(k)%uint64(2*n)), 2*n)
		f.chirp.re[k], f.chirp.im[k] = c, s
		f.response.re[k], f.response.im[k] = c, s
		if k > 0 {
			f.response.re[f.size-k], f.response.im[f.size-k] = c, s
		}
	}
	f.halves(f.response)
	return f
}

// transform replaces the first n of x, which is of roomFor(n), by their transform.
func (f *fourier) transform(x complexes) {
	if f.size == f.n {
		f.halves(x)
		return
	}
	for k, c := range f.chirp.re {
		s := -f.chirp.im[k]
		x.re[k], x.im[k] = product(x.re[k], x.im[k], c, s)
	}
	clear(x.re[f.n:])
	clear(x.im[f.n:])
	f.halves(x)
	for k, c := range f.response.re {
		x.re[k], x.im[k] = product(x.re[k], x.im[k], c, f.response.im[k])
	}
	f.halves(x.turned()) // back
	by := 1 / float64(f.size)
	for k, c := range f.chirp.re {
		s := -f.chirp.im[k]
		x.re[k], x.im[k] = product(x.re[k]*by, x.im[k]*by, c, s)
	}
}

// inverse replaces the first n of x by their inverse transform.
func (f *fourier) inverse(x complexes) {
	f.transform(x.turned())
	by := float64(f.n)
	for k := range f.n {
		x.re[k] /= by
		x.im[k] /= by
	}
}

func product(a, b, c, d float64) (re, im float64) {
	return float64(a*c) - float64(b*d), float64(a*d) + float64(b*c)
}

// halves transforms x, of a power of two.
func (f *fourier) halves(x complexes) {
	n := len(x.re)
	if n < 2 {
		return
	}
	shift := 64 - bits.Len(uint(n-1))
	for i := range n {
		if j := int(bits.Reverse64(uint64(i)) >> shift); j > i {
			x.re[i], x.re[j] = x.re[j], x.re[i]
			x.im[i], x.im[j] = x.im[j], x.im[i]
		}
	}
	for half := 1; half < n; half *= 2 {
		step := n / (2 * half)
		for from := 0; from < n; from += 2 * half {
			for k := range half {
				i, j := from+k, from+k+half
				re, im := product(x.re[j], x.im[j], f.cos[k*step], -f.sin[k*step])
				x.re[j], x.im[j] = x.re[i]-re, x.im[i]-im
				x.re[i], x.im[i] = x.re[i]+re, x.im[i]+im
			}
		}
	}
}
