package op

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestResizeGradient(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, s := range [][2]int{{6, 10}, {2, 3}, {4, 6}} {
		for _, linear := range []bool{false, true} {
			x, dy := make([]float32, 2*4*6*3), make([]float32, 2*s[0]*s[1]*3)
			for i := range x {
				x[i] = float32(rnd.NormFloat64())
			}
			for i := range dy {
				dy[i] = float32(rnd.NormFloat64())
			}
			r := newRig(t)
			in := r.input("x", x, 2, 4, 6, 3)
			out, err := Resize{N: 2, H: 4, W: 6, C: 3, OutH: s[0], OutW: s[1], Linear: linear}.Apply(&r.env, in)
			r.finish(out, err, dy, in)
			r.differences(fmt.Sprintf("resize to %v, linear %v", s, linear), in, 1e-3)
		}
	}
}
