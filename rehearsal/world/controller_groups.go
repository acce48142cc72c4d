package world

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/ec2"
)

// idOf returns an object's ID, "" for nil.
func idOf(o *Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// ensureOwnGroup creates the security group of one load balancer, with the rules of its listeners, or updates its
// rules. A load balancer with explicit security groups has none of its own.
func (c *controller) ensureOwnGroup(m *balancerModel) (bool, error) {
	if m.SecurityGroup == nil {
		return false, nil
	}
	spec, changed := m.SecurityGroup.Spec, false
	group := firstOf(c.made(securityGroupType, m.stack))
	if group == nil {
		if err := c.makes("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
			return false, err
		}
		group, changed = c.makeGroup(spec.GroupName, c.vpc(), controllerOwner, anyMap(m.Tags(m.SecurityGroup, spec.Tags))), true
		group.set("description", spec.Description)
	}
	m.SecurityGroup.SetStatus(ec2.SecurityGroupStatus{GroupID: group.ID})
	did, err := c.ensureRules(group, rulesOfPermissions(spec.Ingress), "")
	return changed || did, err
}

// rulesOfPermissions returns the rules of a model's security group, sorted: their order in the model is random.
func rulesOfPermissions(permissions []ec2.IPPermission) []groupRule {
	var wanted []groupRule
	for _, p := range permissions {
		r := groupRule{protocol: p.IPProtocol, from: int(valueOf(p.FromPort)), to: int(valueOf(p.ToPort))}
		for _, peer := range p.IPRanges {
			r.cidr = peer.CIDRIP
			wanted = append(wanted, r)
		}
		for _, peer := range p.IPv6Range {
			r.cidr = peer.CIDRIPv6
			wanted = append(wanted, r)
		}
		for _, peer := range p.PrefixLists {
			r.cidr, r.list = "", peer.ListID
			wanted = append(wanted, r)
		}
	}
	slices.SortFunc(wanted, groupRule.compare)
	return slices.Compact(wanted)
}

// sharedGroup is the group that the cluster's load balancers share, nil if there is none.
func (c *controller) sharedGroup() *Object {
	for _, group := range c.with(securityGroupType, "vpcId", c.vpc()) {
		if group.tags()[clusterTag] == c.arguments["cluster-name"] && group.tags()[resourceTag] == "backend-sg" {
			return group
		}
	}
	return nil
}

var notAlphanumeric = regexp.MustCompile("[[:^alnum:]]")

// ensureSharedGroup creates the security group that the cluster's load balancers share, unless it exists or a flag of
// the controller has another one. The controller does this while it builds a model.
func (c *controller) ensureSharedGroup() (*Object, bool, error) {
	if group := c.sharedGroup(); group != nil {
		group.learn(known, true)
		return group, false, nil
	}
	if given := c.arguments["backend-security-group"]; given != "" {
		return c.get(securityGroupType, given), false, nil
	}
	if err := c.makes("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
		return nil, false, err
	}
	cluster := c.arguments["cluster-name"]
	sum := sha256.Sum256([]byte(cluster))
	name := fmt.Sprintf("k8s-traffic-%.232s-%.10s", notAlphanumeric.ReplaceAllString(cluster, ""), hex.EncodeToString(sum[:]))
	tags := anyMap(c.settings().DefaultTags)
	tags[clusterTag], tags[resourceTag] = cluster, "backend-sg"
	group := c.makeGroup(name, c.vpc(), controllerOwner, tags)
	group.set("description", "[k8s] Shared Backend SecurityGroup for LoadBalancer")
	group.learn(known, true)
	return group, true, nil
}

// known is the fact that the controller has the id of the shared group in memory, as it has once it reconciled an
// object that stays. One that starts when all are being deleted never asks for it, and leaves the group behind
// (pkg/networking/backend_sg_provider.go, releaseSG).
const known = "known"

// forget takes the memory from a controller that has no pod.
func (c *controller) forget() {
	if c.deployment != nil && len(c.pods()) > 0 {
		return
	}
	for _, group := range c.with(securityGroupType, "vpcId", c.vpc()) {
		if group.Owner == controllerOwner && group.tags()[resourceTag] == "backend-sg" {
			group.learn(known, false)
		}
	}
}

// dropSharedGroup removes the shared group, if the controller knows it, with the last Service or Ingress that carries a
// finalizer of the controller; those whose resources are gone already count no more
// (pkg/networking/backend_sg_provider.go, isBackendSGRequired).
func (c *controller) dropSharedGroup(done ...*Object) (bool, error) {
	group := c.sharedGroup()
	if group == nil || group.Owner != controllerOwner || group.Facts[known] != true {
		return false, nil
	}
	for _, typ := range []string{serviceType, ingressType} {
		for _, o := range c.lookup(typ, "held", "", heldByController) {
			if o.Cluster == c.cluster && !slices.Contains(done, o) {
				return false, nil
			}
		}
	}
	err := c.dropGroup(group)
	return err == nil, err
}

// heldByController returns one value for an object that carries a finalizer of the controller, for the index.
func heldByController(o *Object) []string {
	if slices.ContainsFunc(o.finalizers(), func(f string) bool {
		return f == serviceFinalizer || f == ingressFinalizer || strings.HasPrefix(f, groupFinalizer)
	}) {
		return []string{""}
	}
	return nil
}

// dropGroup deletes a security group that nothing uses any more.
func (c *controller) dropGroup(group *Object) error {
	if err := c.may("ec2:DeleteSecurityGroup", c.arn("ec2", "security-group/"+group.ID), existing(group)); err != nil {
		return err
	}
	if err := c.deleteGroup(group); err != nil {
		return fmt.Errorf("failed to delete securityGroup: %w", err)
	}
	return nil
}

// groupRule is one rule that lets a load balancer's traffic in.
type groupRule struct {
	protocol string
	from, to int
	cidr     string
	list     string // of prefixes
	source   string // a security group
}

func (r groupRule) compare(other groupRule) int {
	return cmp.Or(cmp.Compare(r.from, other.from), cmp.Compare(r.to, other.to), cmp.Compare(r.protocol, other.protocol),
		cmp.Compare(r.cidr, other.cidr), cmp.Compare(r.list, other.list), cmp.Compare(r.source, other.source))
}

// describedBy marks the controller's rules on groups that are not its own, so that it finds them again.
const describedBy = "elbv2.k8s.aws/targetGroupBinding=shared"

// ensureRules makes a group's rules with a description the wanted ones.
func (c *controller) ensureRules(group *Object, wanted []groupRule, description string) (bool, error) {
	changed := false
	for _, standing := range c.with(groupRuleType, "securityGroupId", group.ID, where("description", description)) {
		if standing.Owner != controllerOwner || slices.Contains(wanted, groupRuleOf(standing)) {
			continue
		}
		if err := c.may("ec2:RevokeSecurityGroupIngress", c.arn("ec2", "security-group/"+group.ID), existing(group)); err != nil {
			return changed, err
		}
		c.drop(standing)
		changed = true
	}
	for _, r := range wanted {
		if slices.ContainsFunc(c.with(groupRuleType, "securityGroupId", group.ID, where("description", description)),
			func(o *Object) bool { return groupRuleOf(o) == r }) {
			continue
		}
		if err := c.may("ec2:AuthorizeSecurityGroupIngress", c.arn("ec2", "security-group/"+group.ID), existing(group)); err != nil {
			return changed, err
		}
		if err := c.authorize(group, r, description); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// groupRuleOf reads a rule of a group back.
func groupRuleOf(o *Object) groupRule {
	r := groupRule{protocol: o.text("protocol"), from: o.number("fromPort"), to: o.number("toPort"), source: o.text("sourceSecurityGroupId")}
	for _, cidr := range slices.Concat(o.texts("cidrBlocks"), o.texts("ipv6CidrBlocks")) {
		r.cidr = cidr
	}
	for _, list := range o.texts("prefixListIds") {
		r.list = list
	}
	return r
}

// authorize adds a rule to a group under the account's own rules.
func (c *controller) authorize(group *Object, r groupRule, description string) error {
	inputs := Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": r.protocol,
		"fromPort": float64(r.from), "toPort": float64(r.to), "description": description}
	switch {
	case r.source != "":
		inputs["sourceSecurityGroupId"] = r.source
	case r.list != "":
		inputs["prefixListIds"] = []any{r.list}
	case strings.Contains(r.cidr, ":"):
		inputs["ipv6CidrBlocks"] = []any{r.cidr}
	default:
		inputs["cidrBlocks"] = []any{r.cidr}
	}
	o := &Object{Type: groupRuleType, Owner: controllerOwner, Inputs: inputs}
	if err := createGroupRule(&call{World: c.World}, o); err != nil {
		return err
	}
	c.put(o)
	return nil
}
