package store

import (
	"cmp"
	"slices"
	"strings"
)

// Store holds the objects of an account. It finds them by type and by the value of a property with indexes, and records
// which ones change.
type Store struct {
	Objects map[Key]*Object
	// tables are the objects by type; the table of type "" has all of them.
	tables map[string]*table
	// Changed are the objects that were stored, changed or dropped since the actors were last informed.
	Changed []*Object
	// Unsaved are the keys of the objects that were stored, changed or dropped since the account was last saved.
	Unsaved map[Key]bool
	// Verifier is nil unless it is enabled by an option.
	Verifier *Verifier
}

// table holds the objects of one type, by cluster and ID, with an index for each property that they were searched by.
type table struct {
	Objects []*Object
	indexes map[string]*index
}

// index finds objects by a value that a function reads from them.
type index struct {
	values func(*Object) []string
	found  map[string][]*Object
	known  map[*Object][]string
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{Objects: map[Key]*Object{}, tables: map[string]*table{}, Unsaved: map[Key]bool{}}
}

// Table returns the table of a type.
func (s *Store) Table(typ string) *table {
	if s.tables[typ] == nil {
		s.tables[typ] = &table{indexes: map[string]*index{}}
	}
	return s.tables[typ]
}

// Put stores an object and replaces the one with the same key.
func (s *Store) Put(o *Object) {
	if old := s.Objects[o.Key()]; old != nil && old != o {
		s.remove(old)
	}
	if s.Objects[o.Key()] == nil {
		s.Objects[o.Key()], o.Store = o, s
		for _, typ := range []string{o.Type, ""} {
			t := s.Table(typ)
			t.Objects = insert(t.Objects, o)
		}
	}
	o.Written()
}

// Drop removes the object with the key of o, and what patches it.
func (s *Store) Drop(o *Object) {
	for _, typ := range []string{o.Type, o.Type + PatchSuffix} {
		if stored := s.Objects[Key{o.Cluster, typ, o.ID}]; stored != nil {
			s.remove(stored)
		}
	}
}

func (s *Store) remove(o *Object) {
	delete(s.Objects, o.Key())
	o.Store = nil
	for _, typ := range []string{o.Type, ""} {
		t := s.tables[typ]
		t.Objects = without(t.Objects, o)
		for _, x := range t.indexes {
			x.set(o, nil)
		}
	}
	s.record(o)
}

// written updates the indexes of an object and records that it changed.
func (s *Store) written(o *Object) {
	for _, typ := range []string{o.Type, ""} {
		for _, x := range s.tables[typ].indexes {
			x.set(o, x.values(o))
		}
	}
	s.record(o)
}

func (s *Store) record(o *Object) {
	s.Changed = append(s.Changed, o)
	s.Unsaved[o.Key()] = true
	if s.Verifier != nil {
		s.Verifier.Written[o.Key()] = true
	}
}

// Lookup returns the objects of a type for which an index has a value.
func (s *Store) Lookup(typ, name, value string, values func(*Object) []string) []*Object {
	return s.index(typ, name, values).found[value]
}

// index returns an index of the objects of a type, which it builds when it is first used.
func (s *Store) index(typ, name string, values func(*Object) []string) *index {
	t := s.Table(typ)
	x := t.indexes[name]
	if x == nil {
		x = &index{values: values, found: map[string][]*Object{}, known: map[*Object][]string{}}
		t.indexes[name] = x
		for _, o := range t.Objects {
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
func order(a, b *Object) int { return OrderOfKeys(a.Key(), b.Key()) }

// OrderOfKeys compares two keys by type, cluster and ID.
func OrderOfKeys(a, b Key) int {
	return cmp.Or(strings.Compare(a.Typ, b.Typ), strings.Compare(a.Cluster, b.Cluster), strings.Compare(a.ID, b.ID))
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

// Share returns a store with the same objects. An object is copied before it is changed in one of the two, so that the
// other does not change.
func (s *Store) Share() *Store {
	shared := NewStore()
	for _, o := range s.Table("").Objects {
		o.shared = true
		c := *o
		c.Store = shared
		shared.Objects[c.Key()] = &c
		for _, typ := range []string{c.Type, ""} {
			t := shared.Table(typ)
			t.Objects = append(t.Objects, &c)
		}
	}
	return shared
}

// Verifier checks the records of changes and the queues against the account itself.
type Verifier struct {
	// Written are the objects that were recorded as written since seen was recorded.
	Written map[Key]bool
	Seen    map[Key]string
}
