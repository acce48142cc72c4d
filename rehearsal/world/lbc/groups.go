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

// idOf returns an object's ID, "" for nil.
func idOf(o *store.Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// ensureOwnGroup creates the security group of one load balancer, with the rules of its listeners, or updates its
// rules. A load balancer with explicit security groups has none of its own.
func (c *Controller) ensureOwnGroup(m *balancerModel) (bool, error) {
	if m.SecurityGroup == nil {
		return false, nil
	}
	spec, changed := m.SecurityGroup.Spec, false
	group := store.FirstOf(c.made(store.SecurityGroupType, m.stack))
	if group == nil {
		if err := c.makes("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
			return false, err
		}
		group, changed = ec2pkg.MakeGroup(c.Account, spec.GroupName, c.vpc(), store.ControllerOwner, elb.AnyMap(m.Tags(m.SecurityGroup, spec.Tags))), true
		group.Set("description", spec.Description)
	}
	m.SecurityGroup.SetStatus(ec2.SecurityGroupStatus{GroupID: group.ID})
	did, err := c.ensureRules(group, rulesOfPermissions(spec.Ingress), "")
	return changed || did, err
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

// SharedGroup is the group that the cluster's load balancers share, nil if there is none.
func (c *Controller) SharedGroup() *store.Object {
	for _, group := range c.With(store.SecurityGroupType, "vpcId", c.vpc()) {
		if group.Tags()[clusterTag] == c.arguments["cluster-name"] && group.Tags()[ResourceTag] == "backend-sg" {
			return group
		}
	}
	return nil
}

var notAlphanumeric = regexp.MustCompile("[[:^alnum:]]")

// ensureSharedGroup creates the security group that the cluster's load balancers share, unless it exists or a flag of
// the controller has another one. The controller does this while it builds a model.
func (c *Controller) ensureSharedGroup() (*store.Object, bool, error) {
	if group := c.SharedGroup(); group != nil {
		group.Learn(Known, true)
		return group, false, nil
	}
	if given := c.arguments["backend-security-group"]; given != "" {
		return c.Get(store.SecurityGroupType, given), false, nil
	}
	if err := c.makes("ec2", "CreateSecurityGroup", "security-group/*"); err != nil {
		return nil, false, err
	}
	cluster := c.arguments["cluster-name"]
	sum := sha256.Sum256([]byte(cluster))
	name := fmt.Sprintf("k8s-traffic-%.232s-%.10s", notAlphanumeric.ReplaceAllString(cluster, ""), hex.EncodeToString(sum[:]))
	tags := elb.AnyMap(c.Settings().DefaultTags)
	tags[clusterTag], tags[ResourceTag] = cluster, "backend-sg"
	group := ec2pkg.MakeGroup(c.Account, name, c.vpc(), store.ControllerOwner, tags)
	group.Set("description", "[k8s] Shared Backend SecurityGroup for LoadBalancer")
	group.Learn(Known, true)
	return group, true, nil
}

// Known is the fact that the controller has the id of the shared group in memory, as it has once it reconciled an
// object that stays. One that starts when all are being deleted never asks for it, and leaves the group behind
// (pkg/networking/backend_sg_provider.go, releaseSG).
const Known = "known"

// forget takes the memory from a controller that has no pod.
func (c *Controller) forget() {
	if c.Deployment != nil && len(c.Pods()) > 0 {
		return
	}
	for _, group := range c.With(store.SecurityGroupType, "vpcId", c.vpc()) {
		if group.Owner == store.ControllerOwner && group.Tags()[ResourceTag] == "backend-sg" {
			group.Learn(Known, false)
		}
	}
}

// dropSharedGroup removes the shared group, if the controller knows it, with the last Service or Ingress that carries a
// finalizer of the controller; those whose resources are gone already count no more
// (pkg/networking/backend_sg_provider.go, isBackendSGRequired).
func (c *Controller) dropSharedGroup(done ...*store.Object) (bool, error) {
	group := c.SharedGroup()
	if group == nil || group.Owner != store.ControllerOwner || group.Facts[Known] != true {
		return false, nil
	}
	for _, typ := range []string{store.ServiceType, store.IngressType} {
		for _, o := range c.Lookup(typ, "held", "", heldByController) {
			if o.Cluster == c.cluster && !slices.Contains(done, o) {
				return false, nil
			}
		}
	}
	err := c.dropGroup(group)
	return err == nil, err
}

// heldByController returns one value for an object that carries a finalizer of the controller, for the index.
func heldByController(o *store.Object) []string {
	if slices.ContainsFunc(kube.Finalizers(o), func(f string) bool {
		return f == ServiceFinalizer || f == IngressFinalizer || strings.HasPrefix(f, groupFinalizer)
	}) {
		return []string{""}
	}
	return nil
}

// dropGroup deletes a security group that nothing uses any more.
func (c *Controller) dropGroup(group *store.Object) error {
	if err := c.may("ec2:DeleteSecurityGroup", c.ARN("ec2", "security-group/"+group.ID), existing(group)); err != nil {
		return err
	}
	if err := elb.DeleteGroup(c.Account, group); err != nil {
		return fmt.Errorf("failed to delete securityGroup: %w", err)
	}
	return nil
}

// DescribedBy marks the controller's rules on groups that are not its own, so that it finds them again.
const DescribedBy = "elbv2.k8s.aws/targetGroupBinding=shared"

// ensureRules makes a group's rules with a description the wanted ones.
func (c *Controller) ensureRules(group *store.Object, wanted []ec2pkg.GroupRule, description string) (bool, error) {
	changed := false
	for _, standing := range c.With(store.GroupRuleType, "securityGroupId", group.ID, store.Where("description", description)) {
		if standing.Owner != store.ControllerOwner || slices.Contains(wanted, ec2pkg.GroupRuleOf(standing)) {
			continue
		}
		if err := c.may("ec2:RevokeSecurityGroupIngress", c.ARN("ec2", "security-group/"+group.ID), existing(group)); err != nil {
			return changed, err
		}
		c.Drop(standing)
		changed = true
	}
	for _, r := range wanted {
		if slices.ContainsFunc(c.With(store.GroupRuleType, "securityGroupId", group.ID, store.Where("description", description)),
			func(o *store.Object) bool { return ec2pkg.GroupRuleOf(o) == r }) {
			continue
		}
		if err := c.may("ec2:AuthorizeSecurityGroupIngress", c.ARN("ec2", "security-group/"+group.ID), existing(group)); err != nil {
			return changed, err
		}
		if err := c.authorize(group, r, description); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// authorize adds a rule to a group under the account's own rules.
func (c *Controller) authorize(group *store.Object, r ec2pkg.GroupRule, description string) error {
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
	if err := ec2pkg.CreateGroupRule(&store.Call{Account: c.Account}, o); err != nil {
		return err
	}
	c.Put(o)
	return nil
}
