package tensor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is constants: tensors whose elements are known before a run.

// Const is a tensor of the file, or one computed from such. It does not change.
type Const struct {
	Name  string
	Elem  Type // Float where it is stored as float16 or bfloat16, see also Holder
	Shape []int

	Narrow Type // the file's type, if that is narrower than what holds it; else 0

	value   Tensor       // the elements, unless they are still in stored
	stored  *onnx.Tensor // as the file has them
	owned   bool         // stored is not the file's memory
	shared  *atomic.Bool // another constant has the same memory
	dropped bool
}

// FromFile makes a constant of a tensor of the file, whose bytes it keeps.
// Elements of 16-bit floating point and of narrow types are widened where they are
// used.
func FromFile(t *onnx.Tensor) (*Const, error) {
	c := &Const{Name: t.Name, Elem: t.Type, Shape: make([]int, len(t.Dims)), stored: t, shared: new(atomic.Bool)}
	for i, d := range t.Dims {
		c.Shape[i] = int(d)
	}
	if Halves.Has(t.Type) {
		c.Elem = onnx.Float
	} else if holder := Holder(t.Type); holder != 0 {
		c.Elem, c.Narrow = holder, t.Type
	} else if !Any.Has(t.Type) {
		return nil, fmt.Errorf("its elements are %v, want float32 or another type that Go has", t.Type)
	}
	if want := (Product(c.Shape)*t.Type.Bits() + 7) / 8; len(t.Raw) != want {
		return nil, fmt.Errorf("it has %d bytes, want %d for %v %v", len(t.Raw), want, t.Type, c.Shape)
	}
	return c, nil
}

// Known makes a constant of a tensor, which it keeps.
func Known(name string, t Tensor) *Const {
	return &Const{Name: name, Elem: t.Elem, Shape: t.Shape, value: t, shared: new(atomic.Bool)}
}

// Len is the number of elements.
func (c *Const) Len() int { return Product(c.Shape) }

// Stored is the type in which the elements are kept.
func (c *Const) Stored() Type {
	if c.stored != nil {
		return c.stored.Type
	}
	return c.Elem
}

// View is the constant under another shape of as many elements.
func (c *Const) View(shape []int) *Const {
	c.Share()
	v := *c
	v.Shape, v.value.Shape = shape, shape
	return &v
}

// Copied reports whether Value makes a copy of the elements, in bytes.
func (c *Const) Copied() int64 {
	if c.stored == nil || c.stored.Type == onnx.Float {
		return 0
	}
	return int64(c.Len()) * int64(c.Elem.Size())
}

// Value returns the elements. They may stand in the file, or belong to other
// constants: nobody may change them.
func (c *Const) Value() (Tensor, error) {
	if c.dropped {
		return Tensor{}, errors.New("its elements were let go after they were packed")
	}
	if c.stored == nil {
		return c.value, nil
	}
	t := Tensor{Elem: c.Elem, Shape: c.Shape}
	if c.Narrow != 0 {
		t.Data = Make(c.Elem, t.Len())
		unpack(t, c.stored.Raw, c.stored.Type)
		return t, nil
	}
	if c.Elem == onnx.Float {
		v, err := c.stored.Float32View()
		t.Data = &v
		return t, err
	}
	t.Data = Make(c.Elem, t.Len())
	read(t, c.stored.Raw)
	return t, nil
}

// read fills t from bytes as a file has them.
func read(t Tensor, raw []byte) {
	if t.Elem == onnx.Bool {
		for i, v := 0, Of[bool](t); i < len(v); i++ {
			v[i] = raw[i] != 0
		}
		return
	}
	switch t.Elem.Size() {
	case 8:
		for i, v := 0, BitsOf[uint64](t); i < len(v); i++ {
			v[i] = binary.LittleEndian.Uint64(raw[8*i:])
		}
	case 4:
		for i, v := 0, BitsOf[uint32](t); i < len(v); i++ {
			v[i] = binary.LittleEndian.Uint32(raw[4*i:])
		}
	case 2:
		for i, v := 0, BitsOf[uint16](t); i < len(v); i++ {
			v[i] = binary.LittleEndian.Uint16(raw[2*i:])
		}
	default:
		copy(BitsOf[uint8](t), raw)
	}
}

// Encode returns data, as Tensor has it, as the bytes that a file has of it.
func Encode(data any) []byte {
	slice, size := header(data)
	raw := bytesOf(data, 0, len(*slice))
	out := make([]byte, 0, len(raw))
	for ; len(raw) > 0; raw = raw[size:] {
		switch size {
		case 8:
			out = binary.LittleEndian.AppendUint64(out, binary.NativeEndian.Uint64(raw))
		case 4:
			out = binary.LittleEndian.AppendUint32(out, binary.NativeEndian.Uint32(raw))
		case 2:
			out = binary.LittleEndian.AppendUint16(out, binary.NativeEndian.Uint16(raw))
		default:
			out = append(out, raw[0])
		}
	}
	return out
}

// Half returns the bits of a constant that is stored as float16, nil of others.
func (c *Const) Half() []uint16 {
	if c.stored == nil || c.stored.Type != onnx.Float16 {
		return nil
	}
	bits := make([]uint16, len(c.stored.Raw)/2)
	for i := range bits {
		bits[i] = binary.LittleEndian.Uint16(c.stored.Raw[2*i:])
	}
	return bits
}

// Own lets the constant have its elements in memory of its own, so that the file's
// can be freed. It returns those bytes of the file that no other constant has.
func (c *Const) Own() (raw []byte) {
	if c.stored == nil || c.owned {
		return nil
	}
	t := *c.stored
	if !c.shared.Load() {
		raw = t.Raw
	}
	t.Raw = append([]byte(nil), t.Raw...)
	c.stored, c.owned = &t, true
	return raw
}

// Memory is where the file has the elements, nil if it has none.
func (c *Const) Memory() *byte {
	if c.stored == nil {
		return nil
	}
	return unsafe.SliceData(c.stored.Raw)
}

// Share says that another constant has the same memory.
func (c *Const) Share() { c.shared.Store(true) }

// Drop lets the elements go: they are not needed any more. It returns those bytes of
// the file that no other constant has.
func (c *Const) Drop() (raw []byte) {
	if c.stored != nil && !c.owned && !c.shared.Load() {
		raw = c.stored.Raw
	}
	c.stored, c.value.Data, c.dropped = nil, nil, true
	return raw
}

// Dropped reports whether Drop was called.
func (c *Const) Dropped() bool { return c.dropped }
