// Tests of what needs neither the network nor ONNX Runtime's library.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer"
)

// write puts a file into a folder.
func write(t *testing.T, folder, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestJoin(t *testing.T) {
	folder := t.TempDir()
	pieces := []string{"first, ", "second"}
	var hashes []string
	for _, piece := range pieces {
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(piece)))
		hashes = append(hashes, hash)
		write(t, folder, hash, []byte(piece))
	}
	wrong := strings.Repeat("0", 64)
	write(t, folder, wrong, []byte("second"))
	resource := func(name, second string, offset, size int) string {
		return fmt.Sprintf(`%q: {"size": %d, "mime": "x", "chunks": [{"hash": %q, "offsets": [0, 7]}, {"hash": %q, "offsets": [%d, 13]}]}`,
			name, size, hashes[0], second, offset)
	}
	write(t, folder, "resources.json", []byte("{"+strings.Join([]string{
		resource("/good", hashes[1], 7, 13), resource("/hash", wrong, 7, 13), resource("/offset", hashes[1], 8, 13),
		resource("/size", hashes[1], 7, 14), resource("/missing", "1234", 7, 13),
	}, ",")+"}"))
	var joined bytes.Buffer
	if err := join(&joined, folder, "/good"); err != nil || joined.String() != "first, second" {
		t.Errorf("join = %q, %v, want %q", &joined, err, "first, second")
	}
	for _, name := range []string{"/hash", "/offset", "/size", "/missing", "/none"} {
		if err := join(io.Discard, folder, name); err == nil {
			t.Errorf("join(%q) gave no error", name)
		}
	}
}

