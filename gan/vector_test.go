package gan

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// cross is points far outside [-1, 1]: a shape of one pixel is a vector, in
// units of its own.
type cross struct{}

func (cross) Name() string { return "cross" }
func (cross) Shape() Shape { return Shape{C: 2, H: 1, W: 1} }
func (cross) Len() int     { return 64 }

func (cross) Image(dst []float32, i int) error {
	clear(dst)
	dst[i%2] = float32(7 + i%5)
	return nil
}

func vectorConfig() Config {
	c := Default(cross{}.Shape())
	c.Width, c.Batch, c.LR, c.Average = 8, 16, 1e-2, 0
	return c
}

// A generator of vectors has no bounds: it goes where the points are.
func TestVectors(t *testing.T) {
	tr := begun(t, vectorConfig(), cross{})
	for range 150 {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	if last := g.Layers[len(g.Layers)-1]; last.Act != Identity {
		t.Errorf("the last layer of vectors is %v, want one without activation", last)
	}
	z := make([]float32, 100*g.LatentDim)
	kernel.Latents(z, 1, 0, g.LatentDim, true)
	points, err := g.Sample(z)
	if err != nil {
		t.Fatal(err)
	}
	far := 0
	for i := 0; i < len(points); i += 2 {
		if max(points[i], points[i+1]) > 2 {
			far++
		}
	}
	if far < 50 {
		t.Errorf("%d of 100 points are beyond 2, where all that are real are", far)
	}
}

// The default of vectors is a plan for a whole training; its networks are for
// vectors alone.
func TestVectorsDefault(t *testing.T) {
	c := Default(cross{}.Shape())
	g, d, err := c.Layers(cross{}.Shape())
	if err != nil {
		t.Fatal(err)
	}
	if c.Steps == 0 || !c.Scheduled() {
		t.Errorf("the default of vectors plans %d steps, and scheduled is %v", c.Steps, c.Scheduled())
	}
	if len(g) != 4 || len(d) != 3 || g[0].Act != Tanh || g[3].Act != Identity || d[0].Act != LeakyReLU {
		t.Fatalf("the networks of vectors are %v and %v", g, d)
	}
	largest := func(l Layer) (m float64) {
		for _, w := range l.Weight {
			m = max(m, math.Abs(float64(w))*math.Sqrt(float64(l.In)))
		}
		return m
	}
	for i, want := range []float64{3, 3, 1} {
		if got := largest(d[i]); got > want || got < 0.8*want {
			t.Errorf("weights of layer %d of the discriminator are up to %v/sqrt(inputs), want %v", i, got, want)
		}
	}
	if _, _, err := c.Layers(Shape{1, 8, 8}); err == nil || !strings.Contains(err.Error(), "mlp-tanh makes vectors, no images of 1x8x8") {
		t.Errorf("mlp-tanh for images: %v", err)
	}
}

// A training on vectors resumes exactly.
func TestVectorsResume(t *testing.T) {
	c := vectorConfig()
	tr := begun(t, c, cross{})
	var half, whole, resumed bytes.Buffer
	for i := range 6 {
		if i == 3 {
			if err := tr.Save(&half); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Resume(&half, cross{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for range 3 {
		if _, err := again.Step(); err != nil {
			t.Fatal(err)
		}
	}
	for to, tr := range map[*bytes.Buffer]*Trainer{&whole: tr, &resumed: again} {
		if err := tr.Save(to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(whole.Bytes(), resumed.Bytes()) {
		t.Error("a training on vectors that was resumed is another than one that was not")
	}
}
