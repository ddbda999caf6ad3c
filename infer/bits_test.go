package infer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file holds the promise that every machine computes the same bits: the
// hashes of what models compute stand in testdata, and .ci/everywhere runs this
// test on every kind of machine that it can have or emulate.

var update = flag.Bool("update", false, "rewrite the hashes in testdata")

// bitsFile has a line for each model: the SHA-256 of what it computes, and its name.
const bitsFile = "testdata/bits.sha256"

// The bits of images are those in testdata, in any batch, with any number of
// workers, and on every tier that this CPU has.
func TestEqualBits(t *testing.T) {
	t.Run("here", equalBitsHere)
	t.Run("tiers", equalBitsOnLowerTiers)
}

func equalBitsHere(t *testing.T) {
	t.Logf("tier %s", kernel.Tier())
	want := readHashes(t)
	var lines strings.Builder
	check := func(name, hash string) {
		if hash != want[name] && !*update {
			t.Errorf("%s on tier %s: the SHA-256 of what it computes is %s, want %s", name, kernel.Tier(), hash, want[name])
		}
		fmt.Fprintf(&lines, "%s  %s\n", hash, name)
		delete(want, name)
	}
	for _, b := range bitsModels() {
		if !b.large || !testing.Short() && !(raceEnabled && kernel.Tier() == "go") {
			check(b.name, hashOf(t, b))
		} else {
			check(b.name, want[b.name])
		}
	}
	for _, g := range slices.Concat(foreignModels(t), operatorModels(t)) {
		check(g.name, hashOfRun(t, g))
	}
	for name := range want {
		if !*update {
			t.Errorf("%s has a hash, and no model", name)
		}
	}
	if *update {
		if err := os.WriteFile(bitsFile, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// equalBitsOnLowerTiers runs this test again, in processes whose tier it takes
// away: the kernels pick theirs once, before anything runs.
func equalBitsOnLowerTiers(t *testing.T) {
	lower := map[string][][2]string{
		"avx512": {{"cpu.avx512f=off", "avx2"}, {"cpu.avx2=off", "go"}},
		"avx2":   {{"cpu.avx2=off", "go"}},
	}[kernel.Tier()]
	for _, l := range lower {
		off, tier := l[0], l[1]
		cmd := exec.Command(os.Args[0], "-test.run=^TestEqualBits$/^here$", "-test.v", fmt.Sprintf("-test.short=%v", testing.Short()))
		cmd.Env = append(os.Environ(), "GODEBUG="+strings.TrimPrefix(os.Getenv("GODEBUG")+","+off, ","))
		out, err := cmd.CombinedOutput()
		switch {
		case !strings.Contains(string(out), ": tier "+tier+"\n"):
			t.Errorf("GODEBUG=%s does not make the tier %s:\n%s", off, tier, out)
		case err != nil:
			t.Errorf("GODEBUG=%s: %v\n%s", off, err, out)
		default:
			t.Logf("tier %s", tier)
		}
	}
}

func readHashes(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(bitsFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	hashes := make(map[string]string)
	for line := range strings.Lines(string(data)) {
		hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		hashes[name] = hash
	}
	return hashes
}

// hashOf returns the hash of 16 images of a model, drawn together by one worker,
// and makes sure that other ways to draw them give the same.
func hashOf(t *testing.T, b bitsModel) string {
	t.Helper()
	const n = 16
	m := load(t, b.draw())
	latent, err := m.Latent(1)
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float32, n*latent.Dim)
	latent.Fill(z, 0)
	size := m.outputs[0].Len()
	draw := func(batch, workers int, z []float32) []float32 {
		s := mustSession(t, m, batch)
		s.Workers, s.eager = workers, true
		images := make([]float32, len(z)/latent.Dim*size)
		if err := s.Generate(images, z); err != nil {
			t.Fatal(err)
		}
		return images
	}
	images := draw(n, 1, z)
	singles := []int{0, n - 1}
	if b.large && kernel.Tier() == "go" {
		singles = singles[:1] // it takes long, where it is emulated too
	}
	sameBits(t, b.name+", batch 16, 3 workers: image", draw(n, 3, z), images)
	for _, workers := range []int{1, 3} {
		for _, i := range singles {
			one := draw(1, workers, z[i*latent.Dim:][:latent.Dim])
			sameBits(t, fmt.Sprintf("%s, batch 1, %d workers: image %d", b.name, workers, i), one, images[i*size:][:size])
		}
	}
	raw := make([]byte, 0, 4*len(images))
	for i, v := range images {
		if v != v {
			t.Errorf("%s: image value %d is NaN", b.name, i)
		}
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
