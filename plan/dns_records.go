package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// Record is a name in a hosted zone, an alias of a workload's load balancer.
type Record struct {
	// Host is the name, such as shop.example.com.
	Host string `json:"host"`
	// Zone is the hosted zone, and Index its position in dns.zones.
	Zone  config.HostedZone `json:"zone"`
	Index int               `json:"-"`
	// Types are A, and AAAA for a dual-stack load balancer.
	Types []string `json:"types"`
	// Workload is the first workload with the host, in the order of names. Others with it share its load balancer.
	Workload string `json:"workload"`
}

// hostsOf returns the names of a workload's load balancer by their paths in the stack file.
func hostsOf(s *config.Stack, workload string) []hostPath {
	w, path := s.Workloads[workload], config.In("workloads", workload)
	if w.App == config.AppIstioGateway {
		return meshHosts(s)
	}
	var all []hostPath
	if w.Hostname != "" && (w.Kind == config.KindCLB || w.IsNLB()) {
		all = append(all, hostPath{w.Hostname, path + ".hostname"})
	}
	if w.IsALB() {
		for i, host := range w.Hosts {
			all = append(all, hostPath{host, config.At(path+".hosts", i)})
		}
	}
	return all
}

type hostPath struct{ host, path string }

// meshHosts returns the hosts of all workloads behind the gateway of the mesh, each once.
func meshHosts(s *config.Stack) []hostPath {
	var all []hostPath
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindMesh) {
		for i, host := range w.Hosts {
			if !slices.ContainsFunc(all, func(h hostPath) bool { return h.host == host }) {
				all = append(all, hostPath{host, config.At(path+".hosts", i)})
			}
		}
	}
	return all
}

// zonesOf returns the positions of the zones in which a host gets a record: the longest public and the longest private
// zone that contain it. The Resolver of a VPC uses the longest private zone that contains a name, and looks nowhere
// else for it (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html). So a name
// with a record in the public zone needs one in the private zone too.
func zonesOf(zones []config.HostedZone, host string) []int {
	var found []int
	for _, private := range []bool{false, true} {
		longest := -1
		for i, zone := range zones {
			if zone.Private == private && zone.Contains(host) && (longest < 0 || len(zone.Domain) > len(zones[longest].Domain)) {
				longest = i
			}
		}
		if longest >= 0 {
			found = append(found, longest)
		}
	}
	return found
}

// computeRecords returns the records of the workloads, by zone and host. A public zone has no record of an internal
// load balancer if a private zone has one: clients outside of the VPC cannot connect to it.
func computeRecords(s *config.Stack) []Record {
	types := []string{"A"}
	if s.Network.IPv6() {
		types = []string{"A", "AAAA"}
	}
	var records []Record
	for _, workload := range slices.Sorted(maps.Keys(s.Workloads)) {
		for _, h := range hostsOf(s, workload) {
			zones := zonesOf(s.DNS.Zones, h.host)
			if len(zones) == 2 && s.Workloads[workload].Scheme == config.Internal {
				zones = zones[1:]
			}
			for _, i := range zones {
				if !slices.ContainsFunc(records, func(r Record) bool { return r.Host == h.host && r.Index == i }) {
					records = append(records, Record{Host: h.host, Zone: s.DNS.Zones[i], Index: i, Types: types, Workload: workload})
				}
			}
		}
	}
	slices.SortStableFunc(records, func(a, b Record) int {
		if a.Index != b.Index {
			return a.Index - b.Index
		}
		return strings.Compare(a.Host, b.Host)
	})
	return records
}

// mostRecords returns the number of records in the zone that has most: each type of a name is one.
func mostRecords(records []Record) (most int) {
	count := map[int]int{}
	for _, r := range records {
		count[r.Index] += len(r.Types)
		most = max(most, count[r.Index])
	}
	return most
}

