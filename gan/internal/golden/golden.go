// Package golden reads testdata/goldens: numbers that PyTorch computed, to be compared with ours. It is for tests only.
//
// The files are described in testdata/README.md and made by testdata/torch/goldens.py. A failure to read them ends the test.
package golden

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Case is one set of tensors: a layer's inputs, outputs and gradients, or a whole training step.
type Case struct {
	Name    string             `json:"name"`
	Act     string             `json:"act"`     // the activation, where the case has one: "identity", "relu", "leaky_relu", "tanh", "sigmoid"
	Numbers map[string]float64 `json:"numbers"` // "stride", "pad", "alpha", "eps", ...: what is not a tensor
	Tensors []Entry            `json:"tensors"` // in the order of the file

	tb   testing.TB
	data []float32
}

// Entry says where one tensor of a case lies.
type Entry struct {
	Name   string `json:"name"`
	Shape  []int  `json:"shape"`  // empty for a single number
	Offset int    `json:"offset"` // of its first element, in float32 elements
}

// Len is the number of elements.
func (e Entry) Len() int {
	n := 1
	for _, d := range e.Shape {
		n *= d
	}
	return n
}

// Load returns the case of that name, "conv-k3s1p1" for example.
func Load(tb testing.TB, name string) *Case {
	tb.Helper()
	folder := goldens(tb)
	for _, c := range index(tb, folder) {
		if c.Name == name {
			c.read(tb, folder)
			return c
		}
	}
	tb.Fatalf("golden: no case %q in testdata/goldens", name)
	return nil
}

// LoadAll returns every case whose name begins with prefix, at least one: LoadAll(t, "conv-") for a table of convolutions.
func LoadAll(tb testing.TB, prefix string) []*Case {
	tb.Helper()
	folder := goldens(tb)
	var found []*Case
	for _, c := range index(tb, folder) {
		if strings.HasPrefix(c.Name, prefix) {
			c.read(tb, folder)
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		tb.Fatalf("golden: no case %q... in testdata/goldens", prefix)
	}
	return found
}

// Has reports whether the case has a tensor of that name; a layer without bias has no "b".
func (c *Case) Has(name string) bool {
	_, ok := c.find(name)
	return ok
}

// Tensor returns a copy of a tensor's elements, and its shape.
func (c *Case) Tensor(name string) ([]float32, []int) {
	c.tb.Helper()
	e, ok := c.find(name)
	if !ok {
		c.tb.Fatalf("golden: case %q has no tensor %q", c.Name, name)
	}
	return append([]float32(nil), c.data[e.Offset:e.Offset+e.Len()]...), append([]int(nil), e.Shape...)
}

// Int returns a number that is whole, such as "stride".
func (c *Case) Int(name string) int {
	c.tb.Helper()
	return int(c.Float(name))
}

// Float returns a number, such as "eps".
func (c *Case) Float(name string) float64 {
	c.tb.Helper()
	v, ok := c.Numbers[name]
	if !ok {
		c.tb.Fatalf("golden: case %q has no number %q", c.Name, name)
	}
	return v
}

// Check compares got with a tensor and fails the test, which goes on, at the element that is farthest off. The difference may be
// tolerance times the tensor's largest magnitude: gradients are often much smaller than 1, so that an absolute bound says little.
func (c *Case) Check(tb testing.TB, name string, got []float32, tolerance float64) {
	tb.Helper()
	want, _ := c.Tensor(name)
	if err := compare(got, want, tolerance); err != nil {
		tb.Errorf("%s: %s%v", c.Name, name, err)
	}
}

// compare words how got differs from want, as the end of a sentence that begins with the tensor's name.
func compare(got, want []float32, tolerance float64) error {
	if len(got) != len(want) {
		return fmt.Errorf(" has %d elements, want %d", len(got), len(want))
	}
	var largest, worst float64
	at := -1
	for i, w := range want {
		largest = max(largest, math.Abs(float64(w)))
		if d := math.Abs(float64(got[i]) - float64(w)); d > worst || math.IsNaN(d) {
			worst, at = d, i
			if math.IsNaN(d) {
				break
			}
		}
	}
	if at < 0 || worst <= tolerance*largest {
		return nil
	}
	return fmt.Errorf("[%d] = %v, want %v within %.3g", at, got[at], want[at], tolerance*largest)
}

func (c *Case) find(name string) (Entry, bool) {
	for _, e := range c.Tensors {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// read loads the elements and checks that the file holds exactly the tensors of the index.
func (c *Case) read(tb testing.TB, folder string) {
	tb.Helper()
	path := filepath.Join(folder, c.Name+".bin")
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("golden: %v", err)
	}
	n := 0
	for _, e := range c.Tensors {
		if e.Offset != n {
			tb.Fatalf("golden: tensor %q of %q starts at %d, want %d", e.Name, c.Name, e.Offset, n)
		}
		n += e.Len()
	}
	if len(b) != 4*n {
		tb.Fatalf("golden: %s has %d bytes, want %d", path, len(b), 4*n)
	}
	c.tb, c.data = tb, make([]float32, n)
	for i := range c.data {
		c.data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

// goldens finds testdata/goldens in the folder of the running test or above it.
func goldens(tb testing.TB) string {
	tb.Helper()
	at, err := os.Getwd()
	if err != nil {
		tb.Fatalf("golden: %v", err)
	}
	for {
		found := filepath.Join(at, "testdata", "goldens")
		if _, err := os.Stat(filepath.Join(found, "index.json")); err == nil {
			return found
		}
		up := filepath.Dir(at)
		if up == at {
			tb.Fatal("golden: no testdata/goldens in this folder or above it")
		}
		at = up
	}
}

// index reads the names and places of all cases, without their elements.
func index(tb testing.TB, folder string) []*Case {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "index.json"))
	if err != nil {
		tb.Fatalf("golden: %v", err)
	}
	var cases []*Case
	if err := json.Unmarshal(b, &cases); err != nil {
		tb.Fatalf("golden: index.json: %v", err)
	}
	return cases
}
