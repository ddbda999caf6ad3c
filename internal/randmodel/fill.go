package randmodel

import (
	"encoding/binary"
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the elements of constants and inputs.

// Feed says what elements an input gets.
type Feed struct {
	Type onnx.DataType
	Kind Kind
	Seed uint64
	Most int64 // of Indices: they are below it
	List []int64
}

// Kind is a kind of numbers.
type Kind uint8

const (
	Normal   Kind = iota // normal, or small integers
	Whole                // small integers
	Special              // NaN, infinities, denormals, zeros of both signs, the largest
	Zero                 // zeros
	Positive             // 0.1 to 2.1, or 1 to 3
	Indices              // from -Most to Most-1
	Listed               // those of List, over and over
)

// Data returns n elements as the Go type of the feed: []float32, []uint16 for
// 16-bit floats, and so on; []byte for types that have none.
func (f *Feed) Data(n int) any {
	r := stream{f.Seed}
	switch f.Type {
	case onnx.Float:
		return filled(n, func(i int) float32 { return float32(f.real(&r, i, specials32)) })
	case onnx.Double:
		return filled(n, func(i int) float64 { return f.real(&r, i, specials64) })
	case onnx.Float16:
		return filled(n, func(i int) uint16 { return onnx.Float32ToFloat16(float32(f.real(&r, i, specials32))) })
	case onnx.BFloat16:
		return filled(n, func(i int) uint16 { return uint16(math.Float32bits(float32(f.real(&r, i, specials32))) >> 16) })
	case onnx.Int64:
		return filled(n, func(i int) int64 { return f.whole(&r, i) })
	case onnx.Int32:
		return filled(n, func(i int) int32 { return int32(f.whole(&r, i)) })
	case onnx.Int16:
		return filled(n, func(i int) int16 { return int16(f.whole(&r, i)) })
	case onnx.Int8:
		return filled(n, func(i int) int8 { return int8(f.whole(&r, i)) })
	case onnx.Uint64:
		return filled(n, func(i int) uint64 { return uint64(f.whole(&r, i)) })
	case onnx.Uint32:
		return filled(n, func(i int) uint32 { return uint32(f.whole(&r, i)) })
	case onnx.Uint16:
		return filled(n, func(i int) uint16 { return uint16(f.whole(&r, i)) })
	case onnx.Bool:
		return filled(n, func(i int) bool { return f.whole(&r, i)&1 != 0 })
	}
	return filled(n, func(i int) uint8 { return uint8(f.whole(&r, i)) })
}

func filled[T any](n int, of func(i int) T) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = of(i)
	}
	return v
}

var specials32 = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, 1e-40, -1e-45, math.MaxFloat32, -math.MaxFloat32, 0x1p-126, 1, -1, 0.5, 1e10}
var specials64 = append([]float64{math.MaxFloat64, 1e-310, 0x1p53 + 1, 1e300}, specials32...)

// real is element i of a floating-point type.
func (f *Feed) real(r *stream, i int, specials []float64) float64 {
	switch f.Kind {
	case Normal:
		return r.normal()
	case Special:
		if x := r.next(); x%3 == 0 {
			return specials[x>>8%uint64(len(specials))]
		}
		return r.normal()
	case Positive:
		return 0.1 + 2*r.uniform()
	case Zero:
		return 0
	}
	return float64(f.whole(r, i))
}

// whole is element i of an integer type.
func (f *Feed) whole(r *stream, i int) int64 {
	x := int64(r.next() >> 1)
	switch f.Kind {
	case Zero:
		return 0
	case Special:
		return []int64{0, 1, -1, 127, -128, 255, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64, 1 << 40, 3, 2, -2}[x%14]
	case Positive:
		return 1 + x%3
	case Indices:
		return x%max(2*f.Most, 1) - f.Most
	case Listed:
		if len(f.List) > 0 {
			return f.List[i%len(f.List)]
		}
		return 0
	}
	return x%7 - 3
}

// raw is n elements as a file has them.
func (f *Feed) raw(n int) []byte {
	if bits := f.Type.Bits(); bits%8 != 0 || bits > 64 {
		n = (n*bits + 7) / 8
		return f.bits(n)
	}
	raw, err := binary.Append(nil, binary.LittleEndian, f.Data(n))
	if err != nil {
		panic(err)
	}
	return raw
}

// bits is n bytes of any bits.
func (f *Feed) bits(n int) []byte {
	r := stream{f.Seed}
	return filled(n, func(int) byte { return byte(r.next()) })
}

// stream is random numbers that are no choices.
type stream struct{ state uint64 }

func (r *stream) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

func (r *stream) uniform() float64 { return float64(r.next()>>11) / (1 << 53) }

// normal is nearly so: the sum of four.
func (r *stream) normal() float64 {
	return (r.uniform() + r.uniform() + r.uniform() + r.uniform() - 2) * math.Sqrt(3)
}
