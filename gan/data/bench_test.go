package data

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ganlet/ganlet/gan"
)

// BenchmarkFeed trains with default settings on a folder of 10,000 PNG and JPEG
// files of 48 to 160 pixels a side, brought to 3x32x32, and on the same images
// in memory, in turns of some steps. The ratio is the folder's steps per second
// over memory's, the median of the turns: "cached" after every image was read
// once, "uncached" with a cache of no size.
//
//	go test ./gan/data -run xxx -bench Feed -benchtime 16x -timeout 1h
//
// On 23 November 2026, on two cores of an AMD EPYC under the load of five to ten
// other programs, the ratios of cached were 1.00 (mlp, 40 turns) and 0.99 (dcgan,
// 14), those of uncached 0.55 to 0.70 and 0.76: decoding takes time from the step.
func BenchmarkFeed(b *testing.B) {
	const n = 10000
	dir := b.TempDir()
	mixedSizes(b, dir, n)
	for _, arch := range []string{"mlp", "dcgan"} {
		b.Run(arch+"/cached", func(b *testing.B) { benchmarkFeed(b, dir, arch, 256e6) })
		b.Run(arch+"/uncached", func(b *testing.B) { benchmarkFeed(b, dir, arch, 0) })
	}
}

func benchmarkFeed(b *testing.B, dir, arch string, cache int64) {
	folder, err := Open(dir, Options{Size: 32, Cache: cache})
	if err != nil {
		b.Fatal(err)
	}
	memory := &Images{name: folder.name, shape: folder.shape, n: folder.n}
	begun := time.Now()
	for i := range folder.n { // the first epoch
		p, err := folder.files.pixels(i)
		if err != nil {
			b.Fatal(err)
		}
		memory.pixels = append(memory.pixels, p...)
	}
	decoded := float64(folder.n) / time.Since(begun).Seconds()

	c := gan.Plain(arch)
	var trainers [2]*gan.Trainer
	for i, d := range []gan.Dataset{folder, memory} {
		if trainers[i], err = gan.New(c, d); err != nil {
			b.Fatal(err)
		}
		defer trainers[i].Close()
	}
	const steps = 10
	var last [2]gan.Stats
	turn := func(i int) (seconds float64) {
		begun := time.Now()
		for range steps {
			if last[i], err = trainers[i].Step(); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(begun).Seconds()
	}
	turn(0) // begins the feeds
	turn(1)
	var ratios, rates []float64
	for b.Loop() {
		first := len(ratios) % 2
		var seconds [2]float64
		for _, i := range []int{first, 1 - first} {
			seconds[i] = turn(i)
		}
		if last[0] != last[1] {
			b.Fatalf("trained on the folder, a step is %+v, want %+v", last[0], last[1])
		}
		ratios, rates = append(ratios, seconds[1]/seconds[0]), append(rates, steps/seconds[0])
	}
	b.ReportMetric(decoded, "decoded/s")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(rates), "steps/s")
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// mixedSizes writes n image files of many sizes: a coloured disc on a ground
// that is not smooth.
func mixedSizes(b *testing.B, dir string, n int) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		w, h := 48+r.IntN(113), 48+r.IntN(113)
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		disc := color.NRGBA{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256)), 255}
		for y := range h {
			for x := range w {
				c := color.NRGBA{byte(x + r.IntN(20)), byte(y + r.IntN(20)), 90, 255}
				if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < 500 {
					c = disc
				}
				m.SetNRGBA(x, y, c)
			}
		}
		name, encode := "jpg", func(f *os.File) error { return jpeg.Encode(f, m, nil) }
		if i%2 == 0 {
			e := png.Encoder{CompressionLevel: png.BestSpeed}
			name, encode = "png", func(f *os.File) error { return e.Encode(f, m) }
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%05d.%s", i, name)))
		if err != nil {
			b.Fatal(err)
		}
		if err := encode(f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
