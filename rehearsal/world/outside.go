package world

import (
	"fmt"
	"slices"

	"eksnet/internal/exchange"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

// This file gives the account what real controllers have created in another AWS, so that it refuses what AWS refuses
// because of their load balancers.

// Follow makes the controllers' load balancers and security groups those that were observed. The error is what the
// account refuses of them: AWS would have refused it to the controller.
func (w *World) Follow(seen exchange.Observation) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := follower{w.Account, seen}
	err := store.First(f.addGroups(), f.addBalancers(), f.dropBalancers(), f.dropGroups())
	w.Settle()
	if err != nil {
		return fmt.Errorf("the controllers' resources: %w", err)
	}
	return nil
}

// follower changes an account to an observation.
type follower struct {
	account *store.Account
	seen    exchange.Observation
}

func (f follower) addGroups() error {
	for _, g := range f.seen.SecurityGroups {
		if f.account.Get(store.SecurityGroupType, g.ID) == nil {
			ec2.AdoptSecurityGroup(f.account, g.ID, store.ControllerOwner, store.Properties{"name": g.Name, "description": g.Description, "vpcId": g.VPC, "tags": tagsOf(g.Tags)})
		}
	}
	return nil
}

func (f follower) addBalancers() error {
	for _, b := range f.seen.LoadBalancers {
		existing := f.balancers(b.Name)
		if len(existing) > 0 {
			if err := f.change(existing[0], b); err != nil {
				return err
			}
			continue
		}
		if _, err := elb.CreateLoadBalancer(f.account, elb.LoadBalancerSpec{Name: b.Name, DNSName: b.DNSName, Kind: b.Kind, Scheme: b.Scheme, Owner: ownerOf(b.Kind), VPC: b.VPC,
			Subnets: b.Subnets, Groups: b.SecurityGroups, Addresses: b.Addresses, Tags: tagsOf(b.Tags)}); err != nil {
			return err
		}
	}
	return nil
}

// balancers returns the load balancers of the controllers, or those with a name.
func (f follower) balancers(name string) []*store.Object {
	var found []*store.Object
	for _, typ := range []string{store.LoadBalancerType, store.ClassicType} {
		for _, o := range f.account.All(typ) {
			if isControllers(o) && (name == "" || elb.LoadBalancerOf(o).Name == name) {
				found = append(found, o)
			}
		}
	}
	return found
}

// change changes the subnets and the security groups of a load balancer, which a controller changes in place.
func (f follower) change(o *store.Object, b exchange.LoadBalancer) error {
	have := elb.LoadBalancerOf(o)
	if !sameSet(have.Subnets, b.Subnets) {
		if err := elb.SetSubnets(f.account, o, b.Subnets, b.Addresses); err != nil {
			return err
		}
	}
	if !sameSet(elb.LoadBalancerOf(o).SecurityGroups, b.SecurityGroups) {
		return elb.SetSecurityGroups(f.account, o, b.SecurityGroups)
	}
	return nil
}

func (f follower) dropBalancers() error {
	for _, o := range f.balancers("") {
		name := elb.LoadBalancerOf(o).Name
		if slices.ContainsFunc(f.seen.LoadBalancers, func(b exchange.LoadBalancer) bool { return b.Name == name }) {
			continue
		}
		if err := elb.DeleteLoadBalancer(f.account, o); err != nil {
			return err
		}
	}
	return nil
}

func (f follower) dropGroups() error {
	for _, o := range f.account.All(store.SecurityGroupType) {
		if !isControllers(o) || slices.ContainsFunc(f.seen.SecurityGroups, func(g exchange.SecurityGroup) bool { return g.ID == o.ID }) {
			continue
		}
		if err := elb.DeleteGroup(f.account, o); err != nil {
			return err
		}
	}
	return nil
}

func isControllers(o *store.Object) bool {
	return o.Owner == store.ControllerOwner || o.Owner == store.CloudOwner
}

func ownerOf(kind string) string {
	if kind == elb.Classic {
		return store.CloudOwner
	}
	return store.ControllerOwner
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func tagsOf(tags map[string]string) map[string]any {
	properties := map[string]any{}
	for key, value := range tags {
		properties[key] = value
	}
	return properties
}
