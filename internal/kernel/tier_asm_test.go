//go:build !purego && (amd64 || arm64)

package kernel

import "testing"

// eachTier yields every tier this CPU has, in force while it is the loop's.
func eachTier(t testing.TB) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		was := current
		defer func() { current = was }()
		for i := tierGo; i <= best(); i++ {
			current = i
			if !yield(int(i), Tier()) {
				return
			}
		}
	}
}

// peak runs the tier's loop of multiply-adds.
func peak(n int) {
	if f := now().peak; f != nil {
		f(n)
	}
}

func lanesOf() int { return lanes() }

// eachByteTier yields every tier, with and without products of bytes.
func eachByteTier(t testing.TB) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		defer func(was bool) { byteProducts = was }(byteProducts)
		for i, tier := range eachTier(t) {
			if byteProducts = false; !yield(int(i), tier) {
				return
			}
			if byteProducts = hasByteProducts(); byteProducts && i == int(best()) && !yield(int(i), tier+" with products of bytes") {
				return
			}
		}
	}
}
