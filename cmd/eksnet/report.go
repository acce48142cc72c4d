package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
	"eksnet/plan/capacity"
	"eksnet/plan/quota"
	"eksnet/speed"
)

// report is the plan of a stack, as JSON or as tables.
type report struct {
	Stack string `json:"stack"`
	// CanBeBuilt is always true: a stack that cannot be built has problems and no report.
	CanBeBuilt bool     `json:"canBeBuilt"`
	Region     string   `json:"region"`
	Partition  string   `json:"partition"`
	Accounts   []string `json:"accounts"`
	Profile    string   `json:"profile,omitempty"`
	Role       string   `json:"role,omitempty"`

	Network    network        `json:"network"`
	Cluster    config.Cluster `json:"cluster"`
	Addons     plan.Addons    `json:"addons"`
	NodeGroups []nodeGroup    `json:"nodeGroups"`
	Controller controller     `json:"loadBalancerController"`
	Workloads  []workload     `json:"workloads"`
	// Records are the names of load balancers in hosted zones.
	Records []plan.Record `json:"records"`

	// Pods are what a node of each group can hold, and Addresses what each subnet has and needs.
	Pods      []capacity.Group        `json:"podsPerNode"`
	Addresses []capacity.SubnetDemand `json:"addresses"`

	// Speed are the ceilings of the speed between nodes, if a workload measures it.
	Speed []speed.Planned `json:"speed"`

	Billed   []plan.Billed `json:"billedByTheHour"`
	Quotas   []quota.Quota `json:"quotas"`
	Lints    []lint        `json:"lints"`
	Warnings []warning     `json:"warnings"`
	Notes    []warning     `json:"notes"`
}

type network struct {
	IPFamily string `json:"ipFamily"`
	CIDR     string `json:"cidr"`
	NAT      string `json:"nat"`
	Zones    []zone `json:"zones"`
	// InterfaceEndpoints are services; S3 has a gateway endpoint.
	InterfaceEndpoints []string `json:"interfaceEndpoints"`
	// PodCIDR is the pods' own range, "" for none.
	PodCIDR string `json:"podCidr,omitempty"`
	// FlowLogs are kept for so many days, 0 for none.
	FlowLogs int `json:"flowLogDays"`
	// FlowLogsEncrypted reports whether a key of the stack encrypts them.
	FlowLogsEncrypted bool `json:"flowLogsEncrypted,omitempty"`
}

type zone struct {
	Name    string `json:"name"`
	Private string `json:"private"`
	Public  string `json:"public"`
	// Pods and ControlPlane are "" where there is no subnet of their own, and Reserved, which is kept for pods' prefixes,
	// where nothing is.
	Pods         string `json:"pods,omitempty"`
	ControlPlane string `json:"controlPlane,omitempty"`
	Reserved     string `json:"reserved,omitempty"`
	// IPv6 are the indexes of the subnets' /64s in the VPC's IPv6 range, which Amazon assigns; nil in an IPv4 cluster.
	IPv6 *ipv6Subnets `json:"ipv6,omitempty"`
	// Gateway is the zone whose NAT gateway serves the private subnet, "" for none.
	Gateway string `json:"gateway"`
}

// ipv6Subnets are indexes of /64s; ControlPlane is nil where there is no subnet.
type ipv6Subnets struct {
	Private      int  `json:"private"`
	Public       int  `json:"public"`
	ControlPlane *int `json:"controlPlane,omitempty"`
}

type nodeGroup struct {
	Name string `json:"name"`
	config.NodeGroup
}

type controller struct {
	Version  string `json:"version"`
	Replicas int    `json:"replicas"`
	Chart    string `json:"chart"`
	Image    string `json:"image"`
	Shield   bool   `json:"shield"`
	WAF      bool   `json:"waf"`
}

type workload struct {
	Name string `json:"name"`
	config.Workload
	// Address is the Kubernetes object whose status has the address, and Owner the controller that creates the load
	// balancer. Both are "-" without a load balancer.
	Address string `json:"addressOf"`
	Owner   string `json:"madeBy"`
}

