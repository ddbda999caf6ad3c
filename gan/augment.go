package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file prepares one real image for a batch: read, augmented, checked, and
// laid out as the discriminator takes it.

// hand is the memory of one goroutine that prepares images.
type hand struct {
	cfg          Config
	data         Dataset
	channelsLast bool

	image, augmented []float32 // [C, H, W]
	columns          []int     // of image, for those of augmented
}

func newHand(cfg Config, data Dataset, channelsLast bool) *hand {
	s := data.Shape()
	return &hand{
		cfg: cfg, data: data, channelsLast: channelsLast,
		image: make([]float32, s.Len()), augmented: make([]float32, s.Len()), columns: make([]int, s.W),
	}
}

// prepare writes image i of the data to dst, augmented as the shown-th of the
// run, from 0.
func (h *hand) prepare(dst []float32, i int, shown uint64) error {
	if err := h.data.Image(h.image, i); err != nil {
		return err
	}
	for _, v := range h.image {
		if v-v != 0 {
			return fmt.Errorf("has a value of %v", v)
		}
	}
	image := h.image
	if h.cfg.Flip || h.cfg.Translate > 0 {
		h.augment(shown)
		image = h.augmented
	}
	if s := h.data.Shape(); h.channelsLast {
		kernel.Transpose(dst, image, 1, s.C, s.H*s.W, 0, 1)
	} else {
		copy(dst, image)
	}
	return nil
}

// augment mirrors and moves h.image into h.augmented, as the draws of the
// shown-th image say.
func (h *hand) augment(shown uint64) {
	r := kernel.Stream{Seed: h.cfg.Seed, Domain: domainAugment, Index: shown}
	most := h.cfg.Translate
	down, right := r.IntN(2*most+1)-most, r.IntN(2*most+1)-most
	flip := h.cfg.Flip && r.IntN(2) == 1

	s := h.data.Shape()
	for x := range h.columns {
		h.columns[x] = mirrored(x-right, s.W)
		if flip {
			h.columns[x] = s.W - 1 - h.columns[x]
		}
	}
	for y := range s.C * s.H { // rows of all channels
		from := y - y%s.H + mirrored(y%s.H-down, s.H)
		src := h.image[from*s.W:][:s.W]
		dst := h.augmented[y*s.W:][:s.W]
		for x, c := range h.columns {
			dst[x] = src[c]
		}
	}
}

// mirrored is the place in 0 to n-1 whose mirror image, at the first place or
// the last, is i; i lies less than n outside.
func mirrored(i, n int) int {
	switch {
	case i < 0:
		return -i
	case i >= n:
		return 2*(n-1) - i
	}
	return i
}
