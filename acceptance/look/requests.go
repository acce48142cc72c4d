package look

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"eksnet/path"
	"eksnet/plan/balancer"
)

// answerTimeout is how long the answers of a connection may take, and attempts how many connections are opened to an
// address that does not answer.
const (
	answerTimeout = 5 * time.Second
	attempts      = 2
)

// Round is what was seen at one number of pods.
type Round struct {
	// Pods are the ready pods, and Zones the zones of their nodes.
	Pods []string `json:"pods"`
	// Scaled is to how many pods the workload was scaled, 0 for a look at the present number.
	Scaled int `json:"scaled,omitempty"`
	// Sent is the number of connections, and Answered of those that had all their answers.
	Sent     int `json:"sent"`
	Answered int `json:"answered"`
	// ByPod counts the answers by pod, ByAddress by the address of the load balancer. Others are those by pods of other
	// workloads that share the requests.
	ByPod     map[string]int `json:"byPod,omitempty"`
	ByAddress map[string]int `json:"byAddress,omitempty"`
	Others    int            `json:"byOtherWorkloads,omitempty"`
	// Sources counts whose address pods reported as that of the packet.
	Sources map[path.Address]int `json:"sources,omitempty"`
	// Targets counts the targets by their state.
	Targets map[string]int `json:"targets"`
	// During is what was lost while the number of pods changed to this one.
	During *Loss `json:"whileScaling,omitempty"`
}

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
	if err != nil {
		v.addDifferences(fmt.Sprintf("%s has no addresses: %v; a new load balancer gets them some minutes after its name", v.Host, err))
	}
	slices.Sort(addresses)
	return slices.Compact(addresses), nil
}

// round looks at the present pods.
func (v *view) round(ctx context.Context, scaled int, during *Loss) error {
	r := &Round{Scaled: scaled, During: during, ByPod: map[string]int{}, ByAddress: map[string]int{}, Sources: map[path.Address]int{}, Targets: map[string]int{}}
	defer func() { v.Rounds = append(v.Rounds, *r) }()
	v.report("targets")
	pods, err := v.settle(ctx, r)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		r.Pods = append(r.Pods, pod.Name)
	}
	slices.Sort(r.Pods)
	addresses, err := v.resolve(ctx)
	if err != nil || len(addresses) == 0 {
		return err
	}
	if addresses, err = v.findAnswering(ctx, addresses); err != nil || len(addresses) == 0 {
		return err
	}
	v.report(fmt.Sprintf("%d requests", v.connections()))
	return v.sendAll(ctx, r, pods, addresses)
}

