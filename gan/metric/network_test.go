package metric

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/internal/onnx"
)

// digits is every step-th image of the first n of a split, and their labels.
func digits(t *testing.T, split data.Split, n, step int) (images []float32, labels []int) {
	t.Helper()
	set, err := data.MNIST(split)
	fatal(t, err)
	image := make([]float32, set.Shape().Len())
	for i := 0; i < n; i += step {
		fatal(t, set.Image(image, i))
		images, labels = append(images, image...), append(labels, set.Label(i))
	}
	return images, labels
}

// judged is what the LeNet sees in images.
func judged(t *testing.T, images []float32) (features, probabilities []float32, found []int) {
	t.Helper()
	n, err := LeNet()
	fatal(t, err)
	features, probabilities, err = n.Apply(images)
	fatal(t, err)
	found, err = Classify(probabilities, n.Classes)
	fatal(t, err)
	return features, probabilities, found
}

// accuracy is the share of labels that were found.
func accuracy(found, labels []int) float64 {
	right := 0
	for i, label := range labels {
		if found[i] == label {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

func TestLeNet(t *testing.T) {
	step := 7
	if testing.Short() {
		step = 91
	}
	images, labels := digits(t, data.Test, 10000, step)
	_, _, found := judged(t, images)
	if got := accuracy(found, labels); got < .97 { // of all: TestFloors
		t.Errorf("LeNet names %.4f of every %dth test image rightly, want .97", got, step)
	}
}

// The accuracy, and what real images score against real ones: the first 10,000
// of the training set against the test set. GANLET_SLOW=1 go test ./gan/metric
// -run Floors -v gave on 23 November 2026: accuracy .9845, FID 1.496, KID .89
// (deviation 5.5), precision .885, recall .890, density .947, coverage .939,
// score of the test set 9.284, KL of classes .0006.
func TestFloors(t *testing.T) {
	if os.Getenv("GANLET_SLOW") == "" {
		t.Skip("GANLET_SLOW is not set")
	}
	const n, dim = 10000, 128
	test, labels := digits(t, data.Test, n, 1)
	train, _ := digits(t, data.Train, n, 1)
	x, p, found := judged(t, test)
	y, _, others := judged(t, train)
	if got := accuracy(found, labels); got < .98 {
		t.Errorf("LeNet's accuracy is %.4f, want at least .98", got)
	} else {
		t.Logf("accuracy %.4f", got)
	}
	fid, err := FID(x, y, dim)
	fatal(t, err)
	kid, deviation, err := KID(x, y, dim, 100, 1000, 0)
	fatal(t, err)
	precision, recall, err := PrecisionRecall(x, y, dim, 3)
	fatal(t, err)
	density, coverage, err := DensityCoverage(x, y, dim, 5)
	fatal(t, err)
	score, _, err := InceptionScore(p, 10, 10)
	fatal(t, err)
	a, err := Histogram(found, 10)
	fatal(t, err)
	b, err := Histogram(others, 10)
	fatal(t, err)
	kl, err := KL(b, a)
	fatal(t, err)
	t.Logf("FID %.3f, KID %.4f (deviation %.4f), precision %.4f, recall %.4f, density %.4f, coverage %.4f, score of the test set %.3f, KL of classes %.5f",
		fid, kid, deviation, precision, recall, density, coverage, score, kl)
	if coverage < .9 || math.Abs(density-1) > .1 {
		t.Errorf("density %v and coverage %v of real images, want about 1 and .97", density, coverage)
	}
}

// dense is the file of a network that doubles pairs; its output has this name.
func dense(output string, rank4 bool) []byte {
	shape := onnx.Shape(-1, 2)
	if rank4 {
		shape = onnx.Shape(-1, 2, 1, 1)
	}
	g := onnx.Graph{
		Name:         "double",
		Inputs:       []onnx.ValueInfo{{Name: "x", Type: onnx.Float, Shape: shape}},
		Outputs:      []onnx.ValueInfo{{Name: output, Type: onnx.Float, Shape: shape}},
		Initializers: []onnx.Tensor{onnx.NewFloat32("two", []float32{2})},
		Nodes:        []onnx.Node{{Name: "mul", Op: "Mul", Inputs: []string{"x", "two"}, Outputs: []string{output}}},
	}
	return onnx.Marshal(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: g})
}

func TestOtherNetwork(t *testing.T) {
	n, err := NewNetwork(dense("pooled", false))
	fatal(t, err)
	if n.Image != 2 || n.Dim != 2 || n.Classes != 0 || len(n.SHA256) != 64 {
		t.Errorf("network = %+v, want 2 values to 2 features and no classes", n)
	}
	x := normals(1, 2*1000) // many runs
	got, p, err := n.Apply(x)
	fatal(t, err)
	if want := mapped(x, func(v float32) float32 { return 2 * v }); !slices.Equal(got, want) || len(p) != 0 {
		t.Errorf("Apply gives other features than twice the image, or %d probabilities", len(p))
	}
}

func TestNetworkRefused(t *testing.T) {
	for name, file := range map[string][]byte{"nothing": nil, "a text": []byte("hello"), "a network of images": dense("image", true)} {
		if _, err := NewNetwork(file); err == nil || !strings.HasPrefix(err.Error(), "metric: network: ") {
			t.Errorf("NewNetwork of %s: error %v, want one", name, err)
		}
	}
	n, err := LeNet()
	fatal(t, err)
	for name, images := range map[string][]float32{"nothing": nil, "half an image": make([]float32, 392), "NaN": slices.Repeat([]float32{float32(math.NaN())}, 784)} {
		if _, _, err := n.Apply(images); err == nil || !strings.HasPrefix(err.Error(), "metric: ") {
			t.Errorf("Apply to %s: error %v, want one", name, err)
		}
	}
}

func TestClassify(t *testing.T) {
	got, err := Classify([]float32{.2, .5, .3, .4, .2, .4}, 3)
	fatal(t, err)
	if !slices.Equal(got, []int{1, 0}) {
		t.Errorf("Classify = %v, want [1 0]", got)
	}
}
