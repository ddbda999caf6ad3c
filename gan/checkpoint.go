package gan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// This file is the checkpoint: everything that decides the next step.
//
//	magic | length of header, uint32 | header, JSON | float32 values | SHA-256 of all before
//
// All numbers are little-endian. Random draws need no state of their own: they
// follow from the seed and the number of steps.

// checkpointMagic begins a checkpoint and names its version.
const checkpointMagic = "ganlet checkpoint 1\n"

// maxHeader bounds the header of a checkpoint.
const maxHeader = 1 << 20

// checkpointHeader is what a checkpoint holds besides values.
type checkpointHeader struct {
	Config Config `json:"config"`
	Shape  Shape  `json:"shape"`
	Data   string `json:"data"`
	Images int    `json:"images"`           // of the data
	Digest string `json:"digest,omitempty"` // of the data, if it has one
	Steps  int    `json:"steps"`

	Classes []Class `json:"classes,omitempty"` // of a conditional training
}

// state are all values of a checkpoint, in the file's order.
func (t *Trainer) state() (s [][]float32) {
	for _, layers := range [][]Layer{t.gen, t.dis, t.average} {
		s = append(s, params(layers)...)
		for _, l := range Each(layers) {
			if n := l.Norm; n != nil {
				s = append(s, n.Mean, n.Var)
			}
			if n := l.spectral; n != nil {
				s = append(s, n.u)
			}
		}
	}
	for _, a := range []*adam{t.adamG, t.adamD} {
		s = append(s, a.m...)
		s = append(s, a.v...)
	}
	return s
}

// stateLen is the number of values of state, for layers without weights.
func stateLen(c Config, gen, dis []Layer) (n int) {
	count := func(layers []Layer) (params, norms int) {
		for _, l := range Each(layers) {
			params += int(l.weights()) + len(l.Bias)
			if y := l.Style; y != nil {
				params += int(l.styleWeights()) + len(y.Bias) + len(y.Noise)
			}
			if l.Norm != nil {
				params += 2 * l.Out
				norms += 2 * l.Out
			}
			if l.spectral != nil {
				norms += l.Out
			}
		}
		return params, norms
	}
	g, gNorms := count(gen)
	d, dNorms := count(dis)
	embed, projection := c.tableLens(dis)
	g, d = g+int(embed), d+int(projection)
	n = 3*(g+d) + gNorms + dNorms // values and Adam's two moments
	if c.Average > 0 {
		n += g + gNorms
	}
	return n
}

// Save writes a checkpoint: weights, the average, batch norm's statistics,
// Adam's moments, the configuration and the place in the data. Resume goes on
// from it as if there had been no stop.
// Weights that are not finite are an error, before anything is written.
func (t *Trainer) Save(w io.Writer) error {
	if t.spent != nil {
		return t.spent
	}
	for _, s := range t.state() {
		for _, v := range s {
			if v-v != 0 {
				return fmt.Errorf("gan: save: a weight is %v after step %d: training has diverged", v, t.steps)
			}
		}
	}
	head, err := json.Marshal(checkpointHeader{Config: t.cfg, Shape: t.shape, Data: t.name, Images: t.images, Digest: t.digest, Steps: t.steps, Classes: t.classes})
	if err != nil {
		return fmt.Errorf("gan: save: %w", err)
	}
	sum := sha256.New()
	b := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	b.WriteString(checkpointMagic)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(head))))
	b.Write(head)
	var word [4]byte
	for _, s := range t.state() {
		for _, v := range s {
			binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
			b.Write(word[:])
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("gan: save: %w", err)
	}
	if _, err := w.Write(sum.Sum(nil)); err != nil {
		return fmt.Errorf("gan: save: %w", err)
	}
	return nil
}

