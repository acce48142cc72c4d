package world

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

const (
	securityGroupType = "aws:ec2/securityGroup:SecurityGroup"
	groupRuleType     = "aws:ec2/securityGroupRule:SecurityGroupRule"
	defaultGroupType  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
)

const createGroupOp = "creating Security Group (%s): operation error EC2: CreateSecurityGroup"

var (
	groupVPC = rule("a security group's VPC exists",
		createGroupOp+", api error InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html")
	groupUnique = rule("a security group's name is unique in its VPC",
		createGroupOp+", api error InvalidGroup.Duplicate: The security group '%[1]s' already exists for VPC '%[2]s'",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	groupName = rule("a security group's name does not begin with sg-",
		createGroupOp+", api error InvalidParameterValue: Value (%[1]s) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html")
	groupUnused = rule("no interface or rule uses a security group when it is deleted",
		"deleting Security Group (%[1]s): operation error EC2: DeleteSecurityGroup, api error DependencyViolation: resource %[1]s has a dependent object (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html")
	groupRuleOnce = rule("the rules of a security group are unique",
		"authorizing Security Group (%s) Rule (%s): operation error EC2: AuthorizeSecurityGroup, api error InvalidPermission.Duplicate: the specified rule \"%s\" already exists",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	groupRulePeer = rule("a security group rule has peers",
		"authorizing Security Group (%s) Rule: one of ['cidr_blocks', 'ipv6_cidr_blocks', 'self', 'source_security_group_id', 'prefix_list_ids'] must be set to create an AWS Security Group Rule",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_rule.go")
	groupRuleQuota = rule("a security group has at most sixty rules in each direction",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	groupRulePorts = rule("a security group rule's ports are in order",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error InvalidParameterValue: Invalid value for portRange. Must specify both from and to ports with TCP/UDP: from %d to %d.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html")
)

func securityGroupKinds() []*kind {
	immutable := []string{"cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self", "sourceSecurityGroupId", "toPort", "type"}
	return []*kind{{
		typ: securityGroupType, name: "name", tagged: true,
		defaults: Properties{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		forceNew: []string{"description", "name", "namePrefix", "vpcId"},
		create:   createGroup,
		update:   func(c *call, o, _ *Object) error { c.showGroup(o); return nil },
		remove:   removeGroup,
		read:     readGroup,
		creation: 3 * time.Second, deletion: 2 * time.Second,
	}, {
		typ: groupRuleType, defaults: Properties{"self": false}, forceNew: immutable,
		create:   createGroupRule,
		update:   func(c *call, o, old *Object) error { c.showGroupRule(o, old.text("securityGroupRuleId")); return nil },
		creation: time.Second, deletion: time.Second,
	}, {
		typ: defaultGroupType, tagged: true, defaults: Properties{"revokeRulesOnDelete": false}, forceNew: []string{"vpcId"},
		create:   adoptDefaultGroup,
		update:   func(c *call, o, _ *Object) error { c.showGroup(o); return nil },
		read:     readGroup,
		creation: time.Second, deletion: time.Second,
	}}
}

func createGroup(c *call, o *Object) error {
	name, vpc := o.text("name"), o.text("vpcId")
	same := c.with(securityGroupType, "vpcId", vpc, where("name", name))
	err := first(
		groupVPC.when(c.get(vpcType, vpc) == nil, name, vpc),
		groupName.when(strings.HasPrefix(name, "sg-"), name),
		groupUnique.when(len(same) > 0, name, vpc))
	if err != nil {
		return err
	}
	o.ID = c.newID("sg-")
	c.showGroup(o)
	return nil
}

func (w *World) showGroup(o *Object) {
	rules := func(direction string) any {
		if given := o.Inputs[direction]; given != nil {
			return given
		}
		return []any{}
	}
	o.show(Properties{"arn": w.arn("ec2", "security-group/"+o.ID), "ownerId": w.options.Account, "namePrefix": orText(o.Inputs["namePrefix"], ""),
		"name": orText(o.Inputs["name"], "default"), "description": orText(o.Inputs["description"], "default VPC security group"),
		"ingress": rules("ingress"), "egress": rules("egress")})
}

// readGroup sets the rules of a security group, whatever created them: the provider reads all of them
// (terraform-provider-aws, internal/service/ec2/vpc_security_group.go, resourceSecurityGroupRead).
func readGroup(c *call, o *Object) {
	for _, direction := range []string{"ingress", "egress"} {
		rules, _ := cloneValue(o.Inputs[direction]).([]any)
		for _, r := range c.with(groupRuleType, "securityGroupId", o.ID, where("type", direction)) {
			rules = append(rules, writtenRule(r))
		}
		o.set(direction, append([]any{}, rules...))
	}
}

// writtenRule returns a rule in the form of an inline rule.
func writtenRule(r *Object) map[string]any {
	source := []string{}
	if s := r.text("sourceSecurityGroupId"); s != "" {
		source = append(source, s)
	}
	return map[string]any{"protocol": r.text("protocol"), "fromPort": float64(r.number("fromPort")), "toPort": float64(r.number("toPort")),
		"description": r.text("description"), "self": r.flag("self"), "securityGroups": anyOf(source), "cidrBlocks": anyOf(r.texts("cidrBlocks")),
		"ipv6CidrBlocks": anyOf(r.texts("ipv6CidrBlocks")), "prefixListIds": anyOf(r.texts("prefixListIds"))}
}

// makeGroup creates a security group for an actor.
func (w *World) makeGroup(name, vpc, owner string, tags map[string]any) *Object {
	o := &Object{Type: securityGroupType, ID: w.newID("sg-"), Owner: owner}
	o.show(Properties{"name": name, "vpcId": vpc, "description": name, "tags": tags})
	w.put(o)
	return o
}

// groupUsers returns what prevents the deletion of a security group: interfaces with it and rules of other security
// groups that refer to it.
func (w *World) groupUsers(id string) []*Object {
	users := w.holding(interfaceType, "securityGroups", id)
	return append(users, w.with(groupRuleType, "sourceSecurityGroupId", id, func(r *Object) bool {
		return r.text("securityGroupId") != id
	})...)
}

func removeGroup(c *call, o *Object) error {
	users := c.outwait(c.groupUsers(o.ID))
	if err := groupUnused.when(len(users) > 0, o.ID, named(users)); err != nil {
		return err
	}
	// Its rules are deleted with it.
	for _, r := range c.with(groupRuleType, "securityGroupId", o.ID) {
		c.drop(r)
	}
	return nil
}

func adoptDefaultGroup(c *call, o *Object) error {
	vpc, err := c.vpcOf("reading EC2 Default Security Group: operation error EC2: DescribeSecurityGroups", o.text("vpcId"))
	if err != nil {
		return err
	}
	o.ID = vpc.text("defaultSecurityGroupId")
	c.showGroup(o)
	return nil
}

func createGroupRule(c *call, o *Object) error {
	group := o.text("securityGroupId")
	source := o.text("sourceSecurityGroupId")
	const op = "authorizing Security Group Rule: operation error EC2: AuthorizeSecurityGroup"
	err := first(
		c.groupsExist(op, []string{group}),
		groupRulePeer.when(len(peers(o)) == 0, group))
	if err == nil && source != "" {
		err = c.groupsExist(op, []string{source})
	}
	if err != nil {
		return err
	}
	from, to := o.number("fromPort"), o.number("toPort")
	ports := o.text("protocol") == "tcp" || o.text("protocol") == "udp"
	err = first(
		groupRulePorts.when(ports && (from > to || from < 0 || to > 65535), group, from, to),
		c.groupRuleFits(o, group))
	if err != nil {
		return err
	}
	o.ID = fmt.Sprintf("sgrule-%d", crc32.ChecksumIEEE([]byte(group+o.text("type")+permission(o))))
	c.showGroupRule(o, c.newID("sgr-"))
	return nil
}

// peers returns the peers of a rule.
func peers(r *Object) []string {
	found := slices.Concat(r.texts("cidrBlocks"), r.texts("ipv6CidrBlocks"), r.texts("prefixListIds"))
	if s := r.text("sourceSecurityGroupId"); s != "" {
		found = append(found, s)
	}
	if r.flag("self") {
		found = append(found, r.text("securityGroupId"))
	}
	slices.Sort(found)
	return found
}

// permission returns a rule in the form of EC2's errors.
func permission(r *Object) string {
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d, ALLOW",
		strings.Join(peers(r), " "), strings.ToUpper(r.text("protocol")), r.number("fromPort"), r.number("toPort"))
}

// groupRuleFits refuses a rule that the security group has already, and one too many.
func (w *World) groupRuleFits(o *Object, group string) error {
	have := w.with(groupRuleType, "securityGroupId", group, where("type", o.text("type")))
	count := len(peers(o))
	for _, r := range have {
		if err := groupRuleOnce.when(permission(r) == permission(o), group, o.text("type"), permission(o)); err != nil {
			return err
		}
		count += len(peers(r))
	}
	return groupRuleQuota.when(count > 60, group)
}

func (w *World) showGroupRule(o *Object, id string) {
	o.show(Properties{"securityGroupRuleId": id, "sourceSecurityGroupId": o.text("sourceSecurityGroupId"),
		"fromPort": o.number("fromPort"), "toPort": o.number("toPort")})
}
