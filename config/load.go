package config

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Source answers with the value of a configuration key such as eksnet:network, objects and lists as JSON, and whether
// the key is set.
type Source func(key string) (value string, set bool)

// Namespace is the project's own: its keys read eksnet:network and so on.
const Namespace = "eksnet"

// Load reads a stack's configuration. Keys are all configuration keys that the stack file holds, as far as the caller
// knows them: those of the own namespace and of aws: must be known. Keys of others (pulumi:) are theirs.
//
// It returns all problems. A value with a problem is in the stack as far as it could be read.
func Load(get Source, keys []string) (*Stack, Problems) {
	s := defaults()
	sections := s.sections()
	d := &decoder{}
	for _, key := range keys {
		section, own := strings.CutPrefix(key, Namespace+":")
		if own && !knows(sections, section) {
			d.problems.Add(section, "unknown key; %s", accepted(section, names(sections)))
		}
		d.provider(key)
	}
	d.account(get, &s)
	for _, section := range sections {
		d.json(Namespace+":"+section.name, get, section.into)
	}
	s.derive()
	return &s, d.problems.With(s.validate())
}

// section is a key of the own namespace and where its value goes.
type section struct {
	name string
	into any
}

func (s *Stack) sections() []section {
	return []section{
		{"network", &s.Network},
		{"cluster", &s.Cluster},
		{"nodeGroups", &s.NodeGroups},
		{"addons", &s.Addons},
		{"dns", &s.DNS},
		{"workloads", &s.Workloads},
		{"tags", &s.Tags},
		{"tagsNotOnInstances", &s.TagsNotOnInstances},
	}
}

func knows(sections []section, name string) bool {
	for _, s := range sections {
		if s.name == name {
			return true
		}
	}
	return false
}

func names(sections []section) []string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return all
}

// json decodes one key if it is set.
func (d *decoder) json(key string, get Source, into any) {
	d.value(strings.TrimPrefix(key, Namespace+":"), decoded(key, get), reflect.ValueOf(into).Elem())
}

// decoded is the value of a key, nil for none.
func decoded(key string, get Source) any {
	text, set := get(key)
	if !set {
		return nil
	}
	var raw any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return text // a plain value: the types refuse it by path
	}
	return raw
}
