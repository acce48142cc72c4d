package balancer

import (
	"context"
	"errors"
	"net/netip"
	"sync"

	"eksnet/lab/process"
)

// Balancer is a running load balancer.
type Balancer struct {
	network process.NetworkNamespace
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	// updates serializes Update and Stop. listeners belongs to them.
	updates   sync.Mutex
	listeners map[listenerKey]*listener
	// mu protects what follows, and the fields of targets.
	mu      sync.Mutex
	spec    Spec
	devices map[netip.Addr]string
	targets map[targetKey]*target
	turns   map[turnKey]int
}

// Start starts a load balancer in its network namespace, whose interfaces must have the addresses of the zones. If
// Start returns an error, nothing is left.
func Start(network process.NetworkNamespace, spec Spec) (*Balancer, error) {
	b := &Balancer{network: network, listeners: map[listenerKey]*listener{}, targets: map[targetKey]*target{},
		turns: map[turnKey]int{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	if err := b.Update(spec); err != nil {
		b.Stop()
		return nil, err
	}
	return b, nil
}

// Update changes the load balancer to a Spec. Connections of listeners, zones and targets that stay are not closed.
// Targets that are removed get no new connections, and keep theirs for the deregistration delay. After an error the
// rest of the Spec applies; the next Update tries again what failed.
func (b *Balancer) Update(spec Spec) error {
	b.updates.Lock()
	defer b.updates.Unlock()
	if err := b.ctx.Err(); err != nil {
		return err
	}
	devices, err := b.prepareNetwork(spec)
	b.mu.Lock()
	b.spec, b.devices = spec, devices
	b.updateTargets()
	b.mu.Unlock()
	return errors.Join(err, b.updateListeners(spec))
}

// Stop closes all listeners and connections.
func (b *Balancer) Stop() {
	b.updates.Lock()
	defer b.updates.Unlock()
	b.cancel()
	for key, l := range b.listeners {
		l.stop()
		delete(b.listeners, key)
	}
	b.mu.Lock()
	for _, t := range b.targets {
		t.finish()
	}
	b.mu.Unlock()
	b.running.Wait()
}

// Health returns the health of all targets by target group, also of those that are draining.
func (b *Balancer) Health() map[string]map[netip.AddrPort]Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	health := map[string]map[netip.AddrPort]Health{}
	for key, t := range b.targets {
		if health[key.group] == nil {
			health[key.group] = map[netip.AddrPort]Health{}
		}
		health[key.group][key.address] = t.health
	}
	return health
}

// goRun calls a function in a goroutine that Stop waits for.
func (b *Balancer) goRun(call func()) {
	b.running.Add(1)
	go func() {
		defer b.running.Done()
		call()
	}()
}
