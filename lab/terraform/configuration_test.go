package terraform

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/lab/rehearsed"
)

// smallState is the state of a small stack in which each kind of reference occurs.
const smallState = `[
	{"urn": "urn:pulumi:small::eksnet::pulumi:pulumi:Stack::eksnet-small", "type": "pulumi:pulumi:Stack"},
	{"urn": "urn:pulumi:small::eksnet::aws:ec2/vpc:Vpc::small", "type": "aws:ec2/vpc:Vpc", "custom": true, "id": "vpc-0123456789abcdef0",
		"inputs": {"__defaults": ["instanceTenancy"], "cidrBlock": "10.0.0.0/16", "enableDnsSupport": true, "instanceTenancy": "default",
			"tags": {"__defaults": [], "Name": "small", "kubernetes.io/cluster/small": "owned", "costCentre": "${team}"}},
		"outputs": {"arn": "arn:aws:ec2:us-west-2:111122223333:vpc/vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/16"}},
	{"urn": "urn:pulumi:small::eksnet::aws:ec2/subnet:Subnet::small-us-west-2a", "type": "aws:ec2/subnet:Subnet", "custom": true, "id": "subnet-0123456789abcdef0",
		"inputs": {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/19", "enableResourceNameDnsARecordOnLaunch": true},
		"outputs": {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/19"},
		"dependencies": ["urn:pulumi:small::eksnet::aws:ec2/vpc:Vpc::small"],
		"propertyDependencies": {"vpcId": ["urn:pulumi:small::eksnet::aws:ec2/vpc:Vpc::small"], "cidrBlock": []}},
	{"urn": "urn:pulumi:small::eksnet::aws:iam/role:Role::small-node", "type": "aws:iam/role:Role", "custom": true, "id": "small-node-1234567",
		"inputs": {"__defaults": ["name", "path"], "name": "small-node-1234567", "path": "/", "assumeRolePolicy": "{\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}"},
		"outputs": {"arn": "arn:aws:iam::111122223333:role/small-node-1234567", "name": "small-node-1234567"}},
	{"urn": "urn:pulumi:small::eksnet::aws:iam/rolePolicyAttachment:RolePolicyAttachment::small-node", "type": "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "custom": true, "id": "small-node-1",
		"inputs": {"role": "small-node-1234567", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"},
		"outputs": {},
		"dependencies": ["urn:pulumi:small::eksnet::aws:iam/role:Role::small-node"],
		"propertyDependencies": {"role": ["urn:pulumi:small::eksnet::aws:iam/role:Role::small-node"]}},
	{"urn": "urn:pulumi:small::eksnet::eks:index:Cluster::small", "type": "eks:index:Cluster", "dependencies": ["urn:pulumi:small::eksnet::aws:iam/rolePolicyAttachment:RolePolicyAttachment::small-node"]},
	{"urn": "urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small", "type": "aws:eks/cluster:Cluster", "custom": true, "id": "small",
		"inputs": {"name": "small", "roleArn": "arn:aws:iam::111122223333:role/small-node-1234567", "vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0"], "publicAccessCidrs": ["10.0.0.0/8"]}},
		"outputs": {"arn": "arn:aws:eks:us-west-2:111122223333:cluster/small", "identities": [{"oidcs": [{"issuer": "https://oidc.eks.us-west-2.amazonaws.com/id/0123"}]}],
			"vpcConfig": {"clusterSecurityGroupId": "sg-0123456789abcdef0", "subnetIds": ["subnet-0123456789abcdef0"]}},
		"dependencies": ["urn:pulumi:small::eksnet::eks:index:Cluster::small", "urn:pulumi:small::eksnet::aws:ec2/subnet:Subnet::small-us-west-2a"],
		"propertyDependencies": {"roleArn": ["urn:pulumi:small::eksnet::aws:iam/role:Role::small-node"], "vpcConfig": ["urn:pulumi:small::eksnet::aws:ec2/subnet:Subnet::small-us-west-2a"]}},
	{"urn": "urn:pulumi:small::eksnet::aws:iam/openIdConnectProvider:OpenIdConnectProvider::small", "type": "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "custom": true,
		"id": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/0123",
		"inputs": {"clientIdLists": ["sts.amazonaws.com"], "url": "https://oidc.eks.us-west-2.amazonaws.com/id/0123"},
		"outputs": {"arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/0123", "url": "oidc.eks.us-west-2.amazonaws.com/id/0123"},
		"propertyDependencies": {"url": ["urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"]}},
	{"urn": "urn:pulumi:small::eksnet::aws:iam/role:Role::small-cni", "type": "aws:iam/role:Role", "custom": true, "id": "small-cni-1234567",
		"inputs": {"name": "small-cni-1234567", "assumeRolePolicy": "{\"Federated\":\"arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/0123\",\"oidc.eks.us-west-2.amazonaws.com/id/0123:sub\":\"${aws:username}\"}"},
		"outputs": {"arn": "arn:aws:iam::111122223333:role/small-cni-1234567"},
		"propertyDependencies": {"assumeRolePolicy": ["urn:pulumi:small::eksnet::aws:iam/openIdConnectProvider:OpenIdConnectProvider::small", "urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"]}},
	{"urn": "urn:pulumi:small::eksnet::aws:eks/addon:Addon::small-vpc-cni", "type": "aws:eks/addon:Addon", "custom": true, "id": "small:vpc-cni",
		"inputs": {"addonName": "vpc-cni", "clusterName": "small", "configurationValues": "{\"securityGroups\":[\"sg-0123456789abcdef0\"]}"},
		"outputs": {},
		"dependencies": ["urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"],
		"propertyDependencies": {"clusterName": ["urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"], "configurationValues": ["urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"]}},
	{"urn": "urn:pulumi:small::eksnet::aws:ec2/launchTemplate:LaunchTemplate::small", "type": "aws:ec2/launchTemplate:LaunchTemplate", "custom": true, "id": "lt-0123456789abcdef0",
		"inputs": {"name": "small-1234567", "metadataOptions": {"httpPutResponseHopLimit": 1, "httpTokens": "required"}, "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "small"}}],
			"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 50}}]},
		"outputs": {"defaultVersion": 1, "latestVersion": 1, "metadataOptions": {"httpPutResponseHopLimit": 1}}},
	{"urn": "urn:pulumi:small::eksnet::aws:eks/nodeGroup:NodeGroup::small", "type": "aws:eks/nodeGroup:NodeGroup", "custom": true, "id": "small:small-1234567",
		"inputs": {"__defaults": ["nodeGroupName"], "nodeGroupName": "small-1234567", "clusterName": "small", "nodeRoleArn": "arn:aws:iam::111122223333:role/small-node-1234567", "subnetIds": ["subnet-0123456789abcdef0"],
			"launchTemplate": {"id": "lt-0123456789abcdef0", "version": "1"}, "labels": {"workType": "batch"}, "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 1}, "releaseVersion": null,
			"taints": [{"key": "work", "value": "batch", "effect": "NO_SCHEDULE"}]},
		"outputs": {},
		"dependencies": ["urn:pulumi:small::eksnet::aws:eks/addon:Addon::small-vpc-cni", "urn:pulumi:small::eksnet::aws:ec2/launchTemplate:LaunchTemplate::small"],
		"propertyDependencies": {"clusterName": ["urn:pulumi:small::eksnet::aws:eks/cluster:Cluster::small"], "nodeRoleArn": ["urn:pulumi:small::eksnet::aws:iam/role:Role::small-node"],
			"subnetIds": ["urn:pulumi:small::eksnet::aws:ec2/subnet:Subnet::small-us-west-2a"], "launchTemplate": ["urn:pulumi:small::eksnet::aws:ec2/launchTemplate:LaunchTemplate::small"]}},
	{"urn": "urn:pulumi:small::eksnet::kubernetes:core/v1:Namespace::shop", "type": "kubernetes:core/v1:Namespace", "custom": true, "id": "shop"}
]`

