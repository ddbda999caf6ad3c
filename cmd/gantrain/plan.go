package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
)

// This file is a training with every default resolved: what config.json keeps.

// plan is config.json.
type plan struct {
	Config      gan.Config `json:"config"`
	Data        source     `json:"data"`
	Init        *origin    `json:"init,omitempty"`     // nil: random weights
	Cache       int        `json:"cache_mb,omitempty"` // of images that are decoded
	Budget      budget     `json:"budget"`
	SampleEvery int        `json:"sample_every"` // steps
	SaveEvery   int        `json:"save_every"`   // steps
	EvalEvery   int        `json:"eval_every"`   // steps; 0: never
}

// source is the dataset of a plan: how it was asked for and what was found.
type source struct {
	Spec   string    `json:"spec"` // as --data takes it
	Name   string    `json:"name"`
	Images int       `json:"images"`
	Shape  gan.Shape `json:"shape"`
	Digest string    `json:"digest"`

	// Of a folder or zip of images.
	Size     int `json:"size,omitempty"`     // as asked for; 0: none was
	Channels int `json:"channels,omitempty"` // likewise
	Ignored  int `json:"ignored,omitempty"`  // files that are no images
	Kept     int `json:"kept,omitempty"`     // images that the cache has room for
}

// describe says all of the plan, in lines.
func (p *plan) describe(out folder) []string {
	c := &p.Config
	images := fmt.Sprintf("%s: %d images of %v", p.Data.Name, p.Data.Images, p.Data.Shape)
	if p.Data.Shape.Vector() {
		images = fmt.Sprintf("%s: %d points of %d numbers", p.Data.Name, p.Data.Images, p.Data.Shape.C)
	}
	if p.Data.Ignored > 0 {
		images += fmt.Sprintf(", %d other files left out", p.Data.Ignored)
	}
	if p.Cache > 0 {
		images += fmt.Sprintf(", a cache of %d MB for %d of them", p.Cache, p.Data.Kept)
	}
	if c.Flip {
		images += ", flipped"
	}
	if c.Translate > 0 {
		images += fmt.Sprintf(", moved by up to %d pixels", c.Translate)
	}
	metrics := ""
	if p.EvalEvery > 0 {
		metrics = fmt.Sprintf(", metrics every %d", p.EvalEvery)
	}
	lines := []string{
		fmt.Sprintf("%s; %v of batch %d into %s, samples every %d, a checkpoint every %d%s",
			images, p.Budget, c.Batch, out, p.SampleEvery, p.SaveEvery, metrics),
		fmt.Sprintf("%s, width %d, latents of %d numbers (%s), loss %s, lr %v, betas %v and %v, average %v, seed %d, %d threads",
			c.Arch, c.Width, c.LatentDim, c.Distribution, c.Loss, c.LR, c.Beta1, c.Beta2, c.Average, c.Seed, c.Threads) + cures(c),
	}
	if p.Init != nil {
		lines = append(lines, fmt.Sprintf("the run begins from the generator of %s, SHA-256 %.16s...", p.Init.Path, p.Init.SHA256))
	}
	return lines
}

// cures says which settings of c beyond the usual are in force.
func cures(c *gan.Config) (s string) {
	say := func(inForce bool, format string, values ...any) {
		if inForce {
			s += ", " + fmt.Sprintf(format, values...)
		}
	}
	say(c.Classes > 0, "conditional on %d classes", c.Classes)
	say(c.NormD != "", "norm in the discriminator: %s", c.NormD)
	say(c.Up != "", "images grow by %s mixing", c.Up)
	say(c.Smooth > 0, "real images labelled %v", 1-c.Smooth)
	say(c.HeadD > 0, "a dense layer of %d before the last of the discriminator", c.HeadD)
	say(c.Dropout > 0, "dropout of %v in the discriminator", c.Dropout)
	say(c.MinibatchStddev > 0, "minibatch standard deviation in groups of %d", c.MinibatchStddev)
	say(c.StepsD > 1, "%d steps of the discriminator for each of the generator", c.StepsD)
	say(c.LRD > 0, "the discriminator's lr %v", c.LRD)
	say(c.LRDecay > 0, "lr falling to 0 over the last %v of them (%v)", c.LRDecay, lrCurve(c))
	say(c.GradClip > 0, "gradients of a length up to %v", c.GradClip)
	say(c.Clip > 0, "weights clipped at %v", c.Clip)
	say(c.R1 > 0, "R1 with gamma %v", c.R1)
	say(c.R2 > 0, "R2 with gamma %v", c.R2)
	say(c.GP > 0, "gradient penalty with lambda %v", c.GP)
	say(c.DRAGAN > 0, "DRAGAN with lambda %v", c.DRAGAN)
	say(c.AR1 > 0, "approximate R1 with lambda %v (noise of %v)", c.AR1, c.ARSigma)
	say(c.AR2 > 0, "approximate R2 with lambda %v (noise of %v)", c.AR2, c.ARSigma)
	say(c.Pack > 1, "judged in packs of %d", c.Pack)
	say(c.InstanceNoise > 0, "instance noise of %v falling to 0", c.InstanceNoise)
	say(c.DiffAugment != "", "differentiable augmentation: %s", c.DiffAugment)
	return s
}

