package store

import (
	"encoding/json"
	"net/netip"
)

// Decode returns the properties of an object as a struct with json tags: its outputs, or else its inputs or facts about
// it. A property of another type than the field's is left out. The struct is shared: it must not be changed.
func Decode[T any](o *Object) *T {
	if value, known := o.Decoded.(*T); known {
		return value
	}
	value := new(T)
	// The rules check the types of properties, so an error here is of a property that a rule has yet to refuse.
	if raw, err := json.Marshal(merged(o.Facts, o.Inputs, o.Outputs)); err == nil {
		_ = json.Unmarshal(raw, value)
	}
	// Changes of an object are recorded only once it is stored.
	if o.Store != nil {
		o.Decoded = value
	}
	return value
}

// merged returns the values of several properties, the last one first. Tags are not merged: AWS replaces them.
func merged(all ...Properties) Properties {
	result := Properties{}
	for _, properties := range all {
		for name, value := range properties {
			inner, nested := value.(map[string]any)
			old, both := result[name].(map[string]any)
			switch {
			case value == nil:
			case nested && both && name != "tags" && name != "tagsAll":
				result[name] = merged(old, inner)
			default:
				result[name] = value
			}
		}
	}
	return result
}

// Prefix is a network in CIDR notation. The zero Prefix is that of a text that is none.
type Prefix struct{ netip.Prefix }

// UnmarshalText accepts every text, because it is a rule that refuses a wrong one.
func (p *Prefix) UnmarshalText(text []byte) error {
	p.Prefix, _ = netip.ParsePrefix(string(text))
	return nil
}
