package main

import (
	"fmt"
	"strconv"
	"strings"

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
	if !isNarrow(v) && len(v.Shape) == 2 { // one-hot
		s.classes = v.Shape[1]
	}
	switch {
	case o.labelled && s.classes > 0 && o.label >= s.classes:
		return cli.Flagf("--label is %d, want 0 to %d for input %v", o.label, s.classes-1, value(v))
	case o.labelled && isNarrow(v) && !fits(v.Type, float64(o.label)):
		return cli.Flagf("--label is %d, which input %v does not hold", o.label, value(v))
	case o.labelled:
		s.class = o.label
	case o.anyLabel:
		s.class = 0
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

// fillLabels writes the labels of samples from the first on, numbers or one-hot
// rows. One label for all is the first sample's.
func (s *sampler) fillLabels(f *feed, first int) {
	n := 1
	if f.each {
		n = s.batch
	}
	if f.row > 1 {
		fill(f.data, f.value.Type, n*f.row, 0)
	}
	for i := range n {
		label := s.labelOf(first + i)
		if f.row > 1 {
			put(f.data, f.value.Type, i*f.row+label, 1)
		} else {
			put(f.data, f.value.Type, i, float64(label))
		}
	}
}

// tooLarge is err, of a run, in words of the flags if a table of the model has no
// entry for the label: "index 3 is out of range for 3 entries".
func (s *sampler) tooLarge(err error) error {
	_, after, ok := strings.Cut(err.Error(), fmt.Sprintf("index %d is out of range for ", s.class))
	count, _, _ := strings.Cut(after, " ")
	entries, failed := strconv.Atoi(count)
	for _, f := range s.feeds {
		if f.labels && s.class >= 0 && ok && failed == nil {
			return cli.Flagf("--label is %d, want 0 to %d for input %v", s.class, entries-1, value(f.value))
		}
	}
	return err
}
