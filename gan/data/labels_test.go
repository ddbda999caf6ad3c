package data

import (
	"slices"
	"testing"
)

// Folders are classes, below the one that holds them all, in the order of their
// names; not where images lie beside them.
func TestFolderClasses(t *testing.T) {
	for _, c := range []struct {
		paths   []string
		classes []string
		labels  []int
	}{
		{[]string{"cat/1.png", "cat/2.png", "dog/1.png"}, []string{"cat", "dog"}, []int{0, 0, 1}},
		{[]string{"set/all/b/1.png", "set/all/a/deep/2.png", "set/all/b/x/3.png"}, []string{"a", "b"}, []int{1, 0, 1}},
		{[]string{"1.png", "dog/1.png"}, nil, nil},
		{[]string{"set/1.png", "set/dog/1.png"}, nil, nil},
		{[]string{"set/1.png", "set/2.png"}, nil, nil},
		{[]string{"1.png"}, nil, nil},
	} {
		if classes, labels := folderClasses(c.paths); !slices.Equal(classes, c.classes) || !slices.Equal(labels, c.labels) {
			t.Errorf("folderClasses(%q) = %q, %v, want %q, %v", c.paths, classes, labels, c.classes, c.labels)
		}
	}
	m := encoded(t, "x.png", stripes(4, 4, red))
	d, err := Open(tree(t, map[string][]byte{"no/a.png": m, "yes/b.png": m, "yes/c.png": m, "notes.txt": nil}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Classes(), []string{"no", "yes"}) || !slices.Equal(d.Labels(), []byte{0, 1, 1}) || d.Label(3) != -1 {
		t.Errorf("classes %q, labels %v, want no and yes, 0 1 1", d.Classes(), d.Labels())
	}
}

// Labels beside an array are its own, whatever integers they are; others are refused.
func TestArrayLabels(t *testing.T) {
	for _, c := range []struct {
		labels any
		dims   []int
		want   string
	}{
		{[]uint8{2, 0, 2}, []int{3}, ""},
		{[]int32{2, 0, 2}, []int{3}, ""},
		{[]int64{2, 0, 2}, []int{3}, ""},
		{[]int64{2, 0}, []int{2}, "x.labels.npy\": has shape [2], want [3]"},
		{[]int64{2, 0, 2}, []int{3, 1}, "has shape [3 1], want [3]"},
		{[]int64{2, -1, 2}, []int{3}, "label 1 is -1, want 0 to 999"},
		{[]int32{2, 0, 1000}, []int{3}, "label 2 is 1000, want 0 to 999"},
		{[]float32{2, 0, 2}, []int{3}, "is an array of []float32, want uint8, int32 or int64"},
	} {
		dir := t.TempDir()
		path := write(t, dir+"/x.npy", array(t, make([]byte, 3*4), 3, 2, 2))
		write(t, dir+"/x.labels.npy", array(t, c.labels, c.dims...))
		d, err := Open(path, Options{})
		if c.want != "" {
			wantError(t, "Open", err, c.want)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.Classes(), []string{"0", "1", "2"}) || !slices.Equal(d.Labels(), []byte{2, 0, 2}) {
			t.Errorf("%T: classes %q, labels %v, want 0 to 2, 2 0 2", c.labels, d.Classes(), d.Labels())
		}
	}
}

// Built-in sets name their classes.
func TestBuiltInClasses(t *testing.T) {
	for spec, want := range map[string]int{"mnist-test": 10, "stacked-mnist": 1000, "ring8": 0} {
		d, err := Open(spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		classes := d.Classes()
		if len(classes) != want || want > 0 && classes[7] != map[int]string{10: "7", 1000: "007"}[want] {
			t.Errorf("%s: classes %.40q, want %d", spec, classes, want)
		}
	}
}
