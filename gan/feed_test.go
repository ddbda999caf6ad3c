package gan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What a feed draws for a step depends neither on where it began nor on how
// many hands it has, with augmentation too.
func TestFeedIsAFunctionOfTheStep(t *testing.T) {
	for _, s := range []Shape{{1, 28, 28}, {3, 28, 28}} {
		data := random(s, 20)
		c := small("dcgan")
		c.Flip, c.Translate, c.Threads = true, 3, 1
		whole := startFeed(c, data, true, 0)
		defer whole.close()
		size := c.Batch * s.Len()
		got, want := make([]float32, size), make([]float32, size)
		for step := range 8 {
			if err := whole.next(batch{images: want}); err != nil {
				t.Fatal(err)
			}
			for _, hands := range []int{1, 2, 7} {
				c := c
				c.Threads = hands
				f := startFeed(c, data, true, step)
				err := f.next(batch{images: got})
				f.close()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%v: the batch of step %d, with %d hands and from there, differs", s, step+1, hands)
				}
			}
		}
	}
}

// A training with augmentation is resumed to the same bits as well.
func TestResumeWithAugmentation(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	c := small("mlp")
	c.Flip, c.Translate = true, 2
	whole, err := New(c, data)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	want := steps(t, whole, 6)
	first, err := New(c, data)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	steps(t, first, 2)
	second, err := Resume(bytes.NewReader(saved(t, first)), data, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got := steps(t, second, 4); !slices.Equal(got, want[2:]) {
		t.Errorf("after resuming: %+v, want %+v", got, want[2:])
	}
	c.Threads = 1
	if second.Config() != c {
		t.Errorf("resumed with %+v, want %+v", second.Config(), c)
	}
	plain := small("mlp")
	tr := begun(t, plain, data)
	if got := steps(t, tr, 1); got[0] == want[0] {
		t.Error("augmentation changes nothing")
	}
}

// Every shift and both sides come about equally often; pixels from outside are
// mirrored at the edge, and channels move together.
func TestAugment(t *testing.T) {
	shape := Shape{2, 6, 7}
	data := random(shape, 1)
	rows := []int{2, 1, 0, 1, 2, 3, 4, 5, 4, 3} // from two above the image to two below
	columns := []int{2, 1, 0, 1, 2, 3, 4, 5, 6, 5, 4}
	backwards := []int{4, 5, 6, 5, 4, 3, 2, 1, 0, 1, 2}
	counts := map[string]int{}
	key := func(image []float32) string { return fmt.Sprint(image) }
	for _, columns := range [][]int{columns, backwards} {
		for down := range 5 {
			for right := range 5 {
				var want []float32
				for c := range shape.C {
					for _, y := range rows[down:][:shape.H] {
						for _, x := range columns[right:][:shape.W] {
							want = append(want, data.images[(c*shape.H+y)*shape.W+x])
						}
					}
				}
				counts[key(want)] = 0
			}
		}
	}
	const kinds, each = 50, 100
	if len(counts) != kinds {
		t.Fatalf("%d kinds of augmentation are told apart, want %d", len(counts), kinds)
	}
	h := newHand(Config{Flip: true, Translate: 2}, data, false)
	got := make([]float32, shape.Len())
	for shown := range kinds * each {
		if err := h.prepare(got, 0, uint64(shown)); err != nil {
			t.Fatal(err)
		}
		if _, ok := counts[key(got)]; !ok {
			t.Fatalf("image %d is %v, which is no augmentation of %v", shown, got, data.images)
		}
		counts[key(got)]++
	}
	for image, n := range counts {
		if n < each/2 || n > 2*each {
			t.Errorf("an augmentation came %d times, want about %d: %s", n, each, image)
		}
	}
}

// Augmentations that cannot be, or that change nothing, are refused.
func TestAugmentationIsRefused(t *testing.T) {
	for _, c := range []struct {
		shape     Shape
		flip      bool
		translate int
		want      string
	}{
		{Shape{1, 28, 20}, false, 20, "translate is 20, want less than the shorter side of images of 1x28x20"},
		{Shape{1, 28, 20}, true, 19, ""},
		{Shape{2, 1, 1}, false, 1, "translate is 1"},
		{Shape{2, 1, 1}, true, 0, "flip changes nothing in images of 2x1x1"},
		{Shape{2, 1, 1}, false, 0, ""},
	} {
		cfg := small("mlp")
		cfg.Flip, cfg.Translate = c.flip, c.translate
		tr, err := New(cfg, random(c.shape, 6))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("flip %v, translate %d of %v: error %v, want %q", c.flip, c.translate, c.shape, err, c.want)
		}
		if err == nil {
			tr.Close()
		}
	}
}

// slow is a dataset that counts, takes its time, and may fail.
type slow struct {
	*fixed
	begun, bad atomic.Int64 // images asked for; those from this number on fail
}

func (d *slow) Image(dst []float32, i int) error {
	time.Sleep(100 * time.Microsecond)
	if n := d.begun.Add(1); n > d.bad.Load() {
		return fmt.Errorf("no such page as %d", i)
	}
	return d.fixed.Image(dst, i)
}

// A feed reads no further ahead than its buffers, and is gone when it is closed,
// whether it was waiting, reading or failed.
func TestFeedEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	gone := func(when string) {
		t.Helper()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s: %d goroutines, want the %d from before", when, runtime.NumGoroutine(), before)
	}
	c := small("mlp")
	c.Threads = 3
	data := &slow{fixed: random(Shape{1, 28, 28}, 20)}
	data.bad.Store(1 << 40)
	tr := begun(t, c, data)
	gone("before the first step")
	steps(t, tr, 1)
	time.Sleep(50 * time.Millisecond)
	if n, most := data.begun.Load(), int64((1+c.feedBatches())*c.Batch); n > most {
		t.Errorf("%d images were read for the first step, want at most %d", n, most)
	}
	steps(t, tr, 1)
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	gone("closed while reading")

	data.begun.Store(0)
	data.bad.Store(2)
	f := startFeed(c, data, false, 0)
	dst := make([]float32, c.Batch*data.shape.Len())
	var de *DataError
	if err := f.next(batch{images: dst}); !errors.As(err, &de) || de.Step != 1 || errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of an image of step 1", err)
	}
	gone("failed") // before it is closed
	f.close()
}

// Of several images that fail, the first of the batch is named, whichever
// goroutine met it.
func TestFirstFailureIsTold(t *testing.T) {
	data := &slow{fixed: random(Shape{1, 28, 28}, 20)}
	for _, hands := range []int{1, 3, 6} {
		c := small("mlp")
		c.Threads = hands
		f := startFeed(c, data, false, 0)
		err := f.next(c.newBatch(data.shape))
		f.close()
		var de *DataError
		if !errors.As(err, &de) || de.Image != int(f.order[0]) {
			t.Errorf("%d hands: error %v, want that of image %d", hands, err, f.order[0])
		}
	}
}
