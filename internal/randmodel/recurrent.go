package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is recurrent layers and attention.

var recurrent = map[string]recipe{
	"RNN": drawRecurrent("RNN", 1, 1), "GRU": drawRecurrent("GRU", 3, 2), "LSTM": drawRecurrent("LSTM", 4, 3),
	"Attention": func(d *drawer) {
		heads, size, length, keys := int64(d.between(1, 3)), int64(d.between(1, 4)), int64(d.between(1, 4)), int64(d.between(1, 4))
		elem := d.floating()
		a := d.attrs().flag("is_causal").float("scale", "softcap").maybe("qk_matmul_output_mode", 0, 3).maybe("softmax_precision", 1, 1)
		batch := d.batchSize()
		var in []string
		if d.chance(128) {
			a.int("q_num_heads", heads).int("kv_num_heads", heads)
			in = list(d.input(elem, []int64{batch, length, heads * size}), d.input(elem, []int64{batch, keys, heads * size}), d.input(elem, []int64{batch, keys, heads * size}))
		} else {
			in = list(d.input(elem, []int64{batch, heads, length, size}), d.input(elem, []int64{batch, heads, keys, size}), d.input(elem, []int64{batch, heads, keys, size}))
		}
		switch d.intN(4) {
		case 0:
			in = append(in, d.weight(elem, length, keys).name)
		case 1:
			in = append(in, d.weight(onnx.Bool, length, keys).name)
		case 2:
			past := int64(d.between(0, 2))
			in = append(in, "", d.input(elem, []int64{batch, heads, past, size}).name, d.input(elem, []int64{batch, heads, past, size}).name)
			d.node("Attention", in, d.between(3, 4), a.list...)
			return
		}
		d.node("Attention", in, 1, a.list...)
	},
	"ai.onnx.preview.FlexAttention": func(d *drawer) {
		batch, heads, size, length := d.batchSize(), int64(d.between(1, 3)), int64(d.between(1, 4)), int64(d.between(1, 4))
		shape := func() []int64 { return []int64{batch, heads, length, size} }
		in := list(d.input(onnx.Float, shape()), d.input(onnx.Float, shape()), d.input(onnx.Float, shape()))
		d.node("ai.onnx.preview.FlexAttention", in, 1, d.attrs().float("scale").maybe("softmax_precision", 1, 1).list...)
	},
	"RotaryEmbedding":               drawRotary("RotaryEmbedding"),
	"com.microsoft.RotaryEmbedding": drawRotary("com.microsoft.RotaryEmbedding"),
}

// batchSize is a number of samples, -1 if it is open.
func (d *drawer) batchSize() int64 { return d.withBatch()[0] }

func drawRecurrent(op string, gates int64, outputs int) recipe {
	return func(d *drawer) {
		elem, directions := d.floating(), int64(1)
		hidden, length, size := int64(d.between(1, 3)), int64(d.between(1, 3)), int64(d.between(1, 4))
		n := d.batchSize()
		a := d.attrs().int("hidden_size", hidden)
		direction := one(&d.source, "forward", "reverse", "bidirectional")
		if direction == "bidirectional" {
			directions = 2
		}
		if d.chance(150) || directions == 2 {
			a.must(onnx.StringAttr("direction", direction))
		}
		shape := []int64{length, n, size}
		if d.version() >= 14 && d.chance(90) {
			a.int("layout", 1)
			shape = []int64{n, length, size}
		}
		x := d.input(elem, shape)
		in := list(x, d.weight(elem, directions, gates*hidden, size), d.weight(elem, directions, gates*hidden, hidden))
		if d.chance(128) {
			in = append(in, d.weight(elem, directions, 2*gates*hidden).name)
			if d.chance(40) && n > 0 {
				in = append(in, d.weightOf(Feed{Type: onnx.Int32, Kind: Listed, List: []int64{length, 1}}, []int64{n}).name)
			}
		}
		switch op {
		case "GRU":
			a.flag("linear_before_reset")
		case "LSTM":
			a.flag("input_forget")
		}
		if d.chance(100) {
			a.float("clip")
		}
		if d.chance(60) {
			n := directions * int64(outputs) // of RNN one, of GRU two, of LSTM three
			names := make([]string, n)
			for k := range names {
				names[k] = one(&d.source, "Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "Elu", "HardSigmoid", "ScaledTanh", "Softsign", "Softplus", "ThresholdedRelu")
			}
			a.must(onnx.Attr{Name: "activations", Type: onnx.AttrStrings, Strings: names})
			a.must(onnx.FloatsAttr("activation_alpha", slices.Repeat([]float32{0.5}, int(n))...)).must(onnx.FloatsAttr("activation_beta", slices.Repeat([]float32{0.25}, int(n))...))
		}
		d.node(op, in, d.between(1, outputs), a.list...)
	}
}

func drawRotary(op string) recipe {
	return func(d *drawer) {
		heads, half, length, n := int64(d.between(1, 3)), int64(d.between(1, 3)), int64(d.between(1, 4)), d.batchSize()
		elem := d.floating()
		x := d.input(elem, []int64{n, length, heads * 2 * half})
		rows := length + int64(d.between(0, 3))
		cos, sin := d.weight(elem, rows, half), d.weight(elem, rows, half)
		a := d.attrs().flag("interleaved").int("num_heads", heads)
		if d.chance(20) {
			a.int("rotary_embedding_dim", 2*half)
		}
		places := d.indices(1, max(n, Free), length)
		if n < 0 {
			places = d.feed(Feed{Type: onnx.Int64, Kind: Zero}, []int64{-1, length}).name
		} else if op == "RotaryEmbedding" {
			places = d.weightOf(Feed{Type: onnx.Int64, Kind: Zero}, []int64{n, length}).name
		}
		if op == "RotaryEmbedding" {
			d.node(op, append(list(x, cos, sin), places), 1, a.list...)
			return
		}
		if d.chance(70) {
			a.int("is_packed_batching", 0).must(onnx.FloatAttr("scale", 1))
		}
		d.node(op, []string{x.name, places, cos.name, sin.name}, 1, a.list...)
	}
}
