package judge

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/metric"
	"github.com/ganlet/ganlet/infer"
)

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// some is the first images of a set.
type some struct {
	gan.Dataset
	n int
}

func (s some) Len() int { return s.n }

func digits(t *testing.T, n int) gan.Dataset {
	t.Helper()
	set, err := data.MNIST(data.Test)
	fatal(t, err)
	return some{set, n}
}

func lenet(t *testing.T) *metric.Network {
	t.Helper()
	n, err := metric.LeNet()
	fatal(t, err)
	return n
}

// find is the figure of a name.
func find(t *testing.T, r *Report, name string) Figure {
	t.Helper()
	i := slices.IndexFunc(r.Figures, func(f Figure) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("the report has no %q: %v", name, r.Figures)
	}
	return r.Figures[i]
}

// generator is a model without sense, of images of a shape.
func generator(t *testing.T, s gan.Shape) *infer.Model {
	t.Helper()
	c := gan.Plain("mlp")
	c.Width = 2
	layers, _, err := c.Layers(s)
	fatal(t, err)
	var b bytes.Buffer
	fatal(t, export.Write(&b, &gan.Generator{Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: s, Layers: layers}, export.Options{}))
	m, err := infer.Parse(b.Bytes())
	fatal(t, err)
	return m
}

// Samples that are the real data score what the real data scores, and each
// figure says of how many it is.
func TestRealImages(t *testing.T) {
	r, err := Against("digits", digits(t, 1000), Options{Network: lenet(t)})
	fatal(t, err)
	if n := r.Usual(); n != 500 {
		t.Errorf("500 and 500 images want %d samples", n)
	}
	real, err := r.(*images).loadReal(500)
	fatal(t, err)
	report, err := r.Judge(real)
	fatal(t, err)
	for _, f := range report.Figures {
		switch {
		case f.Name == "nearest_training" || f.Name == "exact_copies":
			continue
		case f.Value != f.Real:
			t.Errorf("%s of real images is %v, and %v as what real images score", f.Name, f.Value, f.Real)
		case f.Samples != 500 || f.Against != "500 of every second of mnist-test":
			t.Errorf("%s is of %d samples against %s, want 500 and 500", f.Name, f.Samples, f.Against)
		}
	}
	for _, name := range []string{"fid", "kid", "precision", "recall", "density", "coverage", "classifier_score", "class_kl"} {
		find(t, report, name)
	}
	if f := find(t, report, "exact_copies"); f.Value != 500 || f.Real != 0 {
		t.Errorf("of 500 training images %v are copies, of new ones %v; want 500 and 0", f.Value, f.Real)
	}
	if f := find(t, report, "nearest_training"); f.Value != 0 || f.Real < 5 {
		t.Errorf("training images are %v from the nearest, new ones %v; want 0 and more than 5", f.Value, f.Real)
	}
}

// Noise is told from digits by every figure, and nothing is copied.
func TestNoise(t *testing.T) {
	set := digits(t, 600)
	m := generator(t, set.Shape())
	r, err := Against("digits", set, Options{Network: lenet(t)})
	fatal(t, err)
	report, err := Model(m, set.Shape(), r, 0, 7)
	fatal(t, err)
	if report.Samples != 300 || report.Seed != 7 {
		t.Errorf("the report is of %d samples of seed %d, want 300 of 7", report.Samples, report.Seed)
	}
	for _, f := range report.Figures {
		worse := f.Value > f.Real
		if slices.Contains([]string{"precision", "recall", "density", "coverage", "classifier_score"}, f.Name) {
			worse = f.Value < f.Real
		}
		if !worse && f.Name != "exact_copies" {
			t.Errorf("%s of noise is %v, of real images %v", f.Name, f.Value, f.Real)
		}
	}
	var table bytes.Buffer
	fatal(t, report.WriteTable(&table))
	for _, want := range []string{"300 samples of seed 7, against every second of mnist-test", "fid ", "300 of every second of mnist-test", "classes  0: ", "of real  0: "} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &table)
		}
	}
	b, err := json.Marshal(report)
	fatal(t, err)
	var back struct{ Figures map[string]Figure }
	fatal(t, json.Unmarshal(b, &back))
	if fid := find(t, report, "fid"); back.Figures["fid"].Value != fid.Value || len(back.Figures) != len(report.Figures) {
		t.Errorf("JSON has %v, want the figures by name", back.Figures)
	}
}

// A quick judgement is of the same figures, but for those that it leaves out.
func TestQuick(t *testing.T) {
	r, err := Against("digits", digits(t, 600), Options{Network: lenet(t), Quick: true})
	fatal(t, err)
	real, err := r.(*images).loadReal(200)
	fatal(t, err)
	report, err := r.Judge(real)
	fatal(t, err)
	var names []string
	for _, f := range report.Figures {
		names = append(names, f.Name)
	}
	if want := "fid precision recall density coverage classifier_score class_kl"; strings.Join(names, " ") != want {
		t.Errorf("quick figures are %v, want %s", names, want)
	}
}

