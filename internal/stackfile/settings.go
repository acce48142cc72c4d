package stackfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eksnet/config"
)

// settings are a stack's configuration as Pulumi hands it to the program: texts by key, objects and lists as JSON, the
// project's defaults where the stack file has nothing.
type settings struct {
	values map[string]string
	// keys are those that the stack file itself holds.
	keys []string
	// encrypted are values that the program would get and only the engine can read, and entries that have no key.
	encrypted config.Problems
}

func (s *settings) get(key string) (string, bool) {
	value, set := s.values[key]
	return value, set
}

// settings reads the text of a stack file.
func (p *project) settings(text []byte) (*settings, error) {
	var content struct {
		Config      map[string]any `yaml:"config"`
		Environment any            `yaml:"environment"`
	}
	if err := decodeYAML(text, &content); err != nil {
		return nil, err
	}
	if content.Environment != nil {
		return nil, errors.New("environment: a Pulumi ESC environment is in Pulumi Cloud, which a plan does not read; plan a stack file that contains the values, or use pulumi preview")
	}
	s := &settings{values: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(content.Config)) {
		s.keys = append(s.keys, p.namespaced(key))
		s.set(p.namespaced(key), content.Config[key])
	}
	for key, declared := range p.Config {
		if _, given := s.values[p.namespaced(key)]; given {
			continue
		}
		if value := fallback(declared); value != nil {
			s.set(p.namespaced(key), value)
		}
	}
	return s, nil
}

// namespaced adds the project's name to a key without a namespace.
func (p *project) namespaced(key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return p.Name + ":" + key
}

// fallback is what Pulumi.yaml gives a key that a stack file leaves out, nil for nothing.
func fallback(declared any) any {
	declaration, long := declared.(map[string]any)
	if !long {
		return declared
	}
	if value := declaration["default"]; value != nil {
		return value
	}
	return declaration["value"]
}

// set keeps a value as the program gets it.
func (s *settings) set(key string, raw any) {
	path, own := strings.CutPrefix(key, config.Namespace+":")
	switch value := s.open(path, raw, own || strings.HasPrefix(key, "aws:")).(type) {
	case nil:
		s.values[key] = ""
	case string:
		s.values[key] = value
	default:
		text, err := json.Marshal(value)
		if err != nil {
			text = fmt.Append(nil, value) // .inf and .nan, which nothing accepts
		}
		s.values[key] = string(text)
	}
}

// open makes a value of YAML one of JSON. Encrypted values become nothing, and a problem if they are read.
func (s *settings) open(path string, raw any, read bool) any {
	switch v := raw.(type) {
	case map[any]any:
		named := map[string]any{}
		for key, value := range v {
			if key == nil {
				s.encrypted.Add(path, "an entry has no key; name it, or remove it")
				continue
			}
			named[fmt.Sprint(key)] = value
		}
		return s.open(path, named, read)
	case map[string]any:
		if _, secret := v["secure"].(string); secret && len(v) == 1 {
			if read {
				s.encrypted.Add(path, "encrypted; only the Pulumi engine can decrypt it: use pulumi preview, or write the value in plain text for eksnet plan")
			}
			return nil
		}
		all := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all[key] = s.open(path+"."+key, v[key], read)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, value := range v {
			all[i] = s.open(config.At(path, i), value, read)
		}
		return all
	case time.Time:
		return v.String()
	default:
		return v
	}
}
