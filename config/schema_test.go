package config_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/config/schema"
)

const schemaFile = "schema/stack-file.json"

// The schema is made of the types, their comments and defaults, and of what validation accepts.
func TestTheSchemaMatchesTheTypes(t *testing.T) {
	want := writeSchema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(schemaFile); !bytes.Equal(got, want) {
		t.Errorf("%s is not what package config accepts; run: go test ./config -run SchemaMatches -update", schemaFile)
	}
	if !*update && !bytes.Equal(schema.Text, want) {
		t.Error("the embedded schema is another one")
	}
}

// object is a JSON object.
type object = map[string]any

// schemaWriter makes the schema of stack files.
type schemaWriter struct {
	comments    map[string]string
	constraints map[string]*config.Constraint
	probed      probed
}

func writeSchema(t *testing.T) []byte {
	t.Helper()
	examples := exampleStacks(t)
	var stacks []*config.Stack
	for _, values := range examples {
		s, problems := config.Load(settings(values), slices.Collect(maps.Keys(values)))
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		stacks = append(stacks, s)
	}
	w := schemaWriter{commentsOf(t), config.ConstraintsOf(stacks), probe(examples)}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(w.document()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// document is the whole schema. A file with an environment of Pulumi ESC may have its keys there.
func (w schemaWriter) document() object {
	settings, required := w.settings()
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "eksnet stack file",
		"description": "Pulumi.STACK.yaml of eksnet. Generated from the types, comments, defaults and checks of package config. The command eksnet validate finds more: what follows from several values together.",
		"type":        "object",
		"properties": object{
			"config":          settings,
			"environment":     object{"description": "An environment of Pulumi ESC, from which more keys come."},
			"secretsprovider": object{"type": "string", "description": "Written by Pulumi: what encrypts the secrets of the state."},
			"encryptedkey":    object{"type": "string", "description": "Written by Pulumi: the encrypted key of the secrets in the state."},
			"encryptionsalt":  object{"type": "string", "description": "Written by Pulumi: the salt of the passphrase of the secrets in the state."},
		},
		"if":    object{"required": []string{"environment"}},
		"else":  object{"required": []string{"config"}, "properties": object{"config": required}},
		"$defs": w.sections(),
	}
}

// sectionTypes are the types of the keys of the namespace eksnet.
var sectionTypes = map[string]reflect.Type{
	"network": reflect.TypeFor[config.Network](), "cluster": reflect.TypeFor[config.Cluster](), "nodeGroups": reflect.TypeFor[map[string]config.NodeGroup](),
	"addons": reflect.TypeFor[config.Addons](), "dns": reflect.TypeFor[config.DNS](), "workloads": reflect.TypeFor[map[string]config.Workload](),
	"tags": reflect.TypeFor[map[string]string](), "tagsNotOnInstances": reflect.TypeFor[[]string](),
}

func (w schemaWriter) sections() object {
	all := object{}
	defaults := reflect.ValueOf(config.Defaults())
	for name, typ := range sectionTypes {
		section := w.schema(typ, name, defaults.FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, name) }))
		section["description"] = w.comments[elem(typ).Name()]
		if section["description"] == "" {
			section["description"] = w.comments["Stack."+strings.ToUpper(name[:1])+name[1:]]
		}
		all[name] = orText(section)
	}
	return all
}

// orText accepts JSON in a string too, which pulumi config set writes.
func orText(schema object) object {
	text := `^\s*\{`
	if slices.Contains(schema["type"].([]string), "array") {
		text = `^\s*\[`
	}
	description := schema["description"]
	delete(schema, "description")
	return object{"description": description, "if": object{"type": "string"}, "then": object{"contentMediaType": "application/json", "pattern": text}, "else": schema}
}

