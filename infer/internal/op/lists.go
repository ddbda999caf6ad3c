package op

import "slices"

// This file is lists of sizes and axes, which are looked at where nodes are made.
// Inlined, as those of package slices are, these loops would stand here a hundred
// times.

//go:noinline
func contains(list []int, v int) bool { return slices.Contains(list, v) }

// indexOf is the place of v in a list, -1 if it is not there.
//
//go:noinline
func indexOf(list []int, v int) int { return slices.Index(list, v) }

//go:noinline
func sameShape(a, b []int) bool { return slices.Equal(a, b) }

//go:noinline
func cloneShape(list []int) []int { return slices.Clone(list) }

//go:noinline
func joinLists(lists ...[]int) []int { return slices.Concat(lists...) }

// ones is n ones.
//
//go:noinline
func ones(n int) []int { return slices.Repeat([]int{1}, n) }
