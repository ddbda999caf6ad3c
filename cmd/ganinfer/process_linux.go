package main

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// This file is what Linux says about this process: its start and its memory.

// tick is the unit of times in /proc.
const tick = 10 * time.Millisecond

// processStart returns when this process was started, and whether that can be
// known. It is to be called early, by main.
func processStart() (time.Time, bool) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return time.Time{}, false
	}
	var boot, cpu unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &cpu) != nil {
		return time.Time{}, false
	}
	age, ok := processAge(stat, time.Duration(boot.Nano()), time.Duration(cpu.Nano()))
	return time.Now().Add(-age), ok
}

// processAge returns the age of a process from /proc/PID/stat, the time since
// boot and its CPU time so far. The file knows its start only to the tick
// before; within that tick, the CPU time is the best guess: before main, a
// process has one thread and little to wait for.
func processAge(stat []byte, boot, cpu time.Duration) (time.Duration, bool) {
	const startTime = 22 - 3 // the 22nd field; the 3rd is the first after the name, which may hold anything
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= startTime {
		return 0, false
	}
	ticks, err := strconv.ParseInt(string(fields[startTime]), 10, 64)
	most := boot - time.Duration(ticks)*tick
	if err != nil || ticks <= 0 || most < 0 {
		return 0, false
	}
	return min(max(cpu, most-tick, 0), most), true
}

// peakRSS returns the most memory that this process has had resident, in kB; 0
// if it is unknown.
func peakRSS() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	return vmHWM(status)
}

// vmHWM finds the peak in /proc/PID/status.
func vmHWM(status []byte) int64 {
	_, rest, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	kB, _ := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(line, []byte("kB")))), 10, 64)
	return kB
}
