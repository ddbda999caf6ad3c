package main

import (
	"github.com/ganlet/ganlet/cmd/internal/classes"
	"github.com/ganlet/ganlet/cmd/internal/cli"
)

// This file is the labels of samples: one that was asked for, or the classes in
// turn.

// label settles what the samples' labels are.
func (s *sampler) label(r roles, o *sampling) error {
	if r.label < 0 {
		return nil
	}
	v := s.model.Inputs()[r.label]
	s.class, s.every, s.classes = -1, 1, len(s.model.Classes())
	if v.Type == "float32" { // one-hot
		s.classes = v.Shape[1]
	}
	switch {
	case o.labelled && s.classes > 0 && o.label >= s.classes:
		return cli.Flagf("--label is %d, want 0 to %d for input %v", o.label, s.classes-1, value(v))
	case o.labelled:
		s.class = o.label
	case s.classes == 0:
		return cli.Flagf("--label is missing: input %v takes one", value(v))
	default:
		s.cols = classes.Columns(s.classes)
	}
	return nil
}

// labelOf is the label of sample i.
func (s *sampler) labelOf(i int) int {
	if s.class >= 0 {
		return s.class
	}
	return i / s.every % s.classes
}

// fillLabels writes the labels of samples from the first on to data, numbers or
// one-hot rows.
func (s *sampler) fillLabels(data any, first, row int) {
	switch all := data.(type) {
	case []int64:
		for i := range all {
			all[i] = int64(s.labelOf(first + i))
		}
	case []int32:
		for i := range all {
			all[i] = int32(s.labelOf(first + i))
		}
	case []float32:
		clear(all)
		for i := range len(all) / max(row, 1) {
			all[i*row+s.labelOf(first+i)] = 1
		}
	}
}