func (p *plan) marshal() ([]byte, error) {
	b, err := json.MarshalIndent(p, "", "  ")
	return append(b, '\n'), err
}

func parsePlan(b []byte) (*plan, error) {
	p := new(plan)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	p.Config.Threads = gan.Default(gan.Shape{}).Threads // the machine's, not the run's
	if err := d.Decode(p); err != nil {
		return nil, err
	}
	if err := p.Budget.validate(); err != nil {
		return nil, err
	}
	if p.SampleEvery < 1 || p.SaveEvery < 1 || p.EvalEvery < 0 {
		return nil, fmt.Errorf("sample_every is %d, save_every %d and eval_every %d, want at least 1, 1 and 0", p.SampleEvery, p.SaveEvery, p.EvalEvery)
	}
	return p, p.Config.Validate()
}

// newPlan resolves the flags of a new training.
func newPlan(o *options) (*plan, gan.Dataset, error) {
	p := &plan{Data: source{Spec: o.data, Size: o.size, Channels: o.channels}}
	from, err := p.origin(o)
	if err != nil {
		return nil, nil, err
	}
	set, err := p.open(o)
	if err != nil {
		return nil, nil, err
	}
	if p.Config, err = o.start(p.Data.Shape, from); err != nil {
		return nil, nil, err
	}
	if p.Data.Shape.Vector() { // whose steps are short
		p.SampleEvery, p.SaveEvery = 1000, 2000
	}
	if err := p.adopt(from); err != nil {
		return nil, nil, err
	}
	if err := p.label(o, set); err != nil {
		return nil, nil, err
	}
	f := cli.Flags()
	configFlags(f, &p.Config)
	f.VisitAll(func(to *pflag.Flag) {
		if from := o.set.Lookup(to.Name); err == nil && from.Changed {
			err = to.Value.Set(from.Value.String())
		}
	})
	if err != nil {
		return nil, nil, err
	}
	if err := p.override(o, p.defaultBudget(o)); err != nil {
		return nil, nil, err
	}
	if c := &p.Config; (c.AR1 > 0 || c.AR2 > 0) && !o.set.Changed("ar-sigma") {
		c.ARSigma = 0.01 // Lin et al. 2025
	}
	p.Config.Steps = 0 // what was planned is in the budget by now
	if p.Config.Scheduled() {
		p.Config.Steps = p.target()
	}
	if err := p.Config.Validate(); err != nil {
		return nil, nil, cli.Flagf("%w", err)
	}
	_, d, err := p.Config.Layers(p.Data.Shape)
	if err != nil {
		return nil, nil, err
	}
	if o.set.Changed("norm-d") && p.Config.NormD == "" && !slices.ContainsFunc(d, func(l gan.Layer) bool { return l.Norm != nil }) {
		return nil, nil, cli.Flagf("--norm-d batch changes nothing: the discriminator of arch %q for images of %v has no batch norm", p.Config.Arch, p.Data.Shape)
	}
	return p, set, nil
}

// defaultBudget is how long the training lasts unless a flag says so: the steps
// that its configuration is planned for, or the flag's default.
func (p *plan) defaultBudget(o *options) budget {
	if p.Config.Steps > 0 {
		return budget{Steps: p.Config.Steps}
	}
	return budget{Steps: o.steps}
}

// label lets the labels of the data count, if they are asked for. Packs that are
// not, defaults, give way to them.
func (p *plan) label(o *options, set gan.Dataset) error {
	if d, ok := set.(gan.Labelled); ok && o.labels {
		p.Config.Classes = len(d.Classes())
	}
	if p.Config.Classes > 0 && !o.set.Changed("pack") {
		p.Config.Pack = 0
	}
	if o.labels && p.Config.Classes == 0 {
		return cli.Hintf(cli.Flagf("--labels: %q has none", p.Data.Spec), "labels are the names of folders that images are in, labels-idx1 beside images-idx3, or x.labels.npy beside x.npy")
	}
	return nil
}

// target is the number of steps of the plan; 0 when its budget is a time.
func (p *plan) target() int { return p.Budget.target(p.Data.Images, p.Config.RealImages()) }

