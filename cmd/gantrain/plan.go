package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
)

// This file is a training with every default resolved: what config.json keeps.

// plan is config.json.
type plan struct {
	Config      gan.Config `json:"config"`
	Data        source     `json:"data"`
	Budget      budget     `json:"budget"`
	SampleEvery int        `json:"sample_every"` // steps
	SaveEvery   int        `json:"save_every"`   // steps
}

// source is the dataset of a plan: how it was asked for and what was found.
type source struct {
	Spec   string    `json:"spec"` // as --data takes it
	Name   string    `json:"name"`
	Images int       `json:"images"`
	Shape  gan.Shape `json:"shape"`
}

// describe says all of the plan, in lines.
func (p *plan) describe(out folder) []string {
	c := &p.Config
	return []string{
		fmt.Sprintf("%s: %d images of %v; %v of batch %d into %s, samples every %d, a checkpoint every %d",
			p.Data.Name, p.Data.Images, p.Data.Shape, p.Budget, c.Batch, out, p.SampleEvery, p.SaveEvery),
		fmt.Sprintf("%s, width %d, latents of %d numbers (%s), loss %s, lr %v, betas %v and %v, average %v, seed %d, %d threads",
			c.Arch, c.Width, c.LatentDim, c.Distribution, c.Loss, c.LR, c.Beta1, c.Beta2, c.Average, c.Seed, c.Threads),
	}
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
	if p.SampleEvery < 1 || p.SaveEvery < 1 {
		return nil, fmt.Errorf("sample_every is %d and save_every %d, want at least 1", p.SampleEvery, p.SaveEvery)
	}
	return p, p.Config.Validate()
}

// newPlan resolves the flags of a new training.
func newPlan(o *options) (*plan, gan.Dataset, error) {
	set, src, err := open(o.data)
	if err != nil {
		return nil, nil, err
	}
	p := &plan{Data: src, Config: gan.Default(src.Shape)}
	if o.set.Changed("arch") {
		p.Config.Width = gan.DefaultWidth(o.config.Arch)
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
	if err := p.Config.Validate(); err != nil {
		return nil, nil, cli.Flagf("%w", err)
	}
	if _, _, err := p.Config.Layers(src.Shape); err != nil {
		return nil, nil, err
	}
	return p, set, p.override(o, budget{Steps: o.steps})
}

// resumePlan resolves the flags of a training that continues the plan p: what
// decides its weights cannot change, how long it lasts and what it writes can.
func resumePlan(o *options, p *plan) (gan.Dataset, error) {
	spec := p.Data.Spec
	if o.set.Changed("data") {
		spec = o.data
	}
	set, src, err := open(spec)
	if err != nil {
		return nil, err
	}
	if src.Spec = p.Data.Spec; src != p.Data {
		return nil, conflict(o, "data", spec, fmt.Sprintf("%s, %d images of %v", p.Data.Name, p.Data.Images, p.Data.Shape))
	}
	p.Data.Spec = spec
	p.Config.Threads = o.config.Threads // which change no bit
	theirs := cli.Flags()
	configFlags(theirs, &p.Config)
	theirs.VisitAll(func(f *pflag.Flag) {
		given := o.set.Lookup(f.Name)
		if err == nil && given.Changed && given.Value.String() != f.Value.String() {
			err = conflict(o, f.Name, given.Value.String(), f.Value.String())
		}
	})
	if err != nil {
		return nil, err
	}
	return set, p.override(o, p.Budget)
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
	return nil
}

func open(spec string) (gan.Dataset, source, error) {
	set, err := data.Open(spec)
	if err != nil {
		return nil, source{}, err
	}
	return set, source{Spec: spec, Name: set.Name(), Images: set.Len(), Shape: set.Shape()}, nil
}
