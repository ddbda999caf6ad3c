package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the steps of recurrent layers. The inputs of many time steps are
// multiplied at once, the states step by step.

// turn is one direction of a recurrent layer on its way through time.
type turn struct {
	*recurrent
	weights       *[3]kernel.Packed
	acts          []activation
	gates, add    []float32 // [steps of a chunk * batch, gates], [batch, gates]
	h, c          []float32 // states, [batch, hidden]
	resetBias     []float32 // of GRU's last gate, if it is added before the reset
	peepholes     []float32 // [3, hidden]
	lengths       []int64   // of each sample's sequence; nil: all steps
	inputs, spare []float32
}

// run computes a recurrent layer.
func (r *recurrent) run(m *Memory, out, in []tensor.Tensor) {
	full := int(r.cell) * r.hidden
	room := func(sizes ...int) []float32 { return tensor.Of[float32](m.Tensor(onnx.Float, sizes)) }
	t := turn{recurrent: r, gates: room(r.chunk*r.batch, full), add: room(r.batch, full), spare: room(r.batch, r.hidden)}
	if r.batchFirst {
		t.inputs = room(r.chunk*r.batch, r.input)
	}
	bias, reset := room(full), room(r.hidden)
	if in[4].Given() {
		t.lengths = tensor.Of[int64](m.Copied(onnx.Int64, in[4]))
		for i, n := range t.lengths {
			if n < 0 || n > int64(r.steps) {
				m.Fail("sequence length %d of sample %d is not within 0 and %d", n, i, r.steps)
				t.lengths[i] = 0
			}
		}
	}
	for d := range r.dirs {
		t.h, t.c = room(r.batch, r.hidden), room(r.batch, r.hidden)
		r.state(t.h, in[5], d, false)
		if r.cell == lstm {
			r.state(t.c, in[6], d, false)
			if in[7].Given() {
				t.peepholes = piece(tensor.Nth[float32](in, 7), d, r.dirs)
			}
		}
		if r.packed != nil {
			t.weights = &r.packed()[d]
		} else {
			t.weights = &m.pad.turns
			r.pack(t.weights, piece(tensor.Nth[float32](in, 1), d, r.dirs), piece(tensor.Nth[float32](in, 2), d, r.dirs))
		}
		if in[3].Given() {
			b := piece(tensor.Nth[float32](in, 3), d, r.dirs)
			copy(bias, b[:full])
			if r.cell == gru && r.beforeReset {
				kernel.AddTo(bias[:2*r.hidden], b[full:])
				t.resetBias = reset[:copy(reset, b[full+2*r.hidden:])]
			} else {
				kernel.AddTo(bias, b[full:])
			}
		}
		t.acts = piece(r.acts, d, r.dirs)
		t.through(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), bias, d)
		r.state(t.h, out[1], d, true)
		if r.cell == lstm {
			r.state(t.c, out[2], d, true)
		}
	}
}

// state copies a direction's state from a tensor, or to it.
func (r *recurrent) state(s []float32, t tensor.Tensor, d int, save bool) {
	if !t.Given() {
		return
	}
	for b := range r.batch {
		at := d*r.batch + b
		if r.batchFirst {
			at = b*r.dirs + d
		}
		mine, theirs := s[b*r.hidden:][:r.hidden], tensor.Of[float32](t)[at*r.hidden:]
		if save {
			copy(theirs, mine)
		} else {
			copy(mine, theirs)
		}
	}
}

// through goes through time, chunk by chunk.
func (t *turn) through(y, x, bias []float32, d int) {
	chunks, full := (t.steps+t.chunk-1)/t.chunk, int(t.cell)*t.hidden
	tail := kernel.Tail{Bias: bias}
	for i := range chunks {
		if d == t.reversed {
			i = chunks - 1 - i
		}
		from := i * t.chunk
		to := min(from+t.chunk, t.steps)
		rows := x[from*t.batch*t.input:]
		if t.batchFirst {
			rows = t.inputs
			for s := from; s < to; s++ {
				for b := range t.batch {
					copy(rows[((s-from)*t.batch+b)*t.input:][:t.input], x[(b*t.steps+s)*t.input:])
				}
			}
		}
		count := (to - from) * t.batch
		if gates := t.gates[:count*full]; t.input > 0 {
			kernel.Gemm(gates, full, rows, t.input, count, &t.weights[0], &tail, 0, 1)
		} else {
			clear(gates)
			tail.Apply(gates, full)
		}
		for s := from; s < to; s++ {
			at := s
			if d == t.reversed {
				at = to - 1 - (s - from)
			}
			t.step(t.gates[(at-from)*t.batch*full:][:t.batch*full], at)
			t.write(y, at, d)
		}
	}
}

