package kms_test

import (
	"testing"

	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestAKeyThatIsPendingDeletionIsListedSeparately(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Make("key", store.KeyType, store.Properties{"deletionWindowInDays": 7.0})
	if err := l.Delete(store.KeyType, "key"); err != nil {
		t.Fatal(err)
	}
	if left := l.World.Leftovers(); len(left) > 0 {
		t.Errorf("leftovers: %v", left)
	}
	if pending := l.World.Pending(); len(pending) != 1 || pending[0].ID != l.IDs["key"] {
		t.Errorf("pending: %v", pending)
	}
	if _, err := l.Client.Read(store.KeyType, l.IDs["key"]); err != store.ErrNotFound {
		t.Errorf("read of a key that is pending deletion: %v", err)
	}
}
