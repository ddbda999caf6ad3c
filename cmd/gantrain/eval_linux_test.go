package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Ten thousand samples against ten thousand test images, and 2,000 against the
// 60,000 of the training split, are judged in under a minute on two cores and
// under 1 GB. GANLET_SLOW=1 go test ./cmd/gantrain -run TenThousand -v gave on 23
// November 2026 16 s of processor time, 746 MB, and 52 s beside ten other programs.
func TestTenThousand(t *testing.T) {
	if os.Getenv("GANLET_SLOW") == "" {
		t.Skip("GANLET_SLOW is not set")
	}
	run := folder(filepath.Join(t.TempDir(), "run"))
	gantrain := func(args ...string) (*exec.Cmd, time.Duration) {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), asGantrain+"=1")
		begun := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("gantrain %q: %v\n%s", args, err, out)
		}
		t.Logf("%s", out)
		return cmd, time.Since(begun)
	}
	gantrain("--steps", "2", "--out", string(run))
	cmd, took := gantrain("eval", run.model(), "--data", "mnist")
	memory := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) // kB
	t.Logf("%v, %v of processor time, %d MB", took, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), memory/1000)
	if took > time.Minute || memory > 1e6 {
		t.Errorf("eval took %v and %d kB, want less than a minute and 1 GB", took, memory)
	}
}
