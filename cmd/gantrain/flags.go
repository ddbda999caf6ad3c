package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is the flags of a training and their help.

var trainHelp = `gantrain trains a GAN and exports its generator.

    gantrain                                    the embedded MNIST, default settings
    gantrain --data mnist --arch mlp --time 5m --out digits
    gantrain --data train-images-idx3-ubyte.gz --epochs 3
    gantrain --data ring8                       points in the plane, 8 modes
    gantrain --data photos --size 32 --flip     a folder of images, or a zip, or a .npy
    gantrain --data photos --labels             a class for each of its folders; ganinfer sample --label 2
    gantrain --init run/model.onnx --data photos --out tuned    begin from a generator, not from nothing
    gantrain --resume                           after Ctrl-C: the rest of ./run
    gantrain --resume --steps 4000              more of ./run
    gantrain --dry-run --steps 100              check everything, train nothing
    gantrain --summary --arch dcgan --width 32  both networks, layer by layer, and the time of a sample
    gantrain export run --float16 -o half.onnx  the generator of a run, again
    gantrain eval run/model.onnx --data mnist   how good its samples are
    gantrain project run/model.onnx seven.png   the latent of an image
    gantrain lab collapse                       a failure of training, and its cure, to be looked at
    gantrain bench --arch mlp                   how long a step takes here

Flags:
FLAGS

The run folder gets model.onnx, checkpoint (and checkpoint.old, the one before),
config.json, log.jsonl and samples/*.png, contact sheets of 64 fixed latents (of
2-D points, the picture of 2500; with --labels, a column for each class); and of
data that can be judged best.onnx, the generator with the best metrics so far.
Draw more images with: ganinfer sample run/model.onnx -n 64 -o more.png

Presets, and what came of them on two processors:
` + presetHelp()

// defaultSteps is how long a training lasts unless a flag says so: on MNIST
// with default settings, till the digits are plain to see.
const defaultSteps = 6000

// defaultCache is the megabytes of decoded images that are kept: 10,000 of
// 128x128 in colour, or 166,000 of 32x32.
const defaultCache = 512

// options are a training's flags as they were given.
type options struct {
	set *pflag.FlagSet // tells which were given

	data        string
	init        string
	size        int
	channels    int
	cache       int // MB
	preset      string
	labels      bool
	config      gan.Config
	steps       int
	epochs      float64
	time        time.Duration
	sampleEvery int
	saveEvery   int
	evalEvery   int
	out         string
	resume      bool
	dryRun      bool
	summary     bool
	json        bool
}

