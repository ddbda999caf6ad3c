package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is styles and what is made of them, in Gorgonia.

// styling is what a Synthesis is given besides a style.
type styling struct {
	truncation float32     // how much of a style's distance from the mean is kept, at sampling time
	noise      [][]float32 // input, of each layer that takes some, [N, H, W]; appended to as layers are added
	second     *G.Node     // the style of all layers from number first on, counted in Styles; nil: one style for all
	first      int
}

// synthesis adds a Synthesis of style w.
func (g *graph) synthesis(name string, w *G.Node, l *Layer, m mode) (pass, G.Nodes, error) {
	y := m.styling
	if y == nil {
		y = &styling{truncation: 1}
	}
	styles := G.Nodes{w, y.second}
	for i, w := range styles {
		if w == nil || !m.sampling {
			continue
		}
		var err error
		if styles[i], err = op.Truncate(&g.env, w, l.Mean, &y.truncation); err != nil {
			return pass{}, nil, err
		}
	}
	var params G.Nodes
	var x, image *G.Node
	taken := 0 // styles
	for i := range l.Body {
		b := &l.Body[i]
		at := fmt.Sprintf("%s.%d", name, i)
		var p G.Nodes
		var err error
		switch {
		case b.Op == Constant:
			p = G.Nodes{g.input(at+".weight", b.Weight, b.Out, b.H, b.W)}
			x, err = op.Everywhere(&g.env, p[0], g.n, m.frozen)
		case b.Op.resizes():
			x, image, err = g.resizeBoth(x, image, b, l.Out)
		default:
			w := styles[0]
			if y.second != nil && taken >= y.first {
				w = styles[1]
			}
			taken++
			x, image, p, err = g.styled(at, x, image, w, b, y, m.frozen)
		}
		if err != nil {
			return pass{}, nil, fmt.Errorf("gan: %s: %w", at, err)
		}
		params = append(params, p...)
	}
	image, err := op.Activate(&g.env, image, kernelAct[l.Act], l.Alpha)
	return pass{out: image}, params, err
}

// resizeBoth adds the resizing of images x and of what image outputs have made so
// far, if there is something, of so many channels.
func (g *graph) resizeBoth(x, image *G.Node, l *Layer, channels int) (*G.Node, *G.Node, error) {
	small := *l
	small.In, small.Out = channels, channels
	x, err := g.resize(l).Apply(&g.env, x)
	if err == nil && image != nil {
		image, err = g.resize(&small).Apply(&g.env, image)
	}
	return x, image, err
}

// styled adds a modulated convolution of x, which makes another x or adds to image.
func (g *graph) styled(name string, x, image, w *G.Node, l *Layer, y *styling, frozen bool) (*G.Node, *G.Node, G.Nodes, error) {
	s := l.Style
	weight, bias := g.input(name+".weight", l.Weight, l.weightShape()...), g.input(name+".bias", l.Bias, l.Out)
	styleWeight, styleBias := g.input(name+".style.weight", s.Weight, l.In, s.Dim), g.input(name+".style.bias", s.Bias, l.In)
	params := G.Nodes{weight, bias, styleWeight, styleBias}
	affine := g.linear(&Layer{Op: Dense, In: s.Dim, Out: l.In, Act: Identity})
	affine.Frozen = frozen
	factors, err := affine.Apply(&g.env, w, styleWeight, styleBias)
	if err != nil {
		return nil, nil, nil, err
	}
	modulated, err := op.Modulate(&g.env, x, factors)
	if err != nil {
		return nil, nil, nil, err
	}
	lin := g.linear(l)
	lin.Act, lin.Frozen = kernel.Identity, frozen
	if s.Image {
		made, err := lin.Apply(&g.env, modulated, weight, bias)
		if err == nil && image != nil {
			made, err = op.Add(&g.env, made, image)
		}
		return x, made, params, err
	}
	noise := make([]float32, g.n*l.H*l.W)
	y.noise = append(y.noise, noise)
	strength := g.input(name+".strength", s.Noise, 1)
	made, err := lin.Apply(&g.env, modulated, weight, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	factors, err = op.Demodulation(&g.env, factors, weight, frozen)
	if err == nil {
		made, err = op.Modulate(&g.env, made, factors)
	}
	if err == nil {
		made, err = op.Noisy(&g.env, made, g.input(name+".noise", noise, g.n, l.H, l.W), strength, bias, kernelAct[l.Act], l.Alpha, frozen)
	}
	return made, image, append(params, strength), err
}

// drawNoise draws the noise of the discriminator's step after so many.
func (t *Trainer) drawNoise(steps int) {
	s := kernel.Stream{Seed: t.cfg.Seed, Domain: domainPixels, Index: uint64(steps)}
	for _, noise := range t.g.styling.noise {
		s.Normals(noise)
	}
}

// averageStyle sets the mean style of layers, if they have styles, to that of many
// latents.
func (t *Trainer) averageStyle(layers []Layer) error {
	last := len(layers) - 1
	if layers[last].Op != Synthesis {
		return nil
	}
	g := newGraph(normBatch, t.cfg.Threads, nil)
	z, labels := make([]float32, normBatch*t.cfg.LatentDim), make([]int, normBatch)
	w, _, err := g.network("generator", g.input("z", z, normBatch, t.cfg.LatentDim), layers[:last], mode{frozen: true, leaf: true, labels: labels})
	if err != nil {
		return err
	}
	vm, err := g.program(w)
	if err != nil {
		return err
	}
	defer vm.Close()
	mean := make([]float64, layers[last].In)
	for i := range normBatches {
		s := kernel.Stream{Seed: t.cfg.Seed, Domain: domainNorm, Index: uint64(i)}
		drawLatents(z, &s, t.cfg.Distribution)
		t.drawLabels(labels, i)
		if err := run(vm); err != nil {
			return fmt.Errorf("gan: the mean style: %w", err)
		}
		for j, v := range op.Floats(w.Value()) {
			mean[j%len(mean)] += float64(v) / (normBatches * normBatch)
		}
	}
	for j, v := range mean {
		layers[last].Mean[j] = float32(v)
	}
	return nil
}
