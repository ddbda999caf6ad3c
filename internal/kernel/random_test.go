package kernel

import (
	"math"
	"testing"
)

// The known answers of Random123's kat_vectors for philox4x32, 10 rounds.
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     uint64
		want    [4]uint32
	}{
		{[4]uint32{}, 0, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

func TestLnAndSinCos(t *testing.T) {
	for i := range 100000 {
		u := (float64(i) + .5) / 100000
		if got, want := ln(u), math.Log(u); math.Abs(got-want) > 4e-16*(1+math.Abs(want)) {
			t.Fatalf("ln(%v) = %v, want %v", u, got, want)
		}
		s, c := sinCosTurn(u)
		if ws, wc := math.Sincos(2 * math.Pi * u); math.Abs(s-ws) > 1e-15 || math.Abs(c-wc) > 1e-15 {
			t.Fatalf("sinCosTurn(%v) = %v, %v, want %v, %v", u, s, c, ws, wc)
		}
	}
}

// A latent depends on its seed and number, not on how many are drawn together.
func TestLatentsByNumber(t *testing.T) {
	for _, normal := range []bool{true, false} {
		all := make([]float32, 10*7)
		Latents(all, 42, 3, 7, normal)
		for i := range 10 {
			one := make([]float32, 7)
			Latents(one, 42, uint64(3+i), 7, normal)
			sameBits(t, "latent", one, all[i*7:][:7])
		}
		other := make([]float32, 7)
		Latents(other, 43, 3, 7, normal)
		if other[0] == all[0] && other[1] == all[1] {
			t.Errorf("seeds 42 and 43 give the same latent %v", other)
		}
	}
}

func TestLatentsAreDistributedAsNamed(t *testing.T) {
	const n = 200000
	for _, normal := range []bool{true, false} {
		z := make([]float32, n)
		Latents(z, 1, 0, 100, normal)
		var m1, m2, m4 float64
		for _, v := range z {
			x := float64(v)
			if !normal && (x < -1 || x >= 1) {
				t.Fatalf("uniform latent %v outside [-1, 1)", x)
			}
			m1 += x / n
			m2 += x * x / n
			m4 += x * x * x * x / n
		}
		want2, want4 := 1.0, 3.0
		if !normal {
			want2, want4 = 1.0/3, 1.0/5
		}
		if math.Abs(m1) > .01 || math.Abs(m2-want2) > .01*want2+.005 || math.Abs(m4-want4) > .03*want4 {
			t.Errorf("normal %v: moments %.4f %.4f %.4f, want 0 %.4f %.4f", normal, m1, m2, m4, want2, want4)
		}
	}
}

// These bits are part of the contract: changing them changes everybody's images.
func TestLatentBitsAreFrozen(t *testing.T) {
	z := make([]float32, 8)
	Latents(z[:4], 1, 0, 4, true)
	Latents(z[4:], 1, 0, 4, false)
	var got [8]uint32
	for i, v := range z {
		got[i] = math.Float32bits(v)
	}
	want := [8]uint32{0xc018a74a, 0xbf92a6f9, 0xbef7fdb3, 0xbf352acd, 0xbf708dbe, 0x3e11f5b8, 0x3ec4ef0c, 0x3e9e2ee0}
	if got != want {
		t.Errorf("latents of seed 1: %#x, want %#x", got, want)
	}
}
