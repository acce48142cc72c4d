package store

// Retain keeps the old values of properties that an update leaves out: the provider sends nothing for a property that
// is optional and computed, so AWS does not change it.
func (o *Object) Retain(old *Object, properties ...string) {
	for _, property := range properties {
		if o.Inputs[property] == nil && old.Outputs[property] != nil {
			o.Set(property, CloneValue(old.Outputs[property]))
		}
	}
}