// wantedConfiguration is the configuration of smallState.
const wantedConfiguration = `{
	"aws_vpc": {"small": {"cidr_block": "10.0.0.0/16", "enable_dns_support": true, "tags": {"Name": "small", "kubernetes.io/cluster/small": "owned", "costCentre": "$${team}"}}},
	"aws_subnet": {"small-us-west-2a": {"vpc_id": "${aws_vpc.small.id}", "cidr_block": "10.0.0.0/19", "enable_resource_name_dns_a_record_on_launch": true, "depends_on": ["aws_vpc.small"]}},
	"aws_iam_role": {
		"small-node": {"name": "small-node-1234567", "assume_role_policy": "{\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}"},
		"small-cni": {"name": "small-cni-1234567", "assume_role_policy": "{\"Federated\":\"${aws_iam_openid_connect_provider.small.id}\",\"${trimprefix(aws_eks_cluster.small.identity[0].oidc[0].issuer, \"https://\")}:sub\":\"$${aws:username}\"}"}},
	"aws_iam_role_policy_attachment": {"small-node": {"role": "${aws_iam_role.small-node.id}", "policy_arn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", "depends_on": ["aws_iam_role.small-node"]}},
	"aws_eks_cluster": {"small": {"name": "small", "role_arn": "${aws_iam_role.small-node.arn}", "vpc_config": {"subnet_ids": ["${aws_subnet.small-us-west-2a.id}"], "public_access_cidrs": ["10.0.0.0/8"]},
		"depends_on": ["aws_iam_role_policy_attachment.small-node", "aws_subnet.small-us-west-2a"]}},
	"aws_iam_openid_connect_provider": {"small": {"client_id_list": ["sts.amazonaws.com"], "url": "${aws_eks_cluster.small.identity[0].oidc[0].issuer}"}},
	"aws_eks_addon": {"small-vpc-cni": {"addon_name": "vpc-cni", "cluster_name": "${aws_eks_cluster.small.id}",
		"configuration_values": "{\"securityGroups\":[\"${aws_eks_cluster.small.vpc_config[0].cluster_security_group_id}\"]}", "depends_on": ["aws_eks_cluster.small"]}},
	"aws_launch_template": {"small": {"name": "small-1234567", "metadata_options": {"http_put_response_hop_limit": 1, "http_tokens": "required"}, "tag_specifications": [{"resource_type": "instance", "tags": {"Name": "small"}}],
		"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": "true", "volume_size": 50}}]}},
	"aws_eks_node_group": {"small": {"node_group_name": "small-1234567", "cluster_name": "${aws_eks_cluster.small.id}", "node_role_arn": "${aws_iam_role.small-node.arn}", "subnet_ids": ["${aws_subnet.small-us-west-2a.id}"],
		"launch_template": {"id": "${aws_launch_template.small.id}", "version": "${aws_launch_template.small.latest_version}"}, "labels": {"workType": "batch"},
		"scaling_config": {"min_size": 1, "max_size": 3, "desired_size": 1}, "taint": [{"key": "work", "value": "batch", "effect": "NO_SCHEDULE"}],
		"depends_on": ["aws_eks_addon.small-vpc-cni", "aws_launch_template.small"]}}
}`

