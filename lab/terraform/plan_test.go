package terraform

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestThePlanHasTheArgumentsOfEachResourceAndItsReferences(t *testing.T) {
	c, err := NewConfiguration(testAccount, parseState(t, smallState), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Plan())
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Planned struct {
			Root struct{ Resources []planned } `json:"root_module"`
		} `json:"planned_values"`
		Changes       []planned `json:"resource_changes"`
		Configuration struct {
			Root struct{ Resources []planned } `json:"root_module"`
		}
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	values, changes, configured := byAddress(plan.Planned.Root.Resources), byAddress(plan.Changes), byAddress(plan.Configuration.Root.Resources)
	if len(values) != len(c.Addresses) || len(changes) != len(values) || len(configured) != len(values) {
		t.Errorf("the plan has %d values, %d changes and %d configurations of %d resources", len(values), len(changes), len(configured), len(c.Addresses))
	}
	subnet := values["aws_subnet.small-us-west-2a"].Values
	if subnet["cidr_block"] != "10.0.0.0/19" || subnet["depends_on"] != nil || !reflect.DeepEqual(changes["aws_subnet.small-us-west-2a"].Change["after"], any(subnet)) {
		t.Errorf("the subnet has %v, and the change %v", subnet, changes["aws_subnet.small-us-west-2a"].Change)
	}
	for address, want := range map[string]string{
		"aws_subnet.small-us-west-2a": `{"enable_resource_name_dns_a_record_on_launch": {"constant_value": true}, "cidr_block": {"constant_value": "10.0.0.0/19"},
			"vpc_id": {"references": ["aws_vpc.small.id", "aws_vpc.small"]}}`,
		"aws_eks_cluster.small": `{"name": {"constant_value": "small"}, "role_arn": {"references": ["aws_iam_role.small-node.arn", "aws_iam_role.small-node"]},
			"vpc_config": {"public_access_cidrs": {"constant_value": ["10.0.0.0/8"]}, "subnet_ids": {"references": ["aws_subnet.small-us-west-2a.id", "aws_subnet.small-us-west-2a"]}}}`,
	} {
		if got := configured[address].Expressions; !reflect.DeepEqual(got, parseObject(t, want)) {
			t.Errorf("%s has the expressions %v, want %s", address, got, want)
		}
	}
	if c.Resources["aws_subnet"]["small-us-west-2a"]["depends_on"] == nil {
		t.Error("the plan removed depends_on from the configuration")
	}
}

func byAddress(list []planned) map[string]planned {
	byAddress := map[string]planned{}
	for _, p := range list {
		byAddress[p.Address] = p
	}
	return byAddress
}

func TestATextThatLooksLikeAReferenceIsNone(t *testing.T) {
	if found := references("$${aws_vpc.small.id}"); found != nil {
		t.Errorf("an escaped text has the references %q", found)
	}
}

func TestAReferenceIsToTheResourceWithTheIDAndNotToAnotherThatContainsIt(t *testing.T) {
	const state = `[
		{"urn": "urn:pulumi:small::eksnet::aws:ec2/securityGroupRule:SecurityGroupRule::https", "type": "aws:ec2/securityGroupRule:SecurityGroupRule", "custom": true, "id": "sgrule-1",
			"inputs": {}, "outputs": {"securityGroupId": "sg-0123456789abcdef0"}},
		{"urn": "urn:pulumi:small::eksnet::aws:ec2/securityGroup:SecurityGroup::endpoints", "type": "aws:ec2/securityGroup:SecurityGroup", "custom": true, "id": "sg-0123456789abcdef0", "inputs": {}, "outputs": {}},
		{"urn": "urn:pulumi:small::eksnet::aws:ec2/vpcEndpoint:VpcEndpoint::sts", "type": "aws:ec2/vpcEndpoint:VpcEndpoint", "custom": true, "id": "vpce-1", "inputs": {"securityGroupIds": ["sg-0123456789abcdef0"]}, "outputs": {},
			"propertyDependencies": {"securityGroupIds": ["urn:pulumi:small::eksnet::aws:ec2/securityGroupRule:SecurityGroupRule::https", "urn:pulumi:small::eksnet::aws:ec2/securityGroup:SecurityGroup::endpoints"]}}
	]`
	c, err := NewConfiguration(testAccount, parseState(t, state), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Resources["aws_vpc_endpoint"]["sts"]["security_group_ids"]; !reflect.DeepEqual(got, []any{"${aws_security_group.endpoints.id}"}) {
		t.Errorf("the endpoint has the security groups %v", got)
	}
}
