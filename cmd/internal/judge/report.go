package judge

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// This file is what is said of samples.

// Report is the figures of samples of a model.
type Report struct {
	Samples   int     `json:"samples"`
	Seed      uint64  `json:"seed"`
	Reference string  `json:"reference"`         // what samples are held against,
	RealData  string  `json:"real_data"`         // and what takes their place for the figures of real data
	Network   string  `json:"network,omitempty"` // whose features and classes were compared
	Figures   Figures `json:"figures"`
	Classes   []int   `json:"classes,omitempty"`      // how many samples are of each
	Real      []int   `json:"real_classes,omitempty"` // the same of the reference
}

// Figure is one measure of samples.
type Figure struct {
	Name      string  `json:"-"`
	Value     float64 `json:"value"`
	Deviation float64 `json:"deviation,omitempty"` // over parts of the samples
	Real      float64 `json:"real"`                // what as many real samples score: the best to hope for
	Samples   int     `json:"samples"`             // that were compared: the first ones
	Against   string  `json:"against"`             // with what
}

// Figures are in the order in which they are printed; JSON has them by name.
type Figures []Figure

// MarshalJSON keeps the order.
func (f Figures) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, figure := range f {
		if i > 0 {
			b = append(b, ',')
		}
		value, err := json.Marshal(figure)
		if err != nil {
			return nil, err
		}
		b = append(fmt.Appendf(b, "%q:", figure.Name), value...)
	}
	return append(b, '}'), nil
}

// Values are the figures by name.
func (f Figures) Values() map[string]float64 {
	values := make(map[string]float64, len(f))
	for _, figure := range f {
		values[figure.Name] = figure.Value
	}
	return values
}

// beside adds to each figure what real samples score.
func (f Figures) beside(real Figures) Figures {
	f = slices.Clone(f)
	for i := range f {
		f[i].Real = real[i].Value
	}
	return f
}

// Loss is one number for a model and what it is, by the values of its figures:
// the lower the better, comparable only within one reference and number of
// samples. Of mixtures, it counts modes that are missed and samples that are far
// from any, in nats; a share of good samples below 1 in 10,000 counts as that.
func Loss(values map[string]float64) (name string, loss float64) {
	for _, name := range []string{"fid", "kl"} {
		if v, ok := values[name]; ok {
			return name, v
		}
	}
	return "reverse_kl - ln(quality)", values["reverse_kl"] - math.Log(max(values["quality"], 1e-4))
}

// String is the report in one line.
func (r *Report) String() string {
	s := fmt.Sprintf("%d samples of seed %d against %s (in parentheses: %s):", r.Samples, r.Seed, r.Reference, r.RealData)
	for i, f := range r.Figures {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %s %.3g (%.3g)", f.Name, f.Value, f.Real)
	}
	return s
}

// WriteTable writes the report for eyes.
func (r *Report) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%d samples of seed %d, against %s; real data: %s\n", r.Samples, r.Seed, r.Reference, r.RealData)
	if r.Network != "" {
		fmt.Fprintf(w, "network: %s\n", r.Network)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\t\treal data\tsamples\tagainst\n")
	for _, f := range r.Figures {
		value := fmt.Sprintf("%.4g", f.Value)
		if f.Deviation > 0 {
			value += fmt.Sprintf(" ± %.2g", f.Deviation)
		}
		fmt.Fprintf(t, "%s\t%s\t%.4g\t%d\t%s\n", f.Name, value, f.Real, f.Samples, f.Against)
	}
	if err := t.Flush(); err != nil || r.Classes == nil {
		return err
	}
	_, err := fmt.Fprintf(w, "classes  %s\nof real  %s\n", shares(r.Classes), shares(r.Real))
	return err
}

// shares are counts as percentages of their sum.
func shares(counts []int) (s string) {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	for i, n := range counts {
		if i > 0 {
			s += "  "
		}
		s += fmt.Sprintf("%d: %.1f %%", i, 100*float64(n)/float64(sum))
	}
	return s
}
