package providers

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"eksnet/rehearsal/world"
)

const (
	clusterType        = "aws:eks/cluster:Cluster"
	launchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate"
	subnetType         = "aws:ec2/subnet:Subnet"
	vpcType            = "aws:ec2/vpc:Vpc"
	endpointType       = "aws:ec2/vpcEndpoint:VpcEndpoint"
)

// exception is what the code of the aws provider does with a property beyond the flags in its schema.
type exception struct {
	typ string
	// path has dots between names and no indexes.
	path string
	// source is a file of github.com/hashicorp/terraform-provider-aws, which @pulumi/aws 6 wraps, and the name within
	// it.
	source string

	// absent is the value that the provider plans for a nested property that a program leaves out.
	absent any
	// equivalent reports that two values are the same for AWS (DiffSuppressFunc).
	equivalent func(state, input any) bool
	// replaces reports that a change at or below the path replaces the resource (CustomizeDiff).
	replaces func(state, inputs world.Properties) bool
	// renews reports that a change at or below the path gives these outputs another value, so a preview does not know
	// them (CustomizeDiff).
	renews []string
}

// exceptions of the simulated types. Rules about properties that the simulated account refuses, such as those of Auto
// Mode, are left out.
var exceptions = []exception{
	{typ: clusterType, path: "encryptionConfig", source: "internal/service/eks/cluster.go, ForceNewIfChange",
		replaces: func(state, inputs world.Properties) bool {
			return !isZero(state["encryptionConfig"]) && isZero(inputs["encryptionConfig"])
		}},
	{typ: clusterType, path: "vpcConfig.endpointPublicAccess", absent: true, source: "internal/service/eks/cluster.go, endpoint_public_access"},
	{typ: clusterType, path: "accessConfig.bootstrapClusterCreatorAdminPermissions", absent: true,
		source: "internal/service/eks/cluster.go, bootstrap_cluster_creator_admin_permissions"},
	{typ: subnetType, path: "ipv6CidrBlock", source: "internal/service/ec2/vpc_subnet.go, ForceNewIf",
		replaces: func(state, _ world.Properties) bool { return state["assignIpv6AddressOnCreation"] == true }},
	{typ: vpcType, path: "instanceTenancy", source: "internal/service/ec2/vpc_.go, resourceVPCCustomizeDiff",
		replaces: func(state, inputs world.Properties) bool {
			return state["instanceTenancy"] != "dedicated" || inputs["instanceTenancy"] != "default"
		}},
	{typ: vpcType, path: "assignGeneratedIpv6CidrBlock", source: "internal/service/ec2/vpc_.go, resourceVPCCustomizeDiff",
		renews: []string{"ipv6AssociationId", "ipv6CidrBlock"}},
	{typ: endpointType, path: "privateDnsEnabled", source: "internal/service/ec2/vpc_endpoint.go, CustomizeDiff",
		replaces: func(_, inputs world.Properties) bool { return inputs["vpcEndpointType"] != "Interface" }},
	{typ: endpointType, path: "subnetIds", source: "internal/service/ec2/vpc_endpoint.go, ComputedIf",
		renews: []string{"networkInterfaceIds", "subnetConfigurations"}},
	{typ: endpointType, path: "policy", source: "internal/service/ec2/vpc_endpoint.go, policy", equivalent: sameJSON},
	{typ: "aws:iam/role:Role", path: "assumeRolePolicy", source: "internal/service/iam/role.go, SuppressEquivalentPolicyDiffs", equivalent: sameJSON},
	{typ: "aws:iam/role:Role", path: "inlinePolicies.policy", source: "internal/service/iam/role.go, SuppressEquivalentPolicyDiffs", equivalent: sameJSON},
	{typ: "aws:iam/policy:Policy", path: "policy", source: "internal/service/iam/policy.go, SuppressEquivalentPolicyDiffs", equivalent: sameJSON},
	{typ: "aws:iam/rolePolicy:RolePolicy", path: "policy", source: "internal/service/iam/role_policy.go, SuppressEquivalentPolicyDiffs", equivalent: sameJSON},
	{typ: "aws:kms/key:Key", path: "policy", source: "internal/service/kms/key.go, policy", equivalent: sameJSON},
	{typ: "aws:kms/alias:Alias", path: "targetKeyId", source: "internal/service/kms/alias.go, suppressEquivalentKeyARNOrID",
		equivalent: func(state, input any) bool { return lastPart(state, "/") == lastPart(input, "/") }},
	{typ: "aws:iam/openIdConnectProvider:OpenIdConnectProvider", path: "url", source: "internal/service/iam/openid_connect_provider.go, suppressOpenIDURL",
		equivalent: func(state, input any) bool { return lastPart(state, "https://") == lastPart(input, "https://") }},
}

