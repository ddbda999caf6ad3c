package gan

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/randmodel"
)

// FuzzResume: no checkpoint makes Resume panic or take memory beyond what is
// there; a trainer that comes of one hands out its generator. The input is a
// checkpoint's number, 0 for an empty file, and changes to it.
func FuzzResume(f *testing.F) {
	files := [][]byte{nil}
	for _, c := range []Config{small("mlp"), small("dcgan"), small("resize"), small("resnet"), spectralNorm("mlp"), conditional("mlp"), conditional("resnet"), small("style")} {
		c.Width, c.LatentDim = 1, 1
		tr, err := New(c, random(Shape{1, 8, 8}, 8))
		if err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if err := tr.Save(&b); err != nil {
			f.Fatal(err)
		}
		tr.Close()
		files = append(files, b.Bytes()[:b.Len()-sha256.Size])
		f.Add(uint8(len(files)-1), []byte(nil))
		f.Add(uint8(len(files)-1), []byte("\x05\x40\x80\x03\x03\x99\x01\xff"))
	}
	f.Fuzz(func(t *testing.T, which uint8, edits []byte) {
		data := randmodel.Edit(files[int(which)%len(files)], edits[:min(len(edits), 64)])
		sum := sha256.Sum256(data) // or a change would get no further than that
		tr, err := Resume(bytes.NewReader(append(data[:len(data):len(data)], sum[:]...)), nil, 1)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "gan: ") {
				t.Fatalf("Resume: %v", err)
			}
			return
		}
		if g, err := tr.Generator(); err == nil && g.Validate() != nil {
			t.Fatalf("a generator came of it that is not valid: %v", g.Validate())
		}
	})
}
