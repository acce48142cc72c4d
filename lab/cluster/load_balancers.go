package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
)

// loadBalancers are the load balancers of the account, which run on hosts of the network. updatingNetwork guards it.
type loadBalancers struct {
	describer *balancer.Describer
	addresses loadBalancerAddresses
	running   map[string]*loadBalancer // by ID

	// reading guards the map above for those that do not hold updatingNetwork.
	reading sync.Mutex
}

// loadBalancer is a load balancer that runs.
type loadBalancer struct {
	spec balancer.Spec
	*balancer.Balancer
}

// loadBalancerHost returns the name of the host of a load balancer.
func loadBalancerHost(s balancer.Spec) string { return "lb-" + s.Name }

// describe returns the load balancers of the account, with their addresses, and adds their network interfaces to the
// network. After an error the load balancers that are not described continue as they are.
func (b *loadBalancers) describe(ctx context.Context, network *fabric.Spec, vpc string) ([]balancer.Spec, error) {
	all, failed := b.describer.Describe(ctx, vpc)
	if failed != nil {
		for id, running := range b.all() {
			if !slices.ContainsFunc(all, func(s balancer.Spec) bool { return s.ID == id }) {
				all = append(all, running.spec)
			}
		}
	}
	usable, err := b.addresses.assign(network, all)
	return usable, errors.Join(failed, err)
}

// stopDeleted stops the load balancers that no longer exist.
func (b *loadBalancers) stopDeleted(wanted []balancer.Spec) {
	for id, running := range b.all() {
		if slices.ContainsFunc(wanted, func(s balancer.Spec) bool { return s.ID == id }) {
			continue
		}
		b.set(id, nil)
		running.Stop()
	}
}

// apply starts the new load balancers and updates those that differ, in a network that has their interfaces.
func (b *loadBalancers) apply(network *fabric.Network, wanted []balancer.Spec) (failed error) {
	running := b.all()
	for _, s := range wanted {
		if err := b.applyOne(network, running[s.ID], s); err != nil {
			failed = errors.Join(failed, fmt.Errorf("load balancer %s: %w", s.Name, err))
		}
	}
	return failed
}

func (b *loadBalancers) applyOne(network *fabric.Network, current *loadBalancer, wanted balancer.Spec) error {
	if current == nil {
		host, err := network.Host(loadBalancerHost(wanted))
		if err != nil {
			return err
		}
		started, err := balancer.Start(host, wanted)
		if err != nil {
			return err
		}
		b.set(wanted.ID, &loadBalancer{wanted, started})
		return nil
	}
	if reflect.DeepEqual(current.spec, wanted) {
		return nil
	}
	if err := current.Update(wanted); err != nil {
		return err // the next time tries it again
	}
	b.set(wanted.ID, &loadBalancer{wanted, current.Balancer})
	return nil
}

// set sets or removes a load balancer.
func (b *loadBalancers) set(id string, running *loadBalancer) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if running == nil {
		delete(b.running, id)
		return
	}
	if b.running == nil {
		b.running = map[string]*loadBalancer{}
	}
	b.running[id] = running
}

// all returns a copy of the load balancers that run, by ID.
func (b *loadBalancers) all() map[string]*loadBalancer {
	b.reading.Lock()
	defer b.reading.Unlock()
	return maps.Clone(b.running)
}

func (b *loadBalancers) stop() { b.stopDeleted(nil) }

// LoadBalancer returns the load balancer with a DNS name. It is not found if none runs, or nodes are simulated.
func (l *Lab) LoadBalancer(dnsName string) (balancer.Spec, bool) {
	if b := l.balancers.withName(dnsName); b != nil {
		return b.spec, true
	}
	return balancer.Spec{}, false
}

// withName returns the load balancer with a DNS name, nil if none runs.
func (b *loadBalancers) withName(dnsName string) *loadBalancer {
	for _, running := range b.all() {
		if running.spec.DNSName == dnsName {
			return running
		}
	}
	return nil
}
