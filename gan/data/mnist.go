package data

// This file is MNIST, embedded; mnist/README.md says where it comes from.

import (
	"embed"
	"fmt"
)

// Split is a part of a dataset.
type Split string

// The parts of MNIST: 60,000 images to train with, 10,000 to test with.
const (
	Train Split = "train"
	Test  Split = "test"
)

//go:embed mnist/*.gz
var mnistFiles embed.FS

// MNIST reads a split of the embedded MNIST, labels included. Every call
// decodes it anew, into 47 MB for Train and 8 MB for Test.
func MNIST(split Split) (*Images, error) {
	var name, prefix string
	switch split {
	case Train:
		name, prefix = "mnist", "mnist/train"
	case Test:
		name, prefix = "mnist-test", "mnist/t10k"
	default:
		return nil, fmt.Errorf("data: mnist has no split %q, want %q or %q", split, Train, Test)
	}
	d, err := openIDX(mnistFiles.Open, prefix+"-images-idx3-ubyte.gz", prefix+"-labels-idx1-ubyte.gz")
	if err != nil {
		return nil, err
	}
	d.name = name
	return d, nil
}
