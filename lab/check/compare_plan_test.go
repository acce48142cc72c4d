package check

import "testing"

func TestARuleForAPrefixListCountsAsItsEntries(t *testing.T) {
	groups := map[string]Group{
		"nodes": {Rules: []string{"tcp 80 from the backend group", "tcp 443 from the backend group"}},
		"other": {Rules: []string{"tcp 1", "tcp 2", "tcp 3"}},
		"front": {Rules: []string{"tcp 443 from pl-0123456789abcdef0"}},
	}
	lists := map[string]int{"pl-0123456789abcdef0": 20, "pl-0123456789abcdef1": 50}
	if most := mostRules("nodes", groups, lists); most != 20 {
		t.Errorf("%d rules, want 20", most)
	}
	if most := mostRules("nodes", groups, nil); most != 2 {
		t.Errorf("%d rules without lists, want 2", most)
	}
}