// Resume reads a checkpoint and goes on with its training on data, which must
// have the images it was trained on, on so many threads; with nil data, the
// trainer only hands out its generator.
func Resume(r io.Reader, data Dataset, threads int) (*Trainer, error) {
	sum := sha256.New()
	in := io.TeeReader(bufio.NewReaderSize(r, 1<<16), sum)
	head, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	if threads < 1 || threads > maxThreads {
		return nil, fmt.Errorf("gan: %d threads, want 1 to %d", threads, maxThreads)
	}
	head.Config.Threads = threads
	gen, dis, err := head.Config.shapes(head.Shape)
	if err != nil {
		return nil, fmt.Errorf("%w (in the checkpoint)", err)
	}
	// Memory is taken as values arrive, not as the header promises them.
	values, err := readFloats(in, stateLen(head.Config, gen, dis))
	if err != nil {
		return nil, err
	}
	want := sum.Sum(nil)
	rest, err := io.ReadAll(io.LimitReader(in, sha256.Size+1))
	if err != nil {
		return nil, fmt.Errorf("gan: checkpoint: %w", err)
	}
	if !bytes.Equal(rest, want) {
		return nil, fmt.Errorf("gan: checkpoint is damaged: its checksum is %.16x, want %.16x", rest, want)
	}
	head.Config.makeTables(gen, dis)
	for _, layers := range [][]Layer{gen, dis} {
		for _, l := range Each(layers) {
			l.allocate()
		}
	}
	t := newTrainer(head.Config, head.Shape, gen, dis)
	t.name, t.images, t.digest, t.steps, t.classes = head.Data, head.Images, head.Digest, head.Steps, head.Classes
	t.adamG.steps, t.adamD.steps = head.Steps, head.Steps*head.Config.stepsD()
	for _, s := range t.state() {
		values = values[copy(s, values):]
	}
	if data == nil {
		return t, nil
	}
	if data.Name() != head.Data || data.Len() != head.Images {
		return nil, fmt.Errorf("gan: checkpoint is of %d images of %q, want the %d of %q", head.Images, head.Data, data.Len(), data.Name())
	}
	classes, err := head.Config.classesOf(data)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(classes, head.Classes) || digestOf(head.Config, data) != head.Digest {
		return nil, fmt.Errorf("gan: checkpoint is of other images called %q: their digest is not %.16q", head.Data, head.Digest)
	}
	if err := t.attach(data); err != nil {
		return nil, err
	}
	return t, nil
}

// digestOf is the data's digest, if it has one, with that of the labels, if they
// count.
func digestOf(c Config, data Dataset) (digest string) {
	if d, ok := data.(interface{ Digest() string }); ok {
		digest = d.Digest()
	}
	if c.Classes > 0 {
		digest += digestOfLabels(data.(Labelled))
	}
	return digest
}

// readFloats reads n values.
func readFloats(in io.Reader, n int) (v []float32, err error) {
	var buf [1 << 14]byte
	for len(v) < n {
		b := buf[:min(len(buf), 4*(n-len(v)))]
		if _, err := io.ReadFull(in, b); err != nil {
			return nil, fmt.Errorf("gan: checkpoint is truncated: %w", noEOF(err))
		}
		for ; len(b) > 0; b = b[4:] {
			v = append(v, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
	}
	return v, nil
}

func readHeader(in io.Reader) (h checkpointHeader, err error) {
	start := make([]byte, len(checkpointMagic)+4)
	if _, err := io.ReadFull(in, start); err != nil || string(start[:len(checkpointMagic)]) != checkpointMagic {
		return h, fmt.Errorf("gan: not a checkpoint: it begins with %.20q, want %q", start, checkpointMagic)
	}
	n := binary.LittleEndian.Uint32(start[len(checkpointMagic):])
	if n > maxHeader {
		return h, fmt.Errorf("gan: checkpoint is damaged: header of %d bytes, want at most %d", n, maxHeader)
	}
	head := make([]byte, n)
	if _, err := io.ReadFull(in, head); err != nil {
		return h, fmt.Errorf("gan: checkpoint is truncated: %w", noEOF(err))
	}
	d := json.NewDecoder(bytes.NewReader(head))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, fmt.Errorf("gan: checkpoint is damaged: header: %w", err)
	}
	if h.Steps < 0 || h.Steps > math.MaxInt/maxStepsD || h.Images < 0 {
		return h, fmt.Errorf("gan: checkpoint is damaged: %d steps, %d images", h.Steps, h.Images)
	}
	if err := validClasses(h.Classes, h.Config.Classes, h.Images); err != nil {
		return h, fmt.Errorf("gan: checkpoint is damaged: %w", err)
	}
	return h, nil
}

// noEOF makes an end of file that should not be there one that says so.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