var testAccount = Account{Number: "111122223333", Region: "us-west-2", Endpoint: "http://127.0.0.1:15000"}

// parseState parses a state, after replacements of text in it.
func parseState(t *testing.T, text string, replacements ...string) []rehearsed.Resource {
	t.Helper()
	var state []rehearsed.Resource
	if err := json.Unmarshal([]byte(strings.NewReplacer(replacements...).Replace(text)), &state); err != nil {
		t.Fatal(err)
	}
	return state
}

// convertedResources returns the resources of a configuration as they are in the file.
func convertedResources(t *testing.T, c *Configuration) map[string]any {
	t.Helper()
	text, err := json.Marshal(c.Resources)
	if err != nil {
		t.Fatal(err)
	}
	return parseObject(t, string(text))
}

func parseObject(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestAStateIsConvertedWithReferencesAndDependencies(t *testing.T) {
	c, err := NewConfiguration(testAccount, parseState(t, smallState), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, want := convertedResources(t, c), parseObject(t, wantedConfiguration)
	for _, typ := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[typ], want[typ]) {
			t.Errorf("%s is\n%v, want\n%v", typ, got[typ], want[typ])
		}
	}
	if len(got) != len(want) || len(c.Addresses) != 10 || c.Addresses[0] != "aws_vpc.small" {
		t.Errorf("the configuration has %v", c.Addresses)
	}
}

