package world

import (
	"encoding/json"
	"strings"
)

// MadeBy is the id of what a create with these inputs made, "" where it made nothing: what a person finds who looks for it in the
// console. Known tells of the resources that a stack has already; inputs may hold what Pulumi keeps beside them.
func (w *World) MadeBy(typ string, inputs Properties, known func(typ, id string) bool) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.all(typ) {
		if o.Owner == "" && !known(o.Type, o.ID) && carriesAll(o.Inputs, inputs) {
			return o.ID
		}
	}
	return ""
}

// carriesAll tells whether one JSON value has everything that another asks for. Pulumi's own marks, such as those of
// secrets, ask for nothing.
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

// marked tells whether a value stands for another one, which is a secret or an asset (sdk/go/common/resource/sig).
func marked(value map[string]any) bool {
	_, is := value["4dabf18193072939515e22adb298388d"]
	return is
}
