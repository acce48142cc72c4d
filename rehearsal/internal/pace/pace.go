// Package pace spreads the time of a proof over its steps, so that a slow machine tries a sample of them.
package pace

import (
	"sync"
	"time"
)

// minSteps is the minimum number of steps that are tried, spread over all, however little time there is.
const minSteps = 8

// firstShare is the share of the time that the first steps may use one after the other, because their duration says
// little about the total.
const firstShare = 0.2

// Pace decides which steps are tried. A step is tried if the share of the time that has passed, beyond what the first
// steps may use, is at most the share of the steps that are done. So the steps that are tried are spread from the first
// to the last, however long each takes.
type Pace struct {
	within time.Duration
	now    func() time.Time

	mu             sync.Mutex
	began          time.Time // the start of the first step
	tried, skipped int
}

// New returns the pace for steps within a duration; 0 is no limit.
func New(within time.Duration) *Pace { return &Pace{within: within, now: time.Now} }

// Tries reports whether step k of n, from 0, is tried.
func (p *Pace) Tries(k, n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() {
		p.began = p.now()
	}
	may := float64(p.within) * (firstShare + (1-firstShare)*float64(k)/float64(n))
	late := float64(p.now().Sub(p.began)) > may
	if p.within > 0 && late && p.tried*n > minSteps*k {
		p.skipped++
		return false
	}
	p.tried++
	return true
}

// Skipped returns how many steps were not tried, and of how many.
func (p *Pace) Skipped() (skipped, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.skipped, p.skipped + p.tried
}
