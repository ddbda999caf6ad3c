// Tests that launch measures the command and not itself.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("LAUNCH_TEST_HOLD") == "1" { // the command under test: 200 MB, 50 ms
		b := make([]byte, 200<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		time.Sleep(50 * time.Millisecond)
		os.Exit(int(b[1]))
	}
	os.Exit(m.Run())
}

func TestLaunch(t *testing.T) {
	t.Setenv("LAUNCH_TEST_HOLD", "1")
	var out bytes.Buffer
	if err := run([]string{os.Args[0]}, &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Wall float64 `json:"wall_us"`
		Peak float64 `json:"peak_rss_kb"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Wall < 50e3 || got.Peak < 200<<10 {
		t.Errorf("launch found %+v, want at least 50 ms and 200 MB", got)
	}
}

func TestLaunchFails(t *testing.T) {
	for _, args := range [][]string{nil, {"/nonexistent/command"}, {os.Args[0], "-test.bad"}} {
		if run(args, &bytes.Buffer{}) == nil {
			t.Errorf("run(%q) gave no error", args)
		}
	}
}
