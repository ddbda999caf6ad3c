package gan

import (
	"errors"
	"fmt"
)

// This file is what can be done with styles at sampling time.

// Styling says how the styles of a generator are used; the zero value uses them as
// they are.
type Styling struct {
	// Truncation is how much is kept of each style's distance from the mean style,
	// up to 1; 0: all of it. Images vary less (psi of Karras et al. 2019, appendix B).
	Truncation float32
	// Second are latents, as many as z. Layers from number Mix on take the styles of
	// these, counted as [Generator.Styles] does; nil: all layers take those of z.
	Second []float32
	Mix    int
	// Noise is for each layer that takes some, in their order, [n, H, W]; nil: none.
	Noise [][]float32
}

// validateStyling reports a styling that n samples cannot have.
func (g *Generator) validateStyling(s Styling, n int) error {
	if s.Truncation == 0 && s.Second == nil && s.Mix == 0 && s.Noise == nil {
		return nil
	}
	styles := g.Styles()
	switch {
	case styles == 0:
		return fmt.Errorf("gan: a generator of arch %q has no styles", g.Arch)
	case !(s.Truncation >= 0 && s.Truncation <= 1):
		return fmt.Errorf("gan: truncation is %v, want 0 to 1", s.Truncation)
	case s.Second == nil && s.Mix != 0:
		return errors.New("gan: styles are mixed with none: want second latents")
	case s.Second != nil && len(s.Second) != n*g.LatentDim:
		return fmt.Errorf("gan: second latents have %d values, want %d", len(s.Second), n*g.LatentDim)
	case s.Mix < 0 || s.Mix > styles:
		return fmt.Errorf("gan: mix is %d, want 0 to the %d layers that take a style", s.Mix, styles)
	case s.Noise == nil:
		return nil
	}
	noise := s.Noise
	for place, l := range Each(g.Layers) {
		if l.Style == nil || l.Style.Noise == nil {
			continue
		}
		if len(noise) == 0 || len(noise[0]) != n*l.H*l.W {
			return fmt.Errorf("gan: no noise for layer %s, want %d values of %dx%d", place, n, l.H, l.W)
		}
		noise = noise[1:]
	}
	if len(noise) > 0 {
		return fmt.Errorf("gan: noise for %d layers more than there are", len(noise))
	}
	return nil
}

// styling makes a Styling what a Synthesis is given; second is the input of the
// second latents at hand, if there are some.
func (b *graph) styling(g *Generator, s Styling, labels []int) (y *styling, second []float32, err error) {
	y = &styling{truncation: s.Truncation, first: s.Mix}
	if s.Truncation == 0 {
		y.truncation = 1
	}
	if s.Second == nil {
		return y, nil, nil
	}
	second = make([]float32, b.n*g.LatentDim)
	z := b.input("second z", second, b.n, g.LatentDim)
	y.second, _, err = b.network("second", z, g.Layers[:len(g.Layers)-1], mode{frozen: true, labels: labels})
	return y, second, err
}
