package world

import (
	"encoding/json"
	"fmt"
)

// verifier checks the records of changes and the queues against the account itself.
type verifier struct {
	// written are the objects that were recorded as written since seen was recorded.
	written map[key]bool
	seen    map[key]string
}

// verify compares the result of the queues with what the actors would do if each examined everything, and panics if
// they differ: an object that changed without a record, or an item that an actor acts on and that no watch added.
func (w *World) verify() {
	w.verifyWrites()
	for i := range actors {
		w.addAll(i)
	}
	for i := range actors {
		for item := range w.queues[i].due {
			if changed, _ := actors[i].act(w, item); changed || len(w.changed) > 0 {
				panic(fmt.Sprintf("the %s acts on %v only when it examines everything: %v", actors[i].name, item, keysOfObjects(w.changed)))
			}
		}
		clear(w.queues[i].due)
	}
}

// verifyWrites panics if an object has changed and was not recorded as written.
func (w *World) verifyWrites() {
	seen := map[key]string{}
	for _, o := range w.all("") {
		now, _ := json.Marshal(o)
		if was, known := w.verifier.seen[o.key()]; known && !w.verifier.written[o.key()] && was != string(now) {
			panic(fmt.Sprintf("%s %s changed without a record:\n%s\n%s", o.Type, o.ID, was, now))
		}
		seen[o.key()] = string(now)
	}
	w.verifier = &verifier{map[key]bool{}, seen}
}

func keysOfObjects(objects []*Object) []key {
	var keys []key
	for _, o := range objects {
		keys = append(keys, o.key())
	}
	return keys
}
