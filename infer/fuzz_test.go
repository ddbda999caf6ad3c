package infer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file damages files: what FuzzModel and FuzzMutate never write.

// damaged returns the files to be damaged: those of originals, random models, and
// the ones that made an earlier version panic, which are small.
func damaged(tb testing.TB) (files [][]byte) {
	tb.Helper()
	paths, err := filepath.Glob("testdata/crashers/*.onnx")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no crashers: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		files = append(files, data)
	}
	for i := range uint64(40) {
		files = append(files, onnx.Marshal(randmodel.Draw(seed(i), looked(new(*onnx.Model))).Model))
	}
	return append(files, originals(tb)...)
}

// FuzzGenerate: no file panics or hangs, neither while loading nor afterwards;
// what is refused is refused with one of the two errors. The input is a file's
// number and changes to its bytes.
func FuzzGenerate(f *testing.F) {
	files := damaged(f)
	for i := range files {
		f.Add(uint8(i), []byte(nil))
		f.Add(uint8(i), []byte("\x01\x10\x00\x00\x00\x33\x00\x08"))
	}
	f.Fuzz(func(t *testing.T, which uint8, edits []byte) {
		data := randmodel.Edit(files[int(which)%len(files)], edits[:min(len(edits), 64)])
		if err := newTally().checkFile(&randmodel.Case{Special: true}, data); err != nil {
			t.Fatal(err)
		}
	})
}
