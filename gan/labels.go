package gan

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is conditional training: what the labels of the data are, and what
// each network has for them.
//
// Generated images get the labels of the real ones in their places of the batch,
// so that they are as frequent as in the data, relativistic pairs are of one
// class, and so are the ends between which the gradient penalty looks.

// Labelled is a Dataset whose images are of classes.
type Labelled interface {
	Dataset
	// Classes are the classes' names, each another; those of labels 0, 1, ...
	Classes() []string
	// Label is the class of image i.
	Label(i int) int
}

// Class is a class of the data.
type Class struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
}

// embedSize is the length of the generator's embedding of a label.
const embedSize = 32

const (
	maxClasses    = 1000
	maxClassNames = 1 << 16 // bytes of all names together
)

func (c Config) validateLabels() error {
	switch {
	case c.Classes < 0 || c.Classes == 1 || c.Classes > maxClasses:
		return fmt.Errorf("gan: classes is %d, want 2 to %d, or 0 to leave labels alone", c.Classes, maxClasses)
	case c.Classes > 0 && c.Pack > 1:
		return fmt.Errorf("gan: pack is %d, want 0 with labels: an image has one of its own", c.Pack)
	case c.Classes > 0 && c.NormD == SpectralNorm:
		return fmt.Errorf("gan: norm-d is %q, want another with labels: it does not reach their embedding", SpectralNorm)
	}
	return nil
}

// classesOf are the classes of the data, if its labels count.
func (c Config) classesOf(data Dataset) ([]Class, error) {
	if c.Classes == 0 {
		return nil, nil
	}
	d, ok := data.(Labelled)
	if !ok || len(d.Classes()) != c.Classes {
		n := 0
		if ok {
			n = len(d.Classes())
		}
		return nil, fmt.Errorf("gan: %q has labels of %d classes, want %d", data.Name(), n, c.Classes)
	}
	classes := make([]Class, c.Classes)
	for i, name := range d.Classes() {
		classes[i].Name = name
	}
	for i := range d.Len() {
		label, err := c.labelOf(d, i)
		if err != nil {
			return nil, fmt.Errorf("gan: image %d of %q: %w", i, d.Name(), err)
		}
		classes[label].Images++
	}
	if err := validClasses(classes, c.Classes, d.Len()); err != nil {
		return nil, fmt.Errorf("gan: %q: %w", d.Name(), err)
	}
	return classes, nil
}

// labelOf is the label of image i of labelled data.
func (c Config) labelOf(data Dataset, i int) (int, error) {
	label := data.(Labelled).Label(i)
	if label < 0 || label >= c.Classes {
		return 0, fmt.Errorf("has the label %d, want 0 to %d", label, c.Classes-1)
	}
	return label, nil
}

// validClasses reports classes that are not the number wanted, or not of so many
// images together.
func validClasses(classes []Class, want, images int) error {
	if len(classes) != want || want > 0 && images == 0 {
		return fmt.Errorf("%d classes of %d images, want %d and some images", len(classes), images, want)
	}
	for _, c := range classes {
		if c.Images < 0 || c.Images > images {
			return fmt.Errorf("class %q has %d images, want 0 to the %d that are left", c.Name, c.Images, images)
		}
		images -= c.Images
	}
	if want > 0 && images > 0 {
		return fmt.Errorf("%d images are of no class", images)
	}
	return validNames(names(classes))
}

func validNames(names []string) error {
	total, seen := 0, make(map[string]bool)
	for i, name := range names {
		if name == "" || !utf8.ValidString(name) || seen[name] {
			return fmt.Errorf("class %d is called %q, want another name than all before, in UTF-8", i, name)
		}
		seen[name] = true
		total += len(name)
	}
	if total > maxClassNames {
		return fmt.Errorf("the names of %d classes have %d bytes, want at most %d", len(names), total, maxClassNames)
	}
	return nil
}

func names(classes []Class) (names []string) {
	for _, c := range classes {
		names = append(names, c.Name)
	}
	return names
}

// digestOfLabels tells labels from others.
func digestOfLabels(d Labelled) string {
	h := sha256.New()
	for i := range d.Len() {
		fmt.Fprintln(h, d.Label(i))
	}
	return fmt.Sprintf(" labels %x", h.Sum(nil))
}

