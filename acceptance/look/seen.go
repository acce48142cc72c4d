package look

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"eksnet/path"
)

// enough is from how many requests on it is a difference that a pod or a zone gets none: of three pods, which each
// request chooses fairly, one gets none of 40 once in ten million.
const enough = 40

// seen is what answers report, as far as it is compared.
type seen struct {
	view *view
	// zones are the zones of pods, by name.
	zones map[string]string
	// reached are the zones of the pods that answered, by the address of the load balancer.
	reached map[string]map[string]bool
	// carried counts answers with and without the address of the client, by what carries it.
	carried map[string][2]int
	lines   []string
}

func newSeen(v *view, pods []Pod) *seen {
	s := &seen{view: v, zones: map[string]string{}, reached: map[string]map[string]bool{}, carried: map[string][2]int{}}
	for _, pod := range pods {
		s.zones[pod.Name] = v.zoneOf(pod.Node)
	}
	return s
}

// zoneOf returns the zone of a node, "" if it is not known.
func (l *looker) zoneOf(node string) string {
	for _, n := range l.nodes {
		if n.Name == node {
			return n.Zone
		}
	}
	return ""
}

// addPod adds the pod that answered.
func (s *seen) addPod(name, address string) {
	zone, found := s.zones[name]
	if !found {
		s.lines = appendNew(s.lines, fmt.Sprintf("%s answered, which is no ready pod of the workload", name))
		return
	}
	if s.reached[address] == nil {
		s.reached[address] = map[string]bool{}
	}
	s.reached[address][zone] = true
}

// addSource adds the source address that a pod reported.
func (s *seen) addSource(source path.Address, text, address string) {
	if want := s.view.expectedSource(address); source != want {
		s.lines = appendNew(s.lines, fmt.Sprintf("pods report the source address %s, which is %s; expected is %s",
			hostOf(text), source, want))
	}
}

// addCarried adds whether an answer has the client's address in what may carry it.
func (s *seen) addCarried(carrier string, found bool) {
	n := s.carried[carrier]
	if found {
		n[0]++
	} else {
		n[1]++
	}
	s.carried[carrier] = n
}

// compare returns the differences of a round.
func (s *seen) compare(r *Round) []string {
	for _, carrier := range slices.Sorted(maps.Keys(s.carried)) {
		with, without := s.carried[carrier][0], s.carried[carrier][1]
		switch expected := s.view.way.ClientAddressIn == carrier; {
		case expected && without > 0:
			s.lines = append(s.lines, fmt.Sprintf("%d of %d requests do not have the client's address in %s", without,
				with+without, carrier))
		case !expected && with > 0:
			s.lines = append(s.lines, fmt.Sprintf("%d of %d requests have the client's address in %s, which is not expected", with, with+without, carrier))
		}
	}
	s.compareShare(r)
	switch {
	case len(r.ByPod) == 0 || s.view.isSticky():
	case s.view.keepsConnections():
		s.noteUnreached(r)
	default:
		s.comparePods(r)
		s.compareZones(r)
	}
	return s.lines
}

// compareShare compares how many requests reached the workload with its weight. A fair choice differs by more than five
// standard deviations once in a million.
func (s *seen) compareShare(r *Round) {
	own, all := s.view.share()
	if own == all || len(s.view.members) < 2 || s.view.questions[0].about != aboutPod {
		return
	}
	part, got := float64(own)/float64(all), r.Answered-r.Others
	expected := float64(r.Answered) * part
	if math.Abs(float64(got)-expected) > 5*math.Sqrt(expected*(1-part)) {
		s.lines = append(s.lines, fmt.Sprintf("%d of %d requests reached the workload; its weight of %d of %d is about %.0f", got, r.Answered, own, all, expected))
	}
}

// keepsConnections reports whether requests share connections of the load balancer for each of which kube-proxy chooses
// a pod. An ALB opens few, so pods may get no requests by chance (docs.aws.amazon.com/elasticloadbalancing/latest/application/
// application-load-balancers.html#connection-idle-timeout).
func (v *view) keepsConnections() bool { return v.spec.IsALB() && v.way.KubeProxy == path.AnyPod }

// noteUnreached notes how many pods got requests, if some got none.
func (s *seen) noteUnreached(r *Round) {
	reached := 0
	for name := range s.zones {
		if r.ByPod[name] > 0 {
			reached++
		}
	}
	if reached < len(s.zones) {
		s.view.addNotes(fmt.Sprintf("requests reached %d of %d pods: the load balancer keeps connections to nodes, and kube-proxy chooses a pod for each connection, not for each request", reached, len(s.zones)))
	}
}

// comparePods compares which pods were reached with those that can be.
func (s *seen) comparePods(r *Round) {
	if r.Answered-r.Others < enough {
		return
	}
	crosses, entered := s.view.crossesZones(), map[string]bool{}
	for _, zone := range s.zones {
		if slices.Contains(s.view.way.Balancer.Zones, zone) {
			entered[zone] = true
		}
	}
	if !crosses && len(r.ByAddress) < len(entered) {
		s.lines = append(s.lines, fmt.Sprintf("the name of the load balancer has %d of %d addresses: one for each zone with pods is expected",
			len(r.ByAddress), len(entered)))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.zones)) {
		if reachable := s.view.way.KubeProxy == path.AnyPod || entered[s.zones[name]]; reachable && r.ByPod[name] == 0 {
			s.lines = append(s.lines, fmt.Sprintf("none of %d requests reached pod %s", r.Answered-r.Others, name))
		}
	}
}

// compareZones compares whether the requests to one address of the load balancer reach pods of several zones.
func (s *seen) compareZones(r *Round) {
	crosses := s.view.crossesZones()
	zones := map[string]bool{}
	for _, zone := range s.zones {
		zones[zone] = true
	}
	for _, address := range slices.Sorted(maps.Keys(s.reached)) {
		switch reached := len(s.reached[address]); {
		case !crosses && reached > 1:
			s.lines = append(s.lines, fmt.Sprintf("requests to %s reached pods in %d zones; expected is one, without cross-zone load balancing", address, reached))
		case crosses && reached == 1 && len(zones) > 1 && r.ByAddress[address] >= enough:
			s.lines = append(s.lines, fmt.Sprintf("all %d requests to %s reached pods of one zone; pods are in %d",
				r.ByAddress[address], address, len(zones)))
		}
	}
}

// crossesZones reports whether requests to one zone of the load balancer reach pods of other zones.
func (v *view) crossesZones() bool { return v.way.Zones.ToTarget || v.way.Zones.ToPod }
