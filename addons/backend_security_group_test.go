package addons

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
)

// A second security group with the tag kubernetes.io/cluster/NAME on a network interface would stop the controller.
func TestTheBackendSecurityGroupAllowsAllEgressAndHasNoTagOfTheCluster(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewBackendSecurityGroup(ctx, "dev-lbc-backend", &BackendSecurityGroupArgs{VPC: pulumi.String("vpc-1")})
		return err
	})
	group := made["SecurityGroup dev-lbc-backend"]
	all := map[string]any{"description": "Targets of load balancers", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": []any{"0.0.0.0/0"}}
	if egress := group["egress"]; !reflect.DeepEqual(egress, []any{all}) || group["ingress"] != nil {
		t.Errorf("egress %v, ingress %v", egress, group["ingress"])
	}
	if tags := group["tags"]; !reflect.DeepEqual(tags, map[string]any{"Name": "dev-lbc-backend"}) || group["vpcId"] != "vpc-1" {
		t.Errorf("tags %v in VPC %v", tags, group["vpcId"])
	}
}

// Without the value the controller would create a security group, and might not delete it.
func TestTheChartNamesTheBackendSecurityGroup(t *testing.T) {
	values := chartValues(&LoadBalancerControllerArgs{BackendSecurityGroup: pulumi.String("sg-1")}, pulumi.String("account"))
	if values["backendSecurityGroup"] != pulumi.String("sg-1") {
		t.Errorf("the value is %v", values["backendSecurityGroup"])
	}
}

func TestLoadBalancersOfAnIPv6ClusterMayConnectToTargetsOfBothFamilies(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewBackendSecurityGroup(ctx, "dev-lbc-backend", &BackendSecurityGroupArgs{VPC: pulumi.String("vpc-1"), IPv6: true})
		return err
	})
	all := map[string]any{"description": "Targets of load balancers", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": []any{"0.0.0.0/0"}, "ipv6CidrBlocks": []any{"::/0"}}
	if egress := made["SecurityGroup dev-lbc-backend"]["egress"]; !reflect.DeepEqual(egress, []any{all}) {
		t.Errorf("egress %v", egress)
	}
}
