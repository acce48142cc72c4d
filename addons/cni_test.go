package addons

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
	"eksnet/plan"
)

// registeredCNISettings returns the configuration values with which the CNI add-on is registered.
func registeredCNISettings(t *testing.T, spec config.VPCCNI, pods pulumi.StringMap) map[string]any {
	t.Helper()
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewCNI(ctx, "cni", &CNIArgs{Spec: spec, Region: "eu-west-1", ClusterName: pulumi.String("dev"), Role: pulumi.String("role"),
			PodSubnets: pods, SecurityGroup: pulumi.String("sg-cluster").ToStringOutput()})
		return err
	})
	var settings map[string]any
	if err := json.Unmarshal([]byte(made["Addon cni"]["configurationValues"].(string)), &settings); err != nil {
		t.Fatal(err)
	}
	return settings
}

// EKS refuses numbers and booleans in env that are not strings, and keys that are not in the schema.
func TestTheCNIsConfigurationHasOnlyStringsAndTheTargetsThatApply(t *testing.T) {
	for name, test := range map[string]struct {
		spec config.VPCCNI
		want map[string]any
	}{
		"prefixes": {config.VPCCNI{PrefixDelegation: true, Warm: config.Warm{ENIs: 1, Prefixes: 2}},
			map[string]any{"env": map[string]any{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "2"}}},
		"single addresses": {config.VPCCNI{Warm: config.Warm{ENIs: 0, IPs: 5, MinimumIPs: 10, Prefixes: 1}},
			map[string]any{"env": map[string]any{"ENABLE_PREFIX_DELEGATION": "false", "WARM_ENI_TARGET": "0", "WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "10"}}},
		"security groups of pods": {config.VPCCNI{PrefixDelegation: true, Warm: config.Warm{Prefixes: 1}, PodSecurityGroups: &config.PodSecurityGroups{Mode: "standard"}},
			map[string]any{"env": map[string]any{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1", "ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "standard"}}},
		"security groups of pods for all of their traffic": {config.VPCCNI{PrefixDelegation: true, Warm: config.Warm{Prefixes: 1}, PodSecurityGroups: &config.PodSecurityGroups{Mode: "strict"}},
			map[string]any{"env": map[string]any{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1", "ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "strict"},
				"init": map[string]any{"env": map[string]any{"DISABLE_TCP_EARLY_DEMUX": "true"}}}},
		"external SNAT and network policies": {config.VPCCNI{PrefixDelegation: true, ExternalSNAT: true, NetworkPolicy: true, Warm: config.Warm{Prefixes: 1}},
			map[string]any{"enableNetworkPolicy": "true", "env": map[string]any{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1", "AWS_VPC_K8S_CNI_EXTERNALSNAT": "true"}}},
	} {
		if got := registeredCNISettings(t, test.spec, nil); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestPodsUseThePodSubnetOfTheirZone(t *testing.T) {
	got := registeredCNISettings(t, config.VPCCNI{}, pulumi.StringMap{"eu-west-1a": pulumi.String("subnet-a"), "eu-west-1b": pulumi.String("subnet-b")})
	env := got["env"].(map[string]any)
	if env["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] != "true" || env["ENI_CONFIG_LABEL_DEF"] != "topology.kubernetes.io/zone" {
		t.Errorf("env is %v", env)
	}
	one := func(id string) map[string]any { return map[string]any{"id": id, "securityGroups": []any{"sg-cluster"}} }
	want := map[string]any{"create": true, "region": "eu-west-1", "subnets": map[string]any{"eu-west-1a": one("subnet-a"), "eu-west-1b": one("subnet-b")}}
	if !reflect.DeepEqual(got["eniConfig"], want) {
		t.Errorf("eniConfig is %v", got["eniConfig"])
	}
}

// The CNI refuses to start in an IPv6 cluster without prefixes, and warm targets have no effect there.
func TestTheCNIOfAnIPv6ClusterTakesPrefixesAndHasNoTargets(t *testing.T) {
	settings := newCNISettings(config.VPCCNI{PrefixDelegation: true, NetworkPolicy: true, Warm: config.Warm{ENIs: 1, Prefixes: 1}}, true)
	if got, want := settings.JSON(), `{"env":{"ENABLE_PREFIX_DELEGATION":"true"},"enableNetworkPolicy":"true"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Without ec2:DescribeSubnets the CNI exits from version 1.22.1 on, and without ec2:AssignIpv6Addresses it has no
// addresses for pods.
func TestTheCNIOfAnIPv6ClusterMayDoWhatItNeedsAndNoMore(t *testing.T) {
	for partition, arn := range map[string]string{"aws": "arn:aws:ec2:*:*:network-interface/*", "aws-us-gov": "arn:aws-us-gov:ec2:*:*:network-interface/*"} {
		statements := IPv6CNIPolicy(plan.Partition{Name: partition}).Statement
		want := []string{"ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes"}
		if len(statements) != 2 || !reflect.DeepEqual(statements[0].Action, want) {
			t.Fatalf("statements %v", statements)
		}
		if tags := statements[1]; !reflect.DeepEqual(tags.Action, []string{"ec2:CreateTags"}) || !reflect.DeepEqual(tags.Resource, []string{arn}) {
			t.Errorf("%s: the CNI may %v on %v", partition, tags.Action, tags.Resource)
		}
	}
}
