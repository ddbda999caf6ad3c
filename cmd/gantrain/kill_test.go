package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ganlet/ganlet/gan"
)

// This file kills gantrain with SIGKILL, time after time.

// A run that is killed at random moments can be resumed after each, having lost
// no more than the steps since its last save was due, and ends with the files of
// a run that nobody disturbed.
func TestKilledRunsResume(t *testing.T) {
	const kills, saveEvery = 50, 5
	dir := t.TempDir()
	begin := func(out string, more ...string) *exec.Cmd {
		args := []string{"--data", "ring8", "--arch", "mlp", "--width", "16", "--batch", "8", "--out", filepath.Join(dir, out)}
		cmd := exec.Command(os.Args[0], append(args, more...)...)
		cmd.Env = append(os.Environ(), asGantrain+"=1")
		return cmd
	}
	run := folder(filepath.Join(dir, "killed"))
	set := []string{"--steps", "1000000", "--save-every", fmt.Sprint(saveEvery), "--sample-every", "7", "--eval-every", "15"}
	saved := 0
	wait := 200 * time.Millisecond // at most; longer where gantrain starts slowly
	for i := range kills {
		more := set
		if _, err := os.Stat(run.config()); err == nil {
			more = []string{"--resume"}
		}
		cmd := begin("killed", more...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(wait))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatalf("kill %d: gantrain ended by itself: %s", i, &stderr)
		}
		if err := cmd.Wait(); !strings.Contains(fmt.Sprint(err), "killed") {
			t.Fatalf("kill %d: gantrain ended with %v: %s", i, err, &stderr)
		}
		if !run.unsaved() {
			checkpoint := loadRun(t, run)
			log := logged(t, run)
			if seen := log[len(log)-1].Step; checkpoint.Steps() < saved || checkpoint.Steps() < seen-saveEvery {
				t.Fatalf("kill %d: the checkpoint is of step %d, after one of %d and a log up to %d", i, checkpoint.Steps(), saved, seen)
			}
			if checkpoint.Steps() == saved {
				wait += 50 * time.Millisecond
			}
			saved = checkpoint.Steps()
		} else if saved > 0 {
			t.Fatalf("kill %d: the checkpoint of step %d is gone", i, saved)
		} else {
			wait += 50 * time.Millisecond
		}
	}
	if saved == 0 {
		t.Fatalf("after %d kills nothing was saved: they came too early to test anything", kills)
	}
	t.Logf("%d steps under %d kills", saved, kills)

	last := fmt.Sprint(saved + saveEvery)
	for _, cmd := range []*exec.Cmd{begin("killed", "--resume", "--steps", last), begin("whole", append(set, "--steps", last)...)} {
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	whole := folder(filepath.Join(dir, "whole"))
	for _, files := range [][2]string{{run.checkpoint(), whole.checkpoint()}, {run.model(), whole.model()}, {run.best(), whole.best()}} {
		got, want := readFile(t, files[0]), readFile(t, files[1])
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from that of a run that nobody killed", filepath.Base(files[0]))
		}
	}
	if got, want := logged(t, run), logged(t, whole); !reflect.DeepEqual(got, want) {
		t.Errorf("the log has the lines\n%+v\nand that of a run that nobody killed\n%+v", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(string(run), ".ganlet-*")); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

func loadRun(t *testing.T, f folder) *gan.Trainer {
	t.Helper()
	tr, err := f.load(nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// logged are all whole lines of the log, without their times.
func logged(t *testing.T, f folder) (all []record) {
	t.Helper()
	for line := range bytes.Lines(readFile(t, f.log())) {
		var r record
		if json.Unmarshal(line, &r) == nil {
			r.Rate, r.Seconds = 0, 0
			all = append(all, r)
		}
	}
	return all
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
