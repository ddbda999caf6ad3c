package gan

var mlp = architecture{name: "mlp", width: 256, build: buildMLP, draw: drawUniform}

// buildMLP makes the generator z-w-2w-4w-image and the discriminator
// image-2w-w-1, with LeakyReLU between and tanh at the end, or nothing if it makes
// vectors (after Goodfellow et al. 2014).
func buildMLP(c Config, s Shape) (g, d []Layer, err error) {
	chain := func(last Act, sizes ...int) (layers []Layer) {
		for i := range len(sizes) - 1 {
			layers = append(layers, Layer{Op: Dense, In: sizes[i], Out: sizes[i+1], Bias: make([]float32, sizes[i+1]), Act: LeakyReLU, Alpha: 0.2})
		}
		end := &layers[len(layers)-1]
		end.Act, end.Alpha = last, 0
		return layers
	}
	last := Tanh
	if s.Vector() {
		last = Identity
	}
	g = chain(last, c.LatentDim, c.Width, 2*c.Width, 4*c.Width, s.Len())
	d = chain(Identity, s.Len(), 2*c.Width, c.Width, 1)
	return g, d, nil
}
