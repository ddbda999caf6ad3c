package gan

import "testing"

// Every preset makes networks for data like those that it was run on, the default
// of any data does for those, and that of any architecture for digits.
func TestPresets(t *testing.T) {
	digits, colours, point := Shape{1, 28, 28}, Shape{3, 28, 28}, Shape{2, 1, 1}
	shapes := map[string]Shape{"points": point, "colours": colours}
	names := map[string]bool{}
	for _, p := range Presets() {
		if names[p.Name] || p.About == "" || p.Result == "" {
			t.Errorf("preset %q is named twice, or says nothing of itself", p.Name)
		}
		names[p.Name] = true
		s, ok := shapes[p.Name]
		if !ok {
			s = digits
		}
		if _, _, err := p.Config().Layers(s); err != nil {
			t.Errorf("preset %s, %v: %v", p.Name, s, err)
		}
	}
	for want, shapes := range map[string][]Shape{
		"mlp-tanh": {point, {5, 1, 1}},
		"mlp":      {{1, 17, 5}, {1, 2, 1}},
		"dcgan":    {digits, colours, {4, 32, 32}, {1, 8, 8}, {3, 128, 128}},
	} {
		for _, s := range shapes {
			c := Default(s)
			if _, _, err := c.Layers(s); err != nil || c.Arch != want {
				t.Errorf("the default for %v is of arch %s, want %s: %v", s, c.Arch, want, err)
			}
		}
	}
	for _, arch := range append(Architectures(), "rnn") {
		for _, s := range []Shape{digits, colours, {4, 64, 64}, {1, 8, 8}, {1, 17, 5}, point, {}} {
			c, d := DefaultFor(arch, s), Default(s)
			if c.Arch != arch || arch == d.Arch && c != d {
				t.Errorf("the default for %s and %v is of arch %q", arch, s, c.Arch)
			}
		}
		// mlp-tanh makes vectors only
		if _, _, err := DefaultFor(arch, digits).Layers(digits); (err != nil) != (arch == "rnn" || arch == mlpTanh.name) {
			t.Errorf("the default for %s and digits: %v", arch, err)
		}
	}
}
