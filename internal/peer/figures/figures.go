// Package figures is what the programs that compare speeds have in common: quantiles, tables, and what they say of the machine.
package figures

import (
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/infer"
)

// Machine says what this runs on.
func Machine() string {
	cpu := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^(?:model name|Model)\s*:\s*(.+)$`).FindSubmatch(info); m != nil {
		cpu = string(m[1])
	}
	return fmt.Sprintf("%s, %d cores, %s; %s", cpu, runtime.NumCPU(), infer.Tier(), runtime.Version())
}

// Quantile returns the value that a part q of v lies below, between two neighbours in proportion; the median for .5, a NaN for
// nothing. V stays as it is.
func Quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	at := q * float64(len(v)-1)
	i := int(at)
	if i == len(v)-1 {
		return v[i]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

// Table writes lines of cells, the first of them as heads, in Markdown, columns aligned.
func Table(w io.Writer, lines [][]string) error {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	var b strings.Builder
	for _, line := range slices.Concat(lines[:1], [][]string{rule}, lines[1:]) {
		for i, cell := range line {
			fmt.Fprintf(&b, "| %-*s ", widths[i], cell)
		}
		b.WriteString("|\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
