package config_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"eksnet/config/schema"
)

// A key is required if package config accepts no stack without it.
func TestTheCommentsSayWhichKeysAreRequired(t *testing.T) {
	var document object
	if err := json.Unmarshal(schema.Text, &document); err != nil {
		t.Fatal(err)
	}
	found := 0
	var visit func(path string, in any)
	visit = func(path string, in any) {
		s, is := in.(object)
		if !is {
			return
		}
		properties, _ := s["properties"].(object)
		required, _ := s["required"].([]any)
		for key, property := range properties {
			description, described := property.(object)["description"].(string)
			must := slices.Contains(required, any(key))
			if described && must != strings.Contains(description, "Required.") {
				t.Errorf("%s.%s: required is %t, but the comment says: %s", path, key, must, description)
			}
			if must {
				found++
			}
			visit(path+"."+key, property)
		}
		for _, below := range []string{"else", "items", "additionalProperties"} {
			visit(path, s[below])
		}
	}
	visit("", object{"properties": document["$defs"]})
	if found < 10 {
		t.Errorf("%d required keys", found)
	}
}
