package main

import (
	"encoding/json"
	"io"
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/plan"
)

// report is what the command tells of a stack, as JSON or as tables.
type report struct {
	Stack     string   `json:"stack"`
	Region    string   `json:"region"`
	Partition string   `json:"partition"`
	Accounts  []string `json:"accounts"`
	Profile   string   `json:"profile,omitempty"`
	Role      string   `json:"role,omitempty"`

	Network    network        `json:"network"`
	Cluster    config.Cluster `json:"cluster"`
	NodeGroups []nodeGroup    `json:"nodeGroups"`
	Controller controller     `json:"loadBalancerController"`
	Workloads  []workload     `json:"workloads"`

	Billed   []plan.Billed `json:"billedByTheHour"`
	Quotas   []plan.Quota  `json:"quotas"`
	Warnings []warning     `json:"warnings"`
}

type network struct {
	CIDR  string `json:"cidr"`
	NAT   string `json:"nat"`
	Zones []zone `json:"zones"`
	// InterfaceEndpoints are services; S3 has a gateway endpoint.
	InterfaceEndpoints []string `json:"interfaceEndpoints"`
}

type zone struct {
	Name    string `json:"name"`
	Private string `json:"private"`
	Public  string `json:"public"`
	// Gateway is the zone whose NAT gateway serves the private subnet, "" for none.
	Gateway string `json:"gateway"`
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
	// Address is the Kubernetes object whose status tells the address, and Owner who makes the load balancer for it.
	Address string `json:"addressOf"`
	Owner   string `json:"madeBy"`
}

type warning struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

func newReport(stack string, s *config.Stack, p *plan.Plan) *report {
	r := &report{
		Stack: stack, Region: s.Region, Partition: p.Partition.Name, Accounts: s.Accounts, Profile: s.Profile, Role: s.Role,
		Network: newNetwork(s, p), Cluster: s.Cluster, NodeGroups: []nodeGroup{}, Controller: newController(s, p), Workloads: []workload{},
		Billed: p.Billed, Quotas: p.Quotas, Warnings: []warning{},
	}
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		r.NodeGroups = append(r.NodeGroups, nodeGroup{name, s.NodeGroups[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		r.Workloads = append(r.Workloads, newWorkload(name, s.Workloads[name]))
	}
	for _, w := range p.Warnings {
		r.Warnings = append(r.Warnings, warning(w))
	}
	return r
}

func newNetwork(s *config.Stack, p *plan.Plan) network {
	n := network{CIDR: s.Network.CIDR, NAT: s.Network.NAT, InterfaceEndpoints: append([]string{}, p.Endpoints...)}
	for _, z := range p.Zones {
		n.Zones = append(n.Zones, zone{z.Name, z.Private.String(), z.Public.String(), p.Gateway(z.Name)})
	}
	return n
}

func newController(s *config.Stack, p *plan.Plan) controller {
	spec := s.Addons.LoadBalancerController
	return controller{spec.Version, spec.Replicas, spec.Chart, p.Controller.Image, p.Controller.Shield, p.Controller.WAF}
}

// newWorkload tells where a workload's address will stand: Services and Ingresses are in its namespace, and their names
// carry the kind.
func newWorkload(name string, w config.Workload) workload {
	kind, owner := "Service", "load balancer controller"
	switch w.Kind {
	case config.KindALB:
		kind = "Ingress"
	case config.KindCLB:
		owner = "EKS cloud controller"
	}
	return workload{name, w, kind + " " + name + "/" + name + "-" + w.Kind, owner}
}

func (r *report) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
