package kernel

import (
	"slices"
	"testing"
)

// TestTranspose turns matrices of all kinds, in one part and in several.
func TestTranspose(t *testing.T) {
	for _, s := range [][3]int{{1, 3, 50}, {2, 3, 1100}, {2, 50, 3}, {2, 3, 3}, {1, 1, 9}, {3, 17, 20}, {1, 20, 1}, {2, 150, 70}, {1, 129, 33}, {1, 8, 300}} {
		n, rows, cols := s[0], s[1], s[2]
		src, want := make([]float32, n*rows*cols), make([]float32, n*rows*cols)
		for i := range src {
			src[i] = float32(i)
			m, r, c := i/(rows*cols), i/cols%rows, i%cols
			want[(m*cols+c)*rows+r] = float32(i)
		}
		for parts := 1; parts <= 3; parts++ {
			got := make([]float32, len(src))
			for part := range parts {
				Transpose(got, src, n, rows, cols, part, parts)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d of %dx%d in %d parts: %v, want %v", n, rows, cols, parts, got, want)
			}
		}
	}
}
