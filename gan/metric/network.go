package metric

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the networks that turn images into what the metrics compare.

//go:embed lenet.onnx
var lenet []byte

// Network turns images into features and, if it is a classifier, probabilities.
// It is immutable; any number of goroutines may use it.
type Network struct {
	Image   int    // values of an image
	Dim     int    // of its features
	Classes int    // 0: it only has features
	SHA256  string // of its file: figures of different networks are not comparable

	model *infer.Model
	batch []int // the input's shape, -1 first
}

// Names of a network's outputs.
const (
	featuresName = "features"
	logitsName   = "logits"
)

// LeNet is the network for digits of 28x28 in [-1, 1]: 128 features and ten
// classes, 0 to 9. It was trained on MNIST by the command in gan/metric/lenet
// and names 98.45 % of the test images rightly. FID of its features is
// FID-LeNet, whose floor is 1.50 here: the first 10,000 training images against
// the test set. Inception's FID is another thing, and another LeNet's has another
// scale.
func LeNet() (*Network, error) { return NewNetwork(lenet) }

// NewNetwork loads a network from an ONNX file: one input of images, float32
// [N, ...], in the range that the generator's images have, and the outputs
// "features", [N, d], and "logits", [N, classes], if it is a classifier. A single
// output may have any name: it is the features.
func NewNetwork(file []byte) (*Network, error) {
	model, err := infer.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("metric: network: %w", err)
	}
	inputs, outputs := model.Inputs(), model.Outputs()
	if len(inputs) != 1 || inputs[0].Type != "float32" || len(inputs[0].Shape) < 2 || inputs[0].Shape[0] != -1 {
		return nil, fmt.Errorf("metric: network: inputs %v, want one of float32 [N, ...]", inputs)
	}
	n := &Network{model: model, Image: 1, batch: inputs[0].Shape}
	for _, size := range n.batch[1:] {
		n.Image *= max(size, 0)
	}
	for _, out := range outputs {
		if out.Type != "float32" || len(out.Shape) != 2 || out.Shape[0] != -1 {
			continue
		}
		switch {
		case out.Name == featuresName || len(outputs) == 1:
			n.Dim = out.Shape[1]
		case out.Name == logitsName:
			n.Classes = out.Shape[1]
		}
	}
	if n.Image < 1 || n.Dim < 1 {
		return nil, fmt.Errorf("metric: network: from %v to %v, want images to %q of float32 [N, d]", inputs, outputs, featuresName)
	}
	sum := sha256.Sum256(file)
	n.SHA256 = hex.EncodeToString(sum[:])
	return n, nil
}

// Apply returns the features of images, [n, Dim], and their class
// probabilities, [n, Classes], empty if there are no classes. Images is
// [n, Image].
func (n *Network) Apply(images []float32) (features, probabilities []float32, err error) {
	x, err := rowsOf("images", images, n.Image, 1)
	if err != nil {
		return nil, nil, err
	}
	features, probabilities = make([]float32, x.n*n.Dim), make([]float32, x.n*n.Classes)
	errs := make([]error, (x.n+atOnce-1)/atOnce)
	newSession := func() session {
		s, err := n.model.NewSession(atOnce)
		return session{s, err}
	}
	parallel(len(errs), newSession, func(part int, s session) {
		from, to := part*atOnce, min((part+1)*atOnce, x.n)
		errs[part] = n.run(s, images[from*n.Image:to*n.Image], features[from*n.Dim:to*n.Dim], probabilities[from*n.Classes:to*n.Classes])
	})
	for _, err := range errs {
		if err != nil {
			return nil, nil, fmt.Errorf("metric: network: %w", err)
		}
	}
	return features, probabilities, nil
}

const atOnce = 64 // images of a session's run

// session is a goroutine's, or why it has none.
type session struct {
	*infer.Session
	err error
}

// run is Apply of a few images.
func (n *Network) run(s session, images, features, probabilities []float32) error {
	if s.err != nil {
		return s.err
	}
	shape := append([]int{len(images) / n.Image}, n.batch[1:]...)
	outputs, err := s.Run(context.Background(), infer.Tensor{Name: n.model.Inputs()[0].Name, Shape: shape, Data: images})
	if err != nil {
		return err
	}
	for _, out := range outputs {
		switch {
		case out.Name == featuresName || len(outputs) == 1:
			copy(features, out.Data.([]float32))
		case out.Name == logitsName && n.Classes > 0:
			copy(probabilities, out.Data.([]float32))
			kernel.Softmax(probabilities, shape[0], n.Classes)
		}
	}
	return nil
}

// Classify returns the most probable class of each row of probabilities,
// [n, classes], the first of equal ones.
func Classify(probabilities []float32, classes int) ([]int, error) {
	p, err := rowsOf("probabilities", probabilities, classes, 1)
	if err != nil {
		return nil, err
	}
	found := make([]int, p.n)
	for i := range found {
		row := p.row(i)
		for j, v := range row {
			if v > row[found[i]] {
				found[i] = j
			}
		}
	}
	return found, nil
}
