package main

import (
	"fmt"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is the settings that a training begins from, before its flags.

// start is the settings for data of a shape: those of --preset; or the default of
// the data; or, for another architecture, that of --arch or of a generator to
// begin from, the plain ones.
func (o *options) start(s gan.Shape, from *gan.Generator) (gan.Config, error) {
	if o.set.Changed("preset") {
		for _, p := range gan.Presets() {
			if p.Name == o.preset {
				return p.Config(), nil
			}
		}
		return gan.Config{}, cli.Flagf("--preset is %q, want one of %s", o.preset, presetNames())
	}
	c := gan.Default(s)
	arch := c.Arch
	switch {
	case from != nil:
		arch = from.Arch
	case o.set.Changed("arch"):
		arch = o.config.Arch
	}
	if arch != c.Arch {
		return gan.Plain(arch), nil
	}
	return c, nil
}

func presetNames() string {
	var names []string
	for _, p := range gan.Presets() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// presetHelp is what is known of each preset.
func presetHelp() string {
	var b strings.Builder
	for _, p := range gan.Presets() {
		fmt.Fprintf(&b, "    %-11s  %s\n                 %s\n", p.Name, p.About, p.Result)
	}
	return b.String()
}
