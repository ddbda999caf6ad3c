package npy

// This file is the data of a .npy file: elements to little-endian bytes and
// back, some thousand at a time.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const chunk = 1 << 13 // elements

type element interface {
	float32 | float64 | int64 | int32 | int16 | int8 | uint64 | uint32 | uint16 | uint8 | bool
}

// WriteData writes the bytes of data, one of the slices that Array lists.
func WriteData(w io.Writer, data any) error {
	switch s := data.(type) {
	case []float32:
		return write(w, s)
	case []float64:
		return write(w, s)
	case []int64:
		return write(w, s)
	case []int32:
		return write(w, s)
	case []int16:
		return write(w, s)
	case []int8:
		return write(w, s)
	case []uint64:
		return write(w, s)
	case []uint32:
		return write(w, s)
	case []uint16:
		return write(w, s)
	case []uint8:
		return write(w, s)
	case []bool:
		return write(w, s)
	}
	_, _, err := TypeOf(data)
	return err
}

func write[T element](w io.Writer, s []T) error {
	var buf []byte
	for len(s) > 0 {
		n := min(len(s), chunk)
		var err error
		if buf, err = binary.Append(buf[:0], binary.LittleEndian, s[:n]); err != nil {
			return fmt.Errorf("npy: %w", err)
		}
		if _, err = w.Write(buf); err != nil {
			return err
		}
		s = s[n:]
	}
	return nil
}

func read(r io.Reader, limit int64) (*Array, error) {
	t, shape, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	n, ok := count(shape, t.size(), limit)
	if !ok {
		return nil, fmt.Errorf("shape %v of type %s takes more than %d bytes, the limit", shape, string(t), limit)
	}
	a := &Array{Shape: shape, Half: t == Float16}
	switch t {
	case Float16, Uint16:
		a.Data, err = values[uint16](r, n, t.size())
	case Float32:
		a.Data, err = values[float32](r, n, t.size())
	case Float64:
		a.Data, err = values[float64](r, n, t.size())
	case Int64:
		a.Data, err = values[int64](r, n, t.size())
	case Int32:
		a.Data, err = values[int32](r, n, t.size())
	case Int16:
		a.Data, err = values[int16](r, n, t.size())
	case Int8:
		a.Data, err = values[int8](r, n, t.size())
	case Uint64:
		a.Data, err = values[uint64](r, n, t.size())
	case Uint32:
		a.Data, err = values[uint32](r, n, t.size())
	case Uint8:
		a.Data, err = values[uint8](r, n, t.size())
	case Bool:
		a.Data, err = values[bool](r, n, t.size())
	}
	if err != nil {
		return nil, err
	}
	var more [1]byte
	switch _, err := io.ReadFull(r, more[:]); {
	case err == nil:
		return nil, fmt.Errorf("has more than %d bytes after its header, want %d (shape %v of type %s)", n*t.size(), n*t.size(), shape, string(t))
	case err != io.EOF:
		return nil, err
	}
	return a, nil
}

// values reads n elements of size bytes. The slice grows with what r
// delivers, so that a header's claim alone takes no memory.
func values[T element](r io.Reader, n, size int) ([]T, error) {
	buf := make([]byte, min(n, chunk)*size)
	s := make([]T, 0, min(n, chunk))
	part := make([]T, min(n, chunk))
	for len(s) < n {
		part := part[:min(n-len(s), chunk)]
		buf := buf[:len(part)*size]
		if m, err := io.ReadFull(r, buf); cutShort(err) {
			return nil, fmt.Errorf("cut short: has %d bytes after its header, want %d", len(s)*size+m, n*size)
		} else if err != nil {
			return nil, err
		}
		if _, err := binary.Decode(buf, binary.LittleEndian, part); err != nil {
			return nil, err
		}
		s = append(s, part...)
	}
	return s, nil
}

func cutShort(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// readFull fills b, the part of the file that what names.
func readFull(r io.Reader, b []byte, what string) error {
	n, err := io.ReadFull(r, b)
	if cutShort(err) {
		return fmt.Errorf("cut short: has %d bytes of %s, want %d", n, what, len(b))
	}
	return err
}