// lint is a finding on load balancers, which is also among the warnings.
type lint struct {
	Rule   string `json:"rule"`
	Path   string `json:"path"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
	Source string `json:"source"`
}

type warning struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

func newReport(stack string, s *config.Stack, p *plan.Plan) *report {
	r := &report{
		Stack: stack, CanBeBuilt: true, Region: s.Region, Partition: p.Partition.Name, Accounts: s.Accounts, Profile: s.Profile, Role: s.Role,
		Network: newNetwork(s, p), Cluster: s.Cluster, NodeGroups: []nodeGroup{}, Controller: newController(s, p), Workloads: []workload{},
		Pods: append([]capacity.Group{}, p.Groups...), Addresses: addresses(p.Demand), Addons: p.Addons,
		Speed: speed.Plan(s), Billed: p.Billed, Records: append([]plan.Record{}, p.Records...), Quotas: p.Quotas, Lints: []lint{}, Warnings: []warning{}, Notes: []warning{},
	}
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		r.NodeGroups = append(r.NodeGroups, nodeGroup{name, s.NodeGroups[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		r.Workloads = append(r.Workloads, newWorkload(name, s.Workloads[name]))
	}
	for _, l := range p.Lints {
		r.Lints = append(r.Lints, lint{l.Rule, l.Path, l.Text, l.Reason, l.Source})
	}
	for _, w := range p.Warnings {
		r.Warnings = append(r.Warnings, warning(w))
	}
	for _, n := range p.Notes {
		r.Notes = append(r.Notes, warning(n))
	}
	return r
}

func newNetwork(s *config.Stack, p *plan.Plan) network {
	n := network{IPFamily: s.Network.IPFamily, CIDR: s.Network.CIDR, NAT: s.Network.NAT, InterfaceEndpoints: append([]string{}, p.Endpoints...), PodCIDR: s.Network.PodCIDR}
	if f := s.Network.FlowLogs; f != nil {
		n.FlowLogs, n.FlowLogsEncrypted = f.RetentionDays, f.Encryption
	}
	for _, z := range p.Zones {
		n.Zones = append(n.Zones, zone{
			Name: z.Name, Private: text(z.Private), Public: text(z.Public), Gateway: p.Gateway(z.Name),
			Pods: text(z.Pods), ControlPlane: text(z.ControlPlane), Reserved: text(z.Reserved), IPv6: newIPv6Subnets(s, z),
		})
	}
	return n
}

func newIPv6Subnets(s *config.Stack, z address.Zone) *ipv6Subnets {
	if !s.Network.IPv6() {
		return nil
	}
	subnets := &ipv6Subnets{Private: z.IPv6.Private, Public: z.IPv6.Public}
	if z.ControlPlane.IsValid() {
		subnets.ControlPlane = &z.IPv6.ControlPlane
	}
	return subnets
}

// text is a range, "" for none.
func text(of netip.Prefix) string {
	if !of.IsValid() {
		return ""
	}
	return of.String()
}

// addresses are the need for addresses, with a list of its parts where there is none.
func addresses(demand []capacity.SubnetDemand) []capacity.SubnetDemand {
	all := append([]capacity.SubnetDemand{}, demand...)
	for i := range all {
		all[i].Parts = append([]capacity.DemandPart{}, all[i].Parts...)
	}
	return all
}

func newController(s *config.Stack, p *plan.Plan) controller {
	spec := s.Addons.LoadBalancerController
	return controller{spec.Version, spec.Replicas, spec.Chart, p.Controller.Image, p.Controller.Shield, p.Controller.WAF}
}

// newWorkload returns a workload with the object that gets its address. Services and Ingresses are in its namespace,
// and their names carry the kind.
func newWorkload(name string, w config.Workload) workload {
	kind, owner := "Service", "load balancer controller"
	switch w.Kind {
	case config.KindGatewayNLB, config.KindGatewayALB:
		namespace, gateway := balancer.GatewayOf(name, w)
		return workload{name, w, "Gateway " + namespace + "/" + gateway, owner}
	case config.KindALB:
		kind = "Ingress"
	case config.KindCLB:
		owner = "EKS cloud controller"
	case config.KindMesh:
		gateway := config.IstioGatewayName
		return workload{name, w, kind + " " + gateway + "/" + gateway + "-" + config.KindNLB, owner}
	case config.KindPolicy, config.KindNetshoot, config.KindSpeed:
		return workload{name, w, "-", "-"}
	}
	return workload{name, w, kind + " " + name + "/" + name + "-" + w.Kind, owner}
}

func writeJSON(out io.Writer, what any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(what)
}
