package lbc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/ec2"

	ec2pkg "eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// ensureOwnGroup creates the security group of one load balancer, with the rules of its listeners, or updates its
// rules. A load balancer with explicit security groups has none of its own.
func (c *Controller) ensureOwnGroup(m *balancerModel) (bool, error) {
	if m.SecurityGroup == nil {
		return false, nil
	}
	spec, changed := m.SecurityGroup.Spec, false
	group := store.FirstOf(c.createdFor(store.SecurityGroupType, m.stack))
	if group == nil {
		if err := c.checkCreate("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
			return false, err
		}
		group, changed = ec2pkg.MakeSecurityGroup(c.Account, spec.GroupName, c.vpc(), store.ControllerOwner, elb.PropertiesOf(m.Tags(m.SecurityGroup, spec.Tags))), true
		group.Set("description", spec.Description)
	}
	m.SecurityGroup.SetStatus(ec2.SecurityGroupStatus{GroupID: group.ID})
	written, err := c.ensureRules(group, rulesOfPermissions(spec.Ingress), "")
	return changed || written, err
}

// rulesOfPermissions returns the rules of a model's security group, sorted: their order in the model is random.
func rulesOfPermissions(permissions []ec2.IPPermission) []ec2pkg.GroupRule {
	var wanted []ec2pkg.GroupRule
	for _, p := range permissions {
		r := ec2pkg.GroupRule{Protocol: p.IPProtocol, From: int(valueOf(p.FromPort)), To: int(valueOf(p.ToPort))}
		for _, peer := range p.IPRanges {
			r.CIDR = peer.CIDRIP
			wanted = append(wanted, r)
		}
		for _, peer := range p.IPv6Range {
			r.CIDR = peer.CIDRIPv6
			wanted = append(wanted, r)
		}
		for _, peer := range p.PrefixLists {
			r.CIDR, r.List = "", peer.ListID
			wanted = append(wanted, r)
		}
	}
	slices.SortFunc(wanted, ec2pkg.GroupRule.Compare)
	return slices.Compact(wanted)
}

// sharedGroupTag is the resource tag of the security group that a cluster's load balancers share.
const sharedGroupTag = "backend-sg"

// SharedGroup returns the security group that the cluster's load balancers share: the one that a flag of the controller
// names, or the controller's own, nil if there is none.
func (c *Controller) SharedGroup() *store.Object {
	if id := c.givenSharedGroup(); id != "" {
		return c.Get(store.SecurityGroupType, id)
	}
	return c.ownSharedGroup()
}

// givenSharedGroup returns the ID of the shared security group that a flag of the controller names, "" for none. The
// controller neither creates nor deletes a group then (pkg/networking/backend_sg_provider.go, Get and Release).
func (c *Controller) givenSharedGroup() string { return c.arguments["backend-security-group"] }

// ownSharedGroup returns the shared security group that the controller created, nil if there is none.
func (c *Controller) ownSharedGroup() *store.Object {
	for _, group := range c.With(store.SecurityGroupType, "vpcId", c.vpc()) {
		if group.Tags()[clusterTag] == c.arguments["cluster-name"] && group.Tags()[ResourceTag] == sharedGroupTag {
			return group
		}
	}
	return nil
}

var notAlphanumeric = regexp.MustCompile("[[:^alnum:]]")

// ensureSharedGroup returns the ID of the security group that the cluster's load balancers share. It creates the group,
// unless it exists or a flag of the controller names one. The controller does this while it builds a model. It reports
// whether it created it.
func (c *Controller) ensureSharedGroup() (string, bool, error) {
	if id := c.givenSharedGroup(); id != "" {
		return id, false, nil
	}
	if group := c.ownSharedGroup(); group != nil {
		group.Learn(Known, true)
		return group.ID, false, nil
	}
	if err := c.checkCreate("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
		return "", false, err
	}
	cluster := c.arguments["cluster-name"]
	sum := sha256.Sum256([]byte(cluster))
	name := fmt.Sprintf("k8s-traffic-%.232s-%.10s", notAlphanumeric.ReplaceAllString(cluster, ""), hex.EncodeToString(sum[:]))
	tags := elb.PropertiesOf(c.Settings().DefaultTags)
	tags[clusterTag], tags[ResourceTag] = cluster, sharedGroupTag
	group := ec2pkg.MakeSecurityGroup(c.Account, name, c.vpc(), store.ControllerOwner, tags)
	group.Set("description", "[k8s] Shared Backend SecurityGroup for LoadBalancer")
	group.Learn(Known, true)
	return group.ID, true, nil
}

// Known is the fact of the controller's own shared group that the controller has its ID in memory: it reads the ID when
// it reconciles an object that is not being deleted. A controller that starts while all objects are being deleted, or
// with a flag that names another group, does not read it, and does not delete the group
// (pkg/networking/backend_sg_provider.go, releaseSG).
const Known = "known"

