package terraform

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// plannedChange is a resource in the output of `terraform show -json` for a plan
// (developer.hashicorp.com/terraform/internals/json-format#change-representation).
type plannedChange struct {
	Address, Type string
	Change        struct {
		Actions       []string
		Before, After map[string]any
	}
}

// unexpectedChanges returns the changes in a plan in one line each, without those that moto causes.
func unexpectedChanges(plan []byte) ([]string, error) {
	var content struct {
		Changes []plannedChange `json:"resource_changes"`
	}
	if err := json.Unmarshal(plan, &content); err != nil {
		return nil, fmt.Errorf("the plan in JSON: %w", err)
	}
	var lines []string
	for _, c := range content.Changes {
		if line := c.describe(); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// describe returns the change of a resource in one line, "" if there is none but those that moto causes.
func (c plannedChange) describe() string {
	action := strings.Join(c.Change.Actions, ", ")
	if action == "no-op" || action == "read" {
		return ""
	}
	if c.Change.Before == nil || c.Change.After == nil {
		return c.Address + ": " + action
	}
	var properties []string
	for _, d := range differences("", c.Change.Before, c.Change.After) {
		if !isMotoDifference(c.Type, d.path) {
			properties = append(properties, fmt.Sprintf("%s is %s, planned %s", d.path, d.before, d.after))
		}
	}
	if len(properties) == 0 {
		return ""
	}
	return c.Address + ": " + action + ": " + strings.Join(properties, "; ")
}

// difference is an attribute whose planned value differs from the current one.
type difference struct{ path, before, after string }

// differences returns the attributes of two objects that differ. Lists are compared as a whole.
func differences(path string, before, after map[string]any) []difference {
	names := maps.Clone(before)
	maps.Copy(names, after)
	var all []difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		was, will := before[name], after[name]
		inner, both := asObject(was)
		other, is := asObject(will)
		switch {
		case both && is:
			all = append(all, differences(at, inner, other)...)
		case !reflect.DeepEqual(was, will):
			_, isKnown := after[name]
			all = append(all, difference{at, jsonText(was, true), jsonText(will, isKnown)})
		}
	}
	return all
}

// asObject returns an object, or the only object in a list, as a block is.
func asObject(value any) (map[string]any, bool) {
	if list, is := value.([]any); is && len(list) == 1 {
		value = list[0]
	}
	object, is := value.(map[string]any)
	return object, is
}

// jsonText returns a value in JSON. A value that the plan does not have is not known before apply.
func jsonText(value any, isKnown bool) string {
	if !isKnown {
		return "(known after apply)"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
