package randmodel

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is how nodes of each operator are drawn: a table of words for those
// that read values of like shapes, functions for the others.

// recipe draws a node, or a few, and notes their outputs (drawer.node).
type recipe func(*drawer)

// Names returns the operators that have a recipe, in order, with their domain as
// package infer writes it: "com.microsoft.FusedConv".
func Names() []string { return slices.Clone(all().names) }

// book is all recipes by name.
type book struct {
	of    map[string]recipe
	names []string
}

var all = sync.OnceValue(func() *book {
	b := &book{of: make(map[string]recipe)}
	for op, words := range simple {
		b.of[op] = spelled(op, words)
	}
	for _, table := range []map[string]recipe{moving, joining, reductions(), layers, pooling, sampling, recurrent, quantized, quantizedAlike(), control} {
		maps.Copy(b.of, table)
	}
	b.names = slices.Sorted(maps.Keys(b.of))
	return b
})

// recipe is the name of an operator to be drawn next.
func (d *drawer) recipe() string {
	list := d.book.names
	switch {
	case d.apart:
		list = apartNames
	case d.chance(50):
		list = plainNames
	}
	return list[d.intN(len(list))]
}

// plainNames are the operators that generators have most.
var plainNames = strings.Fields(`Add Mul Relu LeakyRelu Tanh Sigmoid Conv ConvTranspose Gemm MatMul BatchNormalization InstanceNormalization
	Reshape Flatten Concat Slice Transpose Resize Pad Unsqueeze Softmax Gather Split Cast`)

// simple has operators that one line says: inputs, then after a semicolon
// attributes.
//
// An input is a letter for its types (f floats, s float32, n numbers, i integers,
// b bool, t any) and, for the first, its least rank; "3!" is exactly 3. Then come
// "=" (the first's type, broadcast with it), "==" (its type and shape), "1" (its
// type, one number), "=[1]" (its type, as long as its dimension 1), "+[1]" (the
// same, positive); a "?" at the end: may be left out, a "*": some or none.
//
// An attribute is its name and bool, axis, float, eps, type, numbers 0..3, or words
// with a bar.
var simple = map[string]string{
	"Abs": "n", "Acos": "f", "Acosh": "f", "Asin": "f", "Asinh": "f", "Atan": "f", "Atanh": "f", "Ceil": "f", "Cos": "f", "Cosh": "f", "Erf": "f",
	"Exp": "f", "Floor": "f", "HardSwish": "f", "Identity": "t", "IsNaN": "f", "Log": "f", "Mish": "f", "Neg": "n", "NonZero": "t", "Not": "b",
	"Reciprocal": "f", "Relu": "f", "Round": "f", "Sigmoid": "f", "Sign": "n", "Sin": "f", "Sinh": "f", "Size": "t", "Softplus": "f", "Softsign": "f",
	"Sqrt": "f", "Tan": "f", "Tanh": "f", "BitwiseNot": "i",
	"Celu": "f; alpha=float", "Elu": "f; alpha=float", "Gelu": "f; approximate=none|tanh", "HardSigmoid": "f; alpha=float beta=float",
	"LeakyRelu": "f; alpha=float", "Selu": "f; alpha=float gamma=float", "Shrink": "f; bias=float lambd=float", "Swish": "f; alpha=float",
	"ThresholdedRelu": "f; alpha=float", "IsInf": "f; detect_negative=bool detect_positive=bool",

	"Add": "n =", "Sub": "n =", "Mul": "n =", "Div": "n =", "Max": "n =*", "Min": "n =*", "Sum": "n =*", "Mean": "f =*", "PRelu": "f =",
	"And": "b =", "Or": "b =", "Xor": "b =", "Equal": "t =", "Greater": "n =", "GreaterOrEqual": "n =", "Less": "n =", "LessOrEqual": "n =",
	"BitwiseAnd": "i =", "BitwiseOr": "i =", "BitwiseXor": "i =", "BitShift": "i =; direction!LEFT|RIGHT", "Mod": "i =; fmod=bool", "Pow": "n =",
	"CastLike": "t t; saturate=bool round_mode=up|down|nearest",

	"ArgMax": "n1; axis=axis keepdims=bool select_last_index=bool", "ArgMin": "n1; axis=axis keepdims=bool select_last_index=bool",
	"Hardmax": "f1; axis=axis", "Softmax": "f1; axis=axis", "LogSoftmax": "f1; axis=axis", "LpNormalization": "f1; axis=axis p=1..2",
	"BatchNormalization":    "f2 =[1] =[1] =[1] +[1]; epsilon=eps momentum=float training_mode=bool",
	"InstanceNormalization": "f3 =[1] =[1]; epsilon=eps", "LRN": "f3; size!1..5 alpha=float beta=float bias=float",
	"GlobalAveragePool": "f3", "GlobalMaxPool": "f3", "GlobalLpPool": "f3; p=1..3",
	"Flatten": "t1; axis=axis", "Shape": "t; start=-2..3 end=-2..3", "EyeLike": "n2!; dtype=type k=-2..2", "Trilu": "t2 k?; upper=bool",
	"Unique": "n1; axis=axis sorted=bool", "Bernoulli": "f; dtype=type seed=float",
	"RandomNormalLike":  "f; dtype=10..11 mean=float scale=float seed=float",
	"RandomUniformLike": "f; dtype=10..11 low=float high=float seed=float", "DynamicQuantizeLinear": "s",
	"BlackmanWindow": "k; output_datatype=10..11 periodic=bool", "HammingWindow": "k; output_datatype=1..1 periodic=bool",
	"HannWindow": "k; output_datatype=6..7 periodic=bool",

	"ai.onnx.ml.Binarizer": "s1; threshold=float", "ai.onnx.ml.Normalizer": "s2!; norm=MAX|L1|L2",
	"com.microsoft.BiasGelu": "f1 =[-1]", "com.microsoft.FastGelu": "f1 =[-1]?", "com.microsoft.Gelu": "f", "com.microsoft.QuickGelu": "f; alpha=float",
	"com.microsoft.Trilu":                            "t2 k?; upper=bool",
	"com.microsoft.SkipLayerNormalization":           "f3! == =[-1] =[-1]? =[-1]?; epsilon=eps",
	"com.microsoft.SkipSimplifiedLayerNormalization": "f3! == =[-1] =[-1]?; epsilon=eps",
}

