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

	"eksnet/plan/balancer"
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
		answering, lines, err := v.tryAddresses(ctx, addresses)
		if err != nil || len(lines) == 0 {
			return answering, err
		}
		if !v.hasEmptyZone(pods) || waited >= v.Settle {
			v.reportSilence(answering, lines)
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

// tryAddresses returns the addresses that answer, and a line for each of the others.
func (v *view) tryAddresses(ctx context.Context, addresses []string) (answering, lines []string, err error) {
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
			lines = append(lines, fmt.Sprintf("%s does not answer: %s", address, withoutPorts(failure)))
		}
	}
	return answering, lines, nil
}

// reportSilence adds addresses that do not answer. Where the load balancer does not accept all clients, and none of its
// addresses answers, this client may be one of the others.
func (v *view) reportSilence(answering, lines []string) {
	if len(answering) > 0 || slices.Equal(v.way.Clients, balancer.Everywhere(v.Spec)) {
		v.Pending = v.Pending || len(lines) > 0
		v.addDifferences(lines...)
		return
	}
	accepted := cmp.Or(strings.Join(v.way.Clients, ", "), "its security groups")
	v.addNotes("no requests: no address answers, and the load balancer accepts clients of " + accepted + " alone")
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
