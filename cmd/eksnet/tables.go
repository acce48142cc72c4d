package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"eksnet/config"
	"eksnet/speed"
)

// writeTables prints the plan for people: the verdict, what may not work, and then the tables.
func (r *report) writeTables(out io.Writer) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "Stack %s %s\n", r.Stack, r.verdict())
	fmt.Fprintf(&text, "region %s (%s), account %s%s\n", r.Region, r.Partition, strings.Join(r.Accounts, " or "), r.operator())
	if len(r.Warnings) > 0 {
		warnings(section(&text, "Warnings"), r.Warnings)
	}
	r.network(section(&text, "Network "+r.Network.ranges()))
	r.addresses(section(&text, "Addresses: what each subnet has, and what it needs with node groups at their desired size and at their max"))
	r.cluster(section(&text, "Cluster "+r.Cluster.Name))
	r.nodeGroups(section(&text, "Node groups"))
	r.pods(section(&text, "Pods: how many a node can run, and the CPU and memory that they may request"))
	r.workloads(section(&text, "Workloads"))
	if len(r.Records) > 0 {
		r.records(section(&text, "Names in Route 53, each an alias of a load balancer"))
	}
	if len(r.Speed) > 0 {
		r.speeds(section(&text, "Speed between two nodes of a type, in Mbit/s: the ceiling, and the baseline once the nodes' network credits are used up"))
	}
	r.billed(section(&text, "Billed by the hour while it exists (traffic, storage, logs and keys are billed in addition)"))
	r.quotas(section(&text, "AWS quotas: what this stack alone may need, with node groups at their max, and the defaults as of November 2026"))
	if len(r.Notes) > 0 {
		warnings(section(&text, "Notes"), r.Notes)
	}
	all := text.String()
	if coloured(out) {
		all = red(all)
	}
	_, err := io.WriteString(out, all)
	return err
}

// operator describes the profile and role that provider and kubeconfig use, "" for the operator's own credentials.
func (r *report) operator() string {
	how := ""
	if r.Profile != "" {
		how += ", profile " + r.Profile
	}
	if r.Role != "" {
		how += ", role " + r.Role
	}
	return how
}

// table is a section whose rows are aligned; cells are separated by tabs.
type table struct {
	text *bytes.Buffer
	*tabwriter.Writer
}

func section(text *bytes.Buffer, title string) table {
	fmt.Fprintf(text, "\n%s\n", title)
	return table{text, tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)}
}

// row writes a row of cells.
func (t table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = fmt.Sprint(cell)
	}
	fmt.Fprintln(t, "  "+strings.Join(texts, "\t"))
}

func (r *report) cluster(t table) {
	defer t.Flush()
	c := r.Cluster
	t.row("Kubernetes", c.Version)
	addons := []struct{ name, version string }{{"vpc-cni", r.Addons.VPCCNI}, {"kube-proxy", r.Addons.KubeProxy}, {"coredns", r.Addons.CoreDNS}}
	if m := r.Addons.MetricsServer; m != nil {
		addons = append(addons, struct{ name, version string }{"metrics-server", *m})
	}
	if agent := r.Addons.PodIdentityAgent; agent != nil {
		addons = append(addons, struct{ name, version string }{"eks-pod-identity-agent", *agent})
	}
	title := "Add-ons"
	for _, addon := range addons {
		t.row(title, addon.name+" "+cmp.Or(addon.version, "in EKS's default version"))
		title = ""
	}
	if c.Identity == config.PodIdentity {
		t.row("Identity", "EKS Pod Identity: pods get the credentials of their roles from the agent on their node")
	}
	t.row("Services", cmp.Or(c.ServiceCIDR, "an IPv6 /108 that EKS assigns"))
	t.row("API", reach(*c.Endpoint))
	if c.Endpoint.Proxy != "" {
		t.row("", "through the proxy "+c.Endpoint.Proxy)
	}
	t.row("Access", "the principal that creates the cluster administers it")
	for _, arn := range c.Admins {
		t.row("", arn+" administers it")
	}
	for _, arn := range c.Viewers {
		t.row("", arn+" views it")
	}
	for _, a := range c.Access {
		where := "everywhere"
		if len(a.Namespaces) > 0 {
			where = "in " + strings.Join(a.Namespaces, ", ")
		}
		if a.Policy != "" {
			t.row("", fmt.Sprintf("%s has %s %s", a.Principal, a.Policy, where))
		}
		if len(a.Groups) > 0 {
			t.row("", fmt.Sprintf("%s is in %s", a.Principal, strings.Join(a.Groups, ", ")))
		}
	}
	keys := map[bool]string{true: "encrypted with the stack's own KMS key", false: "not encrypted with a KMS key of the stack"}
	t.row("Secrets", keys[c.SecretsEncryption])
	logs := "none"
	if len(c.Logs.Types) > 0 {
		logs = strings.Join(c.Logs.Types, ", ") + ", " + retention(c.Logs.RetentionDays, c.Logs.Encryption)
	}
	t.row("Logs", logs)
	t.row("Controller", fmt.Sprintf("%s:v%s, chart %s", r.Controller.Image, r.Controller.Version, r.Controller.Chart))
}

// retention is how a log group keeps its events.
func retention(days int, encrypted bool) string {
	text := fmt.Sprintf("retained for %d days", days)
	if encrypted {
		text += ", encrypted with the stack's own KMS key"
	}
	return text
}

