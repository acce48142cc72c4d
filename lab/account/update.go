package account

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"eksnet/lab/rehearsed"
)

// resource is a resource in moto that the account created, or a part of one, such as a rule of a security group.
type resource struct {
	// name identifies the resource, also in errors. It contains all properties with which AWS creates a new resource
	// when they change, so that another name is another resource.
	name string
	// id is the ID of an EC2 resource, "" for others and for parts.
	id string
	// networkInterface is the ID of a network interface that AWS creates with the resource, "" for none.
	networkInterface string
	// state holds the properties that can be changed, nil for none.
	state any
	// create creates the resource in a single call, so that it exists if and only if create succeeded.
	create func(context.Context) error
	// change changes the resource from an earlier state. It is called again after it failed.
	change func(ctx context.Context, before any) error
	// delete deletes the resource; nil for a part that is deleted with its resource.
	delete func(context.Context) error
	// kind is the position in the order of creation.
	kind int
}

// resources returns the resources of a stack in an order in which each exists before those that need it. They are
// deleted in reverse order.
func (a *Account) resources(s *rehearsed.Stack) []*resource {
	var all []*resource
	for kind, list := range []func(*rehearsed.Stack) []*resource{
		a.identityProviders, a.roles, a.policies, a.attachedPolicies, a.controlPlaneSessions, a.podIdentityAssociations,
		a.importedCertificates, a.elasticIPs,
		a.vpcs, a.dnsSettings, a.cidrBlocks, a.subnets, a.ipv6Subnets, a.publicAddressSettings, a.internetGateways, a.attachedGateways,
		a.egressOnlyGateways, a.natGateways, a.routeTables, a.internetRoutes, a.natRoutes, a.ipv6Routes, a.routeTableAssociations, a.securityGroups,
		a.revokedEgressRules, a.securityGroupRules,
		a.networkInterfaces, a.instances, a.instanceSecurityGroups, a.attachedInterfaces,
		a.hostedZones, a.zoneAssociations, a.records,
	} {
		for _, r := range list(s) {
			r.kind = kind
			all = append(all, r)
		}
	}
	return all
}

// Update makes the account have the resources of a stack, which may be incomplete: it deletes those that the stack does
// not have, creates the missing ones, and changes those that differ. It touches only what it created, so that resources
// of controllers remain, also their rules in the stack's security groups. It returns the first error, with the name of
// the resource; the next Update continues after it. The stack must not be changed afterwards.
func (a *Account) Update(ctx context.Context, s *rehearsed.Stack) error {
	a.updating.Lock()
	defer a.updating.Unlock()
	defer a.publish(s)
	wanted := a.resources(s)
	if err := a.deleteExcept(ctx, wanted); err != nil {
		return fmt.Errorf("moto: deleting %w", err)
	}
	for _, r := range wanted {
		if err := a.apply(ctx, r); err != nil {
			return fmt.Errorf("moto: %s: %w", r.name, err)
		}
	}
	return nil
}

// deleteExcept deletes the created resources that are not in a list, in reverse order of their creation.
func (a *Account) deleteExcept(ctx context.Context, wanted []*resource) error {
	kept := map[string]bool{}
	for _, r := range wanted {
		kept[r.name] = true
	}
	var gone []*resource
	for name, r := range a.created {
		if !kept[name] {
			gone = append(gone, r)
		}
	}
	slices.SortFunc(gone, func(x, y *resource) int { return cmp.Or(y.kind-x.kind, cmp.Compare(x.name, y.name)) })
	for _, r := range gone {
		if r.delete != nil {
			if err := r.delete(ctx); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		delete(a.created, r.name)
	}
	return nil
}

// apply creates a resource that does not exist, and changes one whose state differs.
func (a *Account) apply(ctx context.Context, r *resource) error {
	existing := a.created[r.name]
	if existing == nil {
		if err := r.create(ctx); err != nil {
			return err
		}
		a.created[r.name] = r
		return nil
	}
	if reflect.DeepEqual(existing.state, r.state) {
		return nil
	}
	if err := r.change(ctx, existing.state); err != nil {
		return err
	}
	existing.state = r.state
	return nil
}

// publish sets the VPC and the nodes that others read: those of the stack that exist.
func (a *Account) publish(s *rehearsed.Stack) {
	a.reading.Lock()
	defer a.reading.Unlock()
	a.vpc, a.nodes = "", nil
	if a.created[vpcName(s.Network.VPC)] != nil {
		a.vpc = s.Network.VPC.ID
	}
	taken := takenAddresses(s)
	for _, n := range s.Nodes {
		if a.created[instanceName(n)] == nil {
			continue
		}
		node := newNode(n, s.Cluster.IPv6)
		if subnet := subnetOf(s, n); subnet.IsValid() && !s.Cluster.IPv6 { // a /80 suffices
			addPodAddresses(&node, subnet, taken)
		}
		a.nodes = append(a.nodes, node)
	}
}
