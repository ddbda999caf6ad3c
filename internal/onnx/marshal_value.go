package onnx

import "strconv"

// This file is the encoder of attributes, tensors and types.

func (w *writer) attr(a *Attr) {
	w.text(attrName, a.Name)
	if a.Ref == "" {
		w.attrValue(a)
	}
	w.int(attrType, int64(a.Type))
	w.optional(attrRef, a.Ref)
	if a.Type == AttrSparse && a.Ref == "" {
		w.message(attrSparse, func(w *writer) { w.sparse(a.Sparse) })
	}
}

// attrValue writes the value of an attribute, if its field comes before the type.
func (w *writer) attrValue(a *Attr) {
	switch a.Type {
	case AttrFloat:
		w.float(attrFloat, a.Float)
	case AttrInt:
		w.int(attrInt, a.Int)
	case AttrString:
		w.text(attrString, a.String)
	case AttrTensor:
		w.message(attrTensor, func(w *writer) { w.tensor(a.Tensor) })
	case AttrGraph:
		w.message(attrGraph, func(w *writer) { w.graph(a.Graph) })
	case AttrFloats:
		for _, v := range a.Floats {
			w.float(attrFloats, v)
		}
	case AttrInts:
		for _, v := range a.Ints {
			w.int(attrInts, v)
		}
	case AttrStrings:
		w.texts(attrStrings, a.Strings)
	}
}

func (w *writer) tensor(t *Tensor) {
	for _, n := range t.Dims {
		w.int(tensorDims, n)
	}
	w.int(tensorType, int64(t.Type))
	if t.Type == String && t.External == nil {
		for range t.Len() {
			w.text(stringData, "")
		}
	}
	w.optional(tensorName, t.Name)
	switch {
	case t.External != nil:
		w.external(t.External)
	case t.Type != String:
		w.bytes(rawData, t.Raw)
	}
}

func (w *writer) external(e *External) {
	w.entry(tensorExternal, "location", e.Location)
	if e.Offset != 0 {
		w.entry(tensorExternal, "offset", strconv.FormatInt(e.Offset, 10))
	}
	if e.Length >= 0 {
		w.entry(tensorExternal, "length", strconv.FormatInt(e.Length, 10))
	}
	w.int(tensorLocation, 1)
}

func (w *writer) sparse(s *SparseTensor) {
	w.message(sparseValues, func(w *writer) { w.tensor(&s.Values) })
	if s.Indices.Type != 0 {
		w.message(sparseIndices, func(w *writer) { w.tensor(&s.Indices) })
	}
	for _, n := range s.Dims {
		w.int(sparseDims, n)
	}
}

func (w *writer) value(v ValueInfo) {
	w.text(valueName, v.Name)
	tensor := func(w *writer) {
		w.int(typeElem, int64(v.Type))
		if v.Shape != nil {
			w.message(typeShape, func(w *writer) { w.shape(v.Shape) })
		}
	}
	num, known := typeTensor, v.Type != 0 || v.Shape != nil
	for i, kind := range kinds {
		if kind != "" && kind == v.Kind {
			num = i
		}
	}
	if num == typeTensor && !known {
		return
	}
	w.message(valueType, func(w *writer) {
		w.message(num, func(w *writer) {
			switch {
			case num == typeTensor, num == typeSparse:
				tensor(w)
			case known: // in a sequence or optional
				w.message(typeElem, func(w *writer) { w.message(typeTensor, tensor) })
			}
		})
	})
}

func (w *writer) shape(dims []Dim) {
	for _, d := range dims {
		w.message(shapeDim, func(w *writer) {
			switch {
			case d.Param != "":
				w.text(dimParam, d.Param)
			case d.Size >= 0:
				w.int(dimSize, d.Size)
			}
		})
	}
}
