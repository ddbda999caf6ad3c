package infer

import (
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Dropout.

// dropout is Dropout: nothing, outside of training. Its second output says that
// every element stayed.
func dropout(n *node) evaluate {
	x := n.in[0]
	n.result(n.elem(0, floats), x.shape...)
	training, ratio := false, 0.5
	if n.in[2] != nil {
		n.elem(2, booleans)
		list := n.ints(2)
		training = len(list) > 0 && list[0] != 0
	}
	if training && n.in[1] != nil {
		list := n.float64s(1)
		ratio = 0
		if len(list) > 0 {
			ratio = list[0]
		}
	}
	mask := onnx.Bool
	if n.opset < 10 {
		mask = x.elem
	}
	n.result(mask, x.shape...)
	if training && ratio != 0 {
		return n.dropSome(ratio)
	}
	return func(m *memory, out, in []tensor) {
		convert(out[0], in[0])
		ones := m.tensor(onnx.Int64, in[0].shape)
		for i := range of[int64](ones) {
			of[int64](ones)[i] = 1
		}
		convert(out[1], ones)
	}
}

// dropSome is Dropout in training: elements are left out with a probability, by
// the numbers of a seed, and the others grow. ONNX leaves the generator open;
// this is that of its reference and tests.
func (n *node) dropSome(ratio float64) evaluate {
	n.within(n.in[0].shape, 0)
	seed := n.intAttr("seed", 0)
	if !n.has("seed") || seed < 0 || seed >= 1<<32 || ratio < 0 || ratio >= 1 {
		n.fail("training_mode is set with ratio %v and seed %d", ratio, seed)
	}
	return func(m *memory, out, in []tensor) {
		keep := m.tensor(onnx.Double, in[0].shape)
		random := newMersenne(uint32(seed))
		for i := range of[float64](keep) {
			if random.uniform() >= ratio {
				of[float64](keep)[i] = 1
			}
		}
		convert(out[1], keep)
		x := m.copied(onnx.Double, in[0])
		for i, k := range of[float64](keep) {
			of[float64](x)[i] *= k / (1 - ratio)
		}
		convert(out[0], x)
	}
}

// mersenne is the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998).
type mersenne struct {
	state [624]uint32
	next  int
}

func newMersenne(seed uint32) *mersenne {
	m := &mersenne{next: 624}
	for i := range m.state {
		m.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return m
}

func (m *mersenne) uint32() uint32 {
	if m.next == len(m.state) {
		m.next = 0
		for i := range m.state {
			y := m.state[i]&(1<<31) | m.state[(i+1)%624]&(1<<31-1)
			m.state[i] = m.state[(i+397)%624] ^ y>>1 ^ y&1*0x9908b0df
		}
	}
	y := m.state[m.next]
	m.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// uniform returns a number in [0, 1) with 53 random bits.
func (m *mersenne) uniform() float64 {
	a, b := m.uint32()>>5, m.uint32()>>6
	return (float64(a)*(1<<26) + float64(b)) / (1 << 53)
}
