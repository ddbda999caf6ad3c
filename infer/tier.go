package infer

import "github.com/ganlet/ganlet/internal/kernel"

// This file is which instructions the arithmetic uses.

// Tier names the implementation that computes on this CPU: "avx512", "avx2",
// "neon" or "go". It decides how fast an image is made, and no bit of it.
func Tier() string { return kernel.Tier() }
