package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
)

// differentChanges returns the differences of what an operation did to the objects of the cluster, one line each.
func differentChanges(simulated, real scenario.Operation) []string {
	lines := differences("change", changeTexts(simulated), changeTexts(real))
	if (simulated.Error == "") != (real.Error == "") {
		lines = append(lines, fmt.Sprintf("the simulated error is %q, that of the lab %q", simulated.Error, real.Error))
	}
	return lines
}

// changeTexts returns a text for each changed object of the cluster: the operation, and each property with its values.
func changeTexts(o scenario.Operation) map[string]string {
	texts := map[string]string{}
	for _, c := range o.Changes {
		if !strings.HasPrefix(c.Type, "kubernetes:") {
			continue
		}
		text := c.Op
		for _, p := range c.Properties {
			text += fmt.Sprintf(" %s %s %s→%s replaces=%t;", p.Kind, quotedKey.ReplaceAllString(p.Path, ".$1"), valueText(p.Before), valueText(p.After), p.Replaces)
		}
		texts[c.Name+" ("+c.Type+")"] = text
	}
	for _, f := range o.Failures {
		if strings.Contains(f.URN, "kubernetes:") {
			texts["failure of "+f.URN] = "failed"
		}
	}
	return texts
}

// differentStates returns the differences of the recorded inputs and outputs of the cluster's objects.
func differentStates(simulated, real *engine.State) []string {
	return differences("", stateTexts(simulated), stateTexts(real))
}

// stateTexts returns the text of each property of each object.
func stateTexts(s *engine.State) map[string]string {
	texts := map[string]string{}
	for _, r := range s.Resources() {
		if strings.HasPrefix(string(r.Type), "kubernetes:") {
			addTexts(texts, r)
		}
	}
	return texts
}

func addTexts(texts map[string]string, r apitype.ResourceV3) {
	name := r.URN.Name() + " (" + string(r.Type) + ")"
	texts[name] = fmt.Sprintf("delete=%t ready=%t", r.Delete, len(r.InitErrors) == 0)
	for kind, properties := range map[string]map[string]any{"input": r.Inputs, "output": r.Outputs} {
		flatten(texts, name+" "+kind+" ", "", properties)
	}
}

// flatten adds the text of each value below a property.
func flatten(texts map[string]string, prefix, path string, value any) {
	if generated.MatchString(path) {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			below := key
			if path != "" {
				below = path + "." + key
			}
			flatten(texts, prefix, below, inner)
		}
	case []any:
		for i, inner := range v {
			flatten(texts, prefix, fmt.Sprintf("%s[%d]", path, i), inner)
		}
	default:
		texts[prefix+path] = valueText(v)
	}
}

// quotedKey is a key in a path. The two providers quote different ones.
var quotedKey = regexp.MustCompile(`\["([^"]+)"\]`)

// generated are properties whose values differ between two clusters, or with the time of an observation: controllers
// write finalizers and annotations while the provider reads the object.
var generated = regexp.MustCompile(`^(metadata\.(uid|resourceVersion|creationTimestamp|generation|managedFields|finalizers\[\d+\]|annotations\.elbv2\.k8s\.aws/last-processed-config.*)|spec\.(clusterIPs?|healthCheckNodePort|ports\[\d+\]\.nodePort)|__.*|status|checksum|manifest|resourceNames|values)$`)

// identifiers are the parts of values that differ between two accounts: IDs of AWS, the end of automatic names, and the
// revision of a Gateway, which is a hash of specs with IDs.
var identifiers = regexp.MustCompile(`\b([a-z]+-)[0-9a-f]{17}\b|(-)[0-9a-f]{7}\b|^"[0-9a-f]{16}"$`)

func valueText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return identifiers.ReplaceAllString(string(text), "$1$2ID")
}

// differences returns the entries of two maps that are not equal.
func differences(what string, simulated, real map[string]string) (lines []string) {
	keys := map[string]bool{}
	for _, m := range []map[string]string{simulated, real} {
		for key := range m {
			keys[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, isA := simulated[key]
		b, isB := real[key]
		switch {
		case !isA:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: only in the lab: %s", what, key, b)))
		case !isB:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: only simulated: %s", what, key, a)))
		case a != b:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: simulated %s, in the lab %s", what, key, a, b)))
		}
	}
	return lines
}
