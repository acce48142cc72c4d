package scenario_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// requiredActions are the IAM actions that the provider needs for a resource, from its creation to its deletion, by
// service and without tags, which tagActions has. The calls are those of terraform-provider-aws 5.100, on which the
// aws provider 6.83.2 is based (github.com/hashicorp/terraform-provider-aws, internal/service); actions that differ
// from the call's name are from docs.aws.amazon.com/service-authorization.
var requiredActions = map[string]map[string]string{
	"aws:cloudwatch/logGroup:LogGroup":                  {"logs": "CreateLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey DescribeLogGroups ListTagsForResource DeleteLogGroup"},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"ec2": "DescribeSecurityGroups RevokeSecurityGroupIngress RevokeSecurityGroupEgress"},
	// The address of a NAT gateway is disassociated before it is released, if the state has the association.
	"aws:ec2/eip:Eip":         {"ec2": "AllocateAddress DescribeAddresses DescribeAddressesAttribute DisassociateAddress ReleaseAddress"},
	"aws:ec2/flowLog:FlowLog": {"ec2": "CreateFlowLogs DescribeFlowLogs DeleteFlowLogs", "iam": "PassRole"},
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": {"ec2": "CreateEgressOnlyInternetGateway DescribeEgressOnlyInternetGateways DeleteEgressOnlyInternetGateway"},
	"aws:ec2/internetGateway:InternetGateway":                     {"ec2": "CreateInternetGateway AttachInternetGateway DescribeInternetGateways DetachInternetGateway DeleteInternetGateway"},
	"aws:ec2/launchTemplate:LaunchTemplate":                       {"ec2": "CreateLaunchTemplate DescribeLaunchTemplates DescribeLaunchTemplateVersions CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate"},
	"aws:ec2/natGateway:NatGateway":                               {"ec2": "CreateNatGateway DescribeNatGateways DeleteNatGateway"},
	"aws:ec2/route:Route":                                         {"ec2": "CreateRoute DescribeRouteTables ReplaceRoute DeleteRoute"},
	"aws:ec2/routeTable:RouteTable":                               {"ec2": "CreateRouteTable DescribeRouteTables DeleteRouteTable"},
	"aws:ec2/routeTableAssociation:RouteTableAssociation":         {"ec2": "AssociateRouteTable DescribeRouteTables DisassociateRouteTable"},
	// Before subnets and groups are deleted, the provider searches for lingering interfaces.
	"aws:ec2/securityGroup:SecurityGroup":         {"ec2": "CreateSecurityGroup DescribeSecurityGroups AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress DescribeNetworkInterfaces DeleteSecurityGroup"},
	"aws:ec2/securityGroupRule:SecurityGroupRule": {"ec2": "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress DescribeSecurityGroups DescribeSecurityGroupRules RevokeSecurityGroupIngress RevokeSecurityGroupEgress"},
	"aws:ec2/subnet:Subnet":                       {"ec2": "CreateSubnet DescribeSubnets ModifySubnetAttribute DescribeNetworkInterfaces DeleteSubnet"},
	// The end of a reservation is an action without a resource (docs.aws.amazon.com/service-authorization).
	"aws:ec2/subnetCidrReservation:SubnetCidrReservation": {"ec2": "CreateSubnetCidrReservation GetSubnetCidrReservations DeleteSubnetCidrReservation"},
	"aws:ec2/vpc:Vpc": {"ec2": "CreateVpc DescribeVpcs DescribeVpcAttribute ModifyVpcAttribute DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups DeleteVpc"},
	// The private DNS names of an interface endpoint are a hosted zone that AWS manages.
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                 {"ec2": "CreateVpcEndpoint DescribeVpcEndpoints DescribePrefixLists ModifyVpcEndpoint DeleteVpcEndpoints", "route53": "AssociateVPCWithHostedZone"},
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {"ec2": "AssociateVpcCidrBlock DescribeVpcs DisassociateVpcCidrBlock"},
	// EKS accepts a role for nodes from a caller that may pass it.
	"aws:eks/accessEntry:AccessEntry":                         {"eks": "CreateAccessEntry DescribeAccessEntry UpdateAccessEntry DeleteAccessEntry", "iam": "PassRole"},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {"eks": "AssociateAccessPolicy ListAssociatedAccessPolicies DisassociateAccessPolicy"},
	"aws:eks/addon:Addon":                                     {"eks": "CreateAddon DescribeAddon UpdateAddon DescribeUpdate DeleteAddon", "iam": "PassRole"},
	// EKS accepts a role for pods from a caller that may read and pass it
	// (docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html).
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {"eks": "CreatePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation DeletePodIdentityAssociation", "iam": "PassRole GetRole"},
	// The grant lets EKS use the key of Secrets (docs.aws.amazon.com/eks/latest/userguide/enable-kms.html).
	"aws:eks/cluster:Cluster": {
		"eks": "CreateCluster DescribeCluster UpdateClusterConfig UpdateClusterVersion AssociateEncryptionConfig DescribeUpdate DeleteCluster",
		"iam": "PassRole GetRole CreateServiceLinkedRole", "ec2": "DescribeSubnets", "kms": "DescribeKey CreateGrant",
	},
	// EKS checks whether the caller may launch from the template
	// (docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
	"aws:eks/nodeGroup:NodeGroup": {
		"eks": "CreateNodegroup DescribeNodegroup UpdateNodegroupConfig UpdateNodegroupVersion DescribeUpdate DeleteNodegroup",
		"iam": "PassRole GetRole ListAttachedRolePolicies CreateServiceLinkedRole", "ec2": "RunInstances CreateTags DescribeSubnets DescribeLaunchTemplateVersions",
	},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"iam": "CreateOpenIDConnectProvider GetOpenIDConnectProvider DeleteOpenIDConnectProvider"},
	"aws:iam/policy:Policy":                               {"iam": "CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion DeletePolicy"},
	"aws:iam/role:Role":                                   {"iam": "CreateRole GetRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole UpdateAssumeRolePolicy DeleteRole"},
	"aws:iam/rolePolicy:RolePolicy":                       {"iam": "PutRolePolicy GetRolePolicy DeleteRolePolicy"},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":   {"iam": "AttachRolePolicy ListAttachedRolePolicies DetachRolePolicy"},
	"aws:kms/alias:Alias":                                 {"kms": "CreateAlias ListAliases UpdateAlias DeleteAlias"},
	"aws:kms/key:Key":                                     {"kms": "CreateKey DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags ScheduleKeyDeletion"},
	// A private zone needs the right to see its VPC (docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html).
	"aws:route53/record:Record":                   {"route53": "ChangeResourceRecordSets GetChange ListResourceRecordSets GetHostedZone"},
	"aws:route53/zone:Zone":                       {"route53": "CreateHostedZone GetHostedZone GetChange ListResourceRecordSets ListTagsForResource UpdateHostedZoneComment DeleteHostedZone", "ec2": "DescribeVpcs"},
	"aws:route53/zoneAssociation:ZoneAssociation": {"route53": "AssociateVPCWithHostedZone GetHostedZone GetChange DisassociateVPCFromHostedZone", "ec2": "DescribeVpcs"},
}

