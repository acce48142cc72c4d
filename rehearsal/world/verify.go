package world

import (
	"encoding/json"
	"fmt"

	"eksnet/rehearsal/world/store"
)

// verify compares the result of the queues with what the actors would do if each examined everything, and panics if
// they differ: an object that changed without a record, or an item that an actor acts on and that no watch added.
func (w *World) verify() {
	verifyWrites(w.Account)
	for i := range Actors {
		w.addAll(i)
	}
	for i := range Actors {
		for item := range w.queues[i].due {
			if changed, _ := Actors[i].Act(w.Account, item); changed || len(w.Changed) > 0 {
				panic(fmt.Sprintf("the %s acts on %v only when it examines everything: %v", Actors[i].Name, item, keysOfObjects(w.Changed)))
			}
		}
		clear(w.queues[i].due)
	}
}

// verifyWrites panics if an object has changed and was not recorded as written.
func verifyWrites(w *store.Account) {
	seen := map[store.Key]string{}
	for _, o := range w.All("") {
		now, _ := json.Marshal(o)
		if was, known := w.Verifier.Seen[o.Key()]; known && !w.Verifier.Written[o.Key()] && was != string(now) {
			panic(fmt.Sprintf("%s %s changed without a record:\n%s\n%s", o.Type, o.ID, was, now))
		}
		seen[o.Key()] = string(now)
	}
	w.Verifier = &store.Verifier{Written: map[store.Key]bool{}, Seen: seen}
}

func keysOfObjects(objects []*store.Object) []store.Key {
	var keys []store.Key
	for _, o := range objects {
		keys = append(keys, o.Key())
	}
	return keys
}