// layersModel is a TensorFlow.js model of every layer that convert.py knows. Its input has 3 channels. A is 12 channels of the input
// moved by one pixel, B is A and 1.2 of A after PReLU, and the output is B shuffled into pixels plus the input upsampled.
func layersModel(t *testing.T, folder string) {
	type object = map[string]any
	layer := func(kind, name string, config object, inputs ...string) object {
		var inbound []any
		for _, in := range inputs {
			inbound = append(inbound, []any{in, 0, 0, object{}})
		}
		config["name"] = name
		return object{"class_name": kind, "name": name, "config": config, "inbound_nodes": [][]any{inbound}[:min(len(inbound), 1)]}
	}
	convolution := func(size int, padding, activation string, bias bool) object {
		return object{"kernel_size": []int{size, size}, "strides": []int{1, 1}, "dilation_rate": []int{1, 1}, "groups": 1, "padding": padding,
			"activation": activation, "use_bias": bias, "data_format": "channels_last"}
	}
	layers := []object{
		layer("InputLayer", "in", object{"batch_input_shape": []any{nil, nil, nil, 3}}),
		layer("Conv2D", "move", convolution(3, "same", "linear", false), "in"),
		layer("Conv2D", "a", convolution(1, "valid", "relu", true), "move"),
		layer("PReLU", "slope", object{"shared_axes": []int{1, 2}}, "a"),
		layer("MultiplyBeta", "beta", object{}, "slope"),
		layer("Add", "sum", object{}, "slope", "beta"),
		layer("Concatenate", "both", object{"axis": 3}, "sum", "a"),
		layer("Conv2D", "b", convolution(1, "valid", "linear", false), "both"),
		layer("Activation", "same", object{"activation": "linear"}, "b"),
		layer("PixelShuffle2x", "shuffle", object{}, "same"),
		layer("UpSampling2D", "up", object{"size": []int{2, 2}, "interpolation": "nearest", "data_format": "channels_last"}, "in"),
		layer("Add", "out", object{}, "shuffle", "up"),
	}
	move, a, b := make([]float32, 3*3*3*3), make([]float32, 3*12), make([]float32, 24*12)
	for c := range 3 {
		move[(2*3+c)*3+c] = 1 // of the window's row 0 and column 2
	}
	slopes, bias := make([]float32, 12), make([]float32, 12)
	for f := range 12 {
		a[f%3*12+f], bias[f], slopes[f] = 1, float32(f), .5
		b[f*12+f], b[(12+f)*12+f] = 1, 1
	}
	var weights []object
	var data []byte
	for _, w := range []struct {
		name   string
		shape  []int
		values []float32
	}{
		{"move/kernel", []int{3, 3, 3, 3}, move}, {"a/kernel", []int{1, 1, 3, 12}, a}, {"a/bias", []int{12}, bias},
		{"slope/alpha", []int{1, 1, 12}, slopes}, {"b/kernel", []int{1, 1, 24, 12}, b},
	} {
		weights = append(weights, object{"name": w.name, "shape": w.shape, "dtype": "float32"})
		data, _ = binary.Append(data, binary.LittleEndian, w.values)
	}
	write(t, folder, "one.bin", data[:100])
	write(t, folder, "two.bin", data[100:])
	model, err := json.Marshal(object{
		"modelTopology": object{"model_config": object{"config": object{
			"name": "tiny", "layers": layers, "input_layers": []any{[]any{"in", 0, 0}}, "output_layers": []any{[]any{"out", 0, 0}},
		}}},
		"weightsManifest": []object{{"paths": []string{"one.bin", "two.bin"}, "weights": weights}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, folder, "model.json", model)
}

func TestConvert(t *testing.T) {
	ctx := context.Background()
	if err := python(ctx, "-c", "import numpy, onnx").Run(); err != nil {
		t.Skipf("Debian's python3-onnx is not here: %v", err)
	}
	folder := t.TempDir()
	layersModel(t, folder)
	path := filepath.Join(folder, "model.onnx")
	if err := convert(ctx, path, filepath.Join(folder, "model.json")); err != nil {
		t.Fatal(err)
	}
	const h, w = 2, 3
	x := make([]float32, h*w*3)
	for i := range x {
		x[i] = float32(i) - 6
	}
	o := &sideOptions{engine: "ganlet", model: path, inputName: "in", shape: []int{1, h, w, 3}}
	e, err := openEngine(o, x)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.run(); err != nil {
		t.Fatal(err)
	}
	got := e.outputs()[0]
	if len(got) != 2*h*2*w*3 {
		t.Fatalf("the output has %d values, want %d", len(got), 2*h*2*w*3)
	}
	for i, v := range got {
		y, x0, c := i/3/(2*w), i/3%(2*w), i%3
		f, moved := (y%2*2+x0%2)*3+c, float32(0) // the channel that became this pixel
		if y/2 > 0 && x0/2 < w-1 {
			moved = x[((y/2-1)*w+x0/2+1)*3+c]
		}
		a := max(moved+float32(f), 0)
		want := 1.2*a + a + x[(y/2*w+x0/2)*3+c]
		if math.Abs(float64(v-want)) > 1e-4 {
			t.Errorf("the output at %d, %d, %d is %v, want %v", y, x0, c, v, want)
		}
	}
	write(t, folder, "two.bin", make([]byte, 1e4))
	if err := convert(ctx, path, filepath.Join(folder, "model.json")); err == nil {
		t.Error("convert of a file with weights left over gave no error")
	}
}

func TestDifference(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		ours, theirs []float32
		want         gap
	}{
		{[]float32{0, 1, 2, 4}, []float32{0, 1, 2, 4}, gap{}},
		{[]float32{5, 5}, []float32{5, 5}, gap{}},
		{[]float32{0, 1, 3, 4}, []float32{0, 1, 2, 4}, gap{.25, .125}},
		{[]float32{5, 6}, []float32{5, 5}, gap{math.Inf(1), math.Inf(1)}},
		{[]float32{0, nan}, []float32{0, 1}, gap{math.Inf(1), math.Inf(1)}},
		{[]float32{0, 1}, []float32{0, nan}, gap{math.Inf(1), math.Inf(1)}},
	} {
		if got, err := difference(c.ours, c.theirs); err != nil || got != c.want {
			t.Errorf("difference(%v, %v) = %v, %v, want %v", c.ours, c.theirs, got, err, c.want)
		}
	}
	if _, err := difference([]float32{1}, []float32{1, 2}); err == nil {
		t.Error("difference of 1 and 2 values gave no error")
	}
}

// counter is an engine that only counts.
type counter struct{ runs int }

func (c *counter) run() error { c.runs++; return nil }

func (c *counter) outputs() [][]float32 { return [][]float32{{float32(c.runs)}} }

func TestServe(t *testing.T) {
	var out bytes.Buffer
	c := new(counter)
	if err := serve(c, strings.NewReader("1\n3\n"), json.NewEncoder(&out), &sideOptions{cpu: true}); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(&out)
	var first, second, last answer
	for _, a := range []*answer{&first, &second, &last} {
		if err := answers.Decode(a); err != nil {
			t.Fatal(err)
		}
	}
	if c.runs != 4 || len(first.Times) != 1 || len(second.Times) != 3 || last.Peak < 1e6 {
		t.Errorf("%d runs, answers %v, %v, %v, want 4 runs, 1 time, 3 times and some memory", c.runs, first, second, last)
	}
}

func TestSideOptions(t *testing.T) {
	want := &sideOptions{
		engine: "ort", model: "a b.onnx", input: "in", output: "out", profile: "p", inputName: "x", outputNames: []string{"y", "-z"},
		shape: []int{1, 3, 48, 320}, fixed: true, cpu: true,
	}
	got, err := parseSide(want.args()[1:])
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("parseSide = %+v, %v, want %+v", got, err, want)
	}
}

