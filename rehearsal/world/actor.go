package world

import (
	"maps"
	"slices"

	"eksnet/rehearsal/world/store"
)

// queue holds the items of an actor that are due.
type queue struct {
	due        map[store.Key]bool
	unfinished map[store.Key]bool
}

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
			if !Actors[i].Watch(w.Account, o, add) {
				w.addAll(i)
			}
		}
	}
	return len(changed) > 0
}

func (w *World) addAll(actor int) {
	for _, item := range Actors[actor].Items(w.Account) {
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
		changed, err := Actors[actor].Act(w.Account, item)
		if changed {
			q.due[item] = true
		}
		if delete(q.unfinished, item); err != nil {
			q.unfinished[item] = true
		}
	}
}
