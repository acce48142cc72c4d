// Package pace spreads the time that a proof has over its steps, so that a slow machine tries a sample of them.
package pace

import (
	"sync"
	"time"
)

// fewest is how many steps are tried however little time there is, spread over all.
const fewest = 8

// ahead is the part of the time that the first steps may take, one after the other: they tell little of how long all take.
const ahead = 0.2

// Pace decides which steps are tried: a step is while no more of the time than of the steps is gone, beyond what the first may take. So those
// that are tried are spread from the first to the last, however long each takes.
type Pace struct {
	within time.Duration
	now    func() time.Time

	mu             sync.Mutex
	began          time.Time // with the first step
	tried, skipped int
}

// New is the pace of steps that have some time; 0 is as much as all take.
func New(within time.Duration) *Pace { return &Pace{within: within, now: time.Now} }

// Tries reports whether step k of n, from 0, is tried.
func (p *Pace) Tries(k, n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() {
		p.began = p.now()
	}
	may := float64(p.within) * (ahead + (1-ahead)*float64(k)/float64(n))
	late := float64(p.now().Sub(p.began)) > may
	if p.within > 0 && late && p.tried*n > fewest*k {
		p.skipped++
		return false
	}
	p.tried++
	return true
}

// Skipped is how many steps were not tried, and of how many.
func (p *Pace) Skipped() (skipped, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.skipped, p.skipped + p.tried
}
