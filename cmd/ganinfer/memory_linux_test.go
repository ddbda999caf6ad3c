package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
)

// TestMemory draws many samples: the process must not grow with their number.
func TestMemory(t *testing.T) {
	c := gan.Config{Arch: "dcgan", Width: 1, Distribution: gan.Normal, LatentDim: 1, Loss: gan.NonSaturating, Batch: 2, LR: 1, Threads: 1}
	shape := gan.Shape{C: 1, H: 8, W: 8}
	layers, _, err := c.Layers(shape)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	g := &gan.Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: shape, Layers: layers}
	if err := export.Write(&b, g, export.Options{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	resident := func(n int) int64 { // kB at most
		out := filepath.Join(t.TempDir(), "x.npy")
		cmd := exec.Command("ganinfer", "sample", path, "-o", out, "-n", strconv.Itoa(n))
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("ganinfer: %v\n%s", err, text)
		}
		if info, err := os.Stat(out); err != nil || info.Size() != int64(128+n*shape.Len()*4) {
			t.Fatalf("%d samples: %v, %v", n, info, err)
		}
		return int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) // int32 on 32 bits
	}
	few, many := resident(1000), resident(100_000) // 25 MB
	if many > few+12<<10 {
		t.Errorf("100,000 samples take %d kB of memory, want no more than the %d kB of 1,000", many, few)
	}
}
