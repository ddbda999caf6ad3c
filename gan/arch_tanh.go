package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
)

var mlpTanh = architecture{name: "mlp-tanh", width: 64, build: buildMLPTanh, draw: drawMLPTanh}

// buildMLPTanh makes the generator z-w-w-w-vector with tanh between, as Metz et
// al., "Unrolled Generative Adversarial Networks", 2017, have it for mixtures, and
// the discriminator of an mlp. A map from latents to modes apart from each other
// is flat on a mode and steep between two: tanh is both by its nature, LeakyReLU
// only after long training.
func buildMLPTanh(c Config, s Shape) (g, d []Layer, err error) {
	if !s.Vector() {
		return nil, nil, fmt.Errorf("gan: mlp-tanh makes vectors, no images of %v", s)
	}
	g = denseLayers(Tanh, Identity, c.LatentDim, c.Width, c.Width, c.Width, s.Len())
	return g, mlpDiscriminator(c, s), nil
}

// drawMLPTanh is drawUniform with three times that for LeakyReLU, so that the
// discriminator bends often from the start: modes are narrow.
func drawMLPTanh(l *Layer, network []Layer, s *kernel.Stream) {
	drawUniform(l, network, s)
	if l.Act != LeakyReLU {
		return
	}
	for _, p := range [][]float32{l.Weight, l.Bias} {
		for i := range p {
			p[i] *= 3
		}
	}
}