// tagActions are the actions for the tags of a resource.
var tagActions = map[string]string{
	"aws:ec2":  "ec2:CreateTags ec2:DeleteTags",
	"aws:eks":  "eks:TagResource eks:UntagResource",
	"aws:kms":  "kms:TagResource kms:UntagResource",
	"aws:logs": "logs:TagResource logs:UntagResource",

	"aws:route53/zone:Zone": "route53:ChangeTagsForResource",

	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": "iam:TagOpenIDConnectProvider iam:UntagOpenIDConnectProvider",
	"aws:iam/policy:Policy":                               "iam:TagPolicy iam:UntagPolicy",
	"aws:iam/role:Role":                                   "iam:TagRole iam:UntagRole",
}

// lookupActions are the actions of the functions that the program calls before it creates anything, each with its
// resource (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html).
var lookupActions = map[string]string{
	"ec2:DescribeAvailabilityZones":     "*",
	"ec2:DescribeInstanceTypeOfferings": "*",
	"ec2:DescribeSubnets":               "*",
	"route53:ListHostedZones":           "*",
	"route53:GetHostedZone":             "arn:PARTITION:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
	"route53:ListTagsForResource":       "arn:PARTITION:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
	"eks:ListClusters":                  "*",
	"eks:ListNodegroups":                "arn:PARTITION:eks:REGION:ACCOUNT:cluster/CLUSTER",
	"eks:DescribeNodegroup":             "arn:PARTITION:eks:REGION:ACCOUNT:nodegroup/CLUSTER/CLUSTER-general-0123abc/12345678-1234-1234-1234-123456789012",
}