// findAnswering returns the addresses that answer at all, so that not each request waits for those that do not.
func (v *view) findAnswering(ctx context.Context, addresses []string) (answering []string, err error) {
	var lines []string
	for _, address := range addresses {
		failure := ""
		for range attempts {
			answer, err := v.client.Send(ctx, v.requestTo(address))
			if err != nil || ctx.Err() != nil {
				return nil, errors.Join(err, ctx.Err())
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
	if everywhere := balancer.Everywhere(v.Spec); len(answering) == 0 && !slices.Equal(v.way.Clients, everywhere) {
		v.addNotes(fmt.Sprintf("no requests: no address answers, and the load balancer accepts clients of %s alone", cmp.Or(strings.Join(v.way.Clients, ", "), "its security groups")))
		return nil, nil
	}
	v.addDifferences(lines...)
	return answering, nil
}

// report reports progress.
func (v *view) report(part string) {
	if v.Progress != nil {
		v.Progress(v.Name, part)
	}
}

// connections returns how many connections are opened, so that the workload gets about Requests of them.
func (v *view) connections() int {
	own, all := v.share()
	if own == 0 {
		return v.Requests
	}
	return v.Requests * all / own
}

// share returns the weight of the workload and the sum of the weights of those that share its requests.
func (v *view) share() (own, all int) {
	if len(v.members) < 2 {
		return 1, 1
	}
	for _, m := range v.members {
		all += *m.Weight
		if m.Name == v.Name {
			own = *m.Weight
		}
	}
	return own, all
}

// sendAll sends requests in turn to the addresses of the load balancer, and compares the answers.
func (v *view) sendAll(ctx context.Context, r *Round, pods []Pod, addresses []string) error {
	seen, failures := newSeen(v, pods), map[string]int{}
	if err := v.checkRedirect(ctx, addresses[0]); err != nil {
		return err
	}
	var others []string
	for _, m := range v.members {
		if m.Name != v.Name {
			found, err := v.cluster.Pods(ctx, m.Name, m.Name)
			if err != nil {
				return err
			}
			for _, pod := range found {
				others = append(others, pod.Name)
			}
		}
	}
	for i := range v.connections() {
		address := addresses[i%len(addresses)]
		answer, err := v.client.Send(ctx, v.requestTo(address))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		r.Sent++
		if answer.Error != "" {
			failures[withoutPorts(answer.Error)]++
			continue
		}
		r.Answered++
		r.ByAddress[address]++
		v.count(r, seen, answer, address, others)
	}
	for text, n := range failures {
		v.addDifferences(fmt.Sprintf("%d of %d requests were not answered: %s", n, r.Sent, text))
	}
	v.addDifferences(seen.compare(r)...)
	return nil
}

// count counts the answers of one connection.
func (v *view) count(r *Round, seen *seen, answer Answer, address string, others []string) {
	for i, q := range v.questions {
		text := answer.Texts[i]
		switch q.about {
		case aboutPod:
			if slices.Contains(others, text) {
				r.Others++
				return
			}
			r.ByPod[text]++
			seen.addPod(text, address)
		case aboutSource:
			source := v.ownerOf(text, answer.Client)
			r.Sources[source]++
			seen.addSource(source, text, address)
		case aboutForwarded:
			seen.addCarried(path.ForwardedForHeader, v.isClient(lastEntry(text), answer.Client))
		case aboutProxied:
			seen.addCarried(v.way.ClientAddressIn, v.isClient(hostOf(text), answer.Client))
		}
	}
}

// lastEntry returns the last entry of a list with commas, which is the one that the load balancer wrote.
func lastEntry(text string) string {
	return strings.TrimSpace(text[strings.LastIndexByte(text, ',')+1:])
}

// isClient reports whether an address is that of the client, as far as it can be known: its own, or one outside of the
// VPC, if the network of the client translates its address.
func (v *view) isClient(address, client string) bool {
	return address != "" && v.ownerOf(address, client) == path.Clients
}

// ownerOf returns whose address it is.
func (v *view) ownerOf(text, client string) path.Address {
	text = hostOf(text)
	address, err := netip.ParseAddr(text)
	switch address = address.Unmap(); {
	case err != nil:
		return path.Address(fmt.Sprintf("no address: %q", text))
	case address.String() == client:
		return path.Clients
	case slices.ContainsFunc(v.nodes, func(n Node) bool { return slices.Contains(n.Addresses, address) }):
		return path.Nodes
	case v.isInVPC(address):
		return path.Balancers
	default:
		return path.Clients
	}
}

// isInVPC reports whether an address is in the VPC. Its IPv6 range is not in the stack file: it is the /56 of the nodes
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func (v *view) isInVPC(address netip.Addr) bool {
	for _, text := range []string{v.Spec.Network.CIDR, v.Spec.Network.PodCIDR} {
		if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Contains(address) {
			return true
		}
	}
	for _, node := range v.nodes {
		for _, own := range node.Addresses {
			if prefix, err := own.Prefix(56); err == nil && own.Is6() && prefix.Contains(address) {
				return true
			}
		}
	}
	return false
}

// checkRedirect compares the listener that redirects with the stack file.
func (v *view) checkRedirect(ctx context.Context, address string) error {
	serving, redirecting := v.listeners()
	if redirecting == nil {
		return nil
	}
	answer, err := v.client.Send(ctx, Request{Address: joinPort(address, redirecting.Port), Host: v.hostOfRequests(), Texts: []string{"/"}, Timeout: answerTimeout})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(answer.Location, "https://") {
		v.addDifferences(fmt.Sprintf("port %d does not redirect to port %d: location %q, error %q", redirecting.Port, serving.Port, answer.Location, answer.Error))
	}
	return nil
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
