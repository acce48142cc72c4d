package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	refusal "github.com/santhosh-tekuri/jsonschema/v6/kind"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/config/schema"
)

// compiledSchema is the schema in an independent implementation of JSON schema.
var compiledSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("stack-file.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("stack-file.json")
})

// fataler is a *testing.T or a *rapid.T.
type fataler interface{ Fatal(args ...any) }

// checkSchema returns what the schema refuses of a stack file, nil for nothing.
func checkSchema(t fataler, file any) *jsonschema.ValidationError {
	compiled, err := compiledSchema()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(instance); err != nil {
		return err.(*jsonschema.ValidationError)
	}
	return nil
}

func TestTheSchemaIsValid(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Text))
	if err != nil {
		t.Fatal(err)
	}
	draft := jsonschema.NewCompiler()
	meta, err := draft.Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(document); err != nil {
		t.Error(err)
	}
}

func TestTheSchemaAcceptsEveryCommittedStackFile(t *testing.T) {
	files, _ := filepath.Glob("../Pulumi.*.yaml")
	if len(files) == 0 {
		t.Fatal("no stack files")
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file any
		if err := yaml.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		if err := checkSchema(t, file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each is the good stack file with other sections, and the path in it that the schema refuses.
func TestTheSchemaRefusesWrongStackFiles(t *testing.T) {
	for _, test := range []struct{ section, at string }{
		{`eksnet:netwrok: {}`, "eksnet:netwrok"},
		{`netwrok: {}`, "netwrok"},
		{`aws:skipRegionValidation: true`, "aws:skipRegionValidation"},
		{`aws:region: eu-west`, "/config/aws:region"},
		{`aws:allowedAccountIds: [111122223333]`, "/config/aws:allowedAccountIds/0"},
		{`aws:allowedAccountIds: ["1111"]`, "/config/aws:allowedAccountIds/0"},
		{`aws:assumeRole: {}`, "/config/aws:assumeRole"},
		{`eksnet:network: {zones: [ap-northeast-2a]}`, "/config/eksnet:network/zones"},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2]}`, "/config/eksnet:network/zones/1"},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2a]}`, "/config/eksnet:network/zones"},
		{`eksnet:network: {natt: zone, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/eksnet:network"},
		{`network: {natt: zone, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/network"},
		{`eksnet:network: {nat: gateway, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/eksnet:network/nat"},
		{`eksnet:network: {cidr: 10.0.0.0, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/eksnet:network/cidr"},
		{`eksnet:network: {endpoints: all, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/eksnet:network/endpoints"},
		{`eksnet:network: {flowLogs: {retentionDays: 31}, zones: [ap-northeast-2a, ap-northeast-2b]}`, "/config/eksnet:network/flowLogs/retentionDays"},
		{`eksnet:cluster: {name: dev}`, "/config/eksnet:cluster"},
		{`eksnet:cluster: {name: dev, version: 1.35, endpoint: {}}`, "/config/eksnet:cluster/version"},
		{`eksnet:cluster: {name: dev, version: "1.29", endpoint: {}}`, "/config/eksnet:cluster/version"},
		{`eksnet:cluster: {name: dev, endpoint: {public: yes}}`, "/config/eksnet:cluster/endpoint/public"},
		{`eksnet:cluster: {name: dev, endpoint: {}, admins: [alice]}`, "/config/eksnet:cluster/admins/0"},
		{`eksnet:nodeGroups: {general: {scaling: {max: 1}}}`, "/config/eksnet:nodeGroups/general"},
		{`eksnet:nodeGroups: {General: {instanceTypes: [m7g.large], scaling: {max: 1}}}`, "General"},
		{`eksnet:nodeGroups: {general: {instanceTypes: [large], scaling: {max: 1}}}`, "/config/eksnet:nodeGroups/general/instanceTypes/0"},
		{`eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {max: 1.5}}}`, "/config/eksnet:nodeGroups/general/scaling/max"},
		{`eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {max: 1}, diskGiB: 10}}`, "/config/eksnet:nodeGroups/general/diskGiB"},
		{`eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: a, effect: Never}]}}`, "/config/eksnet:nodeGroups/general/taints/0/effect"},
		{`eksnet:workloads: {echo: {}}`, "/config/eksnet:workloads/echo"},
		{`eksnet:workloads: {echo: {kind: elb}}`, "/config/eksnet:workloads/echo/kind"},
		{`eksnet:workloads: {echo: {kind: nlb, hosts: [a.example.com]}}`, "/config/eksnet:workloads/echo/hosts"},
		{`eksnet:workloads: {echo: {kind: netshoot, scheme: internal}}`, "/config/eksnet:workloads/echo/scheme"},
		{`eksnet:workloads: {echo: {kind: alb, crossZone: true}}`, "/config/eksnet:workloads/echo/crossZone"},
		{`eksnet:workloads: {echo: {kind: nlb, replicas: 0}}`, "/config/eksnet:workloads/echo/replicas"},
		{`eksnet:workloads: {echo: {kind: nlb, image: "echo 1"}}`, "/config/eksnet:workloads/echo/image"},
		{`eksnet:workloads: {echo: {kind: nlb, health: {port: http}}}`, "/config/eksnet:workloads/echo/health/port"},
		{`eksnet:workloads: {echo: {kind: nlb, attributes: {deletion_protection.enable: "true"}}}`, "/config/eksnet:workloads/echo/attributes"},
		{`eksnet:workloads: {echo: {kind: nlb, attributes: {deletion_protection.enabled: "yes"}}}`, "/config/eksnet:workloads/echo/attributes/deletion_protection.enabled"},
		{`eksnet:workloads: {echo: {kind: alb, attributes: {idle_timeout.timeout_seconds: 60}}}`, "/config/eksnet:workloads/echo/attributes/idle_timeout.timeout_seconds"},
		{`eksnet:addons: {coreDns: {replicas: 200}}`, "/config/eksnet:addons/coreDns/replicas"},
		{`eksnet:addons: {vpcCni: {version: latest}}`, "/config/eksnet:addons/vpcCni/version"},
		{`eksnet:dns: {zones: [{id: Z0123456789ABCDEFGHIJ}]}`, "/config/eksnet:dns/zones/0"},
		{`eksnet:tags: {team: [a]}`, "/config/eksnet:tags/team"},
		{`eksnet:tags: team`, "/config/eksnet:tags"},
	} {
		if bySchema := checkSchema(t, map[string]any{"config": values(t, good, test.section)}); !slices.Contains(refusedAt(bySchema), test.at) {
			t.Errorf("%s: want a refusal at %s, got %v", test.section, test.at, bySchema)
		}
		if !refused(namespaced(values(t, good, test.section))) {
			t.Errorf("%s: package config accepts it", test.section)
		}
	}
	for _, key := range []string{"aws:region", "aws:allowedAccountIds", "eksnet:network", "eksnet:cluster", "eksnet:nodeGroups"} {
		some := values(t, good)
		delete(some, key)
		if refused := checkSchema(t, map[string]any{"config": some}); !slices.Contains(refusedAt(refused), "/config") {
			t.Errorf("without %s: want a refusal, got %v", key, refused)
		}
		if refused := checkSchema(t, map[string]any{"config": some, "environment": []string{"shared"}}); refused != nil {
			t.Errorf("%s may come from the environment: %v", key, refused)
		}
	}
}

// namespaced adds the project's name to keys without a namespace, as Pulumi does.
func namespaced(values map[string]any) map[string]any {
	all := maps.Clone(values)
	for key, value := range values {
		if !strings.Contains(key, ":") {
			delete(all, key)
			all[config.Namespace+":"+key] = value
		}
	}
	return all
}

// refusedAt returns the places in a file that the schema refuses, and the names.
func refusedAt(refused *jsonschema.ValidationError) []string {
	if refused == nil {
		return nil
	}
	at := []string{}
	for _, cause := range refused.Causes {
		at = append(at, refusedAt(cause)...)
	}
	switch reason := refused.ErrorKind.(type) {
	case *refusal.PropertyNames:
		at = append(at, reason.Property)
	case *refusal.Schema, *refusal.Reference, *refusal.Group, *refusal.AllOf:
	default:
		at = append(at, "/"+strings.Join(refused.InstanceLocation, "/"))
	}
	return at
}

func TestTheSchemaAcceptsWhatPulumiWrites(t *testing.T) {
	written := values(t, good)
	written["aws:allowedAccountIds"] = `["111122223333"]` // pulumi config set aws:allowedAccountIds '["111122223333"]'
	written["eksnet:tags"] = `{"team": "shop"}`
	written["aws:profile"] = 12
	written["pulumi:tags"] = map[string]any{"team": "shop"}
	written["network"] = written["eksnet:network"]
	delete(written, "eksnet:network")
	file := map[string]any{"config": written, "encryptionsalt": "v1:abc", "secretsprovider": "awskms://alias/pulumi"}
	if refused := checkSchema(t, file); refused != nil {
		t.Error(refused)
	}
}

// Each stack is one of the examples with some values removed, or replaced by those of other keys.
func TestTheSchemaAcceptsWhateverValidationAccepts(t *testing.T) {
	examples := exampleStacks(t)
	words := wordsOf(examples)
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		values := copied(t, rapid.SampledFrom(examples).Draw(t, "stack"))
		for range rapid.IntRange(1, 2).Draw(t, "changes") {
			change(t, values, words)
		}
		if refused(values) {
			return
		}
		accepted++
		if refused := checkSchema(t, map[string]any{"config": values}); refused != nil {
			t.Fatal(fmt.Sprintf("%v\n%v", refused, values))
		}
	})
	if accepted == 0 {
		t.Error("no changed stack was accepted")
	}
}

// copied is a stack as JSON has it.
func copied(t *rapid.T, stack map[string]any) map[string]any {
	text, err := json.Marshal(stack)
	if err != nil {
		t.Fatal(err)
	}
	var again map[string]any
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

// change replaces a value somewhere in an object or a list.
func change(t *rapid.T, in any, words []any) {
	value := func() any {
		if rapid.Bool().Draw(t, "like a word") {
			return rapid.SampledFrom(words).Draw(t, "word")
		}
		return rapid.SampledFrom([]any{nil, "", 0, 1, 7, 443, true, false, []any{}, map[string]any{}}).Draw(t, "value")
	}
	switch v := in.(type) {
	case map[string]any:
		if len(v) == 0 {
			return
		}
		key := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "key")
		if below, isBelow := v[key].(map[string]any); isBelow && len(below) > 0 && rapid.IntRange(0, 9).Draw(t, "deeper") > 0 {
			change(t, below, words)
		} else if list, isList := v[key].([]any); isList && len(list) > 0 && rapid.Bool().Draw(t, "in the list") {
			change(t, list, words)
		} else if rapid.IntRange(0, 4).Draw(t, "delete") == 0 {
			delete(v, key)
		} else {
			v[key] = value()
		}
	case []any:
		i := rapid.IntRange(0, len(v)-1).Draw(t, "index")
		if below, isBelow := v[i].(map[string]any); isBelow && len(below) > 0 {
			change(t, below, words)
		} else {
			v[i] = value()
		}
	}
}

// wordsOf returns the strings and numbers of some stacks, those of the same keys side by side.
func wordsOf(in any) []any {
	var all []any
	switch v := in.(type) {
	case []map[string]any:
		for _, one := range v {
			all = append(all, wordsOf(one)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, wordsOf(v[key])...)
		}
	case []any:
		for _, one := range v {
			all = append(all, wordsOf(one)...)
		}
	default:
		all = append(all, v)
	}
	return all
}
