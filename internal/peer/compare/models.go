package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
)

// This file is the models that are measured: three generators of random weights, written by export, or files from elsewhere.

// model is a file, and what ONNX Runtime has to be told of it.
type model struct {
	path    string
	in, out string // names
	shape   []int  // of the input; -1 for the batch
}

// openModel reads the names and the shape.
func openModel(path string) (model, error) {
	m, err := infer.Open(path)
	if err != nil {
		return model{}, err
	}
	if len(m.Inputs()) != 1 || len(m.Outputs()) != 1 {
		return model{}, fmt.Errorf("%q has %d inputs and %d outputs, want one of each", path, len(m.Inputs()), len(m.Outputs()))
	}
	in := m.Inputs()[0]
	return model{path, in.Name, m.Outputs()[0].Name, in.Shape}, nil
}

// The yardsticks, and the first of them with weights stored as float16.
var modelNames = []string{"mlp", "dcgan28", "dcgan64", "mlp16"}

// openModels opens NAME.onnx for each name, from dir; what is not there, or all if dir is "", is written to scratch first. A file
// mlp16.onnx is rarely there: ours then has other weights than dir's mlp, but the same sizes.
func openModels(dir, scratch string) (map[string]model, error) {
	models := make(map[string]model)
	for _, name := range modelNames {
		path := filepath.Join(dir, name+".onnx")
		_, err := os.Stat(path)
		if dir == "" || name == "mlp16" && err != nil {
			path = filepath.Join(scratch, name+".onnx")
			if err := writeModel(path, name); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		if models[name], err = openModel(path); err != nil {
			return nil, err
		}
	}
	return models, nil
}

// writeModel writes a yardstick.
func writeModel(path, name string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := export.Write(file, yardstick(name), export.Options{Float16: name == "mlp16"}); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// yardstick returns the generator of a name, the same in every run.
func yardstick(name string) *gan.Generator {
	r := random{rand.New(rand.NewPCG(0, 0))}
	g := &gan.Generator{Distribution: gan.Normal, LatentDim: 100, Shape: gan.Shape{C: 1, H: 28, W: 28}}
	switch name {
	case "mlp", "mlp16": // as Goodfellow et al. 2014 had them, in today's form
		g.Arch = "mlp"
		g.Layers = []gan.Layer{r.dense(100, 256), r.dense(256, 512), r.dense(512, 1024), r.dense(1024, 784)}
		for i := range g.Layers {
			l := &g.Layers[i]
			if i == 1 || i == 2 {
				l.Norm = r.norm(l.Out)
			}
			l.Act, l.Alpha = gan.LeakyReLU, .2
		}
		g.Layers[3].Act, g.Layers[3].Alpha = gan.Tanh, 0
	case "dcgan28":
		g.Arch = "dcgan"
		g.Layers = r.up([]int{100, 128, 64, 1}, 7)
	case "dcgan64": // Radford et al. 2015, with half their channels
		g.Arch = "dcgan"
		g.Shape = gan.Shape{C: 3, H: 64, W: 64}
		g.Layers = r.up([]int{100, 512, 256, 128, 64, 3}, 4)
	default:
		panic("no yardstick is called " + name)
	}
	return g
}

// random makes layers as PyTorch initialises them, or as trained ones look.
type random struct{ *rand.Rand }

func (r random) normal(n int, mean, deviation float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(mean + deviation*r.NormFloat64())
	}
	return v
}

func (r random) uniform(n int, low, high float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(low + (high-low)*r.Float64())
	}
	return v
}

// norm is batch norm with statistics of its own for each channel.
func (r random) norm(n int) *gan.Norm {
	return &gan.Norm{Mean: r.normal(n, 0, .1), Var: r.uniform(n, .5, 1.5), Gamma: r.normal(n, 1, .1), Beta: r.normal(n, 0, .1), Eps: 1e-5}
}

func (r random) dense(in, out int) gan.Layer {
	bound := 1 / math.Sqrt(float64(in))
	return gan.Layer{Op: gan.Dense, In: in, Out: out, Weight: r.uniform(in*out, -bound, bound), Bias: r.uniform(out, -bound, bound)}
}

// up goes from a latent, with channels[0] numbers, to an image: by a window of first x first, then by ones of 4x4 that double its side.
// Batch norm and ReLU stand between, tanh at the end.
func (r random) up(channels []int, first int) (layers []gan.Layer) {
	kernel, stride, pad, side := first, 1, 0, 1
	for i, in := range channels[:len(channels)-1] {
		out := channels[i+1]
		l := gan.Layer{
			Op: gan.ConvTranspose, In: in, Out: out, H: side, W: side, Kernel: kernel, Stride: stride, Pad: pad,
			Weight: r.normal(in*out*kernel*kernel, 0, .05), Act: gan.Tanh,
		}
		if i < len(channels)-2 {
			l.Norm, l.Act = r.norm(out), gan.ReLU
		}
		layers = append(layers, l)
		side = (side-1)*stride - 2*pad + kernel
		kernel, stride, pad = 4, 2, 1
	}
	return layers
}
