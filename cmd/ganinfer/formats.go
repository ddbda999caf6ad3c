package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/ganlet/ganlet/cmd/internal/picture"
	"github.com/ganlet/ganlet/internal/npy"
)

// This file is the forms in which samples are written. All but the picture go
// out batch by batch, so that memory does not grow with their number.

var formats = map[string]func(io.Writer, *sampler) error{
	"png":  writePNG,
	"npy":  writeNPY,
	"raw":  writeRaw,
	"json": writeJSON,
}

func writePNG(w io.Writer, s *sampler) error {
	all := make([]float32, 0, s.n*s.size)
	err := s.draw(func(samples []float32) error {
		all = append(all, samples...)
		return nil
	})
	if err != nil {
		return err
	}
	return picture.WritePNG(w, s.model, all, s.cols)
}

func writeNPY(w io.Writer, s *sampler) error {
	t := npy.Float32
	if s.bytes {
		t = npy.Uint8
	}
	if err := npy.WriteHeader(w, t, s.shape()); err != nil {
		return err
	}
	return writeRaw(w, s)
}

// writeRaw writes the values alone, little-endian float32, or uint8.
func writeRaw(w io.Writer, s *sampler) error {
	var bytes []uint8
	return s.draw(func(samples []float32) error {
		if !s.bytes {
			return npy.WriteData(w, samples)
		}
		bytes = bytes[:0]
		for _, v := range samples {
			bytes = append(bytes, uint8(v)) // which it was
		}
		return npy.WriteData(w, bytes)
	})
}

// writeJSON writes one object: what was asked for, the shape, and the samples as
// nested lists of that shape, with numbers short enough to give the same float32
// back.
func writeJSON(w io.Writer, s *sampler) error {
	shape := s.shape()
	asked, err := json.Marshal(s.asked)
	if err != nil {
		return err
	}
	buf := append(bytes.TrimSuffix(asked, []byte("}")), `,"shape":[`...)
	for i, n := range shape {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = strconv.AppendInt(buf, int64(n), 10)
	}
	buf = append(buf, `],"samples":[`...)
	written := 0
	err = s.draw(func(samples []float32) (err error) {
		for last := min(written+s.batch, s.n); written < last; written++ {
			if written > 0 {
				buf = append(buf, ",\n"...)
			}
			if buf, err = appendNested(buf, samples[:s.size], shape[1:]); err != nil {
				return err
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf, samples = buf[:0], samples[s.size:]
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = w.Write(append(buf, "]}\n"...))
	return err
}

// appendNested appends values as lists nested as shape says.
func appendNested(buf []byte, values []float32, shape []int) ([]byte, error) {
	if len(shape) == 0 {
		if v := float64(values[0]); math.IsNaN(v) || math.IsInf(v, 0) {
			return buf, fmt.Errorf("a sample has the value %v, which JSON cannot say", v)
		}
		return strconv.AppendFloat(buf, float64(values[0]), 'g', -1, 32), nil
	}
	buf = append(buf, '[')
	part := len(values) / max(shape[0], 1)
	for i := range shape[0] {
		if i > 0 {
			buf = append(buf, ',')
		}
		var err error
		if buf, err = appendNested(buf, values[i*part:][:part], shape[1:]); err != nil {
			return buf, err
		}
	}
	return append(buf, ']'), nil
}
