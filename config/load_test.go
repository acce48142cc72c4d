package config_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

// good is a stack file without a problem; tests change one thing in it.
const good = `
aws:region: ap-northeast-2
aws:allowedAccountIds: ["111122223333"]
eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}
eksnet:cluster:
  name: dev
  endpoint: {public: true, publicCidrs: [203.0.113.0/24]}
eksnet:nodeGroups:
  general: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 2, max: 3}}
eksnet:workloads:
  echo: {kind: nlb}
`

// load reads a stack file's config section as Pulumi hands it to a program: texts as they are, all else as JSON.
// Sections given later replace earlier ones.
func load(t *testing.T, sections ...string) (*config.Stack, config.Problems) {
	t.Helper()
	values := values(t, sections...)
	source := func(key string) (string, bool) {
		value, set := values[key]
		if text, ok := value.(string); ok {
			return text, set
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded), set
	}
	s, problems := config.Load(source, slices.Collect(maps.Keys(values)))
	if problems.Err() == nil {
		if refused := checkSchema(t, map[string]any{"config": values}); refused != nil {
			t.Errorf("the schema refuses what is accepted: %v", refused)
		}
	}
	return s, problems
}

// values are the values of a stack file's config section. Sections given later replace earlier ones.
func values(t *testing.T, sections ...string) map[string]any {
	t.Helper()
	values := map[string]any{}
	for _, section := range sections {
		var more map[string]any
		if err := yaml.Unmarshal([]byte(section), &more); err != nil {
			t.Fatal(err)
		}
		maps.Copy(values, more)
	}
	return values
}
