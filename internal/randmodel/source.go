package randmodel

import "encoding/binary"

// This file is where choices come from.

// source is choices, one after the other: the bytes that it was given, and then
// numbers that depend on the first eight of them and on their place only. So
// eight bytes are a seed, and a fuzzer that changes a byte changes one choice.
type source struct {
	seed uint64
	data []byte
	at   int
}

func newSource(data []byte) source {
	var seed [8]byte
	n := copy(seed[:], data)
	return source{seed: binary.LittleEndian.Uint64(seed[:]), data: data[n:]}
}

// octet is the next choice.
func (s *source) octet() int {
	s.at++
	if s.at <= len(s.data) {
		return int(s.data[s.at-1])
	}
	return int(mix(s.seed+uint64(s.at)*0x9e3779b97f4a7c15) >> 56)
}

// mix is the last step of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// intN returns a number from 0 to below n.
func (s *source) intN(n int) int {
	if n <= 1 {
		return 0
	}
	v := s.octet()
	for most := 256; most < n; most <<= 8 {
		v = v<<8 | s.octet()
	}
	return v % n
}

// between returns a number from least to most.
func (s *source) between(least, most int) int { return least + s.intN(most-least+1) }

// chance is true n times of 256.
func (s *source) chance(n int) bool { return n > 0 && s.octet() < n }

// one returns one of a list.
func one[T any](s *source, list ...T) T { return list[s.intN(len(list))] }
