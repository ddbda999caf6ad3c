package main

import (
	"strings"
	"testing"
)

func TestMark(t *testing.T) {
	for _, c := range []struct {
		r    row
		want string
	}{
		{row{ours: []float64{7}, theirs: []float64{10}, must: .85, want: .7}, "want"},
		{row{ours: []float64{8}, theirs: []float64{10}, must: .85, want: .7}, "must"},
		{row{ours: []float64{9}, theirs: []float64{10}, must: .85, want: .7}, "MISSED"},
		{row{ours: []float64{1, 9, 2}, theirs: []float64{10, 10, 10}, must: .85, want: .3}, "want"}, // by the median
		{row{ours: []float64{0}}, "want"},
		{row{ours: []float64{.01}}, "MISSED"},
		{row{ours: []float64{4.5}, must: 5, want: 4}, "must"},
		{row{must: 5, want: 4}, "MISSED"}, // nothing was measured
		{row{ours: []float64{9}, theirs: []float64{1}, aside: true}, ""},
	} {
		if got := c.r.mark(); got != c.want {
			t.Errorf("mark of %+v = %q, want %q", c.r, got, c.want)
		}
	}
}

func TestTable(t *testing.T) {
	rows := []*row{
		{name: "mlp", unit: "us", ours: []float64{50, 60, 40}, theirs: []float64{100, 100, 100}, must: .85, want: .7},
		{name: "size", unit: "MB", ours: []float64{6}, must: 5, want: 4},
		{name: "aside", unit: "us", ours: []float64{50}, theirs: []float64{25}, aside: true},
	}
	var b strings.Builder
	if err := writeTable(&b, "ONNX Runtime", rows); err != nil {
		t.Fatal(err)
	}
	const want = `|       | ganlet | ONNX Runtime | ratio | middle half | must | want | reached |
| ----- | ------ | ------------ | ----- | ----------- | ---- | ---- | ------- |
| mlp   | 50 us  | 100 us       | 0.500 | 0.450-0.550 | 0.85 | 0.70 | want    |
| size  | 6 MB   |              |       |             | 5 MB | 4 MB | MISSED  |
| aside | 50 us  | 25 us        | 2.000 |             |      |      |         |
`
	if b.String() != want {
		t.Errorf("the table is\n%s\nwant\n%s", &b, want)
	}
	if n := missed(rows); n != 1 {
		t.Errorf("missed(rows) = %d, want 1", n)
	}
}
