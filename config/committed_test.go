package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var (
	section = regexp.MustCompile("^## `(eksnet:[a-zA-Z]+)`$")
	row     = regexp.MustCompile("^\\| `([^`]+)` \\|")
)

// ownThings are keys that name resources of the operator. Some of them are in the VPC of the stack, so no file can
// contain them beforehand. Tests of the rehearsal create such resources first.
var ownThings = []string{"<name>.securityGroups", "<name>.elasticIps"}

// committedStacks returns the values of the committed stack files.
func committedStacks(t *testing.T) []map[string]any {
	t.Helper()
	files, _ := filepath.Glob("../Pulumi.*.yaml")
	var stacks []map[string]any
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var content struct{ Config map[string]any }
		if err := yaml.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, content.Config)
	}
	return stacks
}

// A key that no committed stack file uses is never rehearsed.
func TestEveryKeyIsUsedByACommittedStackFile(t *testing.T) {
	stacks := committedStacks(t)
	top := ""
	for line := range strings.Lines(string(reference(t))) {
		line = strings.TrimSpace(line)
		if s := section.FindStringSubmatch(line); s != nil {
			top = s[1]
		}
		key := row.FindStringSubmatch(line)
		if key == nil || top == "" || slices.Contains(ownThings, key[1]) {
			continue
		}
		path := strings.Split(strings.ReplaceAll(top+"."+key[1], "[]", ".<name>"), ".")
		used := false
		for _, stack := range stacks {
			used = used || holds(stack, path)
		}
		if !used {
			t.Errorf("no stack file uses %s of %s", key[1], top)
		}
	}
}

// holds reports whether a path exists; <name> matches any key of a map and any index of a list.
func holds(value any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		if path[0] != "<name>" {
			below, found := v[path[0]]
			return found && holds(below, path[1:])
		}
		for _, below := range v {
			if holds(below, path[1:]) {
				return true
			}
		}
	case []any:
		for _, below := range v {
			if path[0] == "<name>" && holds(below, path[1:]) {
				return true
			}
		}
	}
	return false
}