// resumePlan resolves the flags of a training that continues the plan p: what
// decides its weights cannot change, how long it lasts and what it writes can.
func resumePlan(o *options, p *plan) (gan.Dataset, error) {
	if o.set.Changed("preset") {
		return nil, cli.Flagf("--preset is for a new run: the one in %q has its settings", o.out)
	}
	was := p.Data
	if o.set.Changed("init") {
		if err := p.move(o); err != nil {
			return nil, err
		}
	}
	if o.set.Changed("data") {
		p.Data.Spec = o.data
	}
	if o.set.Changed("size") && o.size != was.Size && (o.size != was.Shape.H || o.size != was.Shape.W) {
		return nil, conflict(o, "size", fmt.Sprint(o.size), fmt.Sprintf("images of %v", was.Shape))
	}
	if o.set.Changed("channels") && o.channels != was.Channels && o.channels != was.Shape.C {
		return nil, conflict(o, "channels", fmt.Sprint(o.channels), fmt.Sprintf("images of %v", was.Shape))
	}
	set, err := p.open(o)
	if err != nil {
		return nil, err
	}
	has := fmt.Sprintf("%s, %d images of %v", was.Name, was.Images, was.Shape)
	if now := p.Data; now.Name != was.Name || now.Images != was.Images || now.Shape != was.Shape {
		return nil, conflict(o, "data", now.Spec, has)
	}
	if p.Data.Digest != was.Digest {
		return nil, conflict(o, "data", p.Data.Spec, has+", but other ones")
	}
	if labelled := p.Config.Classes > 0; o.set.Changed("labels") && o.labels != labelled {
		return nil, conflict(o, "labels", fmt.Sprint(o.labels), fmt.Sprintf("%d classes", p.Config.Classes))
	}
	p.Config.Threads = o.config.Threads // which change no bit
	theirs := cli.Flags()
	configFlags(theirs, &p.Config)
	theirs.VisitAll(func(f *pflag.Flag) {
		given := o.set.Lookup(f.Name)
		if err == nil && given.Changed && given.Value.String() != f.Value.String() {
			err = conflict(o, f.Name, given.Value.String(), f.Value.String())
		}
	})
	if err == nil {
		err = p.Config.Validate()
	}
	if err != nil {
		return nil, cli.Flagf("%w", err)
	}
	planned := p.Budget
	if err := p.override(o, p.Budget); err != nil {
		return nil, err
	}
	if p.Config.Scheduled() && p.Budget != planned && (p.target() == 0 || p.target() != p.Config.Steps) {
		return nil, cli.Flagf("a budget of %v conflicts with the run in %q, whose learning rate or noise falls to zero after %v", p.Budget, o.out, planned)
	}
	return set, nil
}

func conflict(o *options, flag, given, has string) error {
	return cli.Hintf(cli.Flagf("--%s %s conflicts with the run in %q, which has %s", flag, given, o.out, has),
		"leave --%s out to continue the run, or begin a new one with another --out", flag)
}

// override sets what may differ from one part of a run to the next.
func (p *plan) override(o *options, otherwise budget) error {
	b, given, err := o.budget()
	if err != nil {
		return err
	}
	if p.Budget = otherwise; given {
		p.Budget = b
	}
	for _, every := range []struct {
		flag  string
		value int
		to    *int
	}{{"sample-every", o.sampleEvery, &p.SampleEvery}, {"save-every", o.saveEvery, &p.SaveEvery}} {
		if every.value < 1 {
			return cli.Flagf("--%s is %d, want at least 1", every.flag, every.value)
		}
		if *every.to == 0 || o.set.Changed(every.flag) {
			*every.to = every.value
		}
	}
	return p.overrideEval(o)
}

// defaultEval is the steps between metrics, of data that can be judged.
const defaultEval = 2000

// overrideEval sets how often the generator is judged.
func (p *plan) overrideEval(o *options) error {
	known := judge.Known(p.Data.Spec)
	switch {
	case o.evalEvery < 0:
		return cli.Flagf("--eval-every is %d, want 0 or more", o.evalEvery)
	case o.evalEvery > 0 && !known:
		return cli.Hintf(cli.Flagf("--eval-every is %d, but nothing says how good images of %q are", o.evalEvery, p.Data.Spec),
			"gantrain eval --features NET.onnx compares them by a network")
	case o.set.Changed("eval-every"):
		p.EvalEvery = o.evalEvery
	case !o.resume && known:
		p.EvalEvery = defaultEval
	}
	return nil
}

// maxCache is the largest cache, in megabytes.
const maxCache = 1_000_000

// open opens the plan's images and says in the plan what they are.
func (p *plan) open(o *options) (gan.Dataset, error) {
	cache := p.Cache
	if !o.resume || o.set.Changed("cache") {
		cache = o.cache
	}
	if cache < 0 || cache > maxCache {
		return nil, cli.Flagf("--cache is %d, want 0 to %d", cache, maxCache)
	}
	src := &p.Data
	set, err := data.Open(src.Spec, data.Options{Size: src.Size, Channels: src.Channels, Cache: int64(cache) * 1_000_000})
	if err != nil {
		return nil, err
	}
	src.Name, src.Images, src.Shape, src.Digest, src.Ignored = set.Name(), set.Len(), set.Shape(), set.Digest(), set.Ignored()
	if set.Decodes() {
		p.Cache, src.Kept = cache, set.Kept()
	} else if o.set.Changed("cache") {
		return nil, cli.Flagf("--cache is for folders and zips of images; all of %q is in memory", src.Spec)
	}
	return set, nil
}
