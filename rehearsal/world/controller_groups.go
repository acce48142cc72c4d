package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

var (
	groupsStay = rule("whether a load balancer has security groups is fixed when it is made",
		`conflicting security groups configuration`, modelSource+"load_balancer.go")
	sharedManaged = rule("rules on the nodes' groups need the shared backend group when a Service names its own groups",
		`backendSG feature is required to manage worker node SG rules when frontendSG is manually specified`, modelSource+"load_balancer.go")
)

// ensureGroups makes the load balancer's own security group with the rules of its ports, and the group that all load
// balancers of the cluster share, by which the nodes' groups let them in.
func (c *controller) ensureGroups(m *balancerModel) (groups []string, changed bool, err error) {
	if m.kind == "network" {
		none, err := m.flag(annotations.SvcLBSuffixDisableNLBSG, false)
		if err != nil {
			return nil, false, err
		}
		standing := c.balancerOf(m.stack)
		wears := standing != nil && len(standing.texts("securityGroups")) > 0
		if standing != nil && !wears {
			return nil, false, nil
		}
		if none || !c.arguments.gate("NLBSecurityGroup", true) {
			return nil, false, groupsStay.when(wears)
		}
	}
	if len(m.groups) > 0 {
		return c.namedGroups(m)
	}
	own, changed, err := c.ensureOwnGroup(m)
	if err != nil || !c.arguments.on("enable-backend-security-group", true) {
		return []string{idOf(own)}, changed, err
	}
	shared, did, err := c.ensureSharedGroup()
	return []string{idOf(own), idOf(shared)}, changed || did, err
}

func idOf(o *Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// namedGroups are those that the load balancer's object names; the nodes' groups stay as they are unless it asks for their rules.
func (c *controller) namedGroups(m *balancerModel) ([]string, bool, error) {
	if !m.manages {
		return m.groups, false, nil
	}
	if err := sharedManaged.when(!c.arguments.on("enable-backend-security-group", true)); err != nil {
		return nil, false, err
	}
	shared, did, err := c.ensureSharedGroup()
	return append(slices.Clone(m.groups), idOf(shared)), did, err
}

// ensureOwnGroup makes the group in front of one load balancer.
func (c *controller) ensureOwnGroup(m *balancerModel) (*Object, bool, error) {
	changed := false
	var group *Object
	if standing := c.made(securityGroupType, m.stack); len(standing) > 0 {
		group = standing[0]
	} else {
		if err := c.makes("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
			return nil, false, err
		}
		group, changed = c.makeGroup(m.groupName, c.vpc(), controllerOwner, c.tagsFor(m.stack, "ManagedLBSecurityGroup", m.tags)), true
		group.set("description", "[k8s] Managed SecurityGroup for LoadBalancer")
	}
	var wanted []groupRule
	for _, l := range m.listeners {
		for _, cidr := range m.ranges {
			wanted = append(wanted, groupRule{protocol: l.transport(), from: l.port, to: l.port, cidr: cidr})
		}
	}
	did, err := c.ensureRules(group, wanted, "")
	return group, changed || did, err
}

// sharedGroup is the group that the cluster's load balancers share, nil where none stands.
func (c *controller) sharedGroup() *Object {
	for _, group := range c.with(securityGroupType, "vpcId", c.vpc()) {
		if group.tags()[clusterTag] == c.arguments["cluster-name"] && group.tags()[resourceTag] == "backend-sg" {
			return group
		}
	}
	return nil
}

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
	tags := map[string]any{}
	for key, value := range c.defaultTags() {
		tags[key] = value
	}
	tags[clusterTag], tags[resourceTag] = cluster, "backend-sg"
	group := c.makeGroup(name, c.vpc(), controllerOwner, tags)
	group.set("description", "[k8s] Shared Backend SecurityGroup for LoadBalancer")
	group.learn(known, true)
	return group, true, nil
}

// known tells of the shared group that the controller has its id in memory, as it has once it reconciled an object that stays. One that
// starts when all are being deleted never asks for it, and leaves the group behind (pkg/networking/backend_sg_provider.go, releaseSG).
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

// dropSharedGroup removes the shared group, if the controller knows it, with the last object that carries a finalizer of the controller;
// those whose resources are gone already count no more.
func (c *controller) dropSharedGroup(done ...*Object) (bool, error) {
	group := c.sharedGroup()
	users := c.in(c.cluster, "", func(o *Object) bool {
		return !slices.Contains(done, o) && slices.ContainsFunc(o.finalizers(), func(f string) bool {
			return f == serviceFinalizer || f == ingressFinalizer || strings.HasPrefix(f, groupFinalizer)
		})
	})
	if group == nil || group.Owner != controllerOwner || group.Facts[known] != true || len(users) > 0 {
		return false, nil
	}
	err := c.dropGroup(group)
	return err == nil, err
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
	source   string // a security group
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
	return r
}

// authorize adds a rule to a group under the account's own rules.
func (c *controller) authorize(group *Object, r groupRule, description string) error {
	inputs := Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": r.protocol,
		"fromPort": float64(r.from), "toPort": float64(r.to), "description": description}
	switch {
	case r.source != "":
		inputs["sourceSecurityGroupId"] = r.source
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