// parse reads the flags of a training. It reports true if they asked for help.
func parse(args []string, stdout io.Writer) (o *options, helped bool, err error) {
	o = &options{set: cli.Flags(), config: gan.Default(gan.Shape{C: 1, H: 28, W: 28})}
	f := o.set
	f.StringVar(&o.data, "data", "mnist", "mnist, mnist-test, stacked-mnist, ring8, grid25, or the `path` of a folder or zip of images, a .npy, an IDX file or its folder")
	f.IntVar(&o.size, "size", 0, "side of the squares that images of a folder or zip are cut and scaled to; 0: their own if all are squares of one side up to 128, else 32")
	f.IntVar(&o.channels, "channels", 0, "of these images: 1, 3 (colour) or 4 (and alpha); 0: 1 if all are grey, else 3")
	f.IntVar(&o.cache, "cache", defaultCache, "`megabytes` of these images to keep decoded; the others are decoded each time")
	f.BoolVar(&o.labels, "labels", false, "train a conditional generator: of the classes of folders, IDX labels, or x.labels.npy beside x.npy")
	f.StringVar(&o.init, "init", "", "begin from the generator of this `MODEL.onnx`: its arch, width, latents, labels, shape of images and how they grow are taken")
	configFlags(f, &o.config)
	f.StringVar(&o.preset, "preset", "", "begin from settings that were run, in place of the data's own: "+presetNames())
	f.IntVar(&o.steps, "steps", defaultSteps, "train until this many steps are done; 40000 for points, and of images 8000 for mlp, 4000 for resize, resnet and style")
	f.Float64Var(&o.epochs, "epochs", 0, "or: until the images were seen this many times")
	f.DurationVar(&o.time, "time", 0, "or: for this long, such as 10m or 1h30m")
	f.IntVar(&o.sampleEvery, "sample-every", 250, "steps between contact sheets; 1000 for points")
	f.IntVar(&o.saveEvery, "save-every", 500, "steps between checkpoints, with model.onnx; 2000 for points")
	f.IntVar(&o.evalEvery, "eval-every", 0, fmt.Sprintf("steps between metrics of 2000 samples (2500 points), which take about a second, part of --time; also after the last; 0: never (default %d for built-in data)", defaultEval))
	f.StringVar(&o.out, "out", "run", "the run `folder`")
	f.BoolVar(&o.resume, "resume", false, "continue the run folder's checkpoint, with its settings")
	f.BoolVar(&o.dryRun, "dry-run", false, "check everything, print the settings as JSON, write nothing")
	f.BoolVar(&o.summary, "summary", false, "print a table of both networks, and how long a sample takes on this machine; write nothing")
	f.BoolVar(&o.json, "json", false, "print the result, or the summary, as JSON")
	helped, err = cli.Parse(f, "gantrain", args, trainHelp, stdout)
	if err == nil && !helped {
		err = cli.Arguments(f, "gantrain")
	}
	if err == nil && !helped && o.out == "" {
		err = cli.Flagf("--out is empty, want a folder")
	}
	return o, helped, err
}

