package check

import (
	"slices"
	"strings"
	"testing"
)

func TestRightsAreComparedWithTheCallsOfAProgram(t *testing.T) {
	list, watch, get := call{verb: "list", resource: "pods"}, call{verb: "watch", resource: "pods"}, call{verb: "get", resource: "pods"}
	p := programCalls{calls: []call{list, watch}, more: []call{get}}
	for _, c := range []struct {
		allowed []call
		words   string
	}{
		{[]call{list, watch, get}, ""},
		{[]call{list, get}, "watch pods is not allowed"},
		{[]call{list, watch}, "get pods is not allowed"}, // the chart has changed
		{[]call{list, watch, get, {verb: "delete", group: "apps", resource: "deployments", subresource: "scale"}}, "delete deployments/scale.apps is allowed, and not a call of the program"},
	} {
		err := p.compare(c.allowed)
		if (err == nil) != (c.words == "") || err != nil && !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v: %v, want %q", c.allowed, err, c.words)
		}
	}
}

func TestNoCallOfAProgramIsAlsoOneThatItDoesNotMake(t *testing.T) {
	for _, p := range programsWithRights {
		for _, c := range p.more {
			if slices.Contains(p.calls, c) {
				t.Errorf("%s: %s is in both lists", p.image, c)
			}
		}
	}
}
