package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/peer"
)

// This file is the two engines.

// ganlet is a model in infer.
type ganlet struct {
	session *infer.Session
	input   infer.Tensor
	results []infer.Tensor
}

func openGanlet(o *sideOptions, x []float32) (engine, error) {
	var how infer.Options
	if o.fixed {
		how.Sizes = make(map[string]int)
		for i, d := range o.shape {
			how.Sizes[fmt.Sprintf("%s:%d", o.inputName, i)] = d
		}
	}
	m, err := how.Open(o.model)
	if err != nil {
		return nil, err
	}
	s, err := m.NewSession(1)
	if err != nil {
		return nil, err
	}
	return &ganlet{session: s, input: infer.Tensor{Name: o.inputName, Shape: o.shape, Data: x}}, nil
}

func (g *ganlet) run() (err error) {
	g.results, err = g.session.Run(context.Background(), g.input)
	return err
}

func (g *ganlet) outputs() (lists [][]float32) {
	for _, t := range g.results {
		list, _ := t.Data.([]float32)
		lists = append(lists, list)
	}
	return lists
}

// onnxRuntime is a model in ONNX Runtime.
type onnxRuntime struct {
	bound   *peer.Bound
	results [][]float32
}

func openORT(o *sideOptions, x []float32) (engine, error) {
	if err := peer.Start(os.Getenv("ORT_LIB")); err != nil {
		return nil, err
	}
	s, err := peer.OpenAll(o.model, []string{o.inputName}, o.outputNames, 1)
	if err != nil {
		return nil, err
	}
	b, err := s.BindAll(peer.Tensor{Shape: o.shape, Data: x})
	if err != nil {
		return nil, err
	}
	return &onnxRuntime{bound: b, results: make([][]float32, len(o.outputNames))}, nil
}

func (r *onnxRuntime) run() error {
	if err := r.bound.Run(); err != nil {
		return err
	}
	for i := range r.results {
		var err error
		if r.results[i], err = r.bound.Output(i); err != nil {
			return err
		}
	}
	return nil
}

func (r *onnxRuntime) outputs() [][]float32 { return r.results }
