package onnx

import (
	"fmt"
	"slices"
)

// This file is sparse tensors as constants.

// SparseTensor is a SparseTensorProto: a tensor whose elements are zero except
// nnz of them. The decoder leaves it so, since a few bytes can stand for any
// size: call Bytes before Dense.
type SparseTensor struct {
	Values  Tensor  // [nnz]; its name is that of the whole
	Indices Tensor  // [nnz] places, row by row, or [nnz, rank]; Type 0 if the file has none, for nnz = 0
	Dims    []int64 // of the whole
}

// Bytes returns the number of bytes that Dense makes.
func (s *SparseTensor) Bytes() (int64, error) {
	dense := Tensor{Name: s.Values.Name, Type: s.Values.Type, Dims: s.Dims}
	return dense.Bytes()
}

// Dense returns the tensor with its zeros. Of several elements in one place, the
// last counts. It fails if a place lies outside, for types without a Size, and
// while the values or the indices lie in another file.
func (s *SparseTensor) Dense() (Tensor, error) {
	t := Tensor{Name: s.Values.Name, Type: s.Values.Type, Dims: slices.Clone(s.Dims)}
	if err := s.agree(); err != nil {
		return t, err
	}
	if err := s.Values.is(t.Type); err != nil {
		return t, err
	}
	size := t.Type.Size()
	n, err := t.Bytes()
	switch {
	case err != nil:
		return t, err
	case size == 0 || n != int64(int(n)):
		return t, fmt.Errorf("sparse tensor %q: %v of %v cannot be made dense", t.Name, t.Dims, t.Type)
	}
	places, err := s.places(n / int64(size))
	if err != nil {
		return t, err
	}
	t.Raw = make([]byte, n)
	for i, p := range places {
		copy(t.Raw[int(p)*size:][:size], s.Values.Raw[i*size:])
	}
	return t, nil
}

// agree returns an error unless values, indices and dimensions fit together.
func (s *SparseTensor) agree() error {
	if len(s.Values.Dims) != 1 {
		return fmt.Errorf("sparse tensor %q has values of %v, want one dimension", s.Values.Name, s.Values.Dims)
	}
	nnz, dims := s.Values.Dims[0], s.Indices.Dims
	switch {
	case s.Indices.Type == 0 && nnz == 0:
	case slices.Equal(dims, []int64{nnz}), slices.Equal(dims, []int64{nnz, int64(len(s.Dims))}):
	default:
		return fmt.Errorf("sparse tensor %q has indices of %v, want [%d] or [%d %d]", s.Values.Name, dims, nnz, nnz, len(s.Dims))
	}
	return nil
}

// places returns where each value stands among n elements, row by row.
func (s *SparseTensor) places(n int64) ([]int64, error) {
	if s.Values.Dims[0] == 0 {
		return nil, nil
	}
	v, err := s.Indices.Int64s()
	if err != nil {
		return nil, err
	}
	dims := []int64{n}
	if len(s.Indices.Dims) == 2 {
		dims = s.Dims
	}
	places := make([]int64, s.Values.Dims[0])
	for i := range places {
		for k, d := range dims {
			at := v[i*len(dims)+k]
			if at < 0 || at >= d {
				return nil, fmt.Errorf("sparse tensor %q: index %d of value %d, %d, lies outside %v", s.Values.Name, k, i, at, s.Dims)
			}
			places[i] = places[i]*d + at
		}
	}
	return places, nil
}
