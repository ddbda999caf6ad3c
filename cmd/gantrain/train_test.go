package main

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
)

// poisoned is images of which those after the first good ones that are asked
// for are not numbers.
type poisoned struct{ good atomic.Int64 }

func newPoisoned(good int) *poisoned {
	d := new(poisoned)
	d.good.Store(int64(good))
	return d
}

func (*poisoned) Name() string     { return "poisoned" }
func (*poisoned) Shape() gan.Shape { return gan.Shape{C: 1, H: 8, W: 8} }
func (*poisoned) Len() int         { return 16 }

func (d *poisoned) Image(dst []float32, i int) error {
	good := d.good.Add(-1) >= 0
	for j := range dst {
		dst[j] = float32(i)/16 - 0.5
		if !good {
			dst[j] = math.MaxFloat32
		}
	}
	return nil
}

func testPlan(set gan.Dataset) *plan {
	c := gan.Plain("mlp")
	c.Width, c.Batch = 3, 4
	return &plan{Config: c, Data: source{Name: set.Name(), Images: set.Len(), Shape: set.Shape()}, Budget: budget{Steps: 8}, SampleEvery: 2, SaveEvery: 3}
}

// TestDiverge trains until a loss is not a number, and goes back to what was
// saved before.
func TestDiverge(t *testing.T) {
	for _, c := range []struct {
		good int // images
		step string
		hint string
	}{
		{4*7 + 1, "step 8: ", "are of step 6"},
		{4*1 + 1, "step 2: ", "nothing was saved yet"},
	} {
		set := newPoisoned(c.good)
		p := testPlan(set)
		trainer, err := gan.New(p.Config, set)
		if err != nil {
			t.Fatal(err)
		}
		defer trainer.Close()
		var stderr bytes.Buffer
		f := folder(filepath.Join(t.TempDir(), "run"))
		s := &session{folder: f, plan: p, trainer: trainer, stderr: &stderr, target: 8}
		if err := s.begin(); err != nil {
			t.Fatal(err)
		}
		err = s.train()
		if err == nil || !strings.Contains(err.Error(), c.step) || !strings.Contains(err.Error(), "diverged") {
			t.Fatalf("training on NaN ends with %v, want that it diverged at %q", err, c.step)
		}
		stderr.Reset()
		if code := cli.Exit("gantrain", &stderr, err); code != 1 || !strings.Contains(stderr.String(), c.hint) {
			t.Errorf("the program ends with %d and says %q, want 1 and %q", code, stderr.String(), c.hint)
		}
		if c.good < 12 {
			if _, err := os.Stat(f.checkpoint()); err == nil {
				t.Error("a checkpoint was written of a training that diverged before the first")
			}
			continue
		}
		saved, err := f.load(nil, 1)
		if err != nil {
			t.Fatal(err)
		}
		if saved.Steps() != 6 {
			t.Errorf("the checkpoint is of step %d, want 6", saved.Steps())
		}
		if _, err := os.Stat(f.previous()); err != nil {
			t.Error(err)
		}
	}
}

// unreadable is images of which none can be read after the first good ones.
type unreadable struct{ *poisoned }

func (d *unreadable) Image(dst []float32, i int) error {
	if d.good.Load() <= 0 {
		return errors.New("no such page")
	}
	return d.poisoned.Image(dst, i)
}

// TestUnreadable trains until an image cannot be read: no smaller step size
// would help with that.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct {
		good int
		want string
	}{
		{0, `gantrain: error: gan: step 1: image `},
		{4 * 7, ` of "poisoned": no such page (once the image is mended, gantrain --resume --out `},
	} {
		set := &unreadable{newPoisoned(c.good)}
		p := testPlan(set)
		p.Config.Threads = 1
		trainer, err := gan.New(p.Config, set)
		if err != nil {
			t.Fatal(err)
		}
		defer trainer.Close()
		s := &session{folder: folder(filepath.Join(t.TempDir(), "run")), plan: p, trainer: trainer, stderr: io.Discard, target: 8}
		if err := s.begin(); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		if code := cli.Exit("gantrain", &stderr, s.train()); code != 1 || !strings.Contains(stderr.String(), c.want) || strings.Contains(stderr.String(), "--lr") {
			t.Errorf("the program ends with %d and says %q, want 1 and %q", code, stderr.String(), c.want)
		}
	}
}