// write writes the state after a step to Y, zeros where a sequence has ended.
func (t *turn) write(y []float32, at, d int) {
	for b := range t.batch {
		place := (at*t.dirs+d)*t.batch + b
		if t.batchFirst {
			place = (b*t.steps+at)*t.dirs + d
		}
		line := y[place*t.hidden:][:t.hidden]
		if t.ended(b, at) {
			clear(line)
		} else {
			copy(line, t.h[b*t.hidden:])
		}
	}
}

// ended reports whether a sample's sequence has no step there.
func (t *turn) ended(sample, step int) bool {
	return t.lengths != nil && int64(step) >= t.lengths[sample]
}

// step computes one step from the input's share of the gates.
func (t *turn) step(gates []float32, at int) {
	h, full := t.hidden, int(t.cell)*t.hidden
	width := full
	if t.resets() {
		width = 2 * h
	}
	add := t.add[:t.batch*width]
	kernel.Gemm(add, width, t.h, h, t.batch, &t.weights[1], nil, 0, 1)
	if t.resets() {
		t.resetStep(gates, add, at)
		return
	}
	for b := range t.batch {
		if t.ended(b, at) {
			continue
		}
		g, a, state := gates[b*full:][:full], add[b*full:][:full], t.h[b*h:][:h]
		switch t.cell {
		case rnn:
			kernel.AddTo(g, a)
			t.activate(0, g)
			copy(state, g)
		case gru:
			kernel.AddTo(g[:2*h], a)
			t.activate(0, g[:2*h])
			if t.resetBias != nil {
				kernel.AddTo(a[2*h:], t.resetBias)
			}
			kernel.Mul(a[2*h:], a[2*h:], g[h:])
			kernel.AddTo(g[2*h:], a[2*h:])
			t.activate(1, g[2*h:])
			blend(state, g)
		case lstm:
			kernel.AddTo(g, a)
			t.remember(state, t.c[b*h:][:h], g)
		}
	}
}

// resetStep is GRU's step whose state is reset before it is multiplied.
func (t *turn) resetStep(gates, add []float32, at int) {
	h := t.hidden
	for b := range t.batch {
		g := gates[b*3*h:][:3*h]
		kernel.AddTo(g[:2*h], add[b*2*h:])
		t.activate(0, g[:2*h])
		kernel.Mul(t.spare[b*h:][:h], t.h[b*h:], g[h:])
	}
	kernel.Gemm(add, h, t.spare, h, t.batch, &t.weights[2], nil, 0, 1)
	for b := range t.batch {
		if t.ended(b, at) {
			continue
		}
		g := gates[b*3*h:][:3*h]
		kernel.AddTo(g[2*h:], add[b*h:])
		t.activate(1, g[2*h:])
		blend(t.h[b*h:][:h], g)
	}
}

// activate clips x and applies an activation.
func (t *turn) activate(which int, x []float32) {
	if t.clip >= 0 {
		kernel.Clip(x, -t.clip, t.clip)
	}
	t.acts[which].apply(x)
}

// blend is GRU's new state: (1-z)*new + z*old, of gates z, r, new.
func blend(state, g []float32) {
	h := len(state)
	update, next := g[:h], g[2*h:][:h]
	for i, z := range update {
		state[i] = float32((1-z)*next[i]) + float32(z*state[i])
	}
}

// remember is LSTM's new state, of gates input, output, forget, new.
func (t *turn) remember(state, c, g []float32) {
	h := len(state)
	input, output, forget, next := g[:h], g[h:][:h], g[2*h:][:h], g[3*h:][:h]
	peep := func(gate []float32, which int) {
		if t.peepholes != nil {
			for i, p := range t.peepholes[which*h:][:h] {
				gate[i] += float32(p * c[i])
			}
		}
	}
	peep(input, 0)
	t.activate(0, input)
	if t.recurrent.forget {
		for i, v := range input {
			forget[i] = 1 - v
		}
	} else {
		peep(forget, 2)
		t.activate(0, forget)
	}
	t.activate(1, next)
	for i := range c {
		c[i] = float32(forget[i]*c[i]) + float32(input[i]*next[i])
	}
	peep(output, 1)
	t.activate(0, output)
	copy(next, c)
	t.acts[2].apply(next)
	kernel.Mul(state, output, next)
}
