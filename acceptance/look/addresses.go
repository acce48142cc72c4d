package look

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// joinPort returns an address and a port.
func joinPort(address string, port int) string { return net.JoinHostPort(address, strconv.Itoa(port)) }

// resolve returns the addresses of the load balancer, sorted, none if there is no client.
func (v *view) resolve(ctx context.Context) ([]string, error) {
	if v.client == nil {
		return nil, nil
	}
	addresses, err := v.client.Resolve(ctx, v.Host)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || len(addresses) == 0 {
		v.Pending = true
		reason := "a new load balancer gets them some minutes after its name"
		if err != nil {
			reason = err.Error() + "; " + reason
		}
		v.addDifferences(fmt.Sprintf("%s has no addresses: %s", v.Host, reason))
	}
	slices.Sort(addresses)
	return slices.Compact(addresses), nil
}

// findAddresses returns the addresses that answer at all, so that not each request waits for those that do not. The
// resolver may have the address of a zone without a pod for a while after AWS has removed it.
func (v *view) findAddresses(ctx context.Context, pods []Pod) ([]string, error) {
	for waited := time.Duration(0); ; waited += pollInterval {
		addresses, err := v.resolve(ctx)
		if err != nil {
			return nil, err
		}
		answering, silent, err := v.tryAddresses(ctx, addresses)
		if err != nil || len(silent) == 0 {
			return answering, err
		}
		if !v.mustAnswer(answering, silent) || !v.hasEmptyZone(pods) || waited >= v.Settle {
			v.reportSilence(answering, silent)
			return answering, nil
		}
		if err := v.Wait(ctx, pollInterval); err != nil {
			return nil, err
		}
	}
}

// hasEmptyZone reports whether a zone of the load balancer has no target that can serve.
func (v *view) hasEmptyZone(pods []Pod) bool {
	return !v.crossesZones() && slices.ContainsFunc(v.way.Balancer.Zones, func(zone string) bool {
		return !slices.ContainsFunc(pods, func(p Pod) bool { return v.zoneOf(p.Node) == zone })
	})
}

// silence is an address that does not answer, and why.
type silence struct{ address, reason string }

// tryAddresses returns the addresses that answer, and the others.
func (v *view) tryAddresses(ctx context.Context, addresses []string) (answering []string, silent []silence, err error) {
	for _, address := range addresses {
		failure := ""
		for range attempts {
			answer, err := v.client.Send(ctx, v.requestTo(address))
			if err != nil || ctx.Err() != nil {
				return nil, nil, errors.Join(err, ctx.Err())
			}
			if failure = answer.Error; failure == "" {
				answering = append(answering, address)
				break
			}
		}
		if failure != "" {
			silent = append(silent, silence{address, withoutPorts(failure)})
		}
	}
	return answering, silent, nil
}

// mustAnswer reports whether one of the silent addresses accepts this client: it is of an IP family of which another
// address answers, or of which the load balancer accepts all clients.
func (v *view) mustAnswer(answering []string, silent []silence) bool {
	return slices.ContainsFunc(families, func(f family) bool {
		return slices.ContainsFunc(silent, func(s silence) bool { return f.has(s.address) }) && v.acceptsClient(f, answering)
	})
}

// acceptsClient reports whether the load balancer accepts this client by an IP family, as far as that is known.
func (v *view) acceptsClient(f family, answering []string) bool {
	return slices.ContainsFunc(answering, f.has) || slices.Contains(v.way.Clients, f.everywhere)
}

// reportSilence adds addresses that do not answer. Where the load balancer does not accept all clients of an IP family,
// and none of its addresses of the family answers, this client may be one of the others.
func (v *view) reportSilence(answering []string, silent []silence) {
	for _, family := range families {
		missing := slices.DeleteFunc(slices.Clone(silent), func(s silence) bool { return !family.has(s.address) })
		ranges := slices.DeleteFunc(slices.Clone(v.way.Clients), func(r string) bool { return !family.has(r) && !isPrefixList(r) })
		switch {
		case len(missing) == 0:
		case v.acceptsClient(family, answering):
			v.Pending = true
			for _, s := range missing {
				v.addDifferences(fmt.Sprintf("%s does not answer: %s", s.address, s.reason))
			}
		case len(answering) > 0:
			v.addNotes(fmt.Sprintf("no requests by %s: none of its addresses answers, and the load balancer accepts clients of %s alone", family.name, accepted(ranges)))
		default:
			v.addNotes(fmt.Sprintf("no requests: no address answers, and the load balancer accepts clients of %s alone", accepted(v.way.Clients)))
		}
	}
}

// family is an IP family, with the range of all its addresses.
type family struct {
	name, everywhere string
	isIPv6           bool
}

var families = []family{{"IPv4", "0.0.0.0/0", false}, {"IPv6", "::/0", true}}

// has reports whether an address or a range is of the family.
func (f family) has(address string) bool { return strings.Contains(address, ":") == f.isIPv6 }

// isPrefixList reports whether a client of a path is a prefix list, whose ranges only EC2 has.
func isPrefixList(client string) bool { return strings.HasPrefix(client, "pl-") }

// accepted returns the clients that a load balancer accepts, as text.
func accepted(ranges []string) string {
	return cmp.Or(strings.Join(ranges, ", "), "its security groups")
}

// withoutPorts removes the ports of clients from an error of the network, so that equal errors are counted together.
func withoutPorts(text string) string {
	if before, after, found := strings.Cut(text, "->"); found {
		if i := strings.LastIndexByte(before, ':'); i >= 0 {
			return before[:i] + "->" + after
		}
	}
	return text
}
