package gan

import (
	"math"
	"testing"
)

// A dcgan's discriminator may have a dense layer before its last, beginning like
// the others, and goes on exactly from a checkpoint; in colour, the layer takes
// what the convolutions make.
func TestDiscriminatorWithHead(t *testing.T) {
	c := small("dcgan")
	c.HeadD = 64
	_, dis, err := c.Layers(Shape{3, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	head, last := dis[len(dis)-2], dis[len(dis)-1]
	if head.In != 8*7*7 || head.Out != 64 || head.Act != LeakyReLU || last.In != 64 || last.Out != 1 || last.Act != Identity {
		t.Errorf("the last layers are %v and %v, want 392 to 64 to 1", head, last)
	}
	square := 0.0
	for _, w := range head.Weight {
		square += float64(w) * float64(w)
	}
	if got := math.Sqrt(square / float64(len(head.Weight))); math.Abs(got-0.02) > 0.0005 {
		t.Errorf("the first weights deviate by %v, want 0.02", got)
	}
	resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
}