// validateClasses reports classes that do not agree with the first layer.
func (g *Generator) validateClasses() error {
	for place, l := range Each(g.Layers) {
		if place != "0" && l.Embed != nil {
			return fmt.Errorf("gan: layer %s has an embedding of labels, want it in the first one alone", place)
		}
	}
	n, k := len(g.Layers[0].Embed), len(g.Classes)
	switch {
	case k == 0 && n > 0:
		return fmt.Errorf("gan: an embedding of labels of %d numbers, want none without classes", n)
	case k == 0:
		return nil
	case k < 2 || k > maxClasses:
		return fmt.Errorf("gan: %d classes, want 2 to %d", k, maxClasses)
	case n == 0 || n%k != 0 || n/k > maxSide:
		return fmt.Errorf("gan: an embedding of labels of %d numbers, want a multiple of the %d classes", n, k)
	}
	if err := validNames(g.Classes); err != nil {
		return fmt.Errorf("gan: %w", err)
	}
	return nil
}

// embedded is how many numbers the layer takes beside a latent, for so many classes.
func (l *Layer) embedded(classes int) int { return len(l.Embed) / max(classes, 1) }

// validateLabels reports labels for n samples that the generator cannot take.
func (g *Generator) validateLabels(labels []int, n int) error {
	if len(g.Classes) == 0 {
		if len(labels) > 0 {
			return errors.New("gan: the generator takes no labels")
		}
		return nil
	}
	if len(labels) != n {
		return fmt.Errorf("gan: %d labels for %d samples, want one for each: the generator has %d classes", len(labels), n, len(g.Classes))
	}
	for i, label := range labels {
		if label < 0 || label >= len(g.Classes) {
			return fmt.Errorf("gan: label %d of sample %d, want 0 to %d", label, i, len(g.Classes)-1)
		}
	}
	return nil
}

// projection is what a discriminator's last layer has for labels.
type projection struct {
	table  []float32 // [classes, inLen]
	labels []int     // of the batch at hand: of the real images, and of what stands in their places
}

// labelsOf are the labels of the batch at hand; nil without labels.
func labelsOf(dis []Layer) []int {
	if p := dis[len(dis)-1].projection; p != nil {
		return p.labels
	}
	return nil
}

// tableLens are the values of the generator's embedding and of the discriminator's.
func (c Config) tableLens(dis []Layer) (embed, projection int64) {
	return int64(c.Classes) * embedSize, int64(c.Classes) * int64(dis[len(dis)-1].inLen())
}

// makeTables gives the networks their embeddings: zeros. The discriminator begins
// with them, and so without labels.
func (c Config) makeTables(gen, dis []Layer) {
	if c.Classes == 0 {
		return
	}
	embed, table := c.tableLens(dis)
	gen[0].Embed = make([]float32, embed)
	dis[len(dis)-1].projection = &projection{table: make([]float32, table), labels: make([]int, c.Batch)}
}

// drawEmbedding draws the generator's embedding: standard normal, as latents are.
func drawEmbedding(table []float32, seed uint64) {
	s := kernel.Stream{Seed: seed, Domain: domainEmbed}
	s.Normals(table)
}

// embed joins a layer's embedding of labels to latents x.
func (g *graph) embed(name string, x *G.Node, l *Layer, m mode) (joined, table *G.Node, err error) {
	size := l.In - x.Shape()[1]
	table = g.input(name+".embed", l.Embed, len(l.Embed)/size, size)
	joined, err = op.Embed(&g.env, x, table, m.labels, m.leaf, m.frozen)
	return joined, table, err
}

// project adds to logits what features agree with the embedding of their labels.
func (g *graph) project(name string, logits, features *G.Node, p *projection, frozen bool) (out, table *G.Node, err error) {
	size := features.Shape().TotalSize() / g.n
	table = g.input(name+".projection", p.table, len(p.table)/size, size)
	out, err = op.Projection(&g.env, logits, features, table, p.labels, frozen)
	return out, table, err
}

// drawLabels draws the labels of a batch that statistics are estimated on, each as
// often as in the data.
func (t *Trainer) drawLabels(labels []int, batch int) {
	if t.classes == nil {
		return
	}
	s := kernel.Stream{Seed: t.cfg.Seed, Domain: domainLabel, Index: uint64(batch)}
	for i := range labels {
		image := s.IntN(t.images)
		label := 0
		for ; image >= t.classes[label].Images; label++ {
			image -= t.classes[label].Images
		}
		labels[i] = label
	}
}
