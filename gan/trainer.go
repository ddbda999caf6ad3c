package gan

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is the alternation of the two players.

// A Trainer trains one GAN. It is for one goroutine at a time; what it returns
// is the caller's.
type Trainer struct {
	cfg     Config
	data    Dataset // nil: resumed to export only
	name    string  // of the data
	images  int     // of the data
	digest  string  // of the data
	shape   Shape
	gen     []Layer
	dis     []Layer
	average []Layer // the generator's moving average; nil when there is none
	adamG   *adam
	adamD   *adam
	steps   int
	part    float64 // of the training that is done, if the Config plans no Steps
	spent   error   // of a step that failed in its middle: nothing goes on from there
	classes []Class // of the data, in a conditional training

	g     *generatorGraph
	d     *discriminatorGraph
	feed  *feed   // of real images; nil until a step wants some
	later []batch // the step's batches after the first: of StepsD
}

// Stats are the figures of one step; the discriminator's are of its last, with
// StepsD.
type Stats struct {
	Step  int     `json:"step"`   // steps done, this one included
	Epoch float64 `json:"epoch"`  // real images seen, over the data's size
	LossD float64 `json:"loss_d"` // the discriminator's loss, its penalty included; of ns and minimax 2 ln 2 = 1.386 when it cannot tell
	LossG float64 `json:"loss_g"` // the generator's loss
	Real  float64 `json:"real"`   // mean verdict, the sigmoid of a logit, on real images, before the step
	Fake  float64 `json:"fake"`   // mean verdict on generated images, before the step
	GradD float64 `json:"grad_d"` // length of the gradient of the discriminator's loss by its weights, before it is cut
	GradG float64 `json:"grad_g"` // the generator's
}

// New starts a training of cfg on data.
func New(cfg Config, data Dataset) (*Trainer, error) { return begin(cfg, data, nil) }

// begin starts a training, from a generator if there is one.
func begin(cfg Config, data Dataset, from *Generator) (*Trainer, error) {
	if data == nil {
		return nil, errors.New("gan: no data to train on")
	}
	gen, dis, err := cfg.Layers(data.Shape())
	if err != nil {
		return nil, err
	}
	classes, err := cfg.classesOf(data)
	if err != nil {
		return nil, err
	}
	if from != nil {
		if err := sameForms(from.Layers, gen); err != nil {
			return nil, err
		}
		if want := names(classes); !slices.Equal(from.Classes, want) {
			return nil, fmt.Errorf("gan: the generator is of classes %.60q, want those of the data, %.60q", from.Classes, want)
		}
		gen = clone(from.Layers)
	}
	t := newTrainer(cfg, data.Shape(), gen, dis)
	t.name, t.images, t.digest, t.classes = data.Name(), data.Len(), digestOf(cfg, data), classes
	if err := t.attach(data); err != nil {
		return nil, err
	}
	return t, nil
}

// newTrainer is a trainer without data.
func newTrainer(cfg Config, s Shape, gen, dis []Layer) *Trainer {
	t := &Trainer{cfg: cfg, shape: s, gen: gen, dis: dis, adamG: newAdam(cfg, cfg.LR, params(gen)), adamD: newAdam(cfg, cfg.rateD(), params(dis))}
	if last := len(gen) - 1; gen[last].Op == Synthesis {
		t.adamG.slow = len(params(gen[:last]))
	}
	if cfg.Average > 0 {
		t.average = clone(gen)
	}
	return t
}

// attach joins the trainer to its data and builds the graphs.
func (t *Trainer) attach(data Dataset) (err error) {
	if s := data.Shape(); s != t.shape {
		return fmt.Errorf("gan: images of %q are %v, want %v", data.Name(), s, t.shape)
	}
	if data.Len() < t.cfg.Batch {
		return fmt.Errorf("gan: %q has %d images, want at least a batch of %d", data.Name(), data.Len(), t.cfg.Batch)
	}
	t.data = data
	for range t.cfg.stepsD() - 1 {
		t.later = append(t.later, t.cfg.newBatch(t.shape))
	}
	if t.g, err = newGeneratorGraph(t.cfg, t.shape, t.gen, t.dis, observe); err != nil {
		return err
	}
	t.d, err = newDiscriminatorGraph(t.cfg, t.shape, t.dis)
	return err
}

// Config returns the configuration in force.
func (t *Trainer) Config() Config { return t.cfg }

// Shape returns the shape of the images.
func (t *Trainer) Shape() Shape { return t.shape }

// Steps returns how many steps were done.
func (t *Trainer) Steps() int { return t.steps }

