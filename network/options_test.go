package network

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
	"eksnet/plan/address"
)

// resourcesWithAllOptions returns the resources of a network in one zone with every option of the stack file.
func resourcesWithAllOptions(t *testing.T) registered.Resources {
	t.Helper()
	zone := address.Zone{
		Name: "a", Private: netip.MustParsePrefix("10.0.0.0/19"), Public: netip.MustParsePrefix("10.0.32.0/20"),
		ControlPlane: netip.MustParsePrefix("10.0.48.0/28"), Pods: netip.MustParsePrefix("100.64.0.0/18"), Reserved: netip.MustParsePrefix("10.0.16.0/20"),
	}
	outputs := map[string]map[string]any{
		"Vpc dev":                                   {"ownerId": "111122223333"},
		"VpcIpv4CidrBlockAssociation dev-pods":      {"vpcId": "the association's VPC"},
		"RouteTableAssociation dev-private-a":       {"subnetId": "private-a"},
		"SubnetCidrReservation dev-private-a":       {"subnetId": "the reservation's subnet"},
		"SecurityGroupRule dev-endpoints-https":     {"securityGroupId": "the rule's group"},
		"LogGroup dev-flow":                         {"arn": "arn:aws:logs:eu-west-1:111122223333:log-group:dev-flow"},
		"Role dev-flow":                             {"name": "dev-flow", "arn": "the role"},
		"RouteTableAssociation dev-pods-a":          {"subnetId": "pods-a"},
		"RouteTableAssociation dev-public-a":        {"subnetId": "public-a"},
		"RouteTableAssociation dev-control-plane-a": {"subnetId": "control-plane-a"},
	}
	return registered.By(t, outputs, func(ctx *pulumi.Context) error {
		vpc, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []address.Zone{zone}})
		if err != nil {
			return err
		}
		args := &EndpointsArgs{Region: "eu-west-1", Partition: commercial, Services: []string{"sts"}, CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/16", VPC: vpc}
		if _, err := NewEndpoints(ctx, "dev", args); err != nil {
			return err
		}
		if _, err := NewNAT(ctx, "dev", &NATArgs{Gateway: func(string) string { return "a" }, VPC: vpc}); err != nil {
			return err
		}
		_, err = NewFlowLogs(ctx, "dev-flow", &FlowLogsArgs{Spec: config.FlowLogs{RetentionDays: 7}, Region: "eu-west-1", Partition: commercial, VPC: vpc})
		return err
	})
}

func TestPodSubnetsDependOnTheirCIDRBlockAndHaveTheRoutesOfPrivateSubnets(t *testing.T) {
	made := resourcesWithAllOptions(t)
	if subnet := made["Subnet dev-pods-a"]; subnet["vpcId"] != "the association's VPC" || subnet["cidrBlock"] != "100.64.0.0/18" {
		t.Errorf("pod subnet %v", subnet)
	}
	if made["Route dev-pods-a"]["natGatewayId"] != made["Route dev-private-a"]["natGatewayId"] || made["Route dev-pods-a"]["routeTableId"] != "RouteTable dev-pods-a" {
		t.Errorf("default route of pods: %v", made["Route dev-pods-a"])
	}
	if tables := made["VpcEndpoint dev-s3"]["routeTableIds"]; !reflect.DeepEqual(tables, []any{"RouteTable dev-private-a", "RouteTable dev-pods-a"}) {
		t.Errorf("the S3 endpoint is in the route tables %v", tables)
	}
}

func TestEndpointsAllowPodsWithTheirOwnCIDRBlock(t *testing.T) {
	made := resourcesWithAllOptions(t)
	if cidrs := made["SecurityGroupRule dev-endpoints-https-pods"]["cidrBlocks"]; !reflect.DeepEqual(cidrs, []any{"100.64.0.0/16"}) {
		t.Errorf("allowed are %v", cidrs)
	}
}

func TestLoadBalancersAreNotPlacedIntoSubnetsOfPodsOrTheControlPlane(t *testing.T) {
	made := resourcesWithAllOptions(t)
	for _, name := range []string{"dev-pods-a", "dev-control-plane-a"} {
		if tags := made["Subnet "+name]["tags"]; !reflect.DeepEqual(tags, map[string]any{"Name": name}) {
			t.Errorf("%s has the tags %v", name, tags)
		}
	}
}

