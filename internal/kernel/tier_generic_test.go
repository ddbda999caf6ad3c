//go:build purego || !(amd64 || arm64)

package kernel

import "testing"

// eachTier yields the one tier of this build.
func eachTier(testing.TB) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) { yield(0, Tier()) }
}

func peak(int) {}

func lanesOf() int { return 0 }

func eachByteTier(t testing.TB) func(yield func(int, string) bool) { return eachTier(t) }