// Close stops the goroutines that read images ahead and frees what the graphs
// hold. The Trainer must not be used afterwards.
func (t *Trainer) Close() error {
	t.stopFeed()
	if t.g == nil {
		return nil
	}
	err := t.g.draw.Close()
	for _, vm := range append(t.d.machines(), t.g.learn) {
		if e := vm.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Step trains the discriminator, once or StepsD times, and then the generator
// once, on the generated images that the discriminator saw last. A loss that is
// NaN or infinite is an error that says at which step; the trainer is then spent:
// go back to what was saved. An image that cannot be read is a [DataError], and
// harms nothing. A step after the configuration's Steps is an error.
func (t *Trainer) Step() (Stats, error) {
	if t.data == nil {
		return Stats{}, fmt.Errorf("gan: trainer has no data: it was resumed to export only")
	}
	if t.spent != nil {
		return Stats{}, t.spent
	}
	if t.cfg.Steps > 0 && t.steps >= t.cfg.Steps {
		return Stats{}, fmt.Errorf("gan: step %d: the training was planned for %d steps", t.steps+1, t.cfg.Steps)
	}
	for _, dst := range append([]batch{t.atHand()}, t.later...) {
		if err := t.realImages(dst); err != nil {
			return Stats{}, err
		}
	}
	if t.spent = t.alternate(); t.spent != nil {
		return Stats{}, t.spent
	}
	t.steps++
	t.updateAverage()
	logits, n := op.Floats(t.d.logits.Value()), t.cfg.packs()
	return Stats{
		Step:  t.steps,
		Epoch: float64(t.steps) * float64(t.cfg.RealImages()) / float64(t.data.Len()),
		LossD: float64(scalar(t.d.loss)),
		LossG: float64(scalar(t.g.loss)),
		Real:  verdict(logits[:n]),
		Fake:  verdict(logits[n : 2*n]),
		GradD: t.adamD.slope,
		GradG: t.adamG.slope,
	}, nil
}

// alternate is the step on the real images at hand: train the discriminator as
// often as it is to be, then the generator.
func (t *Trainer) alternate() error {
	factor := t.cfg.lrFactor(t.progress())
	t.adamG.factor, t.adamD.factor = factor, factor
	for i := range t.cfg.stepsD() {
		if i > 0 {
			t.atHand().copy(t.later[i-1])
		}
		if err := t.discriminate(t.steps*t.cfg.stepsD() + i); err != nil {
			return err
		}
	}
	drop := t.cfg.dropStream(t.steps*t.cfg.stepsD(), true)
	t.g.masks.draw(t.cfg.Dropout, drop)
	if j := t.d.judge; j != nil {
		j.masks.draw(t.cfg.Dropout, drop)
		if err := run(j.run); err != nil {
			return fmt.Errorf("gan: step %d: judge: %w", t.steps+1, err)
		}
		copy(t.g.rivals, op.Floats(j.logits.Value()))
	}
	t.g.hold = true
	defer func() { t.g.hold = false }()
	return t.play("generator", t.g.learn, t.g.loss, t.g.params, t.adamG)
}

// discriminate is the discriminator's step after so many of its own: generate,
// train it on that and on the real images at hand.
func (t *Trainer) discriminate(steps int) error {
	t.latents(t.g.z, steps)
	t.drawNoise(steps)
	if err := run(t.g.draw); err != nil {
		return fmt.Errorf("gan: step %d: generate: %w", t.steps+1, err)
	}
	all := t.cfg.Batch * t.shape.Len()
	copy(t.d.raw[all:], op.Floats(t.g.images.Value()))
	if err := t.look(steps); err != nil {
		return err
	}
	t.cfg.points(t.d.images, t.cfg.packed(t.shape).Len(), steps)
	iterateSpectral(t.dis)
	t.d.masks.draw(t.cfg.Dropout, t.cfg.dropStream(steps, false))
	if t.d.penalty != nil {
		if err := t.d.penalty.aim(); err != nil {
			return fmt.Errorf("gan: step %d: penalty: %w", t.steps+1, err)
		}
	}
	if err := t.play("discriminator", t.d.learn, t.d.loss, t.d.params, t.adamD); err != nil {
		return err
	}
	if t.cfg.Clip > 0 {
		clip(params(t.dis), float32(t.cfg.Clip))
	}
	return nil
}

// play runs one player's graph and its solver.
func (t *Trainer) play(name string, vm G.VM, loss *G.Node, params G.Nodes, solver G.Solver) error {
	if err := run(vm); err != nil {
		return fmt.Errorf("gan: step %d: %s: %w", t.steps+1, name, err)
	}
	if l := float64(scalar(loss)); math.IsNaN(l) || math.IsInf(l, 0) {
		return fmt.Errorf("gan: step %d: %s's loss is %v: training has diverged", t.steps+1, name, l)
	}
	return solver.Step(G.NodesToValueGrads(params))
}

func scalar(n *G.Node) float32 { return op.Floats(n.Value())[0] }

// verdict is the mean sigmoid of logits.
func verdict(logits []float32) float64 {
	sum := 0.0
	for _, x := range logits {
		sum += op.Sigmoid(float64(x))
	}
	return sum / float64(len(logits))
}

// atHand is where the discriminator's step finds its real images and their labels.
func (t *Trainer) atHand() batch {
	return batch{t.d.raw[:t.cfg.Batch*t.shape.Len()], labelsOf(t.dis)}
}

// realImages fills dst with the next batch.
func (t *Trainer) realImages(dst batch) error {
	if t.feed == nil {
		t.feed = startFeed(t.cfg, t.data, channelsLast(t.dis), t.steps*t.cfg.stepsD())
	}
	err := t.feed.next(dst)
	if err != nil {
		t.stopFeed()
	}
	return err
}

func (t *Trainer) stopFeed() {
	if t.feed != nil {
		t.feed.close()
		t.feed = nil
	}
}

// latents fills z with those of the discriminator's step after so many.
func (t *Trainer) latents(z []float32, steps int) {
	s := kernel.Stream{Seed: t.cfg.Seed, Domain: domainTraining, Index: uint64(steps)}
	drawLatents(z, &s, t.cfg.Distribution)
}

func drawLatents(z []float32, s *kernel.Stream, distribution string) {
	if distribution == Normal {
		s.Normals(z)
		return
	}
	for i := range z {
		z[i] = s.Uniform()
	}
}
