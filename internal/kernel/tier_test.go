package kernel

import "testing"

// Tiers have names of their own. CI reads from the log which were exercised.
func TestTiersHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, tier := range eachTier(t) {
		if tier == "" || seen[tier] {
			t.Errorf("a tier is named %q after %v", tier, seen)
		}
		seen[tier] = true
		t.Logf("tier %s", tier)
	}
}