func TestLists(t *testing.T) {
	want := [][]float32{make([]float32, 5000), {}, {1, 2, 3}}
	want[0][4999] = -1
	path := filepath.Join(t.TempDir(), "lists")
	if err := writeFloats(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := readLists(path)
	if err != nil || !slices.EqualFunc(got, want, slices.Equal[[]float32]) {
		t.Errorf("readLists = %d lists, %v, want those that were written", len(got), err)
	}
}

func TestChosen(t *testing.T) {
	var names []string
	for _, r := range chosen(regexp.MustCompile("^(rec|upscaler)")) {
		names = append(names, r.name())
	}
	if want := []string{"rec 48x320", "rec 48x640", "upscaler 128x128", "upscaler 600x800"}; !slices.Equal(names, want) {
		t.Errorf("the rows are %q, want %q", names, want)
	}
}

func TestCells(t *testing.T) {
	r := &row{
		model: &model{name: "m", free: true, limit: float32Limit}, shape: []int{1, 3, 4, 5}, equal: true, gap: gap{2e-3, 1e-6},
		ours: side{[]float64{2, 4, 6}, 3e6}, theirs: side{[]float64{1, 2, 3}, 2e6}, fixed: side{[]float64{1, 2, 3}, 3e6},
	}
	want := []string{"m 4x5", "4000 ms", "2000 ms", "2.00", "2.00-2.00", "3 MB", "2 MB", "1.50", "2.0e-03 of 1.0e-03", "1.0e-06 of 1.0e-04", "RESULT, time, memory"}
	if got := r.cells(); !slices.Equal(got, want) {
		t.Errorf("cells = %q, want %q", got, want)
	}
	want = []string{"m 4x5", "4000 ms", "2000 ms", "2.00", "2.00-2.00", "3 MB", "3 MB", "1.00", "equal", "time"}
	if got := r.fixedCells(); !slices.Equal(got, want) {
		t.Errorf("fixedCells = %q, want %q", got, want)
	}
	var out bytes.Buffer
	if err := report(&out, &options{rounds: 3}, []*row{r}); err == nil || !strings.Contains(out.String(), infer.Tier()) {
		t.Errorf("report wrote %q with error %v, want the machine and an error", &out, err)
	}
	r.gap, r.err = gap{}, nil
	if err := report(io.Discard, &options{rounds: 3}, []*row{r}); err != nil {
		t.Errorf("report of a right result: %v", err)
	}
}

func TestScaled(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 2, 1))
	m.Set(0, 0, color.RGBA{0, 100, 200, 255})
	m.Set(1, 0, color.RGBA{80, 100, 0, 255})
	p := scaled(m, 1, 4)
	want := [3][]float32{{0, 20, 60, 80}, {100, 100, 100, 100}, {200, 150, 50, 0}}
	if !reflect.DeepEqual(p.colour, want) {
		t.Errorf("scaled = %v, want %v", p.colour, want)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{}, {"-dir", "x", "-rounds", "0"}, {"-dir", "x", "y"}, {"-dir", "x", "-only", "("}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("parse(%q) gave no error", args)
		}
	}
}
