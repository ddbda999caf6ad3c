package gan

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// A loss that is not a number stops the training and says where.
func TestDivergenceIsAnError(t *testing.T) {
	tr := begun(t, small("mlp"), random(Shape{1, 28, 28}, 12))
	steps(t, tr, 2)
	tr.dis[0].Weight[0] = float32(math.NaN())
	if _, err := tr.Step(); err == nil || !strings.Contains(err.Error(), "step 3: discriminator's loss is NaN") {
		t.Errorf("error %v, want one that names step 3 and the discriminator's NaN", err)
	}
	var b bytes.Buffer
	if err := tr.Save(&b); err == nil || b.Len() > 0 {
		t.Errorf("saving NaN weights: error %v and %d bytes, want an error and none", err, b.Len())
	}
}

// Every image of an epoch is shown once, in an order of the epoch's own.
func TestEpochsShowEveryImageOnce(t *testing.T) {
	data := &fixed{Shape{1, 1, 1}, []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}
	c := Plain("mlp")
	c.Batch, c.Width = 5, 2
	tr := begun(t, c, data)
	var orders []string
	for range 3 {
		seen := map[float32]int{}
		var order []byte
		for range 2 {
			x := make([]float32, 5)
			if err := tr.realImages(batch{images: x}); err != nil {
				t.Fatal(err)
			}
			for _, v := range x {
				seen[v]++
				order = append(order, '0'+byte(v))
			}
			tr.steps++
		}
		if len(seen) != 10 {
			t.Errorf("an epoch showed %d of 10 images: %s", len(seen), order)
		}
		orders = append(orders, string(order))
	}
	if orders[0] == orders[1] || orders[1] == orders[2] {
		t.Errorf("epochs have the same order: %v", orders)
	}
}

// A generator that is handed out has statistics under which its sampling
// images agree with what a large batch makes in training.
func TestAveragedGeneratorHasItsOwnStatistics(t *testing.T) {
	tr := begun(t, small("dcgan"), random(Shape{1, 28, 28}, 12))
	steps(t, tr, 20)
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	const n = 256
	z := make([]float32, n*g.LatentDim)
	kernel.Latents(z, 77, 0, g.LatentDim, true)
	got, err := g.Sample(z)
	if err != nil {
		t.Fatal(err)
	}
	b := newGraph(n, 1, nil)
	x, _, err := b.network("g", b.input("z", z, n, g.LatentDim), clone(tr.average), mode{leaf: true, groups: 1})
	if err != nil {
		t.Fatal(err)
	}
	vm, err := b.program(x)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(vm); err != nil {
		t.Fatal(err)
	}
	var off, size float64
	for i, v := range x.Value().Data().([]float32) {
		off += math.Abs(float64(v - got[i]))
		size += math.Abs(float64(v))
	}
	if off > 0.1*size {
		t.Errorf("sampling differs from a large training batch by %.3f of its size", off/size)
	}
}

// An image does not depend on how many are asked for.
func TestSampleByNumber(t *testing.T) {
	for _, arch := range imageArchs {
		c := small(arch)
		s := Shape{3, 28, 28}
		layers, _, err := c.Layers(s)
		if err != nil {
			t.Fatal(err)
		}
		g := &Generator{Arch: arch, Distribution: Normal, LatentDim: c.LatentDim, Shape: s, Layers: layers}
		z := make([]float32, 67*c.LatentDim)
		kernel.Latents(z, 1, 0, c.LatentDim, true)
		all, err := g.Sample(z)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{0, 63, 64, 66} {
			one, err := g.Sample(z[i*c.LatentDim:][:c.LatentDim])
			if err != nil {
				t.Fatal(err)
			}
			if !equal([][]float32{one}, [][]float32{all[i*s.Len():][:s.Len()]}) {
				t.Errorf("%s: image %d of 67 differs from the same alone", arch, i)
			}
		}
	}
}

