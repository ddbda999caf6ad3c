package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the two graphs of the game: each player's loss and gradients.

// generatorGraph computes images from latents, and, through the frozen
// discriminator, the generator's loss and gradients.
type generatorGraph struct {
	z       []float32 // input, [B, LatentDim]
	rivals  []float32 // input, [B] or of packs, the logits of real images; nil: not wanted
	masks   masks     // input, of the discriminator
	styling styling   // with noise, input
	images  *G.Node
	view    *view // of the images
	logits  *G.Node
	loss    *G.Node
	params  G.Nodes

	draw  G.VM // latents to images
	learn G.VM // everything; the images are not computed again
	hold  bool
}

// discriminatorGraph computes the discriminator's loss and gradients on a
// batch of real images followed by as many generated ones.
type discriminatorGraph struct {
	images  []float32 // input, [2B, ...] or of packs, and more if a penalty looks at points
	raw     []float32 // [2B, ...], the real and generated ones as they are; images itself, if they are seen so
	stage   *stage    // shows raw as images; nil: there is nothing to do
	masks   masks     // input, likewise of packs
	penalty *penalty  // to be aimed before learn; nil: none
	logits  *G.Node
	loss    *G.Node
	params  G.Nodes

	learn G.VM
	judge *judge // of the real images; nil: not wanted
}

// judge computes the logits of images with the discriminator as it is.
type judge struct {
	masks  masks // input
	logits *G.Node
	run    G.VM
}

func newJudge(c Config, dis []Layer, images []float32, shape []int) (*judge, error) {
	j := &judge{masks: newMasks(c, dis, shape[0])}
	g := newGraph(shape[0], c.Threads, nil)
	var err error
	j.logits, _, err = g.network("discriminator", g.input("images", images, shape...), dis, mode{frozen: true, leaf: true, groups: 1, masks: j.masks})
	if err != nil {
		return nil, err
	}
	j.run, err = g.program(j.logits)
	return j, err
}

// channelsLast says in which order a discriminator takes an image's values:
// channels last for convolutions, first for dense layers.
func channelsLast(d []Layer) bool { return d[0].Op != Dense }

func newGeneratorGraph(c Config, s Shape, gen, dis []Layer, observe func(*Norm, []float32, []float32)) (*generatorGraph, error) {
	p := &generatorGraph{z: make([]float32, c.Batch*c.LatentDim), masks: newMasks(c, dis, c.packs())}
	g := newGraph(c.Batch, c.Threads, &p.hold)
	var err error
	p.images, p.params, err = g.network("generator", g.input("z", p.z, c.Batch, c.LatentDim), gen, mode{leaf: true, groups: 1, observe: observe, labels: labelsOf(dis), styling: &p.styling})
	if err != nil {
		return nil, err
	}
	if p.images, err = g.arrange(p.images, gen, dis, s); err != nil {
		return nil, err
	}
	if p.draw, err = g.program(p.images); err != nil {
		return nil, err
	}
	// The discriminator's weights change between the two programs: its part
	// of the graph computes, while the generator's holds.
	g.env = op.Env{Threads: c.Threads}
	p.view = newView(c, s, c.Batch, dis)
	seen, err := p.view.of(g, p.images)
	if err != nil {
		return nil, err
	}
	g.n = c.packs()
	p.logits, _, err = g.network("discriminator", seen, dis, mode{frozen: true, groups: 1, masks: p.masks})
	if err != nil {
		return nil, err
	}
	var rivals *G.Node
	if objectives[c.Loss].relativistic() {
		p.rivals = make([]float32, g.n)
		rivals = g.input("rivals", p.rivals, g.n)
	}
	if p.loss, err = generatorLoss(c, &g.env, p.logits, rivals); err != nil {
		return nil, err
	}
	p.learn, err = g.learn(p.loss, p.params)
	return p, err
}

func newDiscriminatorGraph(c Config, s Shape, dis []Layer) (*discriminatorGraph, error) {
	stage, err := newStage(c, s, dis)
	if err != nil {
		return nil, err
	}
	from, to, penalised := c.penalties()
	b, s := c.packs(), c.packed(s)
	n := c.judged()
	p := &discriminatorGraph{images: make([]float32, n*s.Len()), stage: stage, masks: newMasks(c, dis, n)}
	if p.raw = p.images; stage != nil {
		p.raw = stage.images
	}
	g := newGraph(n, c.Threads, nil)
	shape := []int{s.Len()}
	if channelsLast(dis) {
		shape = []int{s.H, s.W, s.C}
	}
	var passed []pass
	images := g.input("images", p.images, append([]int{n}, shape...)...)
	p.logits, p.params, err = g.network("discriminator", images, dis, mode{leaf: true, groups: 2, passed: &passed, masks: p.masks})
	if err != nil {
		return nil, err
	}
	if p.loss, err = discriminatorLoss(c, &g.env, p.logits); err != nil {
		return nil, err
	}
	if c.AR1 > 0 || c.AR2 > 0 {
		if p.loss, err = addDifferences(p.loss, c, &g.env, p.logits); err != nil {
			return nil, err
		}
	}
	if len(penalised) > 0 {
		images := p.images[from*s.Len() : to*s.Len()]
		if p.penalty, err = newPenalty(c, dis, images, append([]int{to - from}, shape...), p.masks.of(from, to, n)); err != nil {
			return nil, err
		}
		if p.loss, err = p.penalty.add(p.loss, g, dis, passed, from, penalised); err != nil {
			return nil, err
		}
	}
	if objectives[c.Loss].relativistic() {
		if p.judge, err = newJudge(c, dis, p.images[:b*s.Len()], append([]int{b}, shape...)); err != nil {
			return nil, err
		}
	}
	p.learn, err = g.learn(p.loss, p.params)
	return p, err
}

// machines are all that run parts of p.
func (p *discriminatorGraph) machines() []G.VM {
	all := []G.VM{p.learn}
	if p.penalty != nil {
		all = append(all, p.penalty.slopes)
	}
	if p.stage != nil {
		all = append(all, p.stage.run)
	}
	if p.judge != nil {
		all = append(all, p.judge.run)
	}
	return all
}

// arrange puts generated images into the order that the discriminator takes.
func (g *graph) arrange(images *G.Node, gen, dis []Layer, s Shape) (*G.Node, error) {
	last := gen[len(gen)-1].Op != Dense
	switch {
	case s.C == 1 || last == channelsLast(dis):
		return images, nil
	case last:
		return op.ChannelsFirst(&g.env, images, g.n, s.C, s.H, s.W)
	}
	return op.ChannelsLast(&g.env, images, g.n, s.C, s.H, s.W)
}

// learn compiles loss and its gradients by params.
func (g *graph) learn(loss *G.Node, params G.Nodes) (G.VM, error) {
	grads, err := G.Grad(loss, params...)
	if err != nil {
		return nil, fmt.Errorf("gan: gradients: %w", err)
	}
	return g.program(append(G.Nodes{loss}, grads...)...)
}
