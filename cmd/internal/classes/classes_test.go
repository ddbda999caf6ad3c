package classes

import "testing"

func TestLabels(t *testing.T) {
	labels := make([]int64, 5)
	Labels(labels, 3, 4)
	for i, want := range []int64{1, 2, 0, 1, 2} {
		if labels[i] != want {
			t.Errorf("label of sample %d is %d, want %d", 4+i, labels[i], want)
		}
	}
	for classes, want := range map[int]int{0: 0, 10: 10, 32: 32, 33: 0} {
		if got := Columns(classes); got != want {
			t.Errorf("Columns(%d) = %d, want %d", classes, got, want)
		}
	}
}
