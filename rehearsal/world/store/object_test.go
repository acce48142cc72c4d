package store_test

import (
	"testing"

	"eksnet/rehearsal/world/store"
)

func TestAnOutputBelowNestedNamesIsSetAndRemoved(t *testing.T) {
	o := &store.Object{Type: store.IngressType, ID: "default/web"}
	o.SetAt([]string{"a"}, "metadata", "annotations", "example.com/names")
	if got := store.Texts(store.Nested(o.Outputs, "metadata", "annotations", "example.com/names")); len(got) != 1 || got[0] != "a" {
		t.Errorf("%v", o.Outputs)
	}
	o.UnsetAt("metadata", "annotations", "example.com/names")
	if store.Nested(o.Outputs, "metadata", "annotations", "example.com/names") != nil || store.Nested(o.Outputs, "metadata", "annotations") == nil {
		t.Errorf("%v", o.Outputs)
	}
	if o.UnsetAt("spec", "rules"); store.Nested(o.Outputs, "spec", "rules") != nil {
		t.Errorf("%v", o.Outputs)
	}
}

func TestAnObjectThatIsStoredAgainIsDecodedAgain(t *testing.T) {
	s := store.NewStore()
	o := &store.Object{Type: store.SubnetType, ID: "subnet-1", Outputs: store.Properties{"free": 1.0}}
	s.Put(o)
	_ = store.Decode[subnet](o)
	o.Outputs = store.Properties{"free": 2.0}
	if s.Put(o); store.Decode[subnet](o).Free != 2 {
		t.Error("the old value is returned")
	}
}
