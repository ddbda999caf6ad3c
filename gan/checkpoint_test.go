package gan

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// steps trains and returns the stats of each step.
// begun is a new Trainer, which is closed at the test's end.
func begun(t testing.TB, c Config, data Dataset) *Trainer {
	t.Helper()
	tr, err := New(c, data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

func steps(t *testing.T, tr *Trainer, n int) (all []Stats) {
	t.Helper()
	for range n {
		s, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func saved(t *testing.T, tr *Trainer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tr.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Five steps equal two, a checkpoint, and three more, over the end of an epoch;
// and the same seed gives the same checkpoint whatever the number of threads.
func TestResumeGoesOnExactly(t *testing.T) {
	for _, arch := range imageArchs {
		resumesExactly(t, small(arch), random(Shape{1, 28, 28}, 20))
	}
}

func resumesExactly(t *testing.T, c Config, data Dataset) {
	t.Helper()
	arch := c.Arch
	whole, err := New(c, data)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	want := steps(t, whole, 5)

	c.Threads = 4
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
	for i, got := range steps(t, second, 3) {
		if got != want[2+i] {
			t.Errorf("%s: after resuming, step %d is %+v, want %+v", arch, 3+i, got, want[2+i])
		}
	}
	if !bytes.Equal(saved(t, second), saved(t, whole)) {
		t.Errorf("%s: resumed training ends in other weights", arch)
	}
	a, err := whole.Generator()
	if err != nil {
		t.Fatal(err)
	}
	b, err := second.Generator()
	if err != nil {
		t.Fatal(err)
	}
	if !equal(params(a.Layers), params(b.Layers)) {
		t.Errorf("%s: resumed training hands out another generator", arch)
	}
}

func TestResumeRefusesBadCheckpoints(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	good := saved(t, begun(t, small("mlp"), data))
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name string
		file []byte
		data Dataset
		want string
	}{
		{"empty", nil, data, "not a checkpoint"},
		{"text", []byte(strings.Repeat("hello ", 30)), data, "not a checkpoint"},
		{"magic only", good[:len(checkpointMagic)], data, "not a checkpoint"},
		{"header cut", good[:60], data, "truncated"},
		{"values cut", good[:len(good)/2], data, "truncated"},
		{"checksum cut", good[:len(good)-1], data, "damaged"},
		{"longer", append(bytes.Clone(good), 0), data, "damaged"},
		{"bit flipped", flipped, data, "damaged"},
		{"other size", good, random(Shape{1, 28, 28}, 21), "20 images"},
	} {
		if _, err := Resume(bytes.NewReader(c.file), c.data, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	// A header that promises much and holds nothing costs nothing.
	at := len(checkpointMagic) + 4
	header := bytes.Replace(good[at:][:binary.LittleEndian.Uint32(good[at-4:])], []byte(`"width":4,`), []byte(`"width":4096,`), 1)
	head := append(binary.LittleEndian.AppendUint32([]byte(checkpointMagic), uint32(len(header))), header...)
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Resume(bytes.NewReader(head), data, 2); err == nil || !strings.Contains(err.Error(), "truncated") {
				b.Fatalf("a header alone: error %v, want that it is truncated", err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<20 {
		t.Errorf("a header alone made Resume allocate %d bytes", allocated)
	}
	tr, err := Resume(bytes.NewReader(good), nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Generator(); err != nil {
		t.Error(err)
	}
	if _, err := tr.Step(); err == nil {
		t.Error("a trainer without data took a step")
	}
}
