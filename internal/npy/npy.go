// Package npy reads and writes NumPy's .npy files, the form in which the
// commands take and give tensors, and a set of images may come.
//
// It knows the element types a model may have, in C order and little-endian,
// format versions 1.0 and 2.0. It is not .npz, and runs no pickles.
package npy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Array is a tensor.
type Array struct {
	Shape []int // sides; empty for a single number
	// Data is the elements in C order: a []float32, []float64, []int64, []int32,
	// []int16, []int8, []uint64, []uint32, []uint16, []uint8 or []bool. Its length
	// is the product of Shape.
	Data any
	Half bool // Data, a []uint16, is the bits of float16
}

// Type is an element type as a .npy header spells it.
type Type string

// The types that are read and written.
const (
	Float16 Type = "<f2"
	Float32 Type = "<f4"
	Float64 Type = "<f8"
	Int64   Type = "<i8"
	Int32   Type = "<i4"
	Int16   Type = "<i2"
	Int8    Type = "|i1"
	Uint64  Type = "<u8"
	Uint32  Type = "<u4"
	Uint16  Type = "<u2"
	Uint8   Type = "|u1"
	Bool    Type = "|b1"
)

// size is the bytes of one element, or 0 if t is none of the types above.
func (t Type) size() int {
	switch t {
	case Float64, Int64, Uint64:
		return 8
	case Float32, Int32, Uint32:
		return 4
	case Float16, Int16, Uint16:
		return 2
	case Int8, Uint8, Bool:
		return 1
	}
	return 0
}

// TypeOf is the type of an Array's Data and its length. It fails if data is
// not one of the slices that Array lists. A []uint16 is Uint16.
func TypeOf(data any) (t Type, n int, err error) {
	switch s := data.(type) {
	case []float32:
		return Float32, len(s), nil
	case []float64:
		return Float64, len(s), nil
	case []int64:
		return Int64, len(s), nil
	case []int32:
		return Int32, len(s), nil
	case []int16:
		return Int16, len(s), nil
	case []int8:
		return Int8, len(s), nil
	case []uint64:
		return Uint64, len(s), nil
	case []uint32:
		return Uint32, len(s), nil
	case []uint16:
		return Uint16, len(s), nil
	case []uint8:
		return Uint8, len(s), nil
	case []bool:
		return Bool, len(s), nil
	}
	return "", 0, fmt.Errorf("npy: data is a %T, want a slice of a type that .npy files hold", data)
}

// Read reads one array from r to its end. It fails, without taking more
// memory than a few times what r delivers, if the file is broken, ends early
// or late, is of a kind the package does not read, or announces more than
// limit bytes of data.
func Read(r io.Reader, limit int64) (*Array, error) {
	a, err := read(r, limit)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return a, nil
}

// ReadFile reads the file at path as Read does; its errors name it.
func ReadFile(path string, limit int64) (*Array, error) {
	a, err := readFile(path, limit)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err // the path once is enough
		}
		return nil, fmt.Errorf("npy: %q: %w", path, err)
	}
	return a, nil
}

func readFile(path string, limit int64) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f, limit)
}

// Write writes a as version 1.0, byte for byte as numpy.save does. It fails,
// having written nothing, if a.Data is of no known type or its length is not
// the product of a.Shape.
func Write(w io.Writer, a *Array) error {
	t, n, err := TypeOf(a.Data)
	if err != nil {
		return err
	}
	if a.Half {
		if t != Uint16 {
			return fmt.Errorf("npy: float16 is a %T, want its bits as []uint16", a.Data)
		}
		t = Float16
	}
	if want, ok := count(a.Shape, t.size(), maxInt); !ok || n != want {
		return fmt.Errorf("npy: data has %d values, want the product of shape %v", n, a.Shape)
	}
	if err := WriteHeader(w, t, a.Shape); err != nil {
		return err
	}
	return WriteData(w, a.Data)
}
