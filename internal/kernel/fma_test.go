package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA rounds x*y+z once, in arbitrary precision.
func exactFMA(x, y, z float32) float32 {
	var a, b, c big.Float
	a.SetPrec(2000).SetFloat64(float64(x))
	b.SetPrec(2000).SetFloat64(float64(y))
	c.SetPrec(2000).SetFloat64(float64(z))
	a.Mul(&a, &b)
	if a.Sign() == 0 || c.Sign() == 0 || new(big.Float).Neg(&a).Cmp(&c) == 0 {
		return float32(float64(x)*float64(y) + float64(z)) // exact, and signed zeros right
	}
	r, _ := a.Add(&a, &c).Float32()
	return r
}

func TestFMAIsRoundedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(x, y, z float32) {
		t.Helper()
		got, want := fma(x, y, z), exactFMA(x, y, z)
		if math.Float32bits(got) != math.Float32bits(want) {
			t.Fatalf("fma(%g, %g, %g) = %g (%#x), want %g (%#x)", x, y, z,
				got, math.Float32bits(got), want, math.Float32bits(want))
		}
	}
	// Halfway points that a sum in float64 alone gets wrong.
	eps := float32(math.Ldexp(1, -23))
	check(1+eps, 1+eps, float32(math.Ldexp(1, -70)))
	for range 200000 {
		x := math.Float32frombits(r.Uint32())
		y := math.Float32frombits(r.Uint32())
		z := math.Float32frombits(r.Uint32())
		if x-x != 0 || y-y != 0 || z-z != 0 {
			continue
		}
		check(x, y, z)
		// z near a halfway point of the product, and tiny results.
		p := x * y
		if p-p == 0 {
			check(x, y, -p)
			check(x, y, p*eps/2)
			check(x, y, p/eps)
		}
		check(x, y*0x1p-60*0x1p-60, z*0x1p-60*0x1p-60)
		check(float32(int8(x)), 1+eps, float32(math.Ldexp(1, -24))*float32(r.IntN(5)))
	}
	// A sum that needs 25 bits, plus a crumb 2^-60 that decides the tie.
	one := float32(1 << 24)
	for _, crumb := range []float32{0x1p-60, -0x1p-60} {
		check(crumb, 1, one+1*0)
		check(one+2, 0.5, crumb) // exact
		check(1+eps, 1+eps, crumb)
		check(16777217.0/2, 3, crumb)
	}
}

// Results too small to be normal have their halfway points elsewhere: products
// close to one of those, on a z that is a multiple of the smallest float32.
func TestFMAOfTinyNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300000 {
		x := math.Float32frombits(r.Uint32()&(1<<23-1) | 52<<23) // about 2^-75
		y := float32((float64(r.IntN(3)) + 0.5) * 0x1p-149 / float64(x))
		z := math.Float32frombits(r.Uint32()&(1<<24-1) | r.Uint32()&(1<<31))
		if got, want := fma(x, y, z), exactFMA(x, y, z); math.Float32bits(got) != math.Float32bits(want) {
			t.Fatalf("fma(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
	}
}

// The tile's twin computes chains of fma, also where its quick way does not do:
// halfway points, zeros, tiny and huge numbers, infinities and NaN.
func TestTwinIsChainsOfFMA(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	few := func(n int) []float32 { // numbers of few bits, whose sums are often halfway
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(math.Ldexp(float64(r.IntN(9)-4), r.IntN(50)-25))
			switch r.IntN(400) {
			case 0:
				v[i] = float32(math.Copysign(0x1p-80, float64(v[i])))
			case 1:
				v[i] = float32(math.Inf(r.IntN(2)*2 - 1))
			case 2:
				v[i] = math.Float32frombits(r.Uint32())
			}
		}
		return v
	}
	const rows, panels, step = 3, 2, 40
	for _, k := range []int{1, 5, 64, 65, 150} {
		for try := range 40 {
			a, b := few(rows*k+7), few(k*step)
			if try%2 == 0 {
				copy(a, randoms(r, rows*k))
			}
			aoff, coff := offsets{7, 7 + 2*k, 7 + k}, offsets{1, 40, 80}
			got := randoms(r, 120)
			want := append([]float32(nil), got...)
			for i := range rows {
				for j := range panels * panelWidth {
					acc := float32(0)
					for l := range k {
						acc = fma(a[aoff[i]+l], b[l*step+j], acc)
					}
					if try%3 == 0 {
						acc += want[coff[i]+j]
					}
					want[coff[i]+j] = acc
				}
			}
			tileGo(rows, panels, k, a, &aoff, b, step, got, &coff, try%3 == 0)
			sameBits(t, "tileGo", got, want)
		}
	}
}
