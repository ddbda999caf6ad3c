package gan

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the augmentation that the generator learns through (Zhao et al.,
// "Differentiable Augmentation for Data-Efficient GAN Training", 2020): of real
// and generated images alike, so that none of it gets into what is generated.

// The kinds, in the order in which they are applied.
const (
	// Colour changes brightness, by -0.5 to 0.5 of the range's half; saturation,
	// the distances of channels from their pixel's mean, by a factor of 0 to 2;
	// and contrast, those from the image's mean, by 0.5 to 1.5.
	Colour = "colour"
	// Translation moves by up to an eighth, rounded, of the height and of the
	// width. What comes in is 0, the middle of the range.
	Translation = "translation"
	// Cutout makes a square 0, of half the sides, whose middle is anywhere in the
	// image.
	Cutout = "cutout"
)

var augmenters = []string{Colour, Translation, Cutout}

// augments says whether a kind is in force.
func (c Config) augments(kind string) bool {
	return slices.Contains(strings.Split(c.DiffAugment, ","), kind)
}

func (c Config) validateAugmenters() error {
	if c.DiffAugment == "" {
		return nil
	}
	kinds := strings.Split(c.DiffAugment, ",")
	for i, k := range kinds {
		if !slices.Contains(augmenters, k) || slices.Contains(kinds[:i], k) {
			return fmt.Errorf("gan: diff-augment is %q, want some of %q with commas between", c.DiffAugment, strings.Join(augmenters, ","))
		}
	}
	return nil
}

func (c Config) validateAugmentersOf(s Shape) error {
	switch {
	case c.DiffAugment != "" && s.H*s.W == 1:
		return fmt.Errorf("gan: diff-augment %q is for images, not for points of %v", c.DiffAugment, s)
	case c.augments(Translation) && farthest(s.H) == 0 && farthest(s.W) == 0:
		return fmt.Errorf("gan: diff-augment %q moves nothing in images of %v", Translation, s)
	}
	return nil
}

// farthest is how many pixels of a side a translation moves at most.
func farthest(side int) int { return (side + 4) / 8 }

// augment adds the augmentation in force to the graph.
func (v *view) augment(g *graph, x *G.Node) (_ *G.Node, err error) {
	if v.cfg.augments(Colour) {
		if x, err = op.Recolour(&g.env, x, v.form, v.colour); err != nil {
			return nil, err
		}
	}
	translation, cutout := v.cfg.augments(Translation), v.cfg.augments(Cutout)
	if !translation && !cutout {
		return x, nil
	}
	return op.Displace(&g.env, x, v.form, func(i int) op.Move { return v.move(i, translation, cutout) })
}

// colour draws how image i's colours change.
func (v *view) colour(i int) op.Colour {
	s := v.stream(domainColour, i)
	return op.Colour{
		Brightness: float64(s.Uniform()) / 2,
		Saturation: 1 + float64(s.Uniform()),
		Contrast:   1 + float64(s.Uniform())/2,
	}
}

// move draws how image i is moved and where it is cut out. One does not depend
// on whether there is the other.
func (v *view) move(i int, translation, cutout bool) (m op.Move) {
	s := v.stream(domainMove, i)
	shift := func(side int) int { return s.IntN(2*farthest(side)+1) - farthest(side) }
	by := image.Pt(shift(v.form.W), shift(v.form.H))
	cut := func(side int) (from, to int) {
		size := (side + 1) / 2
		from = s.IntN(side+1-size%2) - size/2
		return from, from + size
	}
	x0, x1 := cut(v.form.W)
	y0, y1 := cut(v.form.H)
	if translation {
		m.By = by
	}
	if cutout {
		m.Hole = image.Rect(x0, y0, x1, y1)
	}
	return m
}