func TestTheVPCCNIDiscoversPodSubnetsByTheirTag(t *testing.T) {
	zone := address.Zone{Name: "a", Private: netip.MustParsePrefix("10.0.0.0/19"), Public: netip.MustParsePrefix("10.0.32.0/20"), Pods: netip.MustParsePrefix("100.64.0.0/18")}
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/16", PodDiscovery: true, Zones: []address.Zone{zone}})
		return err
	})
	if tags := made["Subnet dev-pods-a"]["tags"]; !reflect.DeepEqual(tags, map[string]any{"Name": "dev-pods-a", "kubernetes.io/role/cni": "1"}) {
		t.Errorf("the pod subnet has the tags %v", tags)
	}
	if tags, _ := made["Subnet dev-private-a"]["tags"].(map[string]any); tags["kubernetes.io/role/cni"] != nil {
		t.Errorf("the private subnet has the tags %v", tags)
	}
}

func TestTheRangeOfTheVPCIsAllocatedFromItsPool(t *testing.T) {
	zone := address.Zone{Name: "a", Private: netip.MustParsePrefix("10.0.0.0/19"), Public: netip.MustParsePrefix("10.0.32.0/20")}
	for pool, want := range map[string]any{"ipam-pool-0123456789abcdef0": "ipam-pool-0123456789abcdef0", "": nil} {
		vpc := registered.By(t, nil, func(ctx *pulumi.Context) error {
			_, err := NewVPC(ctx, "dev", &VPCArgs{CIDR: "10.0.0.0/16", IPAMPool: pool, Zones: []address.Zone{zone}})
			return err
		})["Vpc dev"]
		if vpc["ipv4IpamPoolId"] != want || vpc["cidrBlock"] != "10.0.0.0/16" || vpc["ipv4NetmaskLength"] != nil {
			t.Errorf("%q: %v", pool, vpc)
		}
	}
}

func TestControlPlaneSubnetsHaveNoDefaultRoute(t *testing.T) {
	made := resourcesWithAllOptions(t)
	if made["RouteTable dev-control-plane-a"] == nil || made["Route dev-control-plane-a"] != nil {
		t.Errorf("route table %v, default route %v", made["RouteTable dev-control-plane-a"], made["Route dev-control-plane-a"])
	}
}

func TestResourcesInAPrivateSubnetDependOnItsReservation(t *testing.T) {
	made := resourcesWithAllOptions(t)
	if r := made["SubnetCidrReservation dev-private-a"]; r["subnetId"] != "private-a" || r["cidrBlock"] != "10.0.16.0/20" || r["reservationType"] != "prefix" {
		t.Errorf("reservation %v", r)
	}
	if ids := made["VpcEndpoint dev-sts"]["subnetIds"]; !reflect.DeepEqual(ids, []any{"the reservation's subnet"}) {
		t.Errorf("the endpoint is in the subnets %v", ids)
	}
}

func TestFlowLogsHaveTheirRetentionAndTheirRoleWritesOnlyThere(t *testing.T) {
	made := resourcesWithAllOptions(t)
	if days := made["LogGroup dev-flow"]["retentionInDays"]; days != 7.0 {
		t.Errorf("retention of %v days", days)
	}
	if log := made["FlowLog dev-flow"]; log["trafficType"] != "ALL" || log["iamRoleArn"] != "the role" || log["logDestination"] != made["LogGroup dev-flow"]["arn"] && log["logDestination"] != "arn:aws:logs:eu-west-1:111122223333:log-group:dev-flow" {
		t.Errorf("flow log %v", log)
	}
	type statement struct {
		Action, Resource []string
		Principal        struct{ Service []string }
		Condition        map[string]map[string][]string
	}
	only := func(key, property string) statement {
		var document struct{ Statement []statement }
		if err := json.Unmarshal([]byte(made[key][property].(string)), &document); err != nil || len(document.Statement) != 1 {
			t.Fatalf("%s: %v %v", key, made[key], err)
		}
		return document.Statement[0]
	}
	trust, policy := only("Role dev-flow", "assumeRolePolicy"), only("RolePolicy dev-flow", "policy")
	want := map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {"111122223333"}}, "ArnLike": {"aws:SourceArn": {"arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"}},
	}
	if !reflect.DeepEqual(trust.Condition, want) || !reflect.DeepEqual(trust.Principal.Service, []string{"vpc-flow-logs.amazonaws.com"}) {
		t.Errorf("trust policy %+v", trust)
	}
	group := "arn:aws:logs:eu-west-1:111122223333:log-group:dev-flow"
	if !reflect.DeepEqual(policy.Resource, []string{group, group + ":*"}) {
		t.Errorf("the role may write to %v", policy.Resource)
	}
	for _, action := range policy.Action {
		if action == "logs:CreateLogGroup" || action == "logs:*" {
			t.Errorf("the role may %s, so late records would create the log group again", action)
		}
	}
}
