package export

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests generators of styles: what can be done with their optional inputs.

// styled is a generator of styles after a step of training, so that nothing about
// it is zero; of classes if there are some.
func styled(t testing.TB, classes int) *gan.Generator {
	t.Helper()
	c := gan.Plain("style")
	c.Width, c.LatentDim, c.Batch, c.Average, c.Classes = 4, 3, 4, 0, classes
	c.LR = 0.1
	tr, err := gan.New(c, noise{C: 1, H: 12, W: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	return trained(t, tr)
}

// What Gorgonia samples with truncation, mixed styles and noise, infer samples to
// the bit from the file's optional inputs.
func TestStylingRoundTrip(t *testing.T) {
	for _, classes := range []int{0, 2} {
		g := styled(t, classes)
		for _, o := range []Options{{}, {Float16: true}} {
			file := written(t, g, o)
			back, err := Read(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{1, 3} {
				stylings(t, back, n, func(name string, z []float32, s gan.Styling) {
					name = fmt.Sprintf("%d classes, %+v, batch %d, %s", classes, o, n, name)
					labels := make([]int, min(n, n*classes))
					for i := range labels {
						labels[i] = i % classes
					}
					want, err := back.SampleStyled(z, labels, s)
					if err != nil {
						t.Fatal(err)
					}
					sameBits(t, name, inferStyled(t, file, n, z, labels, back, s), want)
					if plain, err := back.SampleLabels(z, labels); err != nil || reflect.DeepEqual(plain, want) {
						t.Errorf("%s: the images are those without (%v)", name, err)
					}
				})
			}
		}
	}
}

// stylings calls f with what can be done with n samples.
func stylings(t *testing.T, g *gan.Generator, n int, f func(name string, z []float32, s gan.Styling)) {
	t.Helper()
	z, second := make([]float32, n*g.LatentDim), make([]float32, n*g.LatentDim)
	kernel.Latents(z, 1, 0, g.LatentDim, true)
	kernel.Latents(second, 2, 0, g.LatentDim, true)
	var noise [][]float32
	for _, l := range gan.Each(g.Layers) {
		if l.Style != nil && !l.Style.Image {
			plane := make([]float32, n*l.H*l.W)
			kernel.Latents(plane, uint64(3+len(noise)), 0, l.H*l.W, true)
			noise = append(noise, plane)
		}
	}
	f("truncation", z, gan.Styling{Truncation: 0.7})
	f("mix", z, gan.Styling{Second: second, Mix: 2})
	f("noise", z, gan.Styling{Noise: noise})
	f("all", z, gan.Styling{Truncation: 0.5, Second: second, Mix: 3, Noise: noise})
}

// inferStyled samples a file as a styling says.
func inferStyled(t *testing.T, file []byte, n int, z []float32, labels []int, g *gan.Generator, s gan.Styling) []float32 {
	t.Helper()
	var bound []infer.Tensor
	inputs := []infer.Tensor{{Name: inputName, Shape: []int{n, g.LatentDim}, Data: z}}
	if len(labels) > 0 {
		wide := make([]int64, n)
		for i, label := range labels {
			wide[i] = int64(label)
		}
		inputs = append(inputs, infer.Tensor{Name: labelName, Shape: []int{n}, Data: wide})
	}
	if s.Truncation != 0 {
		bound = append(bound, infer.Tensor{Name: truncationName, Shape: []int{1}, Data: []float32{s.Truncation}})
	}
	if s.Second != nil {
		mix := make([]bool, g.Styles())
		for i := range mix {
			mix[i] = i >= s.Mix
		}
		bound = append(bound, infer.Tensor{Name: mixName, Shape: []int{len(mix)}, Data: mix}, infer.Tensor{Name: secondName})
		inputs = append(inputs, infer.Tensor{Name: secondName, Shape: []int{n, g.LatentDim}, Data: s.Second})
	}
	i := 0
	for _, l := range gan.Each(g.Layers) {
		if len(s.Noise) > 0 && l.Style != nil && !l.Style.Image {
			name := fmt.Sprint(noiseName, i)
			bound = append(bound, infer.Tensor{Name: name})
			inputs = append(inputs, infer.Tensor{Name: name, Shape: []int{n, 1, l.H, l.W}, Data: s.Noise[i]})
			i++
		}
	}
	m, err := infer.Options{Bind: bound}.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	session, err := m.NewSession(2)
	if err != nil {
		t.Fatal(err)
	}
	session.Workers = 2
	out, err := session.Run(context.Background(), inputs...)
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Data.([]float32)
}

// Optional inputs that are given the values that stand in for them change no bit.
func TestOptionalInputsDefault(t *testing.T) {
	g := styled(t, 0)
	file := written(t, g, Options{})
	z := make([]float32, 2*g.LatentDim)
	kernel.Latents(z, 1, 0, g.LatentDim, true)
	noise := [][]float32{}
	for _, l := range gan.Each(g.Layers) {
		if l.Style != nil && !l.Style.Image {
			noise = append(noise, make([]float32, 2*l.H*l.W))
		}
	}
	s := gan.Styling{Truncation: 1, Second: make([]float32, len(z)), Mix: g.Styles(), Noise: noise}
	sameBits(t, "infer", inferStyled(t, file, 2, z, nil, g, s), sampled(t, g, z))
	images, err := g.SampleStyled(z, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	sameBits(t, "Gorgonia", images, sampled(t, g, z))
	m, err := infer.Parse(file)
	if err != nil || len(m.Inputs()) != 1 {
		t.Fatalf("%v, %v, want one input", m.Inputs(), err)
	}
	names := []string{}
	for _, v := range m.Optional() {
		names = append(names, v.Name)
	}
	if want := []string{"truncation", "z2", "mix", "noise0", "noise1", "noise2"}; !slices.Equal(names, want) {
		t.Errorf("optional inputs %q, want %q", names, want)
	}
}

// A file of a generator of styles that differs anywhere is refused, without panic.
func TestReadStyledRefuses(t *testing.T) {
	file := written(t, styled(t, 0), Options{})
	for want, change := range map[string]func(g *onnx.Graph){
		"want node":    func(g *onnx.Graph) { g.Nodes[0].Op = "Add" },
		"other inputs": func(g *onnx.Graph) { g.Inputs[1].Shape[0].Size = 2 },
		"2 inputs":     func(g *onnx.Graph) { without(g, mixName) },
		`constant "style.mean"`: func(g *onnx.Graph) {
			i := slices.IndexFunc(g.Nodes, func(n onnx.Node) bool { return n.Name == "style.shift" })
			g.Nodes[i].Inputs[0] = "style.whole"
		},
		"no noise": func(g *onnx.Graph) {
			for i := range g.Initializers {
				if v := &g.Initializers[i]; v.Name == "noise0" {
					v.Dims, v.Raw = []int64{1, 1, 1, 1}, v.Raw[:4]
				}
			}
		},
		"version 18": nil,
		"constant \"synthesis3.conv1.bias\" of 4 dimensions": func(g *onnx.Graph) {
			for i := range g.Initializers {
				if v := &g.Initializers[i]; v.Name == "synthesis3.conv1.bias" {
					v.Dims = v.Dims[1:2]
				}
			}
		},
	} {
		m, err := onnx.Unmarshal(file)
		if err != nil {
			t.Fatal(err)
		}
		if change == nil {
			m.Opsets[0].Version = 18
		} else {
			change(&m.Graph)
		}
		if _, err := Read(bytes.NewReader(onnx.Marshal(m))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func without(g *onnx.Graph, name string) {
	g.Initializers = slices.DeleteFunc(g.Initializers, func(t onnx.Tensor) bool { return t.Name == name })
}
