package npy

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestNumPy has NumPy load what we write and save it again: the same bytes
// must come out. It is skipped where Python has no NumPy; the goldens are not.
func TestNumPy(t *testing.T) {
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("no python3 with NumPy")
	}
	dir := t.TempDir()
	big := make([]float32, 5*chunk)
	for i := range big {
		big[i] = float32(i)
	}
	arrays := []Array{{Shape: []int{chunk, 1, 5}, Data: big}}
	for _, g := range goldens {
		arrays = append(arrays, g.want)
	}
	for i, a := range arrays {
		path := filepath.Join(dir, string(rune('a'+i))+".npy")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(f, &a); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	script := `
import sys, glob, io, numpy
for path in sorted(glob.glob(sys.argv[1] + "/*.npy")):
    ours = open(path, "rb").read()
    header = len(ours) - numpy.load(path).nbytes
    if header % 64 != 0: sys.exit(f"{path}: data begins at {header}, want a multiple of 64")
    again = io.BytesIO()
    numpy.save(again, numpy.load(path))
    # The padding differs between releases of NumPy; the dict does not.
    theirs = again.getvalue()
    if ours[header:] != theirs[len(theirs)-len(ours)+header:] or ours[10:header].split() != theirs[10:len(theirs)-len(ours)+header].split():
        sys.exit(f"{path}: ours {ours[:200]}, NumPy's {theirs[:200]}")
a = numpy.load(sys.argv[1] + "/a.npy")
if a.shape != (8192, 1, 5) or a[100, 0, 3] != 503: sys.exit(f"a is {a}")
print("ok")
`
	if out, err := exec.Command(python, "-c", script, dir).CombinedOutput(); err != nil || string(out) != "ok\n" {
		t.Errorf("NumPy does not agree: %v\n%s", err, out)
	}
}
