package world

import (
	"cmp"
	"slices"
	"strings"
)

// store holds the objects of an account. It finds them by type and by the value of a property with indexes, and records
// which ones change.
type store struct {
	objects map[key]*Object
	// tables are the objects by type; the table of type "" has all of them.
	tables map[string]*table
	// changed are the objects that were stored, changed or dropped since the actors were last informed.
	changed []*Object
	// unsaved are the keys of the objects that were stored, changed or dropped since the account was last saved.
	unsaved map[key]bool
	// verifier is nil unless it is enabled by an option.
	verifier *verifier
}

// table holds the objects of one type, by cluster and ID, with an index for each property that they were searched by.
type table struct {
	objects []*Object
	indexes map[string]*index
}

// index finds objects by a value that a function reads from them.
type index struct {
	values func(*Object) []string
	found  map[string][]*Object
	known  map[*Object][]string
}

func newStore() *store {
	return &store{objects: map[key]*Object{}, tables: map[string]*table{}, unsaved: map[key]bool{}}
}

// table returns the table of a type.
func (s *store) table(typ string) *table {
	if s.tables[typ] == nil {
		s.tables[typ] = &table{indexes: map[string]*index{}}
	}
	return s.tables[typ]
}

// put stores an object and replaces the one with the same key.
func (s *store) put(o *Object) {
	if old := s.objects[o.key()]; old != nil && old != o {
		s.remove(old)
	}
	if s.objects[o.key()] == nil {
		s.objects[o.key()], o.store = o, s
		for _, typ := range []string{o.Type, ""} {
			t := s.table(typ)
			t.objects = insert(t.objects, o)
		}
	}
	s.written(o)
}

// drop removes the object with the key of o.
func (s *store) drop(o *Object) {
	if stored := s.objects[o.key()]; stored != nil {
		s.remove(stored)
	}
}

func (s *store) remove(o *Object) {
	delete(s.objects, o.key())
	o.store = nil
	for _, typ := range []string{o.Type, ""} {
		t := s.tables[typ]
		t.objects = without(t.objects, o)
		for _, x := range t.indexes {
			x.set(o, nil)
		}
	}
	s.record(o)
}

// written updates the indexes of an object and records that it changed.
func (s *store) written(o *Object) {
	for _, typ := range []string{o.Type, ""} {
		for _, x := range s.tables[typ].indexes {
			x.set(o, x.values(o))
		}
	}
	s.record(o)
}

func (s *store) record(o *Object) {
	s.changed = append(s.changed, o)
	s.unsaved[o.key()] = true
	if s.verifier != nil {
		s.verifier.written[o.key()] = true
	}
}

// lookup returns the objects of a type for which an index has a value.
func (s *store) lookup(typ, name, value string, values func(*Object) []string) []*Object {
	return s.index(typ, name, values).found[value]
}

// index returns an index of the objects of a type, which it builds when it is first used.
func (s *store) index(typ, name string, values func(*Object) []string) *index {
	t := s.table(typ)
	x := t.indexes[name]
	if x == nil {
		x = &index{values: values, found: map[string][]*Object{}, known: map[*Object][]string{}}
		t.indexes[name] = x
		for _, o := range t.objects {
			x.set(o, values(o))
		}
	}
	return x
}

// set updates the values of an object in the index.
func (x *index) set(o *Object, values []string) {
	known := x.known[o]
	if slices.Equal(known, values) {
		return
	}
	for _, value := range known {
		if x.found[value] = without(x.found[value], o); len(x.found[value]) == 0 {
			delete(x.found, value)
		}
	}
	for _, value := range values {
		x.found[value] = insert(x.found[value], o)
	}
	if x.known[o] = values; len(values) == 0 {
		delete(x.known, o)
	}
}

// order is the order of every list of objects: by type, cluster and ID.
func order(a, b *Object) int { return orderOfKeys(a.key(), b.key()) }

func orderOfKeys(a, b key) int {
	return cmp.Or(strings.Compare(a.typ, b.typ), strings.Compare(a.cluster, b.cluster), strings.Compare(a.id, b.id))
}

func insert(list []*Object, o *Object) []*Object {
	at, found := slices.BinarySearchFunc(list, o, order)
	if found {
		return list
	}
	return slices.Insert(list, at, o)
}

func without(list []*Object, o *Object) []*Object {
	at, found := slices.BinarySearchFunc(list, o, order)
	if !found || list[at] != o {
		return list
	}
	return slices.Delete(list, at, at+1)
}

// share returns a store with the same objects. An object is copied before it is changed in one of the two, so that the
// other does not change.
func (s *store) share() *store {
	shared := newStore()
	for _, o := range s.table("").objects {
		o.shared = true
		c := *o
		c.store = shared
		shared.objects[c.key()] = &c
		for _, typ := range []string{c.Type, ""} {
			t := shared.table(typ)
			t.objects = append(t.objects, &c)
		}
	}
	return shared
}