// Without a network, images are held against training images alone.
func TestPixels(t *testing.T) {
	set := digits(t, 100)
	r, err := Against("pictures", set, Options{})
	fatal(t, err)
	report, err := Model(generator(t, set.Shape()), set.Shape(), r, 20, 1)
	fatal(t, err)
	if len(report.Figures) != 2 || find(t, report, "exact_copies").Against != "100 of mnist-test" || find(t, report, "nearest_training").Samples != 20 {
		t.Errorf("the figures of pixels are %+v, want nearest_training and exact_copies of 20 samples against 100", report.Figures)
	}
}

func TestMixtures(t *testing.T) {
	ring := metric.Ring8()
	var samples []float32
	for i := range 700 { // seven of the eight modes, a seventh of them far off
		c := ring.Centres[i%7]
		if i%7 == 0 {
			c[0] += .5
		}
		samples = append(samples, float32(c[0]), float32(c[1]))
	}
	r, err := Against("ring8", nil, Options{})
	fatal(t, err)
	report, err := r.Judge(samples)
	fatal(t, err)
	for name, want := range map[string]float64{"modes": 6, "quality": 6. / 7, "box_quality": 6. / 7, "reverse_kl": math.Log(8. / 6)} {
		if f := find(t, report, name); math.Abs(f.Value-want) > 1e-12 || f.Samples != 700 {
			t.Errorf("%s is %v of %d samples, want %v of 700", name, f.Value, f.Samples, want)
		}
	}
	for name, want := range map[string]float64{"modes": 8, "quality": .9889, "box_quality": .9946, "reverse_kl": .005} {
		if f := find(t, report, name); math.Abs(f.Real-want) > 1e-4 {
			t.Errorf("%s of the ring itself is %v, want %v", name, f.Real, want)
		}
	}
}

// triples is a set of digits in three channels, each the next.
type triples struct{ gan.Dataset }

func (t triples) Shape() gan.Shape { return gan.Shape{C: 3, H: 28, W: 28} }

func (t triples) Image(dst []float32, i int) error {
	for c := range 3 {
		if err := t.Dataset.Image(dst[c*784:][:784], i+c); err != nil {
			return err
		}
	}
	return nil
}

func TestStacked(t *testing.T) {
	set := triples{digits(t, 300)}
	r, err := Against("stacked-mnist", set, Options{})
	fatal(t, err)
	images, err := load(set, 0, 1, 250)
	fatal(t, err)
	report, err := r.Judge(images)
	fatal(t, err)
	modes, kl := find(t, report, "modes"), find(t, report, "kl")
	if modes.Value != modes.Real || kl.Value != kl.Real {
		t.Errorf("real images have %v modes and a KL of %v, and %v and %v as what they score", modes.Value, kl.Value, modes.Real, kl.Real)
	}
	// 250 of 1,000 equal modes are 221 different ones.
	if modes.Value < 190 || modes.Value > 245 || kl.Value < math.Log(4) {
		t.Errorf("250 random triples have %v modes and a KL of %v", modes.Value, kl.Value)
	}
}

func TestRefused(t *testing.T) {
	set := digits(t, 100)
	r, err := Against("digits", set, Options{})
	fatal(t, err)
	if _, err := Model(generator(t, gan.Shape{C: 1, H: 8, W: 8}), set.Shape(), r, 20, 1); err == nil || !strings.Contains(err.Error(), "but the data is of 1x28x28") {
		t.Errorf("images of another shape: error %v", err)
	}
	if _, err := Model(generator(t, set.Shape()), set.Shape(), r, 1<<20, 1); err == nil || !strings.Contains(err.Error(), "1048576 samples of 784 values, want at most ") {
		t.Errorf("a million samples: error %v", err)
	}
	if _, err := Against("triples", triples{set}, Options{Network: lenet(t)}); err == nil || !strings.Contains(err.Error(), "takes images of 784 values") {
		t.Errorf("a network for other images: error %v", err)
	}
	few, err := Against("few", some{set, 8}, Options{Network: lenet(t)})
	fatal(t, err)
	if _, err := few.Judge(make([]float32, 6*784)); err == nil || err.Error() != "4 samples and 4 real images, want at least 6 of both" {
		t.Errorf("four real images: error %v", err)
	}
}

// Samples are those of one session, whatever the number of goroutines.
func TestDraw(t *testing.T) {
	m := generator(t, gan.Shape{C: 1, H: 4, W: 4})
	const n = 3*atOnce + 5
	got, err := draw(m, n, 3)
	fatal(t, err)
	latent, err := m.Latent(3)
	fatal(t, err)
	z, want := make([]float32, n*latent.Dim), make([]float32, n*16)
	latent.Fill(z, 0)
	s, err := m.NewSession(n)
	fatal(t, err)
	fatal(t, s.Generate(want, z))
	if !slices.Equal(got, want) {
		t.Error("draw makes other samples than one session")
	}
}
