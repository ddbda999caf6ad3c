package gan

var mlp = architecture{name: "mlp", width: 256, build: buildMLP, draw: drawUniform}

// buildMLP makes the generator z-w-2w-4w-image, with LeakyReLU between and tanh at
// the end, or nothing if it makes vectors (after Goodfellow et al. 2014).
func buildMLP(c Config, s Shape) (g, d []Layer, err error) {
	last := Tanh
	if s.Vector() {
		last = Identity
	}
	g = denseLayers(LeakyReLU, last, c.LatentDim, c.Width, 2*c.Width, 4*c.Width, s.Len())
	return g, mlpDiscriminator(c, s), nil
}

// mlpDiscriminator is image-2w-w-1, with LeakyReLU between.
func mlpDiscriminator(c Config, s Shape) []Layer {
	return denseLayers(LeakyReLU, Identity, s.Len(), 2*c.Width, c.Width, 1)
}

// denseLayers are layers from each of sizes to the next, with an activation
// between, LeakyReLU's slope being 0.2, and one at the end.
func denseLayers(between, last Act, sizes ...int) (layers []Layer) {
	for i := range len(sizes) - 1 {
		l := Layer{Op: Dense, In: sizes[i], Out: sizes[i+1], Bias: make([]float32, sizes[i+1]), Act: between}
		if i == len(sizes)-2 {
			l.Act = last
		}
		if l.Act == LeakyReLU {
			l.Alpha = 0.2
		}
		layers = append(layers, l)
	}
	return layers
}
