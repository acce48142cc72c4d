package world

import (
	"maps"
	"slices"

	"eksnet/rehearsal/world/store"
)

// actor is something in the account or the cluster that acts without a call: a controller, the scheduler, the CNI. It
// works as controllers do: it has a queue of items, such as Services or nodes, and for each it compares the current
// state with the desired one and takes the next step. An actor without what it needs (its pods, permissions, network
// access) does nothing, so what it should have deleted remains, as on AWS.
type actor struct {
	Name string
	// Does and needs are descriptions for docs/world.md.
	Does, Needs string
	// items returns all items of the actor.
	items func(*store.Account) []store.Key
	// watch adds the items that a changed object may concern. It reports false if that may be any item, for instance
	// for an object of an unknown type. An item that the actor could not finish need not be added: it is tried again
	// after every change.
	watch func(w *store.Account, changed *store.Object, add func(store.Key)) bool
	// act takes the next step for an item. It reports whether it changed anything, and what prevents it from finishing.
	act func(w *store.Account, item store.Key) (changed bool, unfinished error)
}

// queue holds the items of an actor that are due.
type queue struct {
	due        map[store.Key]bool
	unfinished map[store.Key]bool
}

// Actors is set by init, because an actor's functions call settle, which uses it.
var Actors []actor

func init() { Actors = append(clusterActors(), awsActors()...) }

func newQueues() []queue {
	queues := make([]queue, len(Actors))
	for i := range queues {
		queues[i] = queue{map[store.Key]bool{}, map[store.Key]bool{}}
	}
	return queues
}

func cloneQueues(queues []queue) []queue {
	cloned := make([]queue, len(queues))
	for i, q := range queues {
		cloned[i] = queue{maps.Clone(q.due), maps.Clone(q.unfinished)}
	}
	return cloned
}

// mostRounds is far more than the actors need for any program; more rounds are a fault of the simulated account.
const mostRounds = 10_000

// reconcile lets the actors act until none has a due item. Items that they could not finish are tried again after any
// change.
func (w *World) reconcile() {
	retried := false
	for range mostRounds {
		if w.informActors() {
			retried = false
		}
		if w.idle() {
			if retried || !w.retry() {
				if w.Verifier != nil {
					w.verify()
				}
				return
			}
			retried = true
		}
		for i := range Actors {
			w.actOnDue(i)
			w.informActors()
		}
	}
	panic("the actors of the simulated account do not come to rest: " + w.busy())
}

// informActors adds the items that changed objects concern to the queues. It reports whether there were changes.
func (w *World) informActors() bool {
	changed := w.Changed
	w.Changed = nil
	seen := map[*store.Object]bool{}
	for _, o := range changed {
		if seen[o] {
			continue
		}
		seen[o] = true
		for i := range Actors {
			add := func(item store.Key) { w.queues[i].due[item] = true }
			if !Actors[i].watch(w.Account, o, add) {
				w.addAll(i)
			}
		}
	}
	return len(changed) > 0
}

func (w *World) addAll(actor int) {
	for _, item := range Actors[actor].items(w.Account) {
		w.queues[actor].due[item] = true
	}
}

// idle reports whether no item is due.
func (w *World) idle() bool { return w.busy() == "" }

// busy returns the name of an actor with a due item, "" for none.
func (w *World) busy() string {
	for i := range w.queues {
		if len(w.queues[i].due) > 0 {
			return Actors[i].Name
		}
	}
	return ""
}

// retry makes all unfinished items due. It reports whether there are any.
func (w *World) retry() bool {
	found := false
	for i := range w.queues {
		for item := range w.queues[i].unfinished {
			w.queues[i].due[item], found = true, true
		}
	}
	return found
}

// actOnDue lets an actor act once on each due item, in order.
func (w *World) actOnDue(actor int) {
	q := &w.queues[actor]
	items := slices.SortedFunc(maps.Keys(q.due), store.OrderOfKeys)
	q.due = map[store.Key]bool{}
	for _, item := range items {
		changed, err := Actors[actor].act(w.Account, item)
		if changed {
			q.due[item] = true
		}
		if delete(q.unfinished, item); err != nil {
			q.unfinished[item] = true
		}
	}
}
