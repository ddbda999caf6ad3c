package kernel

import (
	"runtime"
	"slices"
	"testing"
)

// at calls f with so many calls before it.
//
//go:noinline
func at(depth int, f func()) byte {
	var frame [24]byte
	if depth == 0 {
		f()
		return 0
	}
	frame[depth%24] = at(depth-1, f)
	return frame[(depth+1)%24]
}

// A stack that grows under a routine's arguments changes nothing.
func TestGrowingStack(t *testing.T) {
	x, pixels := make([]float32, 1000), make([]float32, 3*700)
	for i := range pixels {
		pixels[i] = float32(i%37) / 10
	}
	copy(x, pixels)
	wantX, wantPixels := slices.Clone(x), make([]float32, len(pixels))
	Softmax(wantX, 1, len(wantX))
	Transpose(wantPixels, pixels, 1, 700, 3, 0, 1)
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	defer close(stop)
	for depth := range 900 {
		same := make(chan bool)
		go func() { // on a small stack
			y, planes := slices.Clone(x), make([]float32, len(pixels))
			at(depth, func() {
				Softmax(y, 1, len(y))
				Transpose(planes, pixels, 1, 700, 3, 0, 1)
			})
			same <- slices.Equal(y, wantX) && slices.Equal(planes, wantPixels)
		}()
		if !<-same {
			t.Fatalf("behind %d calls: other results", depth)
		}
	}
}