// setProperties are the lists without an order, by type: TypeSet in the schema of the provider (the same sources).
var setProperties = map[string][]string{
	clusterType: {"enabledClusterLogTypes", "encryptionConfig.resources", "vpcConfig.publicAccessCidrs", "vpcConfig.securityGroupIds",
		"vpcConfig.subnetIds"},
	launchTemplateType: {"licenseSpecifications", "networkInterfaces.ipv4Addresses", "networkInterfaces.ipv4Prefixes", "networkInterfaces.ipv6Addresses",
		"networkInterfaces.ipv6Prefixes", "networkInterfaces.securityGroups", "securityGroupNames", "vpcSecurityGroupIds"},
	endpointType: {"routeTableIds", "securityGroupIds", "subnetConfigurations", "subnetIds"},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":       {"egress", "ingress"},
	"aws:ec2/natGateway:NatGateway":                           {"secondaryAllocationIds", "secondaryPrivateIpAddresses"},
	"aws:ec2/routeTable:RouteTable":                           {"propagatingVgws", "routes"},
	"aws:ec2/securityGroup:SecurityGroup":                     {"egress", "ingress"},
	"aws:eks/accessEntry:AccessEntry":                         {"kubernetesGroups"},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {"accessScope.namespaces"},
	"aws:eks/addon:Addon":                                     {"podIdentityAssociations"},
	"aws:eks/nodeGroup:NodeGroup":                             {"remoteAccess.sourceSecurityGroupIds", "subnetIds", "taints"},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":     {"clientIdLists"},
	"aws:iam/role:Role":                                       {"inlinePolicies", "managedPolicyArns"},
}

func isSet(typ, path string) bool { return slices.Contains(setProperties[typ], path) }

// exceptionsAt returns the exceptions of a type whose path is at or above a path.
func exceptionsAt(typ, path string) []exception {
	var found []exception
	for _, e := range exceptions {
		if e.typ == typ && (e.path == path || strings.HasPrefix(path, e.path+".")) {
			found = append(found, e)
		}
	}
	return found
}

// defaultOf returns the value that the provider plans for a nested property that the program leaves out, nil for none.
func defaultOf(typ, path string) any {
	for _, e := range exceptionsAt(typ, path) {
		if e.path == path && e.absent != nil {
			return e.absent
		}
	}
	return nil
}

func isEquivalent(typ, path string, state, input any) bool {
	return slices.ContainsFunc(exceptionsAt(typ, path), func(e exception) bool {
		return e.path == path && e.equivalent != nil && e.equivalent(state, input)
	})
}

// customizedReplace reports whether the provider's code replaces a resource for a difference at a path.
func customizedReplace(typ, path string, state, inputs world.Properties) bool {
	return slices.ContainsFunc(exceptionsAt(typ, path), func(e exception) bool {
		return e.replaces != nil && e.replaces(state, inputs)
	})
}

// renewedOutputs returns the outputs that a preview of an update cannot predict.
func renewedOutputs(typ string, differences []difference, inputs world.Properties) []string {
	var outputs []string
	for _, d := range differences {
		path := nameOf(d.path)
		for _, e := range exceptionsAt(typ, path) {
			outputs = append(outputs, e.renews...)
		}
		if typ == launchTemplateType {
			outputs = append(outputs, renewedVersions(path, inputs)...)
		}
	}
	return outputs
}

// renewedVersions returns the outputs that change with another version of a launch template. A change of names or the
// description creates no version, and a default version that is not updated does not change
// (internal/service/ec2/ec2_launch_template.go, ComputedIf).
func renewedVersions(path string, inputs world.Properties) []string {
	var outputs []string
	if !slices.Contains([]string{"name", "namePrefix", "description", "defaultVersion", "updateDefaultVersion"}, path) {
		outputs = append(outputs, "latestVersion")
	}
	if inputs["updateDefaultVersion"] == true && !slices.Contains([]string{"name", "namePrefix", "description"}, path) {
		outputs = append(outputs, "defaultVersion")
	}
	return outputs
}

// sameJSON reports whether two policies have the same content; a program may set text or an object.
func sameJSON(state, input any) bool { return reflect.DeepEqual(parseJSON(state), parseJSON(input)) }

func parseJSON(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	var content any
	if json.Unmarshal([]byte(text), &content) != nil {
		return text
	}
	return content
}

// lastPart returns what follows the last separator in a text.
func lastPart(value any, separator string) any {
	text, ok := value.(string)
	if at := strings.LastIndex(text, separator); ok && at >= 0 {
		return text[at+len(separator):]
	}
	return value
}
