package scenario

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
)

// checkOutputsOnly checks that a refresh found the same resources with the same inputs, except for inputs whose
// changes the program ignores. The engine reports a resource as changed if the next up would change it, and not if
// the provider only read more outputs (pulumi/pkg v3.250.0, resource/deploy/step.go, RefreshStep.ResultOp).
func checkOutputsOnly(before *engine.State, result *engine.Result) []string {
	broken := checkUnchanged(before, result)
	after := byURN(result.State)
	for _, r := range before.Resources() {
		read, ok := after[r.URN]
		switch {
		case !ok:
			broken = append(broken, fmt.Sprintf("%s %s no longer exists", r.Type, r.URN.Name()))
		case read.ID != r.ID:
			broken = append(broken, fmt.Sprintf("%s %s had id %s and has id %s", r.Type, r.URN.Name(), r.ID, read.ID))
		default:
			for _, input := range changedProperties(withoutPaths(r.Inputs, r.IgnoreChanges), withoutPaths(read.Inputs, r.IgnoreChanges)) {
				broken = append(broken, fmt.Sprintf("the input %s of %s %s has changed", input, r.Type, r.URN.Name()))
			}
		}
	}
	return broken
}

// filledOutputs returns the resources of which a refresh read other outputs, in the order of the state.
func filledOutputs(before, after *engine.State) []Filled {
	old := byURN(before)
	var filled []Filled
	for _, r := range after.Resources() {
		if outputs := changedProperties(old[r.URN].Outputs, r.Outputs); r.Custom && len(outputs) > 0 {
			filled = append(filled, Filled{URN: string(r.URN), Outputs: outputs})
		}
	}
	return filled
}

func byURN(state *engine.State) map[urn.URN]apitype.ResourceV3 {
	found := map[urn.URN]apitype.ResourceV3{}
	for _, r := range state.Resources() {
		found[r.URN] = r
	}
	return found
}

// changedProperties returns the names of properties that differ, sorted. The ciphertext of a secret differs in each
// state, so secrets count as equal.
func changedProperties(before, after map[string]any) []string {
	names := maps.Clone(before)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, after)
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !reflect.DeepEqual(withoutCiphertext(before[name]), withoutCiphertext(after[name])) {
			changed = append(changed, name)
		}
	}
	return changed
}

// withoutPaths returns properties without those at the paths of ignoreChanges, such as scalingConfig.desiredSize.
func withoutPaths(properties map[string]any, paths []string) map[string]any {
	copied, _ := withoutCiphertext(properties).(map[string]any)
	for _, path := range paths {
		names := strings.Split(path, ".")
		in := copied
		for _, name := range names[:len(names)-1] {
			in, _ = in[name].(map[string]any)
		}
		delete(in, names[len(names)-1])
	}
	return copied
}

func withoutCiphertext(value any) any {
	switch v := value.(type) {
	case apitype.SecretV1, *apitype.SecretV1:
		return "secret"
	case map[string]any:
		if v[sig.Key] == sig.Secret {
			return "secret"
		}
		plain := map[string]any{}
		for key, element := range v {
			plain[key] = withoutCiphertext(element)
		}
		return plain
	case []any:
		plain := make([]any, len(v))
		for i, element := range v {
			plain[i] = withoutCiphertext(element)
		}
		return plain
	default:
		return value
	}
}

// summarizeFilled returns what a refresh added, in one line: "read outputs that AWS computed later: 3 Eip, 5 Role".
func summarizeFilled(filled []Filled) []string {
	if len(filled) == 0 {
		return nil
	}
	count := map[string]int{}
	for _, f := range filled {
		typ := urn.URN(f.URN).Type()
		count[typ.Name().String()]++
	}
	var parts []string
	for _, typ := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%d %s", count[typ], typ))
	}
	return []string{"read outputs that AWS computed later: " + strings.Join(parts, ", ")}
}
