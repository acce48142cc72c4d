package ec2

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"maps"
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

// Compare orders rules by their ports, protocol and source.
func (r GroupRule) Compare(other GroupRule) int {
	return cmp.Or(cmp.Compare(r.From, other.From), cmp.Compare(r.To, other.To), cmp.Compare(r.Protocol, other.Protocol),
		cmp.Compare(r.CIDR, other.CIDR), cmp.Compare(r.List, other.List), cmp.Compare(r.Source, other.Source))
}

// GroupRuleOf reads a rule of a group back.
func GroupRuleOf(o *store.Object) GroupRule {
	written := SecurityGroupRuleOf(o)
	r := GroupRule{Protocol: written.Protocol, From: written.From, To: written.To, Source: written.Source}
	for _, cidr := range slices.Concat(written.CIDRs, written.IPv6CIDRs) {
		r.CIDR = cidr
	}
	for _, list := range written.PrefixLists {
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

// inlineRule is a rule in the properties of a security group.
type inlineRule struct {
	Protocol    string   `json:"protocol"`
	From        int      `json:"fromPort"`
	To          int      `json:"toPort"`
	CIDRs       []string `json:"cidrBlocks"`
	IPv6CIDRs   []string `json:"ipv6CidrBlocks"`
	PrefixLists []string `json:"prefixListIds"`
	Groups      []string `json:"securityGroups"`
	Self        bool     `json:"self"`
	Description string   `json:"description"`
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
	GroupRuleQuota = store.NewRule("a security group has at most sixty rules in each direction, a rule for a prefix list counted as its maximum number of entries",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	GroupRulePorts = store.NewRule("a security group rule's ports are in order",
		"authorizing Security Group (%s) Rule: operation error EC2: AuthorizeSecurityGroup, api error InvalidParameterValue: Invalid value for portRange. Must specify both from and to ports with TCP/UDP: from %d to %d.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html")
)

func securityGroupKinds() []*store.Kind {
	immutable := []string{"cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self", "sourceSecurityGroupId", "toPort", "type"}
	return []*store.Kind{{
		Typ: store.SecurityGroupType, Name: "name", Tagged: true,
		Defaults: store.Properties{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
		ForceNew: []string{"description", "name", "namePrefix", "vpcId"},
		Create:   CreateSecurityGroup,
		Update:   func(c *store.Call, o, _ *store.Object) error { showGroup(c.Account, o); return nil },
		Remove:   RemoveSecurityGroup,
		Read:     readGroup,
		Creation: 3 * time.Second, Deletion: 2 * time.Second,
	}, {
		Typ: store.GroupRuleType, Defaults: store.Properties{"self": false}, ForceNew: immutable,
		Create: CreateSecurityGroupRule,
		Update: func(c *store.Call, o, old *store.Object) error {
			showGroupRule(c.Account, o, SecurityGroupRuleOf(old).ID)
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

// CreateSecurityGroup creates a security group.
func CreateSecurityGroup(c *store.Call, o *store.Object) error {
	g := SecurityGroupOf(o)
	same := c.With(store.SecurityGroupType, "vpcId", g.VPC, func(other *store.Object) bool { return SecurityGroupOf(other).Name == g.Name })
	err := store.First(
		GroupVPC.When(c.Get(store.VPCType, g.VPC) == nil, g.Name, g.VPC),
		GroupName.When(strings.HasPrefix(g.Name, "sg-"), g.Name),
		GroupUnique.When(len(same) > 0, g.Name, g.VPC))
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
		for _, r := range c.With(store.GroupRuleType, "securityGroupId", o.ID, store.HasProperty("type", direction)) {
			rule, _ := store.AsProperties(inlineRuleOf(SecurityGroupRuleOf(r)))
			rules = append(rules, rule)
		}
		o.Set(direction, append([]any{}, rules...))
	}
}

// inlineRuleOf returns a rule in the form of an inline rule.
func inlineRuleOf(r *SecurityGroupRule) inlineRule {
	groups := []string{}
	if r.Source != "" {
		groups = append(groups, r.Source)
	}
	return inlineRule{Protocol: r.Protocol, From: r.From, To: r.To, Description: r.Description, Self: r.Self, Groups: groups,
		CIDRs: store.TextsOf(r.CIDRs), IPv6CIDRs: store.TextsOf(r.IPv6CIDRs), PrefixLists: store.TextsOf(r.PrefixLists)}
}

// ingressRules returns what a security group allows in: its rule resources and its inline rules.
func ingressRules(w *store.Account, group string) []*SecurityGroupRule {
	var rules []*SecurityGroupRule
	for _, o := range w.With(store.GroupRuleType, "securityGroupId", group) {
		if r := SecurityGroupRuleOf(o); r.Direction == "ingress" {
			rules = append(rules, r)
		}
	}
	o := w.Get(store.SecurityGroupType, group)
	if o == nil || o.Inputs["ingress"] == nil {
		return rules
	}
	// Only the inputs, because the outputs include the rule resources once the group was read.
	declared, _ := store.As[struct {
		Ingress []inlineRule `json:"ingress"`
	}](o.Inputs)
	for _, r := range declared.Ingress {
		for _, source := range r.Groups {
			rules = append(rules, &SecurityGroupRule{Protocol: r.Protocol, From: r.From, To: r.To, Source: source, Group: group})
		}
		rules = append(rules, &SecurityGroupRule{Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: r.CIDRs, IPv6CIDRs: r.IPv6CIDRs,
			PrefixLists: r.PrefixLists, Self: r.Self, Group: group})
	}
	return rules
}

// includes reports whether a rule includes a TCP port.
func (r *SecurityGroupRule) includes(port int) bool {
	return r.Protocol == "-1" || r.Protocol == "all" || (r.Protocol == "tcp" && r.From <= port && port <= r.To)
}

// MakeSecurityGroup creates a security group for an actor.
func MakeSecurityGroup(w *store.Account, name, vpc, owner string, tags map[string]any) *store.Object {
	return AdoptSecurityGroup(w, w.NewID("sg-"), owner, store.Properties{"name": name, "vpcId": vpc, "description": name, "tags": tags})
}

// AdoptSecurityGroup adds a security group that has an ID already.
func AdoptSecurityGroup(w *store.Account, id, owner string, outputs store.Properties) *store.Object {
	o := &store.Object{Type: store.SecurityGroupType, ID: id, Owner: owner}
	o.Show(outputs)
	w.Put(o)
	return o
}

// SecurityGroupUsers returns what prevents the deletion of a security group: interfaces with it and rules of other
// security groups that refer to it.
func SecurityGroupUsers(w *store.Account, id string) []*store.Object {
	users := w.Holding(store.InterfaceType, "securityGroups", id)
	return append(users, w.With(store.GroupRuleType, "sourceSecurityGroupId", id, func(r *store.Object) bool {
		return SecurityGroupRuleOf(r).Group != id
	})...)
}

// RemoveSecurityGroup deletes the rules of a security group, and refuses the deletion of one in use.
func RemoveSecurityGroup(c *store.Call, o *store.Object) error {
	users := waitForDeletion(c.Account, SecurityGroupUsers(c.Account, o.ID))
	if err := GroupUnused.When(len(users) > 0, o.ID, store.DescribeAll(users)); err != nil {
		return err
	}
	// Its rules are deleted with it.
	for _, r := range c.With(store.GroupRuleType, "securityGroupId", o.ID) {
		c.Drop(r)
	}
	return nil
}

func adoptDefaultGroup(c *store.Call, o *store.Object) error {
	vpc, err := findVPC(c.Account, "reading EC2 Default Security Group: operation error EC2: DescribeSecurityGroups", SecurityGroupOf(o).VPC)
	if err != nil {
		return err
	}
	o.ID = VPCOf(vpc).DefaultGroup
	showGroup(c.Account, o)
	return nil
}

// CreateSecurityGroupRule creates a rule of a security group.
func CreateSecurityGroupRule(c *store.Call, o *store.Object) error {
	r := SecurityGroupRuleOf(o)
	const op = "authorizing Security Group Rule: operation error EC2: AuthorizeSecurityGroup"
	err := store.First(
		CheckSecurityGroups(c.Account, op, []string{r.Group}),
		GroupRulePeer.When(len(r.peers()) == 0, r.Group))
	if err == nil && r.Source != "" {
		err = CheckSecurityGroups(c.Account, op, []string{r.Source})
	}
	if err == nil {
		err = checkPrefixLists(c.Account, op, r.PrefixLists)
	}
	if err != nil {
		return err
	}
	ports := r.Protocol == "tcp" || r.Protocol == "udp"
	err = store.First(
		GroupRulePorts.When(ports && (r.From > r.To || r.From < 0 || r.To > 65535), r.Group, r.From, r.To),
		groupRuleFits(c.Account, r))
	if err != nil {
		return err
	}
	o.ID = fmt.Sprintf("sgrule-%d", crc32.ChecksumIEEE([]byte(r.Group+r.Direction+r.permission())))
	showGroupRule(c.Account, o, c.NewID("sgr-"))
	return nil
}

// peers returns the networks, prefix lists and security groups that a rule is for.
func (r *SecurityGroupRule) peers() []string {
	found := slices.Concat(r.CIDRs, r.IPv6CIDRs, r.PrefixLists)
	if r.Source != "" {
		found = append(found, r.Source)
	}
	if r.Self {
		found = append(found, r.Group)
	}
	slices.Sort(found)
	return found
}

// permission returns a rule in the form of EC2's errors.
func (r *SecurityGroupRule) permission() string {
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d, ALLOW", strings.Join(r.peers(), " "), strings.ToUpper(r.Protocol), r.From, r.To)
}

// groupRuleFits refuses a rule that the security group has already, and one too many.
func groupRuleFits(w *store.Account, r *SecurityGroupRule) error {
	permission, count := r.permission(), rulesFor(w, r)
	for _, o := range w.With(store.GroupRuleType, "securityGroupId", r.Group) {
		other := SecurityGroupRuleOf(o)
		if other.Direction != r.Direction {
			continue
		}
		if err := GroupRuleOnce.When(other.permission() == permission, r.Group, r.Direction, permission); err != nil {
			return err
		}
		count += rulesFor(w, other)
	}
	return GroupRuleQuota.When(count > 60, r.Group)
}

func showGroupRule(w *store.Account, o *store.Object, id string) {
	r := SecurityGroupRuleOf(o)
	o.Show(store.Properties{"securityGroupRuleId": id, "sourceSecurityGroupId": r.Source, "fromPort": r.From, "toPort": r.To})
}

// getSecurityGroups returns the IDs of the security groups that have all of some tags
// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_groups_data_source.go).
func getSecurityGroups(c *store.Call, args store.Properties) (store.Properties, error) {
	for name := range args {
		if name != "tags" {
			return nil, store.Unmodelled("getSecurityGroups by %s", name)
		}
	}
	ids, arns, vpcs := []any{}, []any{}, []any{}
	for _, group := range c.All(store.SecurityGroupType, func(o *store.Object) bool { return hasTags(o, store.MapOf(args["tags"])) }) {
		ids, arns, vpcs = append(ids, group.ID), append(arns, group.Outputs["arn"]), append(vpcs, group.Outputs["vpcId"])
	}
	result := store.Properties{"id": c.Region, "ids": ids, "arns": arns, "vpcIds": vpcs}
	maps.Copy(result, args)
	return result, nil
}
