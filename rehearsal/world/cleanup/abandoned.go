package cleanup

import (
	"encoding/json"
	"strings"

	"eksnet/rehearsal/world/store"
)

// FindMadeBy returns the ID of what a create with these inputs created, "" if it created nothing: what an operator
// finds who looks for it in the console. known reports whether a resource is already in a stack; inputs may hold what
// Pulumi stores beside them.
func FindMadeBy(w *store.Account, typ string, inputs store.Properties, known func(typ, id string) bool) string {
	for _, o := range w.All(typ) {
		if o.Owner == "" && !known(o.Type, o.ID) && carriesAll(o.Inputs, inputs) {
			return o.ID
		}
	}
	return ""
}

// carriesAll reports whether a JSON value contains everything of another one. Pulumi's own marks, such as those of
// secrets, are ignored.
func carriesAll(has, asked any) bool {
	switch a := asked.(type) {
	case map[string]any:
		if len(a) > 0 && marked(a) {
			return true
		}
		h, ok := has.(map[string]any)
		for key, value := range a {
			if strings.HasPrefix(key, "__") || value == nil {
				continue
			}
			if !ok || !carriesAll(h[key], value) {
				return false
			}
		}
		return true
	case []any:
		h, ok := has.([]any)
		if !ok || len(h) != len(a) {
			return len(a) == 0
		}
		for i := range a {
			if !carriesAll(h[i], a[i]) {
				return false
			}
		}
		return true
	}
	h, errHas := json.Marshal(has)
	a, errAsked := json.Marshal(asked)
	return errHas == nil && errAsked == nil && string(h) == string(a)
}

// marked reports whether a value represents a secret or an asset (sdk/go/common/resource/sig).
func marked(value map[string]any) bool {
	_, is := value["4dabf18193072939515e22adb298388d"]
	return is
}
