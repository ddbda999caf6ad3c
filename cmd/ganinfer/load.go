package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is how a model is opened: as the flags say that all commands share.

// loading is a model's file and how to open it.
type loading struct {
	path    string
	options infer.Options
	sizes   []string // the values of --size
}

// sizeFlag adds --size.
func (l *loading) sizeFlag(f *pflag.FlagSet) {
	f.StringArrayVar(&l.sizes, "size", nil, "fix an open size of an input, as `NAME=N`; may be repeated. NAME is the size's name in ganinfer info, or INPUT:DIM, counted from 0, such as x:2")
}

// parseSizes reads the values of --size.
func (l *loading) parseSizes() error {
	for _, s := range l.sizes {
		name, size, _ := cutLast(s)
		n, err := strconv.Atoi(size)
		if name == "" || err != nil || n < 1 || n > math.MaxInt32 {
			return cli.Flagf("--size is %q, want NAME=N with N from 1 to %d", s, math.MaxInt32)
		}
		if _, twice := l.options.Sizes[name]; twice {
			return cli.Flagf("--size has %q twice", name)
		}
		if l.options.Sizes == nil {
			l.options.Sizes = make(map[string]int)
		}
		l.options.Sizes[name] = n
	}
	return nil
}

// cutLast splits s at its last "=": names may have some.
func cutLast(s string) (name, value string, ok bool) {
	i := strings.LastIndexByte(s, '=')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// open loads the model. It allocates a few large blocks and keeps most: to collect
// garbage between them would only delay the first image.
func (l *loading) open() (*infer.Model, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	m, err := l.options.Open(l.path)
	if err == nil || len(l.options.Sizes) == 0 {
		return m, err
	}
	if data, failed := os.ReadFile(l.path); failed == nil {
		if file, failed := onnx.Unmarshal(data); failed == nil {
			if misfit := l.misfit(file); misfit != nil {
				return nil, misfit
			}
		}
	}
	return nil, err
}

// misfit returns an error for a --size that fixes nothing in a file.
func (l *loading) misfit(file *onnx.Model) error {
	var known, shown []string
	for _, in := range file.Graph.Inputs {
		for k, d := range in.Shape {
			if d.Size >= 0 {
				continue
			}
			place := fmt.Sprintf("%s:%d", in.Name, k)
			known = append(known, place, d.Param)
			if d.Param != "" {
				place = d.Param
			}
			if !slices.Contains(shown, place) {
				shown = append(shown, place)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.options.Sizes)) {
		if slices.Contains(known, name) {
			continue
		}
		if len(shown) == 0 {
			return cli.Flagf("--size is %q=%d, but the file fixes all sizes", name, l.options.Sizes[name])
		}
		return cli.Flagf("--size is %q=%d, but the model leaves only these open: %q", name, l.options.Sizes[name], shown)
	}
	return nil
}

// bind is the model, m so far, with inputs bound to constants or, by their names
// alone, optional inputs made inputs.
func (l *loading) bind(m *infer.Model, bound []infer.Tensor) (*infer.Model, error) {
	if len(bound) == 0 {
		return m, nil
	}
	l.options.Bind = append(l.options.Bind, bound...)
	return l.open()
}

// optional is an input that the file has a value for; nil: there is none.
func optional(m *infer.Model, name string) *infer.Value {
	all := m.Optional()
	if i := slices.IndexFunc(all, func(v infer.Value) bool { return v.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// names lists the names of values.
func names(values ...infer.Value) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v.Name
	}
	return list
}

// known reports whether all sizes of v are known, from one on.
func known(v infer.Value, from int) bool {
	return v.Shape != nil && !slices.Contains(v.Shape[min(from, len(v.Shape)):], -1)
}
