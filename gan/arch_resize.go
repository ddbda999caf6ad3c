package gan

var resize = architecture{name: "resize", width: 64, build: buildResize, draw: drawNormal}

// buildResize is a dcgan whose generator grows images by resizing them and then
// convolving them, 3x3, so that every pixel is made of as many (Odena, Dumoulin
// and Olah, "Deconvolution and Checkerboard Artifacts", 2016).
func buildResize(c Config, s Shape) (g, d []Layer, err error) {
	dcgan, d, err := buildDCGAN(c, s)
	if err != nil {
		return nil, nil, err
	}
	g = dcgan[:1:1]
	for _, l := range dcgan[1:] {
		g = append(g, c.grow(l.In, l.H, l.W))
		l.Op, l.H, l.W = Conv, 2*l.H, 2*l.W
		l.Kernel, l.Stride, l.Pad = 3, 1, 1
		g = append(g, l)
	}
	return g, d, nil
}

// grow doubles the sides of images as the configuration has it.
func (c Config) grow(channels, h, w int) Layer {
	op := Nearest
	if c.Up == BilinearUp {
		op = Bilinear
	}
	return Layer{Op: op, In: channels, Out: channels, H: h, W: w, Act: Identity}
}