// settings is the schema of the section config, and that of the keys that it must have.
func (w schemaWriter) settings() (all, required object) {
	region := w.text("aws:region", w.comments["Stack.Region"], false)
	accounts := w.schema(reflect.TypeFor[[]string](), "aws:allowedAccountIds", reflect.Value{})
	accounts["description"] = w.comments["Stack.Accounts"]
	profile := w.text("aws:profile", w.comments["Stack.Profile"], true)
	profile["type"] = []string{"string", "number", "boolean", "null"} // Pulumi makes a string of each
	role := object{"type": []string{"object", "null"}, "additionalProperties": false, "required": []string{"roleArn"}, "properties": object{"roleArn": w.text("aws:assumeRole.roleArn", w.comments["Stack.Role"], false)}}
	role["description"] = w.comments["Stack.Role"]
	properties := object{"aws:region": region, "aws:allowedAccountIds": orText(accounts), "aws:profile": profile, "aws:assumeRole": orText(role)}
	patterns, conditions := object{}, []object{}
	for name := range sectionTypes {
		properties[config.Namespace+":"+name] = object{"$ref": "#/$defs/" + name}
		patterns["^"+name+"$"] = object{"$ref": "#/$defs/" + name} // Pulumi adds the namespace
	}
	names := slices.Sorted(maps.Keys(properties))
	for _, key := range names {
		name, own := strings.CutPrefix(key, config.Namespace+":")
		if own {
			names = append(names, name)
		}
		if w.probed.required(key) && own {
			conditions = append(conditions, object{"anyOf": []object{{"required": []string{key}}, {"required": []string{name}}}})
		} else if w.probed.required(key) {
			conditions = append(conditions, object{"required": []string{key}})
		}
	}
	others := object{"pattern": ":", "not": object{"pattern": "^(aws|" + config.Namespace + "):"}}
	return object{
		"type": "object", "properties": properties, "patternProperties": patterns,
		"propertyNames": object{"anyOf": []object{{"enum": names}, others}},
	}, object{"allOf": conditions}
}

// schema is that of a type at a path. A key without a value is a key left out, so null is accepted everywhere.
func (w schemaWriter) schema(typ reflect.Type, path string, defaults reflect.Value) object {
	switch {
	case typ == reflect.TypeFor[config.Endpoints]():
		return object{"anyOf": []object{{"enum": []any{config.EndpointsAuto, nil}}, w.list(typ, path)}}
	case typ.Kind() == reflect.Pointer:
		return w.schema(typ.Elem(), path, config.DefaultsOf(typ.Elem()))
	case typ.Kind() == reflect.Struct:
		return w.structure(typ, path, defaults)
	case typ.Kind() == reflect.Map:
		return w.entries(typ, path)
	case typ.Kind() == reflect.Slice:
		return w.list(typ, path)
	case typ.Kind() == reflect.Bool:
		return object{"type": []string{"boolean", "null"}}
	case typ.Kind() == reflect.Int:
		return w.number(path)
	case typ == reflect.TypeFor[config.Port]():
		number, text := w.number(path), w.text(path, "", false)
		number["type"] = []string{"integer", "null"}
		return object{"anyOf": []object{number, text}}
	default:
		return w.text(path, "", false)
	}
}

