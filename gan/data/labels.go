package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// This file is where labels come from, and what classes are called.

// Label is the label of image i, the place of its class among Classes, or -1 if
// the set has no labels or no image i.
func (d *Images) Label(i int) int {
	switch {
	case d.stacked != nil && i >= 0 && i < d.n:
		return d.stacked.label(i)
	case i >= 0 && i < len(d.labels):
		return d.labels[i]
	}
	return -1
}

// Labels is a copy of all labels, one byte an image, or nil if there are none
// or they are larger.
func (d *Images) Labels() (labels []byte) {
	if len(d.classes) > 256 {
		return nil
	}
	for _, label := range d.labels {
		labels = append(labels, byte(label))
	}
	return labels
}

// Classes are the names of the set's classes: those of folders, or numbers from 0
// to the largest label; nil if it has no labels.
func (d *Images) Classes() []string {
	if d.stacked != nil {
		names := make([]string, 1000)
		for i := range names {
			names[i] = fmt.Sprintf("%03d", i)
		}
		return names
	}
	return slices.Clone(d.classes)
}

// maxLabel is the largest label that a file can have.
const maxLabel = 999

// number gives a set labels that are numbers.
func (d *Images) number(labels []int) {
	d.labels = labels
	for i := range slices.Max(labels) + 1 {
		d.classes = append(d.classes, strconv.Itoa(i))
	}
}

// readLabels reads the labels of n images from a .npy file.
func readLabels(path string, n int) (labels []int, err error) {
	a, err := readNPY(path)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) != 1 || a.Shape[0] != n {
		return nil, fileError(path, fmt.Errorf("has shape %v, want [%d], a label for each image", a.Shape, n))
	}
	switch x := a.Data.(type) {
	case []uint8:
		labels, err = bounded(x)
	case []int32:
		labels, err = bounded(x)
	case []int64:
		labels, err = bounded(x)
	default:
		err = fmt.Errorf("is an array of %T, want uint8, int32 or int64", a.Data)
	}
	if err != nil {
		return nil, fileError(path, err)
	}
	return labels, nil
}

// bounded are labels as int.
func bounded[T uint8 | int32 | int64](x []T) ([]int, error) {
	labels := make([]int, len(x))
	for i, v := range x {
		if v < 0 || int64(v) > maxLabel {
			return nil, fmt.Errorf("label %d is %d, want 0 to %d", i, v, maxLabel)
		}
		labels[i] = int(v)
	}
	return labels, nil
}

// labelsOfArray is the labels file that belongs to an array's by its name,
// x.labels.npy to x.npy, or "" if there is none.
func labelsOfArray(path string) string {
	stem, ok := strings.CutSuffix(path, ".npy")
	if !ok {
		return ""
	}
	path = stem + ".labels.npy"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return path
}

// folderClasses are the classes of files, by the folders in the deepest one that
// holds them all, and the files' labels; none if a file is in that one itself.
func folderClasses(paths []string) (classes []string, labels []int) {
	folders := make([][]string, len(paths)) // above each file, from the root
	for i, p := range paths {
		all := strings.Split(p, "/")
		folders[i] = all[:len(all)-1]
	}
	depth := 0
	for slices.IndexFunc(folders, func(f []string) bool { return len(f) <= depth || f[depth] != folders[0][depth] }) < 0 {
		depth++
	}
	for _, f := range folders {
		if len(f) <= depth {
			return nil, nil
		}
		classes = append(classes, f[depth])
	}
	names := slices.Clone(classes)
	slices.Sort(classes)
	classes = slices.Compact(classes)
	for _, name := range names {
		label, _ := slices.BinarySearch(classes, name)
		labels = append(labels, label)
	}
	return classes, labels
}
