package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/metric"
	"github.com/ganlet/ganlet/infer"
)

// This file is gantrain eval: the metrics of an exported generator.

const evalHelp = `gantrain eval measures how good the samples of an exported generator are. They
are drawn by infer, sample by sample those of ganinfer sample with that seed.

    gantrain eval MODEL.onnx [flags]

    gantrain eval run/model.onnx --data mnist
    gantrain eval run/model.onnx --data mnist -n 2000 --json
    gantrain eval photos/model.onnx --data photos --features net.onnx

Flags:
FLAGS
Beside each figure stands what real data scores in the place of the samples, the
best to hope for; how many samples were compared; and with what.

  fid               Fréchet distance of features; 0 is best; not of few samples
  kid               kernel distance, 100 subsets of 1000; may fall below 0
  precision recall  share of samples near real images, and the reverse: within the
                    ball to the 5th neighbour; the first 5000 of both
  density coverage  the same, less moved by outliers
  classifier_score  exp E KL(p(class|x) || p(class)), 1 to the number of classes
  class_kl          KL of the samples' classes to the reference's, nats
  nearest_training  mean distance to the nearest training image, of 2000 samples
  exact_copies      samples that equal a training image in 8 bits
  modes quality     mixtures: modes with a sample within 3 sigma, the share of
                    these; reverse_kl, of their modes to uniform

For mnist the reference is the test split, real data the first training images,
and the network the embedded LeNet, whose figures are not those of Inception.
Another set of images is its own reference: every second one, and those between
are the real data. It takes a network, from its images in [-1, 1], float32
[N, C, H, W], to outputs "features", [N, d], and perhaps "logits", [N, classes];
without --features only its training images are compared.
`

// mostSamples bounds -n.
const mostSamples = 1_000_000

func runEval(args []string, stdout io.Writer) error {
	f := cli.Flags()
	spec := f.String("data", "mnist", "the dataset that it was trained on, as gantrain takes it")
	n := f.IntP("count", "n", 0, "how many samples; 0: 10000, or half of the images if these are fewer; 2500 for mixtures, 26000 for stacked-mnist")
	seed := f.Uint64("seed", 1, "seed of the latents")
	features := f.String("features", "", "the ONNX `file` of a network whose features are compared")
	asJSON := f.Bool("json", false, "print JSON")
	if helped, err := cli.Parse(f, "gantrain eval", args, evalHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "gantrain eval", "MODEL.onnx"); err != nil {
		return err
	}
	if *n < 0 || *n > mostSamples {
		return cli.Flagf("-n is %d, want 1 to %d, or 0", *n, mostSamples)
	}
	// Images and what networks make of them are large, and soon garbage.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	m, err := infer.Open(f.Arg(0))
	if err != nil {
		return err
	}
	report, err := evaluate(m, *spec, *features, *n, *seed)
	if err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if *asJSON {
			return json.NewEncoder(w).Encode(report)
		}
		return report.WriteTable(w)
	})
}

// evaluate holds samples of m against a dataset, whose image files are brought
// to the size that m makes.
func evaluate(m *infer.Model, spec, features string, n int, seed uint64) (*judge.Report, error) {
	var network *metric.Network
	if features != "" {
		file, err := os.ReadFile(features)
		if err != nil {
			return nil, fmt.Errorf("cannot read %q: %w", features, cli.Cause(err))
		}
		if network, err = metric.NewNetwork(file); err != nil {
			return nil, err
		}
	}
	var o data.Options
	if out := m.Outputs()[0].Shape; len(out) == 4 && out[2] == out[3] && out[2] > 0 {
		o.Channels, o.Size = out[1], out[2]
	}
	set, err := data.Open(spec, o)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	r, err := judge.Against(spec, set, judge.Options{Network: network})
	if err != nil {
		return nil, err
	}
	return judge.Model(m, set.Shape(), r, n, seed)
}
