package npy

// This file is the header of a .npy file: magic, version, length, and a
// Python dict literal such as
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// padded with spaces and ended by a newline. The dict's grammar is in dict.go.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	magic     = "\x93NUMPY"
	align     = 64      // the data begins at a multiple of it
	maxHeader = 1 << 16 // bytes; the longest we could accept has some hundred
	maxRank   = 64      // NumPy's own limit
	maxSide   = math.MaxInt32
	maxInt    = math.MaxInt
)

// WriteHeader writes the header of an array of the given type and shape; its
// data must follow, by one or more calls of WriteData.
func WriteHeader(w io.Writer, t Type, shape []int) error {
	if t.size() == 0 {
		return fmt.Errorf("npy: type %q, want %s", string(t), known)
	}
	if _, ok := count(shape, t.size(), maxInt); !ok {
		return fmt.Errorf("npy: shape %v, want at most %d sides from 0 to %d", shape, maxRank, maxSide)
	}
	var sides strings.Builder
	for i, s := range shape {
		if i > 0 {
			sides.WriteString(", ")
		}
		sides.WriteString(strconv.Itoa(s))
	}
	if len(shape) == 1 {
		sides.WriteByte(',')
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", string(t), sides.String())
	if len(shape) > 0 { // NumPy leaves room for the first side to grow in place
		dict += strings.Repeat(" ", 21-len(strconv.Itoa(shape[0])))
	}
	n := len(magic) + 4 + len(dict) + 1
	dict += strings.Repeat(" ", align-n%align) + "\n"

	h := append([]byte(magic), 1, 0)
	h = binary.LittleEndian.AppendUint16(h, uint16(len(dict)))
	_, err := w.Write(append(h, dict...))
	return err
}

// readHeader reads a header up to where the data begins.
func readHeader(r io.Reader) (t Type, shape []int, err error) {
	head := make([]byte, len(magic)+2)
	if err := readFull(r, head, "magic"); err != nil {
		return "", nil, err
	}
	if string(head[:len(magic)]) != magic {
		return "", nil, fmt.Errorf("begins with % x, want % x (.npy)", head[:len(magic)], magic)
	}
	length := make([]byte, 2)
	switch major, minor := head[len(magic)], head[len(magic)+1]; {
	case major == 1 && minor == 0:
	case major == 2 && minor == 0:
		length = make([]byte, 4)
	default:
		return "", nil, fmt.Errorf("format version %d.%d, want 1.0 or 2.0", major, minor)
	}
	if err := readFull(r, length, "header length"); err != nil {
		return "", nil, err
	}
	n := binary.LittleEndian.Uint32(append(length, 0, 0)) // of version 2.0, the first four bytes
	if n > maxHeader {
		return "", nil, fmt.Errorf("header of %d bytes, want at most %d", n, maxHeader)
	}
	header := make([]byte, n)
	if err := readFull(r, header, "header"); err != nil {
		return "", nil, err
	}
	d, err := parseDict(string(header))
	if err != nil {
		return "", nil, fmt.Errorf("header: %w", err)
	}
	if d.fortran {
		return "", nil, errors.New("array is in Fortran order, want C order: save numpy.ascontiguousarray of it")
	}
	if t, err = typeNamed(d.descr); err != nil {
		return "", nil, err
	}
	return t, d.shape, nil
}

const known = "<f2 <f4 <f8 <i8 <i4 <i2 |i1 <u8 <u4 <u2 |u1 or |b1"

// typeNamed is the type a header spells as descr.
func typeNamed(descr string) (Type, error) {
	t := Type(descr)
	if strings.HasPrefix(descr, "<") && len(descr) == 3 && descr[2] == '1' {
		t = Type("|" + descr[1:]) // one byte has no byte order
	}
	if t.size() > 0 {
		return t, nil
	}
	why := "not supported"
	switch {
	case strings.HasPrefix(descr, ">"):
		why = "big-endian"
	case strings.HasPrefix(descr, "|O"):
		why = "Python objects"
	}
	return "", fmt.Errorf("type %q (%s), want %s", descr, why, known)
}

// count is the number of elements of a shape, false if the shape is invalid or
// its non-zero sides multiply to more than limit bytes.
func count(shape []int, size int, limit int64) (n int, ok bool) {
	if len(shape) > maxRank {
		return 0, false
	}
	total, zero := int64(size), false
	for _, s := range shape {
		if s < 0 || s > maxSide {
			return 0, false
		}
		if s == 0 {
			zero = true
			continue
		}
		if total > min(limit, maxInt)/int64(s) {
			return 0, false
		}
		total *= int64(s)
	}
	if zero {
		return 0, true
	}
	return int(total) / size, total <= limit
}