// actionsOf returns all actions that a resource of a type needs.
func actionsOf(typ string) []string {
	var all []string
	for service, names := range requiredActions[typ] {
		for _, name := range strings.Fields(names) {
			all = append(all, service+":"+name)
		}
	}
	service, _, _ := strings.Cut(strings.Replace(typ, "aws:cloudwatch/", "aws:logs/", 1), "/")
	return append(append(all, strings.Fields(tagActions[typ])...), strings.Fields(tagActions[service])...)
}

type policyStatement struct {
	Sid              string
	Action, Resource stringOrList
	Condition        map[string]map[string]stringOrList
}

// stringOrList is one text or a list of them.
type stringOrList []string

func (t *stringOrList) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = stringOrList{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// deployerPolicy returns the policy of docs/ filled in for a stack, as docs/operations.md describes.
func deployerPolicy(t *testing.T, s stackState) []policyStatement {
	t.Helper()
	var document struct{ Statement []policyStatement }
	if err := json.Unmarshal([]byte(s.fill(t)), &document); err != nil {
		t.Fatal(err)
	}
	return document.Statement
}

func (s stackState) fill(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "deployer-policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("REGION", s.region, "ACCOUNT", s.account, "CLUSTER", s.cluster, "STACK", s.name,
		"arn:aws:", "arn:"+s.partition+":").Replace(string(text))
}

func (s policyStatement) names(action string) bool {
	return slices.ContainsFunc(s.Action, func(pattern string) bool { return matchesPattern(pattern, action) })
}

// isAllowed reports whether a statement allows an action on an ARN, without its conditions.
func isAllowed(statements []policyStatement, action, arn string) bool {
	return slices.ContainsFunc(statements, func(s policyStatement) bool {
		return s.names(action) && slices.ContainsFunc(s.Resource, func(pattern string) bool { return matchesPattern(pattern, arn) })
	})
}

// matchesPattern matches like IAM: a star is any text.
func matchesPattern(pattern, text string) bool {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(text)
}

// resources returns the resources that exist on AWS, by type.
func (s stackState) resources() iter.Seq2[string, apitype.ResourceV3] {
	return func(yield func(string, apitype.ResourceV3) bool) {
		for _, r := range s.stateGraph {
			if strings.HasPrefix(string(r.Type), "aws:") && !yield(string(r.Type), r) {
				return
			}
		}
	}
}

func TestTheDeployersPolicyAllowsAllActionsOfTheStacks(t *testing.T) {
	for _, s := range committedStates(t) {
		policy := deployerPolicy(t, s)
		for typ, r := range s.resources() {
			if requiredActions[typ] == nil {
				t.Errorf("stack %s creates a %s, which has no entry in requiredActions", s.name, typ)
			}
			arn, _ := r.Outputs["arn"].(string)
			for _, action := range actionsOf(typ) {
				if !slices.ContainsFunc(policy, func(p policyStatement) bool { return p.names(action) }) {
					t.Errorf("%s needs %s, which docs/deployer-policy.json does not allow", typ, action)
				}
				if service, _, _ := strings.Cut(action, ":"); strings.HasPrefix(arn, "arn:"+s.partition+":"+service+":") && !isAllowed(policy, action, arn) {
					t.Errorf("stack %s: %s is not allowed on %s", s.name, action, arn)
				}
			}
		}
	}
}

func TestTheDeployersPolicyAllowsTheLookupsOfTheProgram(t *testing.T) {
	for _, s := range committedStates(t) {
		policy := deployerPolicy(t, s)
		for action, resource := range lookupActions {
			arn := strings.NewReplacer("PARTITION", s.partition, "REGION", s.region, "ACCOUNT", s.account, "CLUSTER", s.cluster).Replace(resource)
			if !isAllowed(policy, action, arn) {
				t.Errorf("stack %s: %s is not allowed on %s", s.name, action, arn)
			}
		}
	}
}

func TestTheDeployersPolicyAllowsNoOtherActions(t *testing.T) {
	made := map[string]bool{}
	needed := slices.Collect(maps.Keys(lookupActions))
	for _, s := range committedStates(t) {
		for typ := range s.resources() {
			made[typ] = true
			needed = append(needed, actionsOf(typ)...)
		}
	}
	for _, statement := range deployerPolicy(t, committedStates(t)[0]) {
		for _, pattern := range statement.Action {
			if !slices.ContainsFunc(needed, func(action string) bool { return matchesPattern(pattern, action) }) {
				t.Errorf("%s: nothing needs %s", statement.Sid, pattern)
			}
		}
	}
	for typ := range requiredActions {
		if !made[typ] {
			t.Errorf("no stack makes a %s", typ)
		}
	}
}