var letters = map[byte][]onnx.DataType{'f': floats, 's': singles, 'n': numbers, 'i': wholes, 'b': bools, 't': every}

// spelled is the recipe of a line of the table.
func spelled(op, line string) recipe {
	inputs, attributes, _ := strings.Cut(line, ";")
	return func(d *drawer) {
		var x value
		var in []string
		for k, word := range strings.Fields(inputs) {
			if k == 0 && word != "k" {
				x = d.spelledFirst(word)
				in = append(in, x.name)
				continue
			}
			most := strings.HasSuffix(word, "*")
			if strings.HasSuffix(word, "?") && d.chance(128) {
				break
			}
			in = append(in, d.spelledInput(x, strings.TrimRight(word, "?*")))
			for most && d.chance(90) {
				in = append(in, d.spelledInput(x, strings.TrimRight(word, "*")))
			}
		}
		a := d.attrs()
		for _, word := range strings.Fields(attributes) {
			d.spelledAttr(a, x, word)
		}
		d.node(op, in, outputsOf(d, op), a.list...)
	}
}

// outputsOf is how many outputs a simple operator has.
func outputsOf(d *drawer, op string) int {
	switch op {
	case "Unique":
		if d.chance(128) {
			return 2
		}
	case "DynamicQuantizeLinear":
		return 3
	}
	return 1
}

func (d *drawer) spelledFirst(word string) value {
	least, most := 0, 6
	if len(word) > 1 {
		least = int(word[1] - '0')
	}
	if strings.HasSuffix(word, "!") {
		most = least
	}
	return d.pick(letters[word[0]], least, most)
}

func (d *drawer) spelledInput(x value, word string) string {
	switch {
	case word == "=":
		return d.like(x).name
	case word == "==":
		return d.same(x).name
	case word == "1":
		return d.real(x.elem, Normal)
	case word == "k":
		return d.scalar(int64(d.between(-1, 6)))
	case word == "t":
		return d.pick(every, 0, 5).name
	case strings.HasSuffix(word, "[1]"):
		return d.along(x, word[0], x.size(1))
	}
	return d.along(x, word[0], x.size(-1))
}

// along is weights in a line, positive if the sign says so.
func (d *drawer) along(x value, sign byte, n int64) string {
	if sign == '+' {
		return d.positive(x.elem, n).name
	}
	return d.weight(x.elem, n).name
}

func (d *drawer) spelledAttr(a *attrs, x value, word string) {
	k := strings.IndexAny(word, "=!")
	name, kind := word[:k], word[k+1:]
	must := word[k] == '!'
	if least, most, ok := strings.Cut(kind, ".."); ok {
		if must || d.chance(often) {
			a.int(name, int64(d.between(number(least), number(most))))
		}
		return
	}
	switch kind {
	case "bool":
		a.flag(name)
	case "axis":
		a.axis(name, x)
	case "float":
		a.float(name)
	case "eps":
		a.epsilon()
	case "type":
		a.maybe(name, 1, 16)
	default:
		if words := strings.Split(kind, "|"); must {
			a.must(onnx.StringAttr(name, one(&d.source, words...)))
		} else {
			a.word(name, words...)
		}
	}
}

// number reads a number of the table.
func number(s string) (n int) {
	digits := strings.TrimPrefix(s, "-")
	for _, c := range digits {
		n = 10*n + int(c-'0')
	}
	if digits != s {
		return -n
	}
	return n
}
