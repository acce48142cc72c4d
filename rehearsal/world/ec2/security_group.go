package ec2

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

// GroupRule is one rule that lets a load balancer's traffic in.
type GroupRule struct {
	Protocol string
	From, To int
	CIDR     string
	List     string // of prefixes
	Source   string // a security group
}

func (r GroupRule) Compare(other GroupRule) int {
	return cmp.Or(cmp.Compare(r.From, other.From), cmp.Compare(r.To, other.To), cmp.Compare(r.Protocol, other.Protocol),
		cmp.Compare(r.CIDR, other.CIDR), cmp.Compare(r.List, other.List), cmp.Compare(r.Source, other.Source))
}

// GroupRuleOf reads a rule of a group back.
func GroupRuleOf(o *store.Object) GroupRule {
	r := GroupRule{Protocol: o.Text("protocol"), From: o.Number("fromPort"), To: o.Number("toPort"), Source: o.Text("sourceSecurityGroupId")}
	for _, cidr := range slices.Concat(o.Texts("cidrBlocks"), o.Texts("ipv6CidrBlocks")) {
		r.CIDR = cidr
	}
	for _, list := range o.Texts("prefixListIds") {
		r.List = list
	}
	return r
}

// SecurityGroup is a security group, or the resource for a VPC's default one.
type SecurityGroup struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	VPC         string `json:"vpcId"`
	Known       bool   `json:"known"` // a fact: whether the load balancer controller has its ID in memory
}

// SecurityGroupOf returns the properties of a security group.
func SecurityGroupOf(o *store.Object) *SecurityGroup { return store.Decode[SecurityGroup](o) }

// SecurityGroupRule is a rule of a security group.
type SecurityGroupRule struct {
	ID          string   `json:"securityGroupRuleId"`
	Group       string   `json:"securityGroupId"`
	Direction   string   `json:"type"` // ingress or egress
	Protocol    string   `json:"protocol"`
	From        int      `json:"fromPort"`
	To          int      `json:"toPort"`
	CIDRs       []string `json:"cidrBlocks"`
	IPv6CIDRs   []string `json:"ipv6CidrBlocks"`
	PrefixLists []string `json:"prefixListIds"`
	Source      string   `json:"sourceSecurityGroupId"`
	Self        bool     `json:"self"`
	Description string   `json:"description"`
}

// SecurityGroupRuleOf returns the properties of a rule of a security group.
func SecurityGroupRuleOf(o *store.Object) *SecurityGroupRule {
	return store.Decode[SecurityGroupRule](o)
}

const createGroupOp = "creating Security Group (%s): operation error EC2: CreateSecurityGroup"

