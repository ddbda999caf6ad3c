package gan

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file holds the promise that a seed gives the same training on every tier
// of a CPU, whatever the number of threads: hashes of checkpoints stand in
// testdata. Go's own tier is tested with -tags purego as well.

var update = flag.Bool("update", false, "rewrite the hashes in testdata")

func TestRepeatable(t *testing.T) {
	t.Run("here", repeatableHere)
	t.Run("tiers", repeatableOnLowerTiers)
}

func repeatableHere(t *testing.T) {
	t.Logf("tier %s", kernel.Tier())
	for _, arch := range imageArchs {
		path := filepath.Join("testdata", arch+".sha256")
		want, err := os.ReadFile(path)
		if err != nil && !*update {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 2, 4} {
			c := small(arch)
			c.Width, c.Threads = 17, threads // vectors and a rest
			side := 16                       // Go's own tier is slow
			if arch == "mlp" || arch == "dcgan" {
				side = 28
			}
			tr := begun(t, c, random(Shape{1, side, side}, 20))
			steps(t, tr, 4) // over the end of an epoch
			got := fmt.Sprintf("%x\n", sha256.Sum256(saved(t, tr)))
			if *update && threads == 1 {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				want = []byte(got)
			}
			if got != string(want) {
				t.Errorf("%s on tier %s with %d threads: the checkpoint's SHA-256 is %s want %s", arch, kernel.Tier(), threads, got, want)
			}
			tr.Close()
		}
	}
}

// repeatableOnLowerTiers runs this test again, in processes whose tier it takes
// away.
func repeatableOnLowerTiers(t *testing.T) {
	lower := map[string][][2]string{
		"avx512": {{"cpu.avx512f=off", "avx2"}, {"cpu.avx2=off,cpu.fma=off", "go"}}, // package math has an FMA of its own
		"avx2":   {{"cpu.avx2=off,cpu.fma=off", "go"}},
	}[kernel.Tier()]
	for _, l := range lower {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRepeatable$/^here$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG="+strings.TrimPrefix(os.Getenv("GODEBUG")+","+l[0], ","))
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), ": tier "+l[1]+"\n") {
			t.Errorf("GODEBUG=%s, tier %s: %v\n%s", l[0], l[1], err, out)
		}
	}
}
