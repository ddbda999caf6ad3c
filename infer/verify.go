package infer

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"strconv"
)

// This file is the proof that this device computes what the trainer computed.

// Metadata of the probe: latents 0 to count-1 of a seed, and the SHA-256 of the
// bits of the images that the trainer made of them; of classes, each in turn.
const (
	probeSeed  = "ganlet.probe.seed"
	probeCount = "ganlet.probe.count"
	probeHash  = "ganlet.probe.sha256"
)

// maxProbe bounds the samples that a file can make Verify compute.
const maxProbe = 1 << 10

// Probe is the outcome of [Model.Verify].
type Probe struct {
	Seed  uint64
	Count int    // samples
	Want  string // SHA-256 in hexadecimal, from the file
	Got   string // the same, computed here
}

// OK says that every bit agrees.
func (p Probe) OK() bool { return p.Want == p.Got }

// Verify computes the images of the probe that ganlet writes into its files, and
// hashes them: the little-endian float32 of the first output, row by row. It is
// an error if the file has no probe; that the bits differ is not one. The hash
// must be a new SHA-256, sha256.New(): it is the caller's, so that a program that
// only samples is smaller by the library's cryptography.
func (m *Model) Verify(sha256 hash.Hash) (Probe, error) {
	p := Probe{Want: m.metadata[probeHash]}
	if p.Want == "" {
		return p, fmt.Errorf("infer: the file has no probe to verify (metadata %s)", probeHash)
	}
	var err error
	if p.Seed, err = strconv.ParseUint(m.metadata[probeSeed], 10, 64); err != nil {
		return p, fmt.Errorf("infer: metadata %s is %q, want a number", probeSeed, m.metadata[probeSeed])
	}
	if p.Count, err = strconv.Atoi(m.metadata[probeCount]); err != nil || p.Count < 1 || p.Count > maxProbe {
		return p, fmt.Errorf("infer: metadata %s is %q, want 1 to %d", probeCount, m.metadata[probeCount], maxProbe)
	}
	latent, err := m.Latent(p.Seed)
	if err != nil {
		return p, err
	}
	session, err := m.NewSession(1)
	if err != nil {
		return p, err
	}
	z := make([]float32, m.inputs[0].Len())
	image := make([]float32, m.outputs[0].Len())
	if len(z) == 0 || len(image) == 0 {
		return p, fmt.Errorf("infer: the model goes from %d numbers to %d, there is nothing to verify", len(z), len(image))
	}
	each := len(z) / latent.Dim // samples of one run: the batch, if it is fixed
	if p.Count%each != 0 {
		return p, fmt.Errorf("infer: metadata %s is %d, but the model's batch is %d", probeCount, p.Count, each)
	}
	var raw []byte
	classes := len(m.Classes())
	for i := 0; i < p.Count; i += each {
		latent.Fill(z, uint64(i))
		if classes > 0 {
			err = session.GenerateLabels(image, z, []int64{int64(i % classes)})
		} else {
			err = session.Generate(image, z)
		}
		if err != nil {
			return p, err
		}
		raw = raw[:0]
		for _, v := range image {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		sha256.Write(raw)
	}
	p.Got = hex.EncodeToString(sha256.Sum(nil))
	return p, nil
}
