package main

import (
	"context"
	"slices"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/peer"
)

// This file is the optional inputs of generators of styles, all given at once.

// hasStyles says that the model at path is such a generator.
func hasStyles(path string) (bool, error) {
	m, err := infer.Open(path)
	return err == nil && slices.ContainsFunc(m.Optional(), func(v infer.Value) bool { return v.Name == "truncation" }), err
}

// differenceStyled is difference with truncation, mixed styles and noise.
func differenceStyled(path string, batch int) (delta, error) {
	m, err := infer.Open(path)
	if err != nil {
		return delta{}, err
	}
	var open []infer.Tensor
	for _, v := range m.Optional() {
		open = append(open, infer.Tensor{Name: v.Name})
	}
	classes := len(m.Classes())
	if m, err = (infer.Options{Bind: open}).Open(path); err != nil {
		return delta{}, err
	}
	var inputs []infer.Tensor
	var names []string
	var tensors []peer.Tensor
	for i, v := range m.Inputs() {
		t := infer.Tensor{Name: v.Name, Shape: dims(batch, v.Shape)}
		if v.Shape[0] > 0 {
			t.Shape[0] = v.Shape[0]
		}
		n := t.Shape[0] * size(t.Shape)
		switch v.Type {
		case "bool":
			second := make([]bool, n)
			for k := range second {
				second[k] = k >= n/2
			}
			t.Data = second
		case "int64":
			labels := make([]int64, n)
			for k := range labels {
				labels[k] = int64(k % classes)
			}
			t.Data = labels
		default:
			values := make([]float32, n)
			kernel.Latents(values, uint64(i+1), 0, n, true)
			if v.Name == "truncation" {
				values[0] = 0.7
			}
			t.Data = values
		}
		inputs, names = append(inputs, t), append(names, v.Name)
		tensors = append(tensors, peer.Tensor{Shape: t.Shape, Data: t.Data})
	}
	s, err := m.NewSession(batch)
	if err != nil {
		return delta{}, err
	}
	ours, err := s.Run(context.Background(), inputs...)
	if err != nil {
		return delta{}, err
	}
	o, err := peer.OpenAll(path, names, []string{ours[0].Name}, 1)
	if err != nil {
		return delta{}, err
	}
	defer o.Close()
	theirs, err := outputOf(o, tensors)
	if err != nil {
		return delta{}, err
	}
	return compare(ours[0].Data.([]float32), theirs), nil
}
