package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is models that are named on the command line.

// named returns a row for each file: its input is of the sizes that the file says, 1 where it leaves them open, and normal numbers.
func named(paths []string) (rows []*row, err error) {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := onnx.Unmarshal(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(file.Graph.Inputs) == 0 {
			return nil, fmt.Errorf("%s has no input", path)
		}
		var shape []int
		for _, d := range file.Graph.Inputs[0].Shape {
			shape = append(shape, int(max(d.Size, 1)))
		}
		m := &model{
			name: strings.TrimSuffix(filepath.Base(path), ".onnx"), limit: float32Limit, shapes: [][]int{shape},
			file:  func(context.Context, *cache) (string, error) { return path, nil },
			input: func(context.Context, *cache, []int) ([]float32, error) { return normal(shape), nil },
		}
		rows = append(rows, &row{model: m, shape: shape, file: true})
	}
	return rows, nil
}

// normal returns so many normal numbers, always the same.
func normal(shape []int) []float32 {
	n := 1
	for _, d := range shape {
		n *= d
	}
	r, v := rand.New(rand.NewPCG(1, 2)), make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}
