package scenario_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
	"eksnet/workloads"
)

// describeBalancer describes the load balancer of a workload, field by field, without what must differ between two of
// them: names, ARNs, addresses, and the node ports that the API server assigns.
func describeBalancer(t *testing.T, r *scenario.Rehearsal, workload string) map[string]string {
	t.Helper()
	w := r.World()
	name, _ := addressesOf(r)[workload].(string)
	for _, o := range w.All(store.LoadBalancerType) {
		if b := elb.LoadBalancerOf(o); name != "" && b.DNSName == name {
			d := &balancerDescription{world: w, workload: workload, fields: map[string]string{}}
			d.describe(o, b)
			return d.fields
		}
	}
	t.Fatalf("the account has no load balancer %q of workload %s", name, workload)
	return nil
}

type balancerDescription struct {
	world    *world.World
	workload string
	fields   map[string]string
}

func (d *balancerDescription) describe(o *store.Object, b *elb.LoadBalancer) {
	d.fields["load balancer"] = fmt.Sprint(b.Kind, " ", b.Scheme, " ", b.AddressType, " with ", len(o.Texts("allocationIds")), " Elastic IPs")
	d.fields["subnets"] = fmt.Sprint(slices.Sorted(slices.Values(b.Subnets)))
	d.fields["attributes"] = fmt.Sprint(b.Attributes)
	var groups, names []string
	for _, id := range b.SecurityGroups {
		if group := d.world.Get(store.SecurityGroupType, id); store.MadeForBalancer(group) {
			id = "own: " + d.groupRules(id)
		}
		groups = append(groups, id)
	}
	d.fields["security groups"] = fmt.Sprint(slices.Sorted(slices.Values(groups)))
	for _, r := range d.world.All(store.RecordType) {
		if record := route53.RecordOf(r); len(record.Aliases) == 1 && strings.TrimPrefix(record.Aliases[0].Name, "dualstack.") == b.DNSName {
			names = append(names, record.Type+" "+d.unnamed(record.FQDN))
		}
	}
	d.fields["names"] = fmt.Sprint(slices.Sorted(slices.Values(names)))
	for _, l := range d.world.With(store.ListenerType, "loadBalancerArn", o.ID) {
		d.describeListener(l)
	}
}

// unnamed replaces the name of the workload.
func (d *balancerDescription) unnamed(text string) string {
	return strings.ReplaceAll(text, d.workload, "NAME")
}

func (d *balancerDescription) groupRules(group string) string {
	var rules []string
	for _, r := range d.world.With(store.GroupRuleType, "securityGroupId", group) {
		rule := ec2.GroupRuleOf(r)
		rules = append(rules, fmt.Sprintf("%s %d-%d %s%s", rule.Protocol, rule.From, rule.To, rule.CIDR, rule.Source))
	}
	return strings.Join(slices.Sorted(slices.Values(rules)), ", ")
}

// describeListener describes a listener and its rules. An Ingress redirects by the default action of the listener, a
// route of a Gateway by a rule for all paths; what clients get is the same.
func (d *balancerDescription) describeListener(o *store.Object) {
	l := elb.ListenerOf(o)
	key := fmt.Sprintf("listener %d", l.Port)
	d.fields[key] = fmt.Sprint(l.Protocol, " certificates ", l.Certificates, " policy ", l.TLSPolicy)
	d.fields[key+" by default"] = fmt.Sprint("redirect ", l.RedirectPort, " to ", d.targets(l.TargetGroups), l.Weights)
	for _, r := range d.world.With(store.ListenerRuleType, "listenerArn", o.ID) {
		rule := elb.ListenerRuleOf(r)
		if rule.RedirectPort != 0 && len(rule.Hosts) == 0 && slices.Equal(rule.Paths, []string{"/*"}) {
			d.fields[key+" by default"] = fmt.Sprint("redirect ", rule.RedirectPort, " to ", d.targets(nil), rule.Weights)
			continue
		}
		d.fields[fmt.Sprintf("%s rule %d", key, rule.Priority)] = fmt.Sprint("hosts ", d.unnamed(fmt.Sprint(rule.Hosts)), " paths ", rule.Paths,
			" redirect ", rule.RedirectPort, " to ", d.targets(rule.TargetGroups), rule.Weights)
	}
}

// nodePort is a port that the API server assigns.
var nodePort = regexp.MustCompile(`\b3[0-2]\d{3}\b`)

// targets describes target groups, and the rules that their bindings have for the targets.
func (d *balancerDescription) targets(arns []string) (all []string) {
	for _, arn := range arns {
		o := d.world.Get(store.TargetGroupType, arn)
		g := elb.TargetGroupOf(o)
		check, _ := json.Marshal(g.HealthCheck)
		var ports, rules []string
		for _, target := range g.Targets {
			ports = append(ports, target[strings.LastIndex(target, ":")+1:])
		}
		if binding := elb.BindingOfTargetGroup(d.world.Account, arn); binding != nil {
			rules = d.renamePodGroups(store.Texts(binding.Facts["requiredRules"]))
		}
		text := fmt.Sprint(g.Protocol, g.Version, " ", g.TargetType, " ", g.AddressType, " port ", o.Number("port"), " targets on ports ", slices.Sorted(slices.Values(ports)),
			" check ", string(check), " attributes ", g.Attributes, " rules ", slices.Sorted(slices.Values(rules)))
		all = append(all, nodePort.ReplaceAllString(text, "NODEPORT"))
	}
	return all
}

// renamePodGroups replaces the ID of a security group of pods in rules: each workload has a group of its own.
func (d *balancerDescription) renamePodGroups(rules []string) []string {
	var all []string
	for _, rule := range rules {
		id, rest, _ := strings.Cut(rule, " ")
		if group := d.world.Get(store.SecurityGroupType, id); group != nil && group.Tags()[workloads.PodGroupTag] != nil {
			id = "PODS"
		}
		all = append(all, id+" "+rest)
	}
	return all
}
