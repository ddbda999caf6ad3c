package data

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/internal/mixture"
)

// The sums hold on every CPU: a mixture is a part of its name.
func TestMixtures(t *testing.T) {
	for _, c := range []struct {
		name   string
		m      mixture.Mixture
		digest string
	}{
		{"ring8", mixture.Ring8(), "188ba7fd44dc01f38ecfce6200fb1770ae839d230ded688d82e6856366877583"},
		{"grid25", mixture.Grid25(), "1822f15e3495242d29a0b527e25822a782963efcd80dcd8f3a4ce23bc31acdfc"},
	} {
		d, err := Open(c.name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Name() != c.name || d.Len() != 100_000 || d.Shape() != (gan.Shape{C: 2, H: 1, W: 1}) || d.Label(0) != -1 {
			t.Errorf("Open(%q) is %q, %d images of %v", c.name, d.Name(), d.Len(), d.Shape())
		}
		if d.Digest() != c.digest {
			t.Errorf("the digest of %q is %s, want %s", c.name, d.Digest(), c.digest)
		}
		counts := make([]int, len(c.m.Centres))
		var square float64 // of distances from the nearest centre, in sigmas
		p := make([]float32, 2)
		for i := range d.Len() {
			if err := d.Image(p, i); err != nil {
				t.Fatal(err)
			}
			least, mode := math.Inf(1), 0
			for k, centre := range c.m.Centres {
				if r := math.Hypot(float64(p[0])-centre[0], float64(p[1])-centre[1]) / c.m.Sigma; r < least {
					least, mode = r, k
				}
			}
			counts[mode]++
			square += least * least
		}
		if mean := square / float64(d.Len()); math.Abs(mean-2) > .04 {
			t.Errorf("%s: points are %v sigmas² from their centres on average, want 2", c.name, mean)
		}
		want := float64(d.Len()) / float64(len(counts))
		for mode, n := range counts {
			if math.Abs(float64(n)-want) > 5*math.Sqrt(want) {
				t.Errorf("%s: mode %d has %d points, want about %.0f", c.name, mode, n, want)
			}
		}
	}
}
