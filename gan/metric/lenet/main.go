// Lenet trains the feature network of package metric on MNIST, in Gorgonia, and
// writes it as ONNX.
//
//	go run ./gan/metric/lenet -o gan/metric/lenet.onnx
//
// It is the LeNet whose features FID-LeNet compares: conv 3x3 to 32 channels,
// ReLU, pooling, conv 3x3 to 64, ReLU, pooling, dense to 128, ReLU (the
// features), dense to 10. One core takes a minute. The same flags give the same file on every CPU, for
// any number of threads.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/ganlet/ganlet/gan/data"
)

func main() {
	if err := command(os.Args[1:], os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "lenet: error:", err)
		os.Exit(1)
	}
}

func command(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("lenet", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("o", "", "the `file` to write")
	t := training{Rate: 1e-3}
	flags.IntVar(&t.Epochs, "epochs", 2, "times through the 60,000 images")
	flags.IntVar(&t.Batch, "batch", 256, "images of a step")
	flags.IntVar(&t.Threads, "threads", 2, "threads")
	flags.Uint64Var(&t.Seed, "seed", 0, "of weights and the order of images")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" || flags.NArg() > 0 {
		return errors.New("want -o FILE and no other arguments")
	}
	images, err := data.MNIST(data.Train)
	if err != nil {
		return err
	}
	if t.Epochs < 1 || t.Batch < 1 || t.Batch > images.Len() || t.Threads < 1 {
		return fmt.Errorf("want epochs and threads of at least 1, a batch of 1 to %d", images.Len())
	}
	weights := newWeights(t.Seed)
	if err := t.train(weights, images, stderr); err != nil {
		return err
	}
	round(weights)
	return os.WriteFile(*out, model(weights, t), 0o666)
}
