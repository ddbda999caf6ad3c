package main

import (
	"os"
	"testing"
	"time"
)

// This file tests how the start of a process and its peak memory are read.

func TestProcessAge(t *testing.T) {
	// A name may hold spaces and brackets; the process started in tick 4210.
	const stat = "77 (a) b (c) S 1 77 77 0 -1 4194560 102 0 0 0 3 1 0 0 20 0 5 0 4210 1234 567 18446744073709551615 1 1\n"
	const ms = time.Millisecond
	for _, c := range []struct {
		name            string
		boot, cpu, want time.Duration
	}{
		{"CPU time within the tick", 42_108 * ms, 3 * ms, 3 * ms},
		{"no CPU time, old", 42_150 * ms, 0, 40 * ms},
		{"it waited", 42_150 * ms, 2 * ms, 40 * ms},
		{"more CPU time than age: several threads", 42_108 * ms, 20 * ms, 8 * ms},
	} {
		if got, ok := processAge([]byte(stat), c.boot, c.cpu); !ok || got != c.want {
			t.Errorf("%s: processAge(%v, %v) = %v, %v, want %v", c.name, c.boot, c.cpu, got, ok, c.want)
		}
	}
	for _, bad := range []string{"", "77 (a) S 1", "77 (a) S 1 77 77 0 -1 4194560 102 0 0 0 3 1 0 0 20 0 5 0 x 1234\n", "77 (a) S 1 77 77 0 -1 4194560 102 0 0 0 3 1 0 0 20 0 5 0 0 1234\n"} {
		if got, ok := processAge([]byte(bad), time.Hour, 0); ok {
			t.Errorf("processAge(%q) = %v, want none", bad, got)
		}
	}
	if got, ok := processAge([]byte(stat), time.Second, 0); ok {
		t.Errorf("processAge before the start of the process = %v, want none", got)
	}
}

func TestProcessStart(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip(err)
	}
	start, ok := processStart()
	if since := time.Since(start); !ok || since < 0 || since > time.Hour {
		t.Errorf("processStart() is %v ago, %v, want a moment ago", since, ok)
	}
}

func TestVmHWM(t *testing.T) {
	if got := vmHWM([]byte("Name:\tVmHWM: 3 kB\nVmPeak:\t  12 kB\nVmHWM:\t   5432 kB\nVmRSS:\t 1 kB\n")); got != 5432 {
		t.Errorf("vmHWM = %d, want 5432", got)
	}
	if got := vmHWM(nil); got != 0 {
		t.Errorf("vmHWM of nothing = %d, want 0", got)
	}
}