func TestTheDeployerCanAttachOnlyThePoliciesOfTheStack(t *testing.T) {
	for _, s := range committedStates(t) {
		var accepted stringOrList
		for _, statement := range deployerPolicy(t, s) {
			if statement.names("iam:AttachRolePolicy") {
				accepted = statement.Condition["ArnLike"]["iam:PolicyARN"]
			}
		}
		used := map[string]bool{}
		for typ, r := range s.resources() {
			if typ != "aws:iam/rolePolicyAttachment:RolePolicyAttachment" {
				continue
			}
			arn := fmt.Sprint(r.Inputs["policyArn"])
			at := slices.IndexFunc(accepted, func(pattern string) bool { return matchesPattern(pattern, arn) })
			if at < 0 {
				t.Errorf("stack %s attaches %s, which docs/deployer-policy.json does not let it", s.name, arn)
				continue
			}
			used[accepted[at]] = true
		}
		for _, pattern := range accepted {
			if !used[pattern] {
				t.Errorf("stack %s attaches no policy like %s", s.name, pattern)
			}
		}
	}
}

func TestTheDeployerCanPassRolesOnlyToTheServicesThatAssumeThem(t *testing.T) {
	used := map[string]bool{}
	var accepted stringOrList
	for _, s := range committedStates(t) {
		for _, statement := range deployerPolicy(t, s) {
			if statement.names("iam:PassRole") {
				accepted = statement.Condition["StringLike"]["iam:PassedToService"]
			}
			if via := statement.Condition["StringLike"]["kms:ViaService"]; statement.names("kms:CreateGrant") && !slices.Equal(via, stringOrList{"eks." + s.region + ".amazonaws.com*"}) {
				t.Errorf("stack %s: %s lets the deployer give keys to others than EKS: %q", s.name, statement.Sid, via)
			}
		}
		for typ, r := range s.resources() {
			if typ != "aws:iam/role:Role" {
				continue
			}
			for _, service := range servicesTrusted(fmt.Sprint(r.Inputs["assumeRolePolicy"])) {
				at := slices.IndexFunc(accepted, func(pattern string) bool { return matchesPattern(pattern, service) })
				if at < 0 {
					t.Errorf("stack %s has a role for %s, which docs/deployer-policy.json does not let it pass", s.name, service)
					continue
				}
				used[accepted[at]] = true
			}
		}
	}
	for _, pattern := range accepted {
		if !used[pattern] {
			t.Errorf("no stack has a role for %s", pattern)
		}
	}
}

// servicePrincipal finds the services that a trust policy names as principals.
var servicePrincipal = regexp.MustCompile(`"Service":\s*(\[[^\]]*\]|"[^"]*")`)

var serviceName = regexp.MustCompile(`[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?`)

// servicesTrusted returns the services that a trust policy allows to assume the role.
func servicesTrusted(policy string) []string {
	var services []string
	for _, principal := range servicePrincipal.FindAllString(policy, -1) {
		services = append(services, serviceName.FindAllString(principal, -1)...)
	}
	return services
}

// The provider waits until the allocation of a deleted VPC is gone (github.com/hashicorp/terraform-provider-aws,
// internal/service/ec2/vpc_.go, resourceVPCDelete).
func TestThePolicyForAnIPAMPoolAllowsTheCallsOfItsVPC(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "deployer-ipam-policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Statement []policyStatement }
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "POOL", "ipam-pool-0123456789abcdef0")), &document); err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"ec2:CreateVpc", "ec2:AllocateIpamPoolCidr", "ec2:GetIpamPoolAllocations"} {
		if !isAllowed(document.Statement, action, "arn:aws:ec2::111122223333:ipam-pool/ipam-pool-0123456789abcdef0") {
			t.Errorf("%s is not allowed", action)
		}
	}
}

// IAM accepts 6,144 characters in a managed policy and does not count white space
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
func TestTheDeployersPolicyFitsIntoOneManagedPolicy(t *testing.T) {
	longest := stackState{name: strings.Repeat("s", 30), partition: "aws-us-gov", region: "ap-northeast-2", account: "000000000000", cluster: strings.Repeat("c", 40)}
	length := 0
	for _, character := range longest.fill(t) {
		if !unicode.IsSpace(character) {
			length++
		}
	}
	if length > 6144 {
		t.Errorf("it has %d characters where IAM accepts 6144", length)
	}
}
