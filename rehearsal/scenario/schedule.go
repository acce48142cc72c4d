package scenario

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// unlimitedCalls is as many calls at once as their order allows.
const unlimitedCalls = 0

// schedule is when the calls of an operation run.
type schedule struct {
	took time.Duration
	// path is the chain of calls that determines it, and lengths how long each call runs, its waits included.
	path    []Link
	lengths map[urn.URN]time.Duration
}

// up returns the schedule of an up with this many calls at once. A call begins after everything that it comes after; of
// several calls that can begin, the engine's order decides.
func (t *timetable) up(before map[urn.URN][]urn.URN, atOnce int) schedule {
	pool := &callPool{atOnce: atOnce, end: map[urn.URN]time.Duration{}, lengths: map[urn.URN]time.Duration{}}
	previous := map[urn.URN]urn.URN{}
	waiting := map[urn.URN]bool{}
	for _, r := range t.resources {
		waiting[r.URN] = true
	}
	order := slices.SortedStableFunc(maps.Keys(waiting), func(a, b urn.URN) int {
		return cmp.Or(cmp.Compare(t.began[a], t.began[b]), cmp.Compare(a, b))
	})
	for len(waiting) > 0 {
		began := false
		for _, u := range order {
			if !waiting[u] || pool.full(t.took[u]) || pool.blocked(before[u], waiting) {
				continue
			}
			delete(waiting, u)
			previous[u] = t.last(before[u], pool.end)
			pool.begin(u, t.length(u, pool.now, pool.end))
			began = true
		}
		if !began && !pool.pass() {
			break // a cycle, which the engine does not allow
		}
	}
	var last urn.URN
	for _, r := range t.resources {
		if pool.end[r.URN] > pool.end[last] {
			last = r.URN
		}
	}
	return schedule{pool.end[last], t.chain(last, previous), pool.lengths}
}

// length returns how long a call takes that begins now: its own time, and its waits for the effects of other calls.
func (t *timetable) length(u urn.URN, now time.Duration, end map[urn.URN]time.Duration) time.Duration {
	length := t.took[u]
	for _, wait := range t.waits[u] {
		length = max(length, end[wait.call]+wait.took-now+t.took[u])
	}
	return length
}

// last returns the dependency that ended last.
func (t *timetable) last(before []urn.URN, end map[urn.URN]time.Duration) urn.URN {
	var last urn.URN
	for _, b := range before {
		if end[b] > end[last] {
			last = b
		}
	}
	return last
}

func (t *timetable) chain(last urn.URN, previous map[urn.URN]urn.URN) []Link {
	var chain []Link
	for u := last; u != ""; u = previous[u] {
		chain = t.link(chain, u)
	}
	slices.Reverse(chain)
	return chain
}

// callPool holds the calls that run at a moment.
type callPool struct {
	atOnce  int
	now     time.Duration
	running []urn.URN
	end     map[urn.URN]time.Duration
	lengths map[urn.URN]time.Duration
}

// full reports whether a call of this length must wait for a free place. A call that takes no time needs none.
func (p *callPool) full(took time.Duration) bool {
	return took > 0 && p.atOnce != unlimitedCalls && len(p.running) >= p.atOnce
}

// blocked reports whether one of these has not begun or still runs.
func (p *callPool) blocked(before []urn.URN, waiting map[urn.URN]bool) bool {
	return slices.ContainsFunc(before, func(u urn.URN) bool { return waiting[u] || p.end[u] > p.now })
}

func (p *callPool) begin(u urn.URN, length time.Duration) {
	p.end[u], p.lengths[u] = p.now+length, length
	if length > 0 {
		p.running = append(p.running, u)
	}
}

// pass advances to the next end of a call. It returns false if no call runs.
func (p *callPool) pass() bool {
	if len(p.running) == 0 {
		return false
	}
	next := slices.MinFunc(p.running, func(a, b urn.URN) int { return cmp.Compare(p.end[a], p.end[b]) })
	p.now = p.end[next]
	p.running = slices.DeleteFunc(p.running, func(u urn.URN) bool { return p.end[u] <= p.now })
	return true
}

// down returns the schedule of a destroy. The engine deletes in rounds, starting with the resources without dependents,
// and a round ends with its last call (deploy, ScheduleDeletes).
func (t *timetable) down(before map[urn.URN][]urn.URN, atOnce int) schedule {
	var now time.Duration
	var chain []Link
	end, lengths := map[urn.URN]time.Duration{}, map[urn.URN]time.Duration{}
	for _, round := range slices.Backward(t.rounds(before)) {
		pool := &callPool{atOnce: atOnce, now: now, end: end, lengths: lengths}
		var slowest urn.URN
		for _, u := range round {
			if pool.full(t.took[u]) {
				pool.pass()
			}
			length := t.length(u, pool.now, end)
			pool.begin(u, length)
			if end[u] > end[slowest] {
				slowest = u
			}
		}
		if took := end[slowest] - now; took > 0 {
			chain = append(chain, Link{URN: string(slowest), AWSSeconds: took.Seconds()})
			now = end[slowest]
		}
	}
	return schedule{now, chain, lengths}
}

// rounds groups the resources by the length of the longest chain of dependencies below them, each round in the
// engine's order.
func (t *timetable) rounds(before map[urn.URN][]urn.URN) [][]urn.URN {
	deleted := map[urn.URN]bool{}
	for _, r := range t.resources {
		deleted[r.URN] = true
	}
	round := map[urn.URN]int{}
	var rounds [][]urn.URN
	for _, r := range t.resources {
		for _, b := range before[r.URN] {
			if deleted[b] {
				round[r.URN] = max(round[r.URN], round[b]+1)
			}
		}
		for len(rounds) <= round[r.URN] {
			rounds = append(rounds, nil)
		}
		rounds[round[r.URN]] = append(rounds[round[r.URN]], r.URN)
	}
	for _, r := range rounds {
		slices.SortStableFunc(r, func(a, b urn.URN) int { return cmp.Compare(t.began[a], t.began[b]) })
	}
	return rounds
}

// link adds a call to a chain if it takes time.
func (t *timetable) link(chain []Link, u urn.URN) []Link {
	if t.took[u] == 0 {
		return chain
	}
	return append(chain, Link{URN: string(u), AWSSeconds: t.took[u].Seconds()})
}
