// Tests of what needs no library; the rest runs in compare.
package main

import (
	"io"
	"slices"
	"testing"
)

func TestParseShape(t *testing.T) {
	shape, size, err := parseShape("16,100,1,1")
	if err != nil || size != 1600 || !slices.Equal(shape, []int64{16, 100, 1, 1}) {
		t.Errorf("parseShape = %v, %d, %v, want [16 100 1 1], 1600", shape, size, err)
	}
	for _, bad := range []string{"", "1,", "0,100", "-1,100", "a", "1048576,1048576"} {
		if shape, _, err := parseShape(bad); err == nil {
			t.Errorf("parseShape(%q) = %v, want an error", bad, shape)
		}
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"-shape", "1,100", "-n", "-1"}, {"-shape", "1,100", "-threads", "0"}, {}} {
		if run(args, io.Discard) == nil {
			t.Errorf("run(%q) gave no error", args)
		}
	}
}
