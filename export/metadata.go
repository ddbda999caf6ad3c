package export

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what a file says about its generator besides the graph:
// metadata_props, written and read.

// The keys. keyRange is ONNX's own (docs/MetadataProps.md), of images only.
const (
	keyRange        = "Image.NominalPixelRange"
	keyVersion      = "ganlet.version"
	keyArch         = "ganlet.arch"
	keyDistribution = "ganlet.latent.distribution"
	keyDim          = "ganlet.latent.dim"
	keyClass        = "ganlet.class."    // and a label, 0, 1, ...
	keyTraining     = "ganlet.training." // and a key of Generator.Training
	keyProbeSeed    = "ganlet.probe.seed"
	keyProbeCount   = "ganlet.probe.count"
	keyProbeSum     = "ganlet.probe.sha256"
)

// version is that of these keys.
const version = "1"

// metadata returns all properties but the probe's, in a fixed order.
func metadata(g *gan.Generator) ([]onnx.Property, error) {
	var list []onnx.Property
	if !g.Shape.Vector() {
		list = append(list, onnx.Property{Key: keyRange, Value: "Normalized_1_1"})
	}
	list = append(list,
		onnx.Property{Key: keyVersion, Value: version},
		onnx.Property{Key: keyArch, Value: g.Arch},
		onnx.Property{Key: keyDistribution, Value: g.Distribution},
		onnx.Property{Key: keyDim, Value: strconv.Itoa(g.LatentDim)})
	for i, name := range g.Classes {
		list = append(list, onnx.Property{Key: keyClass + strconv.Itoa(i), Value: name})
	}
	for _, key := range slices.Sorted(maps.Keys(g.Training)) {
		list = append(list, onnx.Property{Key: keyTraining + key, Value: g.Training[key]})
	}
	for _, p := range list {
		if !utf8.ValidString(p.Key) || !utf8.ValidString(p.Value) {
			return nil, fmt.Errorf("metadata %q: %q is not UTF-8", p.Key, p.Value)
		}
	}
	return list, nil
}

// readMetadata fills in what metadata says about a generator.
func readMetadata(g *gan.Generator, list []onnx.Property) error {
	said := make(map[string]string)
	for _, p := range list {
		said[p.Key] = p.Value
		if key, ok := strings.CutPrefix(p.Key, keyTraining); ok {
			if g.Training == nil {
				g.Training = make(map[string]string)
			}
			g.Training[key] = p.Value
		}
	}
	if v := said[keyVersion]; v != version {
		return fmt.Errorf("metadata %q is %q, want %q: the model was not written by this package, or by a newer one", keyVersion, v, version)
	}
	g.Arch = said[keyArch]
	if g.Distribution = said[keyDistribution]; g.Distribution != gan.Normal && g.Distribution != gan.Uniform {
		return fmt.Errorf("metadata %q is %q, want %q or %q", keyDistribution, g.Distribution, gan.Normal, gan.Uniform)
	}
	dim, err := strconv.Atoi(said[keyDim])
	if err != nil || dim < 1 {
		return fmt.Errorf("metadata %q is %q, want a positive number", keyDim, said[keyDim])
	}
	g.LatentDim = dim
	for {
		name, ok := said[keyClass+strconv.Itoa(len(g.Classes))]
		if !ok {
			break
		}
		g.Classes = append(g.Classes, name)
	}
	// The last property: if it is there, all are.
	if sum, err := hex.DecodeString(said[keyProbeSum]); err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("metadata %q is %q, want a SHA-256: the file may be cut short", keyProbeSum, said[keyProbeSum])
	}
	return nil
}

// probe is a proof of a generator's arithmetic: the sum of the image bits of
// samples 0 to count-1 of a seed; of a conditional one, sample i has the label i
// modulo the number of classes, and every class is there.
type probe struct {
	seed  uint64
	count int
	sum   []byte // SHA-256
}

// newProbe samples g.
func newProbe(g *gan.Generator) (probe, error) {
	p := probe{seed: 1, count: max(4, len(g.Classes))}
	z := make([]float32, p.count*g.LatentDim)
	kernel.Latents(z, p.seed, 0, g.LatentDim, g.Distribution == gan.Normal)
	var labels []int
	for i := range p.count {
		if k := len(g.Classes); k > 0 {
			labels = append(labels, i%k)
		}
	}
	images, err := g.SampleLabels(z, labels)
	if err != nil {
		return probe{}, err
	}
	h := sha256.New()
	if err := binary.Write(h, binary.LittleEndian, images); err != nil {
		return probe{}, err
	}
	p.sum = h.Sum(nil)
	return p, nil
}

func (p probe) metadata() []onnx.Property {
	return []onnx.Property{
		{Key: keyProbeSeed, Value: strconv.FormatUint(p.seed, 10)},
		{Key: keyProbeCount, Value: strconv.Itoa(p.count)},
		{Key: keyProbeSum, Value: hex.EncodeToString(p.sum)},
	}
}
