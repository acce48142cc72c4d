package world

// actor is something in the account or the cluster that acts by itself: a controller, the scheduler, the CNI. It looks at
// what stands and does the one next thing that it can do; it reports whether it changed anything. An actor that has lost
// what it needs (its pods, permissions, way out) does nothing, so what it should have removed stays, as on AWS.
type actor struct {
	name string
	// does and needs are for people: docs/world.md.
	does, needs string
	act         func(*World) bool
}

// mostRounds is far more than the actors need for anything that a program can ask for; one that goes on is a fault of the world.
const mostRounds = 10_000

// settle lets the actors act until none of them changes anything any more.
func (w *World) settle() {
	busy := ""
	for range mostRounds {
		busy = ""
		for _, a := range actors() {
			if a.act(w) {
				busy = a.name
			}
		}
		if busy == "" {
			return
		}
	}
	panic("the actors of the simulated world do not come to rest: " + busy)
}
