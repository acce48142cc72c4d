package cluster

import (
	"context"
	"net/netip"
	"reflect"
	"time"

	"eksnet/lab/rehearsed"
	"eksnet/lab/resolver"
)

// names are the names in the hosted zones of the account when it last changed.
type names struct{ inVPC, outside *resolver.Names }

// updateNames reads the hosted zones of the account.
func (l *Lab) updateNames(ctx context.Context) error {
	zones, records, err := l.account.HostedZones(ctx)
	if err != nil {
		return err
	}
	l.names.Store(&names{inVPC: resolver.NewNames(zones, records, l.account.VPC()), outside: resolver.NewNames(zones, records, "")})
	return nil
}

// currentNames returns the names that updateNames has read.
func (l *Lab) currentNames() names {
	if read := l.names.Load(); read != nil {
		return *read
	}
	none := resolver.NewNames(nil, nil, "")
	return names{none, none}
}

// resolveInVPC returns the addresses of a name as the VPC's resolver does. Those of a load balancer are in its healthy
// zones: the public ones of an internet-facing one, also within the VPC
// (docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html).
func (l *Lab) resolveInVPC(name string) (addresses []netip.Addr, known bool) {
	return l.currentNames().inVPC.Lookup(name, l.resolveBalancer)
}

// recordsInterval is the interval at which the lab compares the records of the stack with its load balancers.
const recordsInterval = time.Second

// followRecords keeps the stack's alias records on the lab's load balancers. Those of the rehearsal have other names,
// and exist only some time after their Services, Ingresses and Gateways.
func (l *Lab) followRecords(ctx context.Context) {
	for before, logged := []rehearsed.Record(nil), ""; ctx.Err() == nil; {
		all, err := l.Addresses(ctx)
		if wanted := l.stackWithRecords(all); err == nil && !reflect.DeepEqual(wanted.Records, before) {
			if err = l.account.Update(ctx, wanted); err == nil {
				before = wanted.Records
			}
		}
		if err != nil && ctx.Err() == nil && err.Error() != logged {
			logged = err.Error()
			l.logProgress("the records of the stack do not follow its load balancers: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(recordsInterval):
		}
	}
}

// stackWithRecords returns the stack with the records whose load balancers have one of these addresses, in the place of
// those of the rehearsal. Records without an alias are as they are.
func (l *Lab) stackWithRecords(addresses []Address) *rehearsed.Stack {
	hosts := map[rehearsed.Owner]string{}
	for _, a := range addresses {
		hosts[rehearsed.Owner{Kind: a.Kind, Namespace: a.Namespace, Name: a.Name}] = a.Host
	}
	s := *l.Stack
	s.Records = nil
	for _, r := range l.Stack.Records {
		if r.Alias != nil {
			owner, _ := l.Stack.World.OwnerOf(r.Alias.Host)
			if hosts[owner] == "" {
				continue
			}
			alias := *r.Alias
			alias.Host = hosts[owner]
			r.Alias = &alias
		}
		s.Records = append(s.Records, r)
	}
	return &s
}