func reach(e config.Endpoint) string {
	var ways []string
	if e.Private {
		ways = append(ways, "from the VPC")
	}
	if e.Public {
		ways = append(ways, "over the internet from "+strings.Join(e.PublicCIDRs, ", "))
	}
	return strings.Join(ways, " and ")
}

func (r *report) nodeGroups(t table) {
	defer t.Flush()
	t.row("GROUP", "TYPES", "AMI", "CAPACITY", "SUBNETS", "MIN", "DESIRED", "MAX", "TAINTS")
	for _, g := range r.NodeGroups {
		var taints []string
		for _, taint := range g.Taints {
			taints = append(taints, fmt.Sprintf("%s=%s:%s", taint.Key, taint.Value, taint.Effect))
		}
		t.row(g.Name, strings.Join(g.InstanceTypes, ", "), g.AMI, g.Capacity, g.Subnets, g.Scaling.Min, g.Scaling.Desired, g.Scaling.Max, cmp.Or(strings.Join(taints, ", "), "-"))
	}
}

func (r *report) workloads(t table) {
	defer t.Flush()
	if len(r.Workloads) == 0 {
		t.row("none")
		return
	}
	t.row("WORKLOAD", "APP", "KIND", "SCHEME", "TARGET", "PODS", "GROUP", "HOST AND PATH", "ADDRESS OF", "CREATED BY")
	for _, w := range r.Workloads {
		place := "-"
		if w.IsALB() || w.Kind == config.KindMesh {
			place = requests(w.Workload)
		}
		t.row(w.Name, w.App, w.Kind, cmp.Or(w.Scheme, "-"), cmp.Or(w.Target, "-"), pods(w.Workload), cmp.Or(w.Group, "-"), place, w.Address, w.Owner)
	}
}

func (r *report) records(t table) {
	defer t.Flush()
	t.row("NAME", "TYPES", "ZONE", "VISIBILITY", "ZONE IS", "WORKLOAD")
	for _, record := range r.Records {
		visibility, existing := "public", cmp.Or(record.Zone.ID, "found by its domain")
		if record.Zone.Private {
			visibility = "private"
		}
		if record.Zone.Own {
			existing = "created by the stack"
		}
		t.row(record.Host, strings.Join(record.Types, ", "), record.Zone.Domain, visibility, existing, record.Workload)
	}
}

func (r *report) speeds(t table) {
	defer t.Flush()
	t.row("TYPE", "1 FLOW", "8 FLOWS", "BASELINE", "UDP RATE", "GROUPS")
	for _, p := range r.Speed {
		many := p.Ceilings[speed.EightFlows]
		t.row(p.Type, p.Ceilings[speed.OneFlow].Megabits, knownFigure(many.Megabits), knownFigure(many.Baseline), p.Ceilings[speed.UDP].Megabits, strings.Join(p.Groups, ", "))
	}
}

// knownFigure returns a figure of which 0 is not known.
func knownFigure(n int) string {
	if n == 0 {
		return "not known"
	}
	return strconv.Itoa(n)
}

// requests are those that a workload behind an ALB gets.
func requests(w config.Workload) string {
	if len(w.Paths) == 0 {
		return "requests that match no rule"
	}
	text := cmp.Or(strings.Join(w.Hosts, ","), "*") + strings.Join(w.Paths, ",")
	if w.DefaultBackend {
		text += ", requests that match no rule"
	}
	return text
}

// pods are how many a workload has.
func pods(w config.Workload) string {
	if least, most := w.LeastPods(), w.MostPods(); least != most {
		return fmt.Sprintf("%d to %d", least, most)
	}
	return strconv.Itoa(w.Replicas)
}

func (r *report) billed(t table) {
	defer t.Flush()
	t.row("COUNT", "MIN TO MAX", "RESOURCE", "DETAILS")
	for _, b := range r.Billed {
		bounds := "-"
		switch {
		case b.AtLeast:
			bounds = "or more"
		case b.Min != b.Max:
			bounds = fmt.Sprintf("%d to %d", b.Min, b.Max)
		}
		t.row(b.Count, bounds, b.What, b.Detail)
	}
}

func (r *report) quotas(t table) {
	defer t.Flush()
	t.row("", "NEEDED", "DEFAULT", "QUOTA", "SERVICE", "CODE")
	for _, q := range r.Quotas {
		mark := "ok"
		if q.Short() {
			mark = "SHORT"
		}
		t.row(mark, strings.TrimSpace(fmt.Sprint(q.Needed, " ", q.Unit)), q.Default, q.Name, q.Service, cmp.Or(q.Code, "fixed"))
	}
	t.Flush()
	for _, q := range r.Quotas {
		if q.Short() && q.Code != "" {
			t.row("To request more, if the quota of the account is lower: " + q.Command)
		}
	}
	t.row("During an update a node group has up to two more nodes in each zone, or maxUnavailable more, which also count towards the quotas.")
	t.row("The current quota of an account: aws service-quotas get-service-quota --service-code SERVICE --quota-code CODE --region " + r.Region)
}

func warnings(t table, all []warning) {
	defer t.Flush()
	for _, w := range all {
		t.row(w.Path + ": " + w.Text)
	}
}