var (
	GroupVPC = store.NewRule("a security group's VPC exists",
		createGroupOp+", api error InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html")
	GroupUnique = store.NewRule("a security group's name is unique in its VPC",
		createGroupOp+", api error InvalidGroup.Duplicate: The security group '%[1]s' already exists for VPC '%[2]s'",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	GroupName = store.NewRule("a security group's name does not begin with sg-",
		createGroupOp+", api error InvalidParameterValue: Value (%[1]s) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html")
	GroupUnused = store.NewRule("no interface or rule uses a security group when it is deleted",
		"deleting Security Group (%[1]s): operation error EC2: DeleteSecurityGroup, api error DependencyViolation: resource %[1]s has a dependent object (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html")
	GroupRuleOnce = store.NewRule("the rules of a security group are unique",
		"authorizing Security Group (%s) Rule (%s): operation error EC2: AuthorizeSecurityGroup, api error InvalidPermission.Duplicate: the specified rule \"%s\" already exists",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	GroupRulePeer = store.NewRule("a security group rule has peers",
		"authorizing Security Group (%s) Rule: one of ['cidr_blocks', 'ipv6_cidr_blocks', 'self', 'source_security_group_id', 'prefix_list_ids'] must be set to create an AWS Security Group Rule",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_rule.go")
	GroupRuleQuota = store.NewRule("a security group has at most sixty rules in each direction",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	GroupRulePorts = store.NewRule("a security group rule's ports are in order",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error InvalidParameterValue: Invalid value for portRange. Must specify both from and to ports with TCP/UDP: from %d to %d.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html")
)

func SecurityGroupKinds() []*store.Kind {
	immutable := []string{"cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self", "sourceSecurityGroupId", "toPort", "type"}
	return []*store.Kind{{
		Typ: store.SecurityGroupType, Name: "name", Tagged: true,
		Defaults: store.Properties{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		ForceNew: []string{"description", "name", "namePrefix", "vpcId"},
		Create:   CreateGroup,
		Update:   func(c *store.Call, o, _ *store.Object) error { showGroup(c.Account, o); return nil },
		Remove:   RemoveGroup,
		Read:     readGroup,
		Creation: 3 * time.Second, Deletion: 2 * time.Second,
	}, {
		Typ: store.GroupRuleType, Defaults: store.Properties{"self": false}, ForceNew: immutable,
		Create: CreateGroupRule,
		Update: func(c *store.Call, o, old *store.Object) error {
			showGroupRule(c.Account, o, old.Text("securityGroupRuleId"))
			return nil
		},
		Creation: time.Second, Deletion: time.Second,
	}, {
		Typ: store.DefaultGroupType, Tagged: true, Defaults: store.Properties{"revokeRulesOnDelete": false}, ForceNew: []string{"vpcId"},
		Create:   adoptDefaultGroup,
		Update:   func(c *store.Call, o, _ *store.Object) error { showGroup(c.Account, o); return nil },
		Read:     readGroup,
		Creation: time.Second, Deletion: time.Second,
	}}
}

func CreateGroup(c *store.Call, o *store.Object) error {
	name, vpc := o.Text("name"), o.Text("vpcId")
	same := c.With(store.SecurityGroupType, "vpcId", vpc, store.Where("name", name))
	err := store.First(
		GroupVPC.When(c.Get(store.VPCType, vpc) == nil, name, vpc),
		GroupName.When(strings.HasPrefix(name, "sg-"), name),
		GroupUnique.When(len(same) > 0, name, vpc))
	if err != nil {
		return err
	}
	o.ID = c.NewID("sg-")
	showGroup(c.Account, o)
	return nil
}

func showGroup(w *store.Account, o *store.Object) {
	rules := func(direction string) any {
		if given := o.Inputs[direction]; given != nil {
			return given
		}
		return []any{}
	}
	o.Show(store.Properties{"arn": w.ARN("ec2", "security-group/"+o.ID), "ownerId": w.Options.Account, "namePrefix": store.OrText(o.Inputs["namePrefix"], ""),
		"name": store.OrText(o.Inputs["name"], "default"), "description": store.OrText(o.Inputs["description"], "default VPC security group"),
		"ingress": rules("ingress"), "egress": rules("egress")})
}

// readGroup sets the rules of a security group, whatever created them: the provider reads all of them
// (terraform-provider-aws, internal/service/ec2/vpc_security_group.go, resourceSecurityGroupRead).
func readGroup(c *store.Call, o *store.Object) {
	for _, direction := range []string{"ingress", "egress"} {
		rules, _ := store.CloneValue(o.Inputs[direction]).([]any)
		for _, r := range c.With(store.GroupRuleType, "securityGroupId", o.ID, store.Where("type", direction)) {
			rules = append(rules, writtenRule(r))
		}
		o.Set(direction, append([]any{}, rules...))
	}
}

// writtenRule returns a rule in the form of an inline rule.
func writtenRule(r *store.Object) map[string]any {
	source := []string{}
	if s := r.Text("sourceSecurityGroupId"); s != "" {
		source = append(source, s)
	}
	return map[string]any{"protocol": r.Text("protocol"), "fromPort": float64(r.Number("fromPort")), "toPort": float64(r.Number("toPort")),
		"description": r.Text("description"), "self": r.Flag("self"), "securityGroups": store.AnyOf(source), "cidrBlocks": store.AnyOf(r.Texts("cidrBlocks")),
		"ipv6CidrBlocks": store.AnyOf(r.Texts("ipv6CidrBlocks")), "prefixListIds": store.AnyOf(r.Texts("prefixListIds"))}
}

// MakeGroup creates a security group for an actor.
func MakeGroup(w *store.Account, name, vpc, owner string, tags map[string]any) *store.Object {
	o := &store.Object{Type: store.SecurityGroupType, ID: w.NewID("sg-"), Owner: owner}
	o.Show(store.Properties{"name": name, "vpcId": vpc, "description": name, "tags": tags})
	w.Put(o)
	return o
}

// GroupUsers returns what prevents the deletion of a security group: interfaces with it and rules of other security
// groups that refer to it.
func GroupUsers(w *store.Account, id string) []*store.Object {
	users := w.Holding(store.InterfaceType, "securityGroups", id)
	return append(users, w.With(store.GroupRuleType, "sourceSecurityGroupId", id, func(r *store.Object) bool {
		return r.Text("securityGroupId") != id
	})...)
}

func RemoveGroup(c *store.Call, o *store.Object) error {
	users := outwait(c.Account, GroupUsers(c.Account, o.ID))
	if err := GroupUnused.When(len(users) > 0, o.ID, store.Named(users)); err != nil {
		return err
	}
	// Its rules are deleted with it.
	for _, r := range c.With(store.GroupRuleType, "securityGroupId", o.ID) {
		c.Drop(r)
	}
	return nil
}

func adoptDefaultGroup(c *store.Call, o *store.Object) error {
	vpc, err := findVPC(c.Account, "reading EC2 Default Security Group: operation error EC2: DescribeSecurityGroups", o.Text("vpcId"))
	if err != nil {
		return err
	}
	o.ID = vpc.Text("defaultSecurityGroupId")
	showGroup(c.Account, o)
	return nil
}

func CreateGroupRule(c *store.Call, o *store.Object) error {
	group := o.Text("securityGroupId")
	source := o.Text("sourceSecurityGroupId")
	const op = "authorizing Security Group Rule: operation error EC2: AuthorizeSecurityGroup"
	err := store.First(
		GroupsExist(c.Account, op, []string{group}),
		GroupRulePeer.When(len(peers(o)) == 0, group))
	if err == nil && source != "" {
		err = GroupsExist(c.Account, op, []string{source})
	}
	if err != nil {
		return err
	}
	from, to := o.Number("fromPort"), o.Number("toPort")
	ports := o.Text("protocol") == "tcp" || o.Text("protocol") == "udp"
	err = store.First(
		GroupRulePorts.When(ports && (from > to || from < 0 || to > 65535), group, from, to),
		groupRuleFits(c.Account, o, group))
	if err != nil {
		return err
	}
	o.ID = fmt.Sprintf("sgrule-%d", crc32.ChecksumIEEE([]byte(group+o.Text("type")+permission(o))))
	showGroupRule(c.Account, o, c.NewID("sgr-"))
	return nil
}

// peers returns the peers of a rule.
func peers(r *store.Object) []string {
	found := slices.Concat(r.Texts("cidrBlocks"), r.Texts("ipv6CidrBlocks"), r.Texts("prefixListIds"))
	if s := r.Text("sourceSecurityGroupId"); s != "" {
		found = append(found, s)
	}
	if r.Flag("self") {
		found = append(found, r.Text("securityGroupId"))
	}
	slices.Sort(found)
	return found
}

// permission returns a rule in the form of EC2's errors.
func permission(r *store.Object) string {
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d, ALLOW",
		strings.Join(peers(r), " "), strings.ToUpper(r.Text("protocol")), r.Number("fromPort"), r.Number("toPort"))
}

// groupRuleFits refuses a rule that the security group has already, and one too many.
func groupRuleFits(w *store.Account, o *store.Object, group string) error {
	have := w.With(store.GroupRuleType, "securityGroupId", group, store.Where("type", o.Text("type")))
	count := len(peers(o))
	for _, r := range have {
		if err := GroupRuleOnce.When(permission(r) == permission(o), group, o.Text("type"), permission(o)); err != nil {
			return err
		}
		count += len(peers(r))
	}
	return GroupRuleQuota.When(count > 60, group)
}

func showGroupRule(w *store.Account, o *store.Object, id string) {
	o.Show(store.Properties{"securityGroupRuleId": id, "sourceSecurityGroupId": o.Text("sourceSecurityGroupId"),
		"fromPort": o.Number("fromPort"), "toPort": o.Number("toPort")})
}