// configFlags joins the fields of c to flags. Their default is what c has.
func configFlags(f *pflag.FlagSet, c *gan.Config) {
	f.StringVar(&c.Arch, "arch", c.Arch, strings.Join(gan.Architectures(), ", ")+"; mlp-tanh makes points only, those of convolutions square images of 28, 32, 64 ... only")
	f.IntVar(&c.Width, "width", c.Width, "size of the narrowest hidden layer; 256 for mlp, 32 for resnet and style")
	f.Var(normD(c), "norm-d", "norm in the discriminator: batch (a dcgan's), none or spectral")
	f.IntVar(&c.HeadD, "head-d", c.HeadD, "features of a dense layer before the last one of a dcgan's discriminator, such as 256; 0: none")
	f.Var(up(c), "up", "how images grow in arch resize, resnet and style: nearest or bilinear")
	f.StringVar(&c.Distribution, "latent", c.Distribution, "distribution of the latents: normal or uniform")
	f.IntVar(&c.LatentDim, "latent-dim", c.LatentDim, "numbers of a latent")
	f.StringVar(&c.Loss, "loss", c.Loss, "ns (non-saturating), minimax, ls (least squares), hinge, wasserstein or rp (relativistic pairs)")
	f.Float64Var(&c.Clip, "clip", c.Clip, "bound of each weight of the discriminator; --loss wasserstein needs one, such as 0.01, or a penalty such as --gp, or --norm-d spectral")
	f.Float64Var(&c.R1, "r1", c.R1, "weight of the penalty on the discriminator's squared gradient at real images; wants no batch norm in it; 0: none")
	f.Float64Var(&c.R2, "r2", c.R2, "the same at generated images")
	f.Float64Var(&c.GP, "gp", c.GP, "weight of a penalty on gradients other than 1 between real and generated images, such as 10, in place of these; 0: none")
	f.Float64Var(&c.DRAGAN, "dragan", c.DRAGAN, "the same near real images, such as 10, in place of these")
	f.Float64Var(&c.AR1, "ar1", c.AR1, "weight of an approximate --r1, such as 100, in place of these: the squared change of a real image's logit by noise; 0: none")
	f.Float64Var(&c.AR2, "ar2", c.AR2, "the same with generated images")
	f.Float64Var(&c.ARSigma, "ar-sigma", c.ARSigma, "deviation of this noise; 0.01 unless given")
	f.Float64Var(&c.Smooth, "label-smoothing", c.Smooth, "how far the label of real images is below 1 for the discriminator, such as 0.1; of ns, minimax and ls")
	f.Float64Var(&c.Dropout, "dropout", c.Dropout, "`probability` with which a value of the discriminator's hidden layers is dropped, such as 0.3; not with --ar1 or --ar2; 0: none")
	f.IntVar(&c.MinibatchStddev, "minibatch-stddev", c.MinibatchStddev, "show the discriminator how much `images` of a group of so many differ, such as 4; not with --r1, --r2, --gp or --dragan; 0: do not")
	f.IntVar(&c.StepsD, "steps-d", c.StepsD, "steps of the discriminator in each step of the training, such as 5; 0: one")
	f.IntVar(&c.Pack, "pack", c.Pack, "`images` that the discriminator judges at once, such as 2, so that it sees how alike they are; 0: each alone")
	f.Float64Var(&c.InstanceNoise, "instance-noise", c.InstanceNoise, "deviation of noise on all that the discriminator sees, such as 0.1, falling linearly to 0 over the training; 0: none")
	f.StringVar(&c.DiffAugment, "diff-augment", c.DiffAugment, "augment all that the discriminator sees, generated images with their gradient: `kinds` of colour,translation,cutout")
	f.IntVar(&c.Batch, "batch", c.Batch, "real images of a discriminator's step")
	f.Float64Var(&c.LR, "lr", c.LR, "Adam's learning rate")
	f.Float64Var(&c.LRD, "lr-d", c.LRD, "the discriminator's own; 0: the same")
	f.Float64Var(&c.LRDecay, "lr-decay", c.LRDecay, "last `part` of the training over which both fall to zero: 0.3 is the last 30 %; 0: never")
	f.Var(lrCurve(c), "lr-curve", "how they fall: linear or cosine")
	f.Float64Var(&c.GradClip, "grad-clip", c.GradClip, "length that each player's gradient is cut to; 0: any")
	f.Float64Var(&c.Beta1, "beta1", c.Beta1, "Adam's decay of the mean of gradients")
	f.Float64Var(&c.Beta2, "beta2", c.Beta2, "Adam's decay of their mean square")
	f.Float64Var(&c.Average, "average", c.Average, "decay of the moving average of the generator; 0: none")
	f.BoolVar(&c.Flip, "flip", c.Flip, "mirror half of the real images, left to right")
	f.IntVar(&c.Translate, "translate", c.Translate, "move real images by up to so many `pixels` each way; the edge is a mirror")
	f.Uint64Var(&c.Seed, "seed", c.Seed, "seed of weights, latents, the order of images and their augmentation")
	f.IntVar(&c.Threads, "threads", c.Threads, "processor threads")
}

// choice is one of a few words. The first of them is an empty string in the
// Config.
type choice struct {
	to    *string
	words []string
}

func (c choice) String() string {
	if c.to == nil || *c.to == "" {
		return c.words[0]
	}
	return *c.to
}

func (c choice) Set(s string) error {
	switch i := slices.Index(c.words, s); i {
	case -1:
		return fmt.Errorf("want %s", strings.Join(c.words, " or "))
	case 0:
		*c.to = ""
	default:
		*c.to = s
	}
	return nil
}

func (choice) Type() string { return "string" }

func normD(c *gan.Config) choice {
	return choice{&c.NormD, []string{"batch", gan.NoNorm, gan.SpectralNorm}}
}
func up(c *gan.Config) choice      { return choice{&c.Up, []string{"nearest", gan.BilinearUp}} }
func lrCurve(c *gan.Config) choice { return choice{&c.LRCurve, []string{"linear", gan.Cosine}} }
