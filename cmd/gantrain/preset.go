package main

import (
	"fmt"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is the settings that a training begins from, before its flags.

// start is the settings for data of a shape: those of --preset, or the default for
// the data and the architecture, if it is given by --arch or by a generator to
// begin from.
func (o *options) start(s gan.Shape, from *gan.Generator) (gan.Config, error) {
	if o.set.Changed("preset") {
		for _, p := range gan.Presets() {
			if p.Name == o.preset {
				return p.Config(), nil
			}
		}
		return gan.Config{}, cli.Flagf("--preset is %q, want one of %s", o.preset, presetNames())
	}
	switch {
	case from != nil:
		return gan.DefaultFor(from.Arch, s), nil
	case o.set.Changed("arch"):
		return gan.DefaultFor(o.config.Arch, s), nil
	}
	return gan.Default(s), nil
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
