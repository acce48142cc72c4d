package network

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
	"eksnet/plan"
	"eksnet/plan/address"
)

// endpointsOf returns the resources of a VPC in two zones with interface endpoints.
func endpointsOf(t *testing.T, region string, partition plan.Partition, services ...string) registered.Resources {
	t.Helper()
	any24 := netip.MustParsePrefix("10.0.0.0/24")
	outputs := map[string]map[string]any{
		"RouteTableAssociation dev-private-a":   {"subnetId": "private-a"},
		"RouteTableAssociation dev-private-b":   {"subnetId": "private-b"},
		"SecurityGroupRule dev-endpoints-https": {"securityGroupId": "the rule's group"},
	}
	return registered.By(t, outputs, func(ctx *pulumi.Context) error {
		vpc, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", Zones: []address.Zone{
			{Name: "a", Private: any24, Public: any24}, {Name: "b", Private: any24, Public: any24},
		}})
		if err != nil {
			return err
		}
		_, err = NewEndpoints(ctx, "dev", &EndpointsArgs{Region: region, Partition: partition, Services: services, CIDR: "10.0.0.0/16", VPC: vpc})
		return err
	})
}

var commercial = plan.Partition{Name: "aws", DNSSuffix: "amazonaws.com"}

func TestEveryServiceHasAnInterfaceEndpointInEveryZoneUnderItsDefaultDNSName(t *testing.T) {
	made := endpointsOf(t, "eu-west-1", commercial, "ecr.api", "sts")
	for service, name := range map[string]string{"ecr.api": "com.amazonaws.eu-west-1.ecr.api", "sts": "com.amazonaws.eu-west-1.sts"} {
		endpoint := made["VpcEndpoint dev-"+service]
		if endpoint["vpcEndpointType"] != "Interface" || endpoint["serviceName"] != name || endpoint["privateDnsEnabled"] != true {
			t.Errorf("endpoint of %s: %v", service, endpoint)
		}
		if subnets := endpoint["subnetIds"]; !reflect.DeepEqual(subnets, []any{"private-a", "private-b"}) {
			t.Errorf("endpoint of %s: subnets %v", service, subnets)
		}
	}
}

func TestEndpointsAllowOnlyHTTPSFromTheVPC(t *testing.T) {
	made := endpointsOf(t, "eu-west-1", commercial, "sts")
	group := made["SecurityGroup dev-endpoints"]
	if group["ingress"] != nil || group["egress"] != nil {
		t.Errorf("the security group has inline rules: %v", group)
	}
	rules := 0
	for key, rule := range made {
		if !strings.HasPrefix(key, "SecurityGroupRule ") {
			continue
		}
		rules++
		if rule["type"] != "ingress" || rule["protocol"] != "tcp" || rule["fromPort"] != 443.0 || rule["toPort"] != 443.0 ||
			!reflect.DeepEqual(rule["cidrBlocks"], []any{"10.0.0.0/16"}) {
			t.Errorf("unexpected rule %v", rule)
		}
	}
	if rules != 1 {
		t.Errorf("%d rules, want one", rules)
	}
}

func TestAnEndpointDependsOnTheIngressRuleOfItsSecurityGroup(t *testing.T) {
	endpoint := endpointsOf(t, "eu-west-1", commercial, "sts")["VpcEndpoint dev-sts"]
	if groups := endpoint["securityGroupIds"]; !reflect.DeepEqual(groups, []any{"the rule's group"}) {
		t.Errorf("the endpoint uses security group %v, whose ingress rule may be missing", groups)
	}
}

func TestEndpointServiceNamesInChinaHaveTheirOwnPrefixExceptForS3(t *testing.T) {
	made := endpointsOf(t, "cn-north-1", plan.Partition{Name: "aws-cn", DNSSuffix: "amazonaws.com.cn"}, "ec2", "logs")
	for key, name := range map[string]string{
		"VpcEndpoint dev-ec2":  "cn.com.amazonaws.cn-north-1.ec2",
		"VpcEndpoint dev-logs": "com.amazonaws.cn-north-1.logs",
		"VpcEndpoint dev-s3":   "com.amazonaws.cn-north-1.s3",
	} {
		if made[key]["serviceName"] != name {
			t.Errorf("%s: service %v, want %s", key, made[key]["serviceName"], name)
		}
	}
}

func TestWithoutInterfaceEndpointsOnlyTheFreeEndpointOfS3IsCreated(t *testing.T) {
	for key := range endpointsOf(t, "eu-west-1", commercial) {
		if strings.HasPrefix(key, "SecurityGroup") || strings.HasPrefix(key, "VpcEndpoint") && key != "VpcEndpoint dev-s3" {
			t.Errorf("%s is registered", key)
		}
	}
}