func TestTheProviderReachesOnlyMoto(t *testing.T) {
	c, err := NewConfiguration(testAccount, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.JSON())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"source":"hashicorp/aws"`, `"version":"5.100.0"`, `"region":"us-west-2"`, `"allowed_account_ids":["111122223333"]`, `"eks":"http://127.0.0.1:15000"`,
		`"skip_credentials_validation":true`, `"skip_requesting_account_id":false`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the configuration lacks %s: %s", want, text)
		}
	}
}

func TestDependenciesOnOmittedResourcesAreThoseOnTheirDependencies(t *testing.T) {
	c, err := NewConfiguration(testAccount, parseState(t, smallState), missingInMoto)
	if err != nil {
		t.Fatal(err)
	}
	group := c.Resources["aws_eks_node_group"]["small"]
	if want := []any{"aws_eks_cluster.small", "aws_launch_template.small"}; !reflect.DeepEqual(group["depends_on"], want) {
		t.Errorf("the node group depends on %v, want %v", group["depends_on"], want)
	}
	if c.Resources["aws_eks_addon"] != nil || c.count()["aws_iam_role"] != 2 {
		t.Errorf("the configuration has %v", c.Addresses)
	}
}

func TestAnArgumentWithoutAnEntryIsConvertedByTheRule(t *testing.T) {
	c, err := NewConfiguration(testAccount, parseState(t, smallState, `"enableDnsSupport": true`, `"cidrBlok": "10.0.0.0/16", "newOption": {"innerValue": [true]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	vpc := c.Resources["aws_vpc"]["small"]
	if vpc["cidr_blok"] != "10.0.0.0/16" || !reflect.DeepEqual(vpc["new_option"], map[string]any{"inner_value": []any{true}}) {
		t.Errorf("the VPC has %v", vpc)
	}
}

func TestEveryTypeOfTheRehearsalHasATerraformType(t *testing.T) {
	text, err := os.ReadFile("../../rehearsal/providers/schema/table.go")
	if err != nil {
		t.Fatal(err)
	}
	simulated := map[string]bool{}
	for _, match := range regexp.MustCompile(`"(aws:[^"]+)":\s+resourceTypes\[`).FindAllStringSubmatch(string(text), -1) {
		simulated[match[1]] = true
		if resourceTypes[match[1]] == "" {
			t.Errorf("%s has no entry in resource_types.go", match[1])
		}
	}
	if len(simulated) < 29 {
		t.Fatalf("only %d types are found", len(simulated))
	}
	for typ := range resourceTypes {
		if !simulated[typ] {
			t.Errorf("%s of resource_types.go is not in the table of the rehearsal", typ)
		}
	}
}

func TestTheUpstreamVersionIsThatOfPulumisProvider(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "github.com/pulumi/pulumi-aws/sdk/v6 v6.83.") {
		t.Errorf("pulumi-aws has another version than 6.83, which bridges the upstream provider %s: change ProviderVersion", ProviderVersion)
	}
}

func TestWhatCannotBeConvertedIsAnError(t *testing.T) {
	for want, replacement := range map[string][2]string{
		"has no entry in lab/terraform/resource_types.go": {"aws:ec2/launchTemplate:LaunchTemplate\", \"custom\"", "aws:s3/bucket:Bucket\", \"custom\""},
		"vpcConfig is a secret":                           {`"vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0"], `, `"vpcConfig": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", `},
	} {
		if _, err := NewConfiguration(testAccount, parseState(t, smallState, replacement[0], replacement[1]), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestNamesAreIdentifiersAndUnique(t *testing.T) {
	const state = `[{"urn": "urn:pulumi:s::p::a$aws:ec2/eip:Eip::2a/x.y", "type": "aws:ec2/eip:Eip", "custom": true},
		{"urn": "urn:pulumi:s::p::b$aws:ec2/eip:Eip::2a/x.y", "type": "aws:ec2/eip:Eip", "custom": true},
		{"urn": "urn:pulumi:s::p::aws:ec2/eip:Eip::read", "type": "aws:ec2/eip:Eip", "custom": true, "external": true}]`
	c, err := NewConfiguration(testAccount, parseState(t, state), nil)
	if err != nil || !slices.Equal(c.Addresses, []string{"aws_eip._2a_x_y", "aws_eip._2a_x_y_2"}) {
		t.Errorf("%v, %v", c, err)
	}
}

func TestSnakeCase(t *testing.T) {
	for name, want := range map[string]string{"cidrBlock": "cidr_block", "enableResourceNameDnsAaaaRecordOnLaunch": "enable_resource_name_dns_aaaa_record_on_launch",
		"serviceIpv4Cidr": "service_ipv4_cidr", "enableDns64": "enable_dns64", "role": "role"} {
		if got := snakeCase(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