// checkRecords refuses names that no zone contains, and names of several load balancers.
func checkRecords(s *config.Stack, problems *config.Problems) {
	first := map[string]string{}
	for _, workload := range slices.Sorted(maps.Keys(s.Workloads)) {
		for _, h := range hostsOf(s, workload) {
			if len(zonesOf(s.DNS.Zones, h.host)) == 0 && (len(s.DNS.Zones) > 0 || !routesByHost(s.Workloads[workload])) {
				problems.Add(h.path, "%q is in no zone of dns.zones%s; add a zone that contains it, or remove it", h.host, domains(s.DNS.Zones))
			}
			other, taken := first[h.host]
			if !taken {
				first[h.host] = workload
			} else if len(s.DNS.Zones) > 0 && balancerOf(s, other) != balancerOf(s, workload) {
				problems.Add(h.path, "%q is also a name of workload %s, which has another load balancer, and a name has one record; use another name, or put both workloads into one group", h.host, other)
			}
		}
	}
}

// routesByHost reports whether the load balancer of a workload, or a gateway behind it, has its hosts also without a
// hosted zone.
func routesByHost(w config.Workload) bool { return w.IsALB() || w.App == config.AppIstioGateway }

// balancerOf returns what the workloads of one load balancer have in common.
func balancerOf(s *config.Stack, workload string) string {
	if w := s.Workloads[workload]; balancer.IsGrouped(w) {
		return "group " + w.Group
	}
	return "workload " + workload
}

func domains(zones []config.HostedZone) string {
	var all []string
	for _, zone := range zones {
		all = append(all, zone.Domain)
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(slices.Compact(all), ", ") + ")"
}

// adviseOnRecords warns of names that clients cannot use.
func adviseOnRecords(s *config.Stack, records []Record) []config.Warning {
	var all []config.Warning
	for _, r := range records {
		if !r.Zone.Private && s.Workloads[r.Workload].Scheme == config.Internal {
			all = append(all, config.Warning{Path: config.At("dns.zones", r.Index),
				Text: fmt.Sprintf("the public zone will have a record of %s, which is an internal load balancer: everyone can look up its private addresses, and only clients in the VPC can connect; add a private zone with the domain %s", r.Host, r.Zone.Domain)})
		}
	}
	return all
}

// noteDelegations returns what the operator has to do for a public zone of the stack.
func noteDelegations(s *config.Stack) []config.Warning {
	var all []config.Warning
	for i, zone := range s.DNS.Zones {
		if zone.Own && !zone.Private {
			all = append(all, config.Warning{Path: config.At("dns.zones", i) + ".own",
				Text: fmt.Sprintf("the zone answers once the domain above %s, or its registrar, has an NS record with the name servers of the output nameServers; a zone that is created again gets other name servers", zone.Domain)})
		}
	}
	return all
}

// FoundZone is a hosted zone of the account.
type FoundZone struct {
	ID, Domain string
	Private    bool
	// Ours reports whether this stack created it.
	Ours bool
}

// CheckHostedZone refuses a zone that is not what the stack file says. The index is that of dns.zones.
func CheckHostedZone(index int, zone config.HostedZone, found FoundZone) config.Problems {
	var problems config.Problems
	path := config.At("dns.zones", index)
	if domain := strings.TrimSuffix(found.Domain, "."); domain != zone.Domain {
		problems.Add(path+".domain", "%q, but the hosted zone %s has the domain %s; correct one of the two keys", zone.Domain, found.ID, domain)
	}
	if found.Ours {
		problems.Add(path+".own", "false, but this stack created the hosted zone %s, and would delete it; write own: true, or remove the zone and its hosts in an update of their own", found.ID)
	}
	if found.Private != zone.Private {
		problems.Add(path+".private", "%t, but the hosted zone %s is %s; write private: %t, or the ID of another zone", zone.Private, found.ID, map[bool]string{true: "private", false: "public"}[found.Private], found.Private)
	}
	return problems
}

// NamesOf returns the names of a workload's load balancer that have records. Workloads of a
// group have those of their own hosts.
func (p *Plan) NamesOf(s *config.Stack, workload string) []string {
	var names []string
	for _, h := range hostsOf(s, workload) {
		if slices.ContainsFunc(p.Records, func(r Record) bool { return r.Host == h.host }) {
			names = append(names, h.host)
		}
	}
	return names
}
