package gan

import (
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/op"
)

// Judge gives the logits that a step of the discriminator has of the same images.
func TestJudge(t *testing.T) {
	dense, conv, packed := small("mlp"), small("dcgan"), small("dcgan")
	conv.NormD = NoNorm
	packed.Pack, packed.NormD = 2, SpectralNorm
	for _, c := range []Config{dense, conv, packed} {
		data := random(Shape{3, 28, 28}, 12)
		tr := begun(t, c, data)
		size := tr.shape.Len()
		images := make([]float32, 2*c.Batch*size)
		h := newHand(c, data, channelsLast(tr.dis))
		for i := range 2 * c.Batch {
			if err := data.Image(images[i*size:][:size], i%data.Len()); err != nil {
				t.Fatal(err)
			}
			if err := h.prepare(tr.d.raw[i*size:][:size], i%data.Len(), 0); err != nil {
				t.Fatal(err)
			}
		}
		got, err := tr.Judge(images)
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.look(0); err != nil {
			t.Fatal(err)
		}
		iterateSpectral(tr.dis)
		if err := run(tr.d.learn); err != nil {
			t.Fatal(err)
		}
		if want := op.Floats(tr.d.logits.Value())[:2*c.packs()]; !slices.Equal(got, want) {
			t.Errorf("%s, pack %d: Judge gives logits %v, want the step's %v", c.Arch, c.Pack, got, want)
		}
		if _, err := tr.Judge(images[1:]); err == nil || !strings.Contains(err.Error(), "want a multiple of") {
			t.Errorf("Judge of a part of an image: %v, want an error", err)
		}
	}
	tr := begun(t, conditional("mlp"), random(Shape{1, 28, 28}, 12))
	if _, err := tr.Judge(make([]float32, 28*28)); err == nil || !strings.Contains(err.Error(), "labels") {
		t.Errorf("Judge without labels, error %v, want one that names them", err)
	}
}