// TestDraw changes one bit of what is exported.
func TestDraw(t *testing.T) {
	set := newPoisoned(1 << 30)
	trainer, err := gan.New(testPlan(set).Config, set)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	g, err := trainer.Generator()
	if err != nil {
		t.Fatal(err)
	}
	model, err := encode(g, export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sheet.png")
	if err := writeSheet(path, model, g, 1); err != nil {
		t.Fatal(err)
	}
	if n, err := verify(model); n != 4 || err != nil {
		t.Errorf("verify = %d, %v, want 4 images that agree", n, err)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	b := g.Layers[len(g.Layers)-1].Bias
	b[5] = math.Nextafter32(b[5]+1, 2)
	err = writeSheet(path, model, g, 1)
	if err == nil || !strings.Contains(err.Error(), "draws other images than Gorgonia: value 5 of image 0") {
		t.Errorf("a bias that differs: %v, want the place where the images do", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a contact sheet was written of images that differ")
	}
	hash := bytes.Index(model, []byte("probe.sha256")) + len("probe.sha256") + 4
	model[hash] ^= 1
	if _, err := verify(model); err == nil || !strings.Contains(err.Error(), "draws other images than Gorgonia") {
		t.Errorf("verify of a changed hash: %v", err)
	}
}

func TestBudget(t *testing.T) {
	for _, c := range []struct {
		budget        budget
		images, shown int
		steps         int
	}{
		{budget{Steps: 7}, 60000, 64, 7},
		{budget{Epochs: 1}, 60000, 64, 938},
		{budget{Epochs: 0.5}, 60, 8, 4},
		{budget{Epochs: 1e-9}, 60, 8, 1},
		{budget{Time: duration(time.Second)}, 60, 8, 0},
	} {
		if steps := c.budget.target(c.images, c.shown); steps != c.steps || c.budget.validate() != nil {
			t.Errorf("%v of %d images, %d a step, is %d steps, want %d", c.budget, c.images, c.shown, steps, c.steps)
		}
	}
	for _, b := range []budget{{}, {Steps: -1}, {Epochs: -1}, {Epochs: math.Inf(1)}, {Time: -1}, {Steps: 1, Epochs: 1}} {
		if b.validate() == nil {
			t.Errorf("the budget %+v is valid", b)
		}
	}
}

func TestPlan(t *testing.T) {
	p := testPlan(&poisoned{})
	p.Budget = budget{Time: duration(90 * time.Second)}
	b, err := p.marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parsePlan(b); err != nil || *got != *p {
		t.Errorf("the plan comes back as %+v, %v, want %+v", got, err, p)
	}
	for from, to := range map[string]string{
		`"1m30s"`:           `"soon"`,
		`"sample_every": 2`: `"sample_every": 0`,
		`"mlp"`:             `"rnn"`,
		`"save_every"`:      `"safe_every"`,
	} {
		if _, err := parsePlan(bytes.Replace(b, []byte(from), []byte(to), 1)); err == nil {
			t.Errorf("a plan with %s for %s is read", to, from)
		}
	}
}

func TestQuoted(t *testing.T) {
	for path, want := range map[string]string{
		"run/model.onnx": "run/model.onnx", "my run": "'my run'", "": "''", "it's": `'it'\''s'`, "a$b": "'a$b'", "-x": "-x",
	} {
		if got := quoted(path); got != want {
			t.Errorf("quoted(%q) = %s, want %s", path, got, want)
		}
	}
}

// Two trainings do not share a folder.
func TestLock(t *testing.T) {
	f := folder(filepath.Join(t.TempDir(), "run"))
	release, err := f.make(testPlan(&poisoned{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.make(testPlan(&poisoned{})); err == nil || !strings.Contains(err.Error(), "another gantrain is training in") {
		t.Errorf("a second training in the folder: error %v", err)
	}
	release()
	if release, err = f.make(testPlan(&poisoned{})); err != nil {
		t.Fatal(err)
	}
	release()
}
