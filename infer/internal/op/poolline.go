package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is pooling of windows, a line of output pixels at a time: for each tap
// of the window, the input pixels that it meets. An output adds its taps row by
// row, whichever order the images have: so both orders give the same bits.

// pool is a pooling of windows.
type pool struct {
	*window
	how    pooledAs
	padded bool // a mean is over the padding, too
	p      int  // of a norm

	across []int // how many taps along the last axis each output meets
}

type pooledAs uint8

const (
	poolMax      pooledAs = iota
	poolMean              // of a few taps: summed in float32
	poolWideMean          // summed in float64
	poolNorm              // summed in float64
)

// fewTaps is how many float32 are summed in float32: their sum is off by 1e-6 of
// the elements' size at the most.
const fewTaps = 32

// poolOver makes the Eval of a pooling of one output.
func (n *Node) poolOver(p *pool) Eval {
	for x := range p.small[2] {
		p.across = append(p.across, p.met(2, x*p.stride[2]-p.before[2]))
	}
	over := func(channels func(shape []int) int) Eval {
		return inSingle(func(m *Memory, out, in []tensor.Tensor) {
			c := channels(out[0].Shape)
			poolImages(m, p, out[0], in[0], c)
		})
	}
	if n.In[0].Elem == onnx.Float {
		n.OnPixels = over(func(shape []int) int { return shape[len(shape)-1] })
		n.Grows = n.In[0].Shape[1] >= tensor.Together
	}
	return over(func([]int) int { return 1 })
}

// poolImages pools images of c channels innermost, of float32.
func poolImages(m *Memory, p *pool, out, in tensor.Tensor, c int) {
	small, large := c*tensor.Product(p.small[:]), c*tensor.Product(p.large[:])
	width, images := p.small[2]*c, out.Len()/small
	l := poolLine{pool: p, c: c, sums: tensor.Of[float64](m.Tensor(onnx.Double, []int{width}))}
	for i := range images {
		src := tensor.Of[float32](in)[i*large:][:large]
		for line := range p.small[0] * p.small[1] {
			l.dst = tensor.Of[float32](out)[i*small+line*width:][:width]
			l.pool3(src, line/p.small[1]*p.stride[0]-p.before[0], line%p.small[1]*p.stride[1]-p.before[1])
		}
	}
}

// poolLine is a line of outputs, of c channels.
type poolLine struct {
	*pool
	c    int
	dst  []float32
	sums []float64 // of poolWideMean and poolNorm
}

// pool3 pools the line whose windows begin at z and y.
func (l *poolLine) pool3(src []float32, z, y int) {
	first := float32(0)
	if l.how == poolMax {
		first = float32(math.Inf(-1))
	}
	for k := range l.dst {
		l.dst[k] = first
	}
	clear(l.sums)
	for tz := range l.size[0] {
		iz := z + tz*l.dilation[0]
		if iz < 0 || iz >= l.large[0] {
			continue
		}
		for ty := range l.size[1] {
			iy := y + ty*l.dilation[1]
			if iy < 0 || iy >= l.large[1] {
				continue
			}
			row := src[(iz*l.large[1]+iy)*l.large[2]*l.c:][:l.large[2]*l.c]
			for tx := range l.size[2] {
				l.tap(row, tx*l.dilation[2]-l.before[2])
			}
		}
	}
	if l.how != poolMax {
		l.finish(l.met(0, z) * l.met(1, y))
	}
}

// tap pools the elements of a row that one tap of the window meets: output x meets
// element x*stride+shift.
func (l *poolLine) tap(row []float32, shift int) {
	stride, c := l.stride[2], l.c
	from := max(0, (-shift+stride-1)/stride)
	to := min(l.small[2], (l.large[2]-1-shift+stride)/stride)
	switch {
	case from >= to:
	case stride == 1: // one run of neighbours
		l.run(from*c, row[(from+shift)*c:][:(to-from)*c])
	case c == 1:
		var room [128]float32
		for ; from < to; from += len(room) {
			few := room[:min(len(room), to-from)]
			gatherStride(few, row[from*stride+shift:], stride)
			l.run(from, few)
		}
	default:
		for x := from; x < to; x++ {
			l.run(x*c, row[(x*stride+shift)*c:][:c])
		}
	}
}

// run pools neighbours: each with its output, from one on.
func (l *poolLine) run(first int, src []float32) {
	dst, sums := l.dst[first:][:len(src)], l.sums[first:][:len(src)]
	switch l.how {
	case poolMax:
		if len(src) >= 8 {
			kernel.Larger(dst, src)
			return
		}
		for k, v := range src {
			if dst[k] < v || v != v {
				dst[k] = v
			}
		}
	case poolMean:
		if len(src) >= 8 {
			kernel.AddTo(dst, src)
			return
		}
		for k, v := range src {
			dst[k] += v
		}
	case poolWideMean:
		for k, v := range src {
			sums[k] += float64(v)
		}
	case poolNorm:
		for k, v := range src {
			sums[k] += float64(toThe(math.Abs(float64(v)), l.p))
		}
	}
}

// toThe is v to the power of p, for v of 0 and more.
func toThe(v float64, p int) float64 {
	switch p {
	case 1:
		return v
	case 2:
		return v * v
	}
	return kernel.Pow64(v, float64(p))
}

// finish turns sums into means or norms. Lines is how many rows of taps the
// windows meet.
func (l *poolLine) finish(lines int) {
	for x := 0; x < len(l.across); { // outputs that meet as many taps together
		to := x + 1
		for to < len(l.across) && l.across[to] == l.across[x] {
			to++
		}
		count := max(lines*l.across[x], 1)
		dst, sums := l.dst[x*l.c:to*l.c], l.sums[x*l.c:to*l.c]
		switch x = to; l.how {
		case poolMean:
			kernel.DivNumber(dst, dst, float32(count))
		case poolWideMean:
			for k, sum := range sums {
				dst[k] = float32(sum / float64(count))
			}
		case poolNorm:
			for k, sum := range sums {
				dst[k] = float32(rootOf(sum, l.p))
			}
		}
	}
}

// rootOf is the p-th root of v.
func rootOf(v float64, p int) float64 {
	switch p {
	case 1:
		return v
	case 2:
		return math.Sqrt(v)
	}
	return kernel.Pow64(v, 1/float64(p))
}

// met is how many taps along an axis lie in the image, or in its padding if that
// counts, for a window that begins at a place.
func (p *pool) met(d, at int) int {
	low, high := 0, p.large[d]
	if p.padded {
		low, high = -p.before[d], p.large[d]+p.after[d]
	}
	step := p.dilation[d]
	from := max(0, (low-at+step-1)/step)
	to := min(p.size[d], (high-1-at+step)/step)
	return max(to-from, 0)
}