// forgetSharedGroup clears the memory of a controller that has no pod, or was started with a flag that names a group.
func (c *Controller) forgetSharedGroup() {
	if c.givenSharedGroup() == "" && c.Deployment != nil && len(c.Pods()) > 0 {
		return
	}
	for _, group := range c.With(store.SecurityGroupType, "vpcId", c.vpc()) {
		if group.Owner == store.ControllerOwner && group.Tags()[ResourceTag] == sharedGroupTag {
			group.Learn(Known, false)
		}
	}
}

// deleteSharedGroup deletes the controller's own shared security group, if the controller has its ID in memory, with
// the last Service, Ingress or Gateway that has a finalizer of the controller. Those in done, whose resources were
// deleted, are not counted (pkg/networking/backend_sg_provider.go, isBackendSGRequired).
func (c *Controller) deleteSharedGroup(done ...*store.Object) (bool, error) {
	group := c.ownSharedGroup()
	if group == nil || group.Owner != store.ControllerOwner || !ec2pkg.SecurityGroupOf(group).Known {
		return false, nil
	}
	for _, typ := range []string{store.ServiceType, store.IngressType, store.GatewayType} {
		for _, o := range c.Lookup(typ, "finalizer", "", hasControllerFinalizer) {
			if o.Cluster == c.cluster && !slices.Contains(done, o) {
				return false, nil
			}
		}
	}
	err := c.deleteGroup(group)
	return err == nil, err
}

// hasControllerFinalizer returns one value for an object that has a finalizer of the controller, for the index.
func hasControllerFinalizer(o *store.Object) []string {
	if slices.ContainsFunc(kube.Finalizers(o), func(f string) bool {
		return f == ServiceFinalizer || f == IngressFinalizer || strings.HasPrefix(f, groupFinalizer) || layerOfFinalizer(f) != nil
	}) {
		return []string{""}
	}
	return nil
}

// deleteGroup deletes a security group that is no longer used, if the controller's role allows it.
func (c *Controller) deleteGroup(group *store.Object) error {
	if err := c.checkAllowed("ec2:DeleteSecurityGroup", c.ARN("ec2", "security-group/"+group.ID), resourceFacts(group)); err != nil {
		return err
	}
	if err := elb.DeleteGroup(c.Account, group); err != nil {
		return fmt.Errorf("failed to delete securityGroup: %w", err)
	}
	return nil
}

// DescribedBy is the description of the controller's rules in security groups that it did not create.
const DescribedBy = "elbv2.k8s.aws/targetGroupBinding=shared"

// ensureRules creates and deletes rules of a security group, until those with a description are the wanted ones.
func (c *Controller) ensureRules(group *store.Object, wanted []ec2pkg.GroupRule, description string) (bool, error) {
	changed := false
	for _, existing := range c.With(store.GroupRuleType, "securityGroupId", group.ID, store.HasProperty("description", description)) {
		if existing.Owner != store.ControllerOwner || slices.Contains(wanted, ec2pkg.GroupRuleOf(existing)) {
			continue
		}
		if err := c.checkAllowed("ec2:RevokeSecurityGroupIngress", c.ARN("ec2", "security-group/"+group.ID), resourceFacts(group)); err != nil {
			return changed, err
		}
		c.Drop(existing)
		changed = true
	}
	for _, r := range wanted {
		if slices.ContainsFunc(c.With(store.GroupRuleType, "securityGroupId", group.ID, store.HasProperty("description", description)),
			func(o *store.Object) bool { return ec2pkg.GroupRuleOf(o) == r }) {
			continue
		}
		if err := c.checkAllowed("ec2:AuthorizeSecurityGroupIngress", c.ARN("ec2", "security-group/"+group.ID), resourceFacts(group)); err != nil {
			return changed, err
		}
		if err := c.createRule(group, r, description); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// createRule adds a rule to a security group.
func (c *Controller) createRule(group *store.Object, r ec2pkg.GroupRule, description string) error {
	inputs := store.Properties{"type": "ingress", "securityGroupId": group.ID, "protocol": r.Protocol,
		"fromPort": float64(r.From), "toPort": float64(r.To), "description": description}
	switch {
	case r.Source != "":
		inputs["sourceSecurityGroupId"] = r.Source
	case r.List != "":
		inputs["prefixListIds"] = []any{r.List}
	case strings.Contains(r.CIDR, ":"):
		inputs["ipv6CidrBlocks"] = []any{r.CIDR}
	default:
		inputs["cidrBlocks"] = []any{r.CIDR}
	}
	o := &store.Object{Type: store.GroupRuleType, Owner: store.ControllerOwner, Inputs: inputs}
	if err := ec2pkg.CreateSecurityGroupRule(&store.Call{Account: c.Account}, o); err != nil {
		return err
	}
	c.Put(o)
	return nil
}