func TestConfigIsValidated(t *testing.T) {
	good := Plain("dcgan")
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"arch":                                func(c *Config) { c.Arch = "vae" },
		"width":                               func(c *Config) { c.Width = 0 },
		"latent is":                           func(c *Config) { c.Distribution = "poisson" },
		"latent-dim":                          func(c *Config) { c.LatentDim = -1 },
		"loss":                                func(c *Config) { c.Loss = "l2" },
		"lr-d is -1":                          func(c *Config) { c.LRD = -1 },
		"lr-decay is 2,":                      func(c *Config) { c.LRDecay = 2 },
		"lr-curve is \"sine\"":                func(c *Config) { c.LRDecay, c.LRCurve = 0.5, "sine" },
		"lr-curve is \"cosine\", want none":   func(c *Config) { c.LRCurve = Cosine },
		"steps is 9, want 0 without lr-decay": func(c *Config) { c.Steps = 9 },
		`norm-d is "layer"`:                   func(c *Config) { c.NormD = "layer" },
		"label-smoothing is 0.6":              func(c *Config) { c.Smooth = 0.6 },
		"label-smoothing is NaN":              func(c *Config) { c.Smooth = math.NaN() },
		`with loss "hinge", which has no`:     func(c *Config) { c.Loss, c.Smooth = Hinge, 0.1 },
		"head-d is -1":                        func(c *Config) { c.HeadD = -1 },
		"head-d is 9, want 0":                 func(c *Config) { c.Arch, c.HeadD = "mlp", 9 },
		"minibatch-stddev is 1,":              func(c *Config) { c.MinibatchStddev = 1 },
		"divides the 32 images":               func(c *Config) { c.MinibatchStddev, c.Pack = 64, 2 },
		"divides the 64 images":               func(c *Config) { c.MinibatchStddev = 128 },
		"0 with r1, r2, gp or dragan, which":  func(c *Config) { c.MinibatchStddev, c.GP = 4, 1 },
		"dropout is NaN":                      func(c *Config) { c.Dropout = math.NaN() },
		"dropout is 0.5, want 0 with ar1":     func(c *Config) { c.Dropout, c.AR1, c.ARSigma = 0.5, 1, 0.1 },
		"steps-d is -1":                       func(c *Config) { c.StepsD = -1 },
		"gp is -1":                            func(c *Config) { c.GP = -1 },
		"gp is 1, want 0 with r1 or r2":       func(c *Config) { c.GP, c.R2 = 1, 1 },
		"dragan is NaN":                       func(c *Config) { c.DRAGAN = math.NaN() },
		"dragan is 1, want 0 with r1, r2":     func(c *Config) { c.DRAGAN, c.GP = 1, 1 },
		"ar1 is -1":                           func(c *Config) { c.AR1 = -1 },
		"ar1 and ar2 are 0 and 1, want 0":     func(c *Config) { c.AR2, c.DRAGAN, c.ARSigma = 1, 1, 1 },
		"ar-sigma is 1, want 0 without":       func(c *Config) { c.ARSigma = 1 },
		"ar-sigma is 0, want 1e-6 to 10":      func(c *Config) { c.AR1 = 1 },
		"ar-sigma is NaN, want 1e-6 to 10":    func(c *Config) { c.AR1, c.ARSigma = 1, math.NaN() },
		"grad-clip is -1":                     func(c *Config) { c.GradClip = -1 },
		"r2 is NaN":                           func(c *Config) { c.R2 = math.NaN() },
		"r1 is -1":                            func(c *Config) { c.R1 = -1 },
		"clip is 0,":                          func(c *Config) { c.Loss = Wasserstein },
		"clip is 1,":                          func(c *Config) { c.Clip = 1 },
		"batch":                               func(c *Config) { c.Batch = 1 },
		"lr":                                  func(c *Config) { c.LR = math.NaN() },
		"beta1":                               func(c *Config) { c.Beta1 = 1 },
		"beta2":                               func(c *Config) { c.Beta2 = -1 },
		"average":                             func(c *Config) { c.Average = 1 },
		"translate":                           func(c *Config) { c.Translate = -1 },
		"threads":                             func(c *Config) { c.Threads = 0 },
	} {
		c := good
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	big := good
	big.Width = 4096
	if _, _, err := big.Layers(Shape{3, 128, 128}); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("4096 wide at 128 pixels: error %v, want a bound", err)
	}
}

