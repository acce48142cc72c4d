package store

// Actor is something in the account or the cluster that acts without a call: a controller, the scheduler, the CNI. It
// works as controllers do: it has a queue of items, such as Services or nodes, and for each it compares the current
// state with the desired one and takes the next step. An actor without what it needs (its pods, permissions, network
// access) does nothing, so what it should have deleted remains, as on AWS.
type Actor struct {
	Name string
	// Does and Needs are descriptions for docs/world.md.
	Does, Needs string
	// Items returns all items of the actor.
	Items func(*Account) []Key
	// Watch adds the items that a changed object may concern. It reports false if that may be any item, for instance
	// for an object of an unknown type. An item that the actor could not finish need not be added: it is tried again
	// after every change.
	Watch func(w *Account, changed *Object, add func(Key)) bool
	// Act takes the next step for an item. It reports whether it changed anything, and what prevents it from finishing.
	Act func(w *Account, item Key) (changed bool, unfinished error)
}

// KeysOf returns the items of an actor whose items are the objects of a type.
func KeysOf(typ string) func(*Account) []Key {
	return func(w *Account) []Key {
		var items []Key
		for _, o := range w.All(typ) {
			items = append(items, o.Key())
		}
		return items
	}
}