func (w schemaWriter) structure(typ reflect.Type, path string, defaults reflect.Value) object {
	properties, required := object{}, []string{}
	for i := range typ.NumField() {
		field, value := typ.Field(i), reflect.Value{}
		if defaults.IsValid() {
			value = defaults.Field(i)
		}
		key := field.Tag.Get("json")
		if field.Tag.Get("kinds") != "" {
			w.probed.zeros[path+"."+key] = true // for the kinds that do not have it
		}
		property := w.schema(field.Type, path+"."+key, value)
		property["description"] = strings.ReplaceAll(meaning(w.comments, typ, field), `\|`, "|")
		if isDefault(value) {
			property["default"] = value.Interface()
		}
		properties[key] = property
		if w.probed.required(path + "." + key) {
			required = append(required, key)
		}
	}
	s := object{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if typ == reflect.TypeFor[config.Workload]() {
		s["allOf"] = kindConditions(typ)
	}
	return s
}

// isDefault reports whether a value is one that a key has if it is not written. Defaults that depend on other keys are
// in descriptions only.
func isDefault(value reflect.Value) bool {
	switch {
	case !value.IsValid():
		return false
	case value.Kind() == reflect.Bool:
		return true
	case value.Kind() == reflect.Int:
		return value.Int() != config.Untyped && value.Int() != 0
	case value.Kind() == reflect.String:
		return value.String() != ""
	case value.Kind() == reflect.Slice:
		return value.Len() > 0
	}
	return false
}

// entries is the schema of a map by name, and of the attributes of load balancers, whose names are fixed.
func (w schemaWriter) entries(typ reflect.Type, path string) object {
	names := object{}
	if c := w.constraints[path+".<key>"]; c != nil {
		names = limit(c)
	}
	s := object{"type": []string{"object", "null"}}
	properties := object{}
	for at := range w.constraints {
		if name, below := strings.CutPrefix(at, path+"."); below && typ.Elem().Kind() == reflect.String && !strings.HasPrefix(name, "<") {
			properties[name] = w.text(at, "", false)
		}
	}
	if len(properties) > 0 {
		s["properties"], s["additionalProperties"] = properties, false
		return s
	}
	s["additionalProperties"] = w.schema(typ.Elem(), path+".<name>", config.DefaultsOf(typ.Elem()))
	if len(names) > 0 {
		s["propertyNames"] = names
	}
	return s
}

func (w schemaWriter) list(typ reflect.Type, path string) object {
	s := object{"type": []string{"array", "null"}, "items": w.schema(typ.Elem(), path+"[]", config.DefaultsOf(typ.Elem()))}
	c := w.constraints[path]
	if c == nil {
		return s
	}
	if c.LeastItems > 0 {
		s["minItems"] = c.LeastItems
	}
	if c.MostItems > 0 {
		s["maxItems"] = c.MostItems
	}
	if c.Distinct {
		s["uniqueItems"] = true
	}
	return s
}

func (w schemaWriter) number(path string) object {
	s := object{"type": []string{"integer", "null"}}
	c := w.constraints[path]
	switch {
	case c == nil:
		return s
	case len(c.Numbers) > 0:
		numbers := []any{}
		for _, number := range c.Numbers {
			numbers = append(numbers, number)
		}
		s["enum"] = append(numbers, nil)
		return s
	case len(c.Ranges) == 0:
		return s
	}
	least, most := c.Ranges[0][0], c.Ranges[0][1]
	for _, r := range c.Ranges {
		least, most = min(least, r[0]), max(most, r[1])
	}
	if w.probed.zero(path) {
		least = min(least, 0)
	}
	s["minimum"], s["maximum"] = least, most
	return s
}

// text is the schema of a string.
func (w schemaWriter) text(path, description string, empty bool) object {
	s := object{}
	if c := w.constraints[path]; c != nil {
		s = limit(c)
		if words, some := s["enum"].([]any); some {
			if w.probed.zero(path) {
				words = append(words, "")
			}
			s["enum"] = append(words, nil)
		}
		if pattern, some := s["pattern"].(string); some && (w.probed.zero(path) || empty) {
			s["pattern"] = "^$|" + pattern
		}
	}
	s["type"] = []string{"string", "null"}
	if description != "" {
		s["description"] = description
	}
	return s
}

// limit is the part of a schema of strings that a constraint makes. Words beside patterns become another pattern.
func limit(c *config.Constraint) object {
	s := object{}
	patterns := slices.Clone(c.Patterns)
	switch {
	case len(c.OneOf) > 0 && len(patterns) == 0:
		words := []any{}
		for _, word := range c.OneOf {
			words = append(words, word)
		}
		s["enum"] = words
	case len(c.OneOf) > 0:
		patterns = append(patterns, "^("+strings.Join(c.OneOf, "|")+")$")
	}
	if len(patterns) > 0 {
		s["pattern"] = strings.Join(patterns, "|")
	}
	if c.MostLength > 0 {
		s["maxLength"] = c.MostLength
	}
	return s
}

// kindConditions refuse the keys that a kind of workload does not have, with the reason for editors. The zero value of
// a key is accepted, as package config does.
func kindConditions(typ reflect.Type) []object {
	var all []object
	for _, kind := range slices.Concat(config.BalancedKinds, config.UnbalancedKinds) {
		without := object{}
		for i := range typ.NumField() {
			field := typ.Field(i)
			kinds, limited := field.Tag.Lookup("kinds")
			if !limited || slices.Contains(strings.Fields(kinds), kind) {
				continue
			}
			key := field.Tag.Get("json")
			accepted := []any{nil}
			if zero := reflect.Zero(field.Type); field.Type.Comparable() && field.Type.Kind() != reflect.Pointer {
				accepted = append(accepted, zero.Interface())
			}
			without[key] = object{"enum": accepted, "errorMessage": kind + " " + config.WithoutOption(key, config.Workload{Kind: kind})}
		}
		all = append(all, object{
			"if":   object{"required": []string{"kind"}, "properties": object{"kind": object{"const": kind}}},
			"then": object{"properties": without},
		})
	}
	return all
}
