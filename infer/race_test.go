//go:build race

package infer

// raceEnabled: the race detector makes plain Go ten times slower.
const raceEnabled = true