// Sizes that cannot be are errors, not panics.
func TestHostileSizes(t *testing.T) {
	const huge = math.MaxInt/2 + 1 // the largest power of two
	for _, arch := range Architectures() {
		for _, s := range []Shape{{-1, 28, 28}, {0, 28, 28}, {1, 28, huge >> 12}, {1, 7 * (huge >> 12), 7 * (huge >> 12)}, {huge >> 4, 28, 28}, {huge, 28, 28}, {1 << 14, 1 << 14, 1 << 14}} {
			c := Plain("dcgan")
			c.Arch, c.Width = arch, 8
			if _, _, err := c.Layers(s); err == nil {
				t.Errorf("%s of %v was accepted", arch, s)
			}
		}
	}
	if _, err := New(Default(Shape{1, 28, 28}), nil); err == nil {
		t.Error("a trainer without data was made")
	}
	g := func(s Shape, layers ...Layer) *Generator {
		for i := range layers {
			layers[i].Weight = make([]float32, min(1<<20, layers[i].weights()))
			layers[i].Act = Identity
		}
		return &Generator{Distribution: Normal, LatentDim: 1, Shape: s, Layers: layers}
	}
	for what, bad := range map[string]*Generator{
		"images of 2^36 values": g(Shape{1 << 14, 1 << 11, 1 << 11},
			Layer{Op: Dense, In: 1, Out: 128 * 128}, Layer{Op: ConvTranspose, In: 1, Out: 1 << 14, H: 128, W: 128, Kernel: 1, Stride: 128}),
		"a window larger than its image": g(Shape{1, 1, 1},
			Layer{Op: Dense, In: 1, Out: 9}, Layer{Op: Conv, In: 1, Out: 1, H: 3, W: 3, Kernel: 4, Stride: 2}),
	} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

// broken is a dataset one image of which cannot be read until it is mended.
type broken struct {
	*fixed
	bad bool
}

func (b *broken) Image(dst []float32, i int) error {
	if b.bad && i == 3 {
		return errors.New("no such page")
	}
	return b.fixed.Image(dst, i)
}

// An image that cannot be read stops the step, says which, and harms nothing.
func TestDataErrorsAreTold(t *testing.T) {
	data := &broken{fixed: random(Shape{1, 28, 28}, 6), bad: true}
	tr := begun(t, small("mlp"), data)
	if _, err := tr.Step(); err == nil || !strings.Contains(err.Error(), `step 1: image 3 of "fixed": no such page`) {
		t.Errorf("error %v, want one that names step 1 and image 3", err)
	}
	data.bad = false
	got := steps(t, tr, 2)
	whole := begun(t, small("mlp"), data)
	if want := steps(t, whole, 2); got[1] != want[1] {
		t.Errorf("after an error, step 2 is %+v, want %+v", got[1], want[1])
	}
	if err := errors.Join(tr.Close(), whole.Close()); err != nil {
		t.Fatal(err)
	}
	data.images[5] = float32(math.Inf(1))
	tr = begun(t, small("mlp"), data)
	var de *DataError
	if _, err := tr.Step(); err == nil || !strings.Contains(err.Error(), "has a value of +Inf") || !errors.As(err, &de) || de.Image != 0 {
		t.Errorf("error %v, want one that names the infinite value", err)
	}
}

// A step that failed in its middle leaves a trainer that neither steps nor saves.
func TestSpentTrainer(t *testing.T) {
	tr := begun(t, small("mlp"), random(Shape{1, 28, 28}, 12))
	tr.gen[0].Weight[0] = float32(math.NaN())
	_, want := tr.Step()
	tr.gen[0].Weight[0] = 0
	if _, err := tr.Step(); want == nil || err != want {
		t.Errorf("a second step: error %v, want %v again", err, want)
	}
	if err := tr.Save(io.Discard); err != want {
		t.Errorf("saving: error %v, want %v", err, want)
	}
}

// A thousand steps take no more memory than a hundred, and under a thousand
// allocations each.
func TestStepsTakeNoMoreMemory(t *testing.T) {
	tr := begun(t, small("dcgan"), random(Shape{1, 8, 8}, 20))
	memory := func() (m runtime.MemStats) {
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m
	}
	steps(t, tr, 100)
	before := memory()
	steps(t, tr, 1000)
	after := memory()
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<10 {
		t.Errorf("a thousand steps left %d bytes more", grown)
	}
	if each := (after.Mallocs - before.Mallocs) / 1000; each >= 1000 {
		t.Errorf("a step makes %d allocations, want under 1000", each)
	}
}
