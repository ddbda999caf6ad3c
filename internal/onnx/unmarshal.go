package onnx

// This file is the decoder of a model, without its graphs.

// Unmarshal reads a model and checks what holds for every model: that every
// value has a name and is made once, that something makes every value that is
// read, that tensors have as many bytes as their dimensions ask for. Subgraphs
// may read values of the graphs around them; nodes stand in any order.
//
// Where a file says a thing twice that a model has once, the last counts, of
// versions of a domain the largest. What should be a name must be UTF-8, what
// only people read is made so.
//
// Tensors' Raw points into data wherever the file stores elements as they are,
// so data must not change while the model is in use. Memory beyond that stays
// within a small multiple of len(data), and the time within another.
//
// The error is a *FormatError or an *UnsupportedError.
func Unmarshal(data []byte) (*Model, error) {
	d := &decoder{buf: data}
	m := new(Model)
	d.model(m, span{modelMessage, 0, len(data)})
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

func (d *decoder) model(m *Model, s span) {
	graph := false
	n := d.tally(s)
	m.Opsets = room[Opset](d, n[modelOpsetImport])
	m.Metadata = room[Property](d, n[modelMetadata])
	m.Functions = room[Function](d, n[modelFunctions])
	for f := range d.fields(s) {
		switch f.num {
		case modelIRVersion:
			m.IRVersion = d.int(f)
		case modelProducerName:
			m.ProducerName = d.prose(f)
		case modelProducerVersion:
			m.ProducerVersion = d.prose(f)
		case modelDomain:
			m.Domain = d.prose(f)
		case modelVersion:
			m.ModelVersion = d.int(f)
		case modelDoc:
			m.Doc = d.prose(f)
		case modelGraph:
			graph = true
			d.graph(&m.Graph, d.sub(f, graphMessage))
		case modelOpsetImport:
			m.Opsets = append(m.Opsets, d.opset(d.sub(f, opsetMessage)))
		case modelMetadata:
			m.Metadata = append(m.Metadata, d.property(d.sub(f, entryMessage)))
		case modelFunctions:
			m.Functions = append(m.Functions, d.function(d.sub(f, functionMessage)))
		}
	}
	switch {
	case !graph:
		d.fail(s.to, "there is no graph")
	case len(m.Opsets) == 0:
		d.fail(0, "opset_import does not say which version of ONNX's operators it uses")
	}
	m.Opsets = distinctOpsets(m.Opsets)
	m.Metadata = distinct(m.Metadata, func(p *Property) string { return p.Key }, func(kept, next *Property) { *kept = *next })
	m.Functions = distinct(m.Functions, func(f *Function) [3]string { return [3]string{f.Domain, f.Name, f.Overload} }, func(kept, next *Function) { *kept = *next })
}

// distinctOpsets keeps the larger version of a domain that is listed twice.
func distinctOpsets(list []Opset) []Opset {
	domain := func(o *Opset) string {
		if IsDefault(o.Domain) {
			return ""
		}
		return o.Domain
	}
	return distinct(list, domain, func(kept, next *Opset) { kept.Version = max(kept.Version, next.Version) })
}

func (d *decoder) opset(s span) (o Opset) {
	for f := range d.fields(s) {
		switch f.num {
		case opsetDomain:
			o.Domain = d.text(f)
		case opsetVersion:
			o.Version = d.int(f)
		}
	}
	return o
}

func (d *decoder) property(s span) (p Property) {
	for f := range d.fields(s) {
		switch f.num {
		case entryKey:
			p.Key = d.prose(f)
		case entryValue:
			p.Value = d.prose(f)
		}
	}
	return p
}
