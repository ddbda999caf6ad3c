package main

import (
	"math"
	"testing"
)

// Points of an arc are at equal angles from each other.
func TestArc(t *testing.T) {
	for _, angle := range []float64{0, 1e-5, 0.3, math.Pi / 2, 2, 3.1} {
		for k := range 8 {
			at := float64(k) / 7
			a, b := arc(math.Cos(angle), at)
			wantA, wantB := 1-at, at
			if angle > 0 {
				wantA, wantB = math.Sin((1-at)*angle)/math.Sin(angle), math.Sin(at*angle)/math.Sin(angle)
			}
			if math.Abs(a-wantA) > 1e-9 || math.Abs(b-wantB) > 1e-9 {
				t.Errorf("arc of %v at %v = %v, %v, want %v, %v", angle, at, a, b, wantA, wantB)
			}
		}
	}
}

// A path has its ends to the bit, whichever points are asked for at a time.
func TestPath(t *testing.T) {
	from, to := []float32{0.1, 3, -2, 1, 0, 0.7}, []float32{1, 0.3, 0.7, -0.2, 5, 1}
	for _, spherical := range []bool{false, true} {
		p := &path{from: from, to: to, dim: 3, steps: 4}
		if spherical {
			if err := p.bend(); err != nil {
				t.Fatal(err)
			}
		}
		all, one := make([]float32, 9*3), make([]float32, 3)
		p.Fill(all, 0)
		for i := range 9 {
			p.Fill(one, uint64(i))
			for j, v := range one {
				if all[i*3+j] != v {
					t.Errorf("spherical %v: point %d is %v alone and %v with others", spherical, i, one, all[i*3:][:3])
				}
				if i%4 == 0 && v != from[i/4%2*3+j] || i%4 == 3 && v != to[i/4*3+j] {
					t.Errorf("spherical %v: point %d is %v, want the end of a way", spherical, i, one)
				}
			}
		}
	}
}

func TestNoArc(t *testing.T) {
	nan := float32(math.NaN())
	for _, p := range []path{
		{from: []float32{1, 2, 1, 2}, to: []float32{1, 3, -2, -4}, dim: 2},
		{from: []float32{1, 2, 0, 0}, to: []float32{1, 3, -2, -4}, dim: 2},
		{from: []float32{1, 2, 1, 2}, to: []float32{1, 3, 1, nan}, dim: 2},
	} {
		if err := p.bend(); err == nil || err.Error() != "row 1 has no arc: its ends are opposite, or one has no length" {
			t.Errorf("from %v to %v: error %v", p.from, p.to, err)
		}
	}
}
