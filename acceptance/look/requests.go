package look

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eksnet/path"
)

// answerTimeout is how long the answers of a connection may take, and attempts how many connections are opened to an
// address that does not answer.
const (
	answerTimeout = 5 * time.Second
	attempts      = 2
	// furtherPerAddress is how many connections to an address ask the further questions.
	furtherPerAddress = 4
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

// round looks at the present pods.
func (v *view) round(ctx context.Context, scaled int, during *Loss) error {
	r := &Round{Scaled: scaled, During: during, ByPod: map[string]int{}, ByAddress: map[string]int{},
		Sources: map[path.Address]int{}, Targets: map[string]int{}}
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
	addresses, err := v.findAddresses(ctx, pods)
	if err != nil || len(addresses) == 0 {
		return err
	}
	v.report(fmt.Sprintf("%d requests", v.connections()))
	return v.sendAll(ctx, r, pods, addresses)
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
		v.count(r, seen, v.questions, answer, address, others)
	}
	if err := v.sendFurther(ctx, r, seen, addresses); err != nil {
		return err
	}
	for text, n := range failures {
		v.addDifferences(fmt.Sprintf("%d of %d requests were not answered: %s", n, r.Sent, text))
	}
	v.addDifferences(seen.compare(r)...)
	return nil
}

// sendFurther asks the further questions on connections of their own.
func (v *view) sendFurther(ctx context.Context, r *Round, seen *seen, addresses []string) error {
	if len(v.further) == 0 {
		return nil
	}
	for i := range min(v.Requests, furtherPerAddress*len(addresses)) {
		address := addresses[i%len(addresses)]
		answer, err := v.client.Send(ctx, v.requestOf(address, v.further))
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if answer.Error == "" {
			v.count(r, seen, v.further, answer, address, nil)
		}
	}
	return nil
}

// count counts the answers of one connection.
func (v *view) count(r *Round, seen *seen, questions []question, answer Answer, address string, others []string) {
	for i, q := range questions {
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
			text = v.addressIn(text)
			source := v.ownerOf(text, answer.Client)
			r.Sources[source]++
			seen.addSource(source, text, address)
		case aboutForwarded:
			seen.addCarried(path.ForwardedForHeader, v.isClient(lastEntry(text), answer.Client))
		case aboutProxied:
			seen.addCarried(v.way.ClientAddressIn, v.isClient(v.addressIn(text), answer.Client))
		}
	}
}

// checkRedirect compares the listener that redirects with the stack file.
func (v *view) checkRedirect(ctx context.Context, address string) error {
	serving, redirecting := v.listeners()
	if redirecting == nil {
		return nil
	}
	answer, err := v.client.Send(ctx, Request{Address: joinPort(address, redirecting.Port), Host: v.hostOfRequests(),
		Texts: []string{"/"}, Timeout: answerTimeout})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(answer.Location, "https://") {
		v.addDifferences(fmt.Sprintf("port %d does not redirect to port %d: location %q, error %q", redirecting.Port,
			serving.Port, answer.Location, answer.Error))
	}
	return nil
}
