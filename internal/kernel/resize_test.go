package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveResize is the contract, one output at a time.
func naiveResize(r *Resize, dst, src []float32, n int) {
	at := func(img, y, x, c int) float32 { return src[((img*r.h+y)*r.w+x)*r.c+c] }
	for i := range dst[:n*len(r.y.Low)*len(r.x.Low)*r.c] {
		c, ox := i%r.c, i/r.c%len(r.x.Low)
		oy, img := i/r.c/len(r.x.Low)%len(r.y.Low), i/r.c/len(r.x.Low)/len(r.y.Low)
		y0, x0 := r.y.Low[oy], r.x.Low[ox]
		dst[i] = at(img, y0, x0, c)
		if r.y.High == nil {
			continue
		}
		y1, x1, t := r.y.High[oy], r.x.High[ox], r.x.Weight[ox]
		p := fma(t, at(img, y0, x1, c)-dst[i], dst[i])
		a := at(img, y1, x0, c)
		q := fma(t, at(img, y1, x1, c)-a, a)
		dst[i] = fma(r.y.Weight[oy], q-p, p)
	}
}

// axis is tables for n inputs and m outputs: half-pixel, or at random.
func axis(r *rand.Rand, n, m int, linear, random bool) (a Axis) {
	for i := range m {
		at := min(max((float64(i)+.5)*float64(n)/float64(m)-.5, 0), float64(n-1))
		if random {
			at = r.Float64() * float64(n-1)
		}
		low := int(at)
		a.Low = append(a.Low, low)
		if linear {
			a.High = append(a.High, min(low+1, n-1))
			a.Weight = append(a.Weight, float32(at-float64(low)))
		}
	}
	return a
}

// Every tier and number of parts gives the contract's bits, and writes nothing
// beside.
func TestResizeKeepsTheContract(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	const n = 2
	for _, c := range []int{1, 3, 7, 8, 20, 64, 255, 257, 600} {
		for _, s := range [][4]int{{1, 1, 3, 2}, {4, 5, 8, 10}, {7, 9, 3, 4}, {3, 40, 5, 300}} {
			if c > 20 && s[3] > 100 {
				continue
			}
			for kind := range 4 {
				h, w, oh, ow := s[0], s[1], s[2], s[3]
				linear, random := kind%2 == 1, kind >= 2
				z := NewResize(h, w, c, axis(r, h, oh, linear, random), axis(r, w, ow, linear, random))
				src := randoms(r, n*h*w*c)
				src[0], src[len(src)/2] = float32(math.NaN()), float32(math.Inf(1))
				src[len(src)-1], src[len(src)/3] = 1e-41, float32(math.Copysign(0, -1))
				guard := randoms(r, n*oh*ow*c+2)
				want := append([]float32(nil), guard...)
				naiveResize(z, want[1:], src, n)
				for _, tier := range eachTier(t) {
					for parts := 1; parts <= 4; parts += 3 {
						got := append([]float32(nil), guard...)
						for part := range parts {
							z.Run(got[1:len(got)-1], src, n, part, parts)
						}
						sameBits(t, fmt.Sprintf("%s Resize(%v by %d, linear %v, random %v) in %d parts", tier, s, c, linear, random, parts), got, want)
					}
				}
			}
		}
	}
}

// Twice the size, by hand.
func TestResizeOfAnImage(t *testing.T) {
	src := []float32{0, 4, 8, 12} // 2x2
	near := Axis{Low: []int{0, 0, 1, 1}}
	line := Axis{Low: []int{0, 0, 0, 1}, High: []int{0, 1, 1, 1}, Weight: []float32{0, .25, .75, 0}}
	for _, f := range []struct {
		name string
		axis Axis
		want []float32
	}{
		{"nearest", near, []float32{0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 12, 12, 8, 8, 12, 12}},
		{"linear", line, []float32{0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12}},
	} {
		got := make([]float32, 16)
		NewResize(2, 2, 1, f.axis, f.axis).Run(got, src, 1, 0, 1)
		sameBits(t, f.name, got, f.want)
	}
}

// Sampling allocates nothing.
func TestElementsAllocateNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	z := NewResize(4, 4, 9, axis(r, 4, 8, true, false), axis(r, 4, 8, true, false))
	src, dst := randoms(r, 4*4*9), make([]float32, 8*8*9)
	if n := testing.AllocsPerRun(10, func() {
		z.Run(dst, src, 1, 0, 1)
		Softmax(dst, 8, 72)
		Exp(dst)
		Erf(dst)
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkResize(b *testing.B) {
	r := rand.New(rand.NewPCG(35, 36))
	for _, c := range []int{3, 128} {
		for _, linear := range []bool{false, true} {
			z := NewResize(32, 32, c, axis(r, 32, 64, linear, false), axis(r, 32, 64, linear, false))
			src, dst := randoms(r, 32*32*c), make([]float32, 64*64*c)
			b.Run(fmt.Sprintf("c%d/linear=%v", c, linear), func(b *testing.B) {
				for b.Loop() {
					z.Run(dst, src, 1, 0, 1)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}
