package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"

	"github.com/ganlet/ganlet/infer"
)

// machine says what this runs on.
func machine() string {
	cpu := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^(?:model name|Model)\s*:\s*(.+)$`).FindSubmatch(info); m != nil {
		cpu = string(m[1])
	}
	return fmt.Sprintf("%s, %d cores, %s; %s", cpu, runtime.NumCPU(), infer.Tier(), runtime.Version())
}
