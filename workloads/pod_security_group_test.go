package workloads_test

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
	"eksnet/workloads"
)

// registerPods registers the pods of a workload with a security group of their own.
func registerPods(t *testing.T, spec config.Workload, mode string) registered.Resources {
	t.Helper()
	outputs := map[string]map[string]any{"SecurityGroup dev-shop-pods": {"name": "dev-shop-pods-1234567"}}
	return registered.By(t, outputs, func(ctx *pulumi.Context) error {
		group, err := workloads.NewPodSecurityGroup(ctx, "shop", &workloads.PodSecurityGroupArgs{
			Spec: spec, ClusterName: "dev", VPC: pulumi.String("vpc-1"), ClusterSecurityGroup: pulumi.String("sg-cluster"),
		})
		if err != nil {
			return err
		}
		application, err := workloads.NewApplication(ctx, "shop", &workloads.ApplicationArgs{Spec: spec, SecurityGroup: group})
		if err != nil {
			return err
		}
		_, err = workloads.NewPods(ctx, "shop", &workloads.PodsArgs{Spec: spec, Application: application, EnforcingMode: mode})
		return err
	})
}

func TestPodsWithASecurityGroupOfTheirOwnAcceptNodesOnTheirPortsAndResolveNames(t *testing.T) {
	made := registerPods(t, config.Workload{Kind: config.KindNLB, App: config.AppNginx, Replicas: 2}, config.EnforceStandard)
	type rule struct {
		to, from, protocol string
		port               float64
	}
	for name, want := range map[string]rule{
		"dev-shop-pods-tcp-8080": {"SecurityGroup dev-shop-pods", "sg-cluster", "tcp", 8080},
		"dev-shop-pods-tcp-8081": {"SecurityGroup dev-shop-pods", "sg-cluster", "tcp", 8081},
		"dev-shop-pods-dns-tcp":  {"sg-cluster", "SecurityGroup dev-shop-pods", "tcp", 53},
		"dev-shop-pods-dns-udp":  {"sg-cluster", "SecurityGroup dev-shop-pods", "udp", 53},
	} {
		r := made["SecurityGroupRule "+name]
		got := rule{text(r["securityGroupId"]), text(r["sourceSecurityGroupId"]), text(r["protocol"]), number(r["fromPort"])}
		if got != want || r["type"] != "ingress" || r["toPort"] != r["fromPort"] {
			t.Errorf("%s: %v, want %+v", name, r, want)
		}
	}
	udp := registerPods(t, config.Workload{Kind: config.KindNLB, App: config.AppEcho, Protocol: config.ProtocolTCPUDP, Replicas: 2}, config.EnforceStandard)
	if r := udp["SecurityGroupRule dev-shop-pods-udp-8080"]; r["protocol"] != "udp" || r["sourceSecurityGroupId"] != "sg-cluster" {
		t.Errorf("the rule for UDP is %v", r)
	}
}

func TestTheLoadBalancerControllerFindsTheGroupOfPodsByTheTagOfItsCluster(t *testing.T) {
	made := registerPods(t, config.Workload{Kind: config.KindALB, App: config.AppEcho, Replicas: 2}, config.EnforceStandard)
	tags, _ := made["SecurityGroup dev-shop-pods"]["tags"].(map[string]any)
	if tags["kubernetes.io/cluster/dev"] != "shared" {
		t.Errorf("tags %v", tags)
	}
}

// The label is not that of the application: pods without it replace those with the group before the policy is deleted.
func TestThePolicySelectsThePodsByALabelOfItsOwn(t *testing.T) {
	for _, mode := range []string{config.EnforceStandard, config.EnforceStrict} {
		made := registerPods(t, config.Workload{Kind: config.KindALB, App: config.AppEcho, Replicas: 2}, mode)
		label := map[string]any{"eksnet/security-group-policy": "shop"}
		want := map[string]any{"podSelector": map[string]any{"matchLabels": label}, "securityGroups": map[string]any{"groupIds": []any{"SecurityGroup dev-shop-pods"}}}
		if got := made["SecurityGroupPolicy shop"]["spec"]; !reflect.DeepEqual(got, want) {
			t.Errorf("the policy is %v", got)
		}
		spec := made["Deployment shop"]["spec"].(map[string]any)
		meta := spec["template"].(map[string]any)["metadata"].(map[string]any)
		labels, annotations := meta["labels"].(map[string]any), meta["annotations"].(map[string]any)
		if labels["eksnet/security-group-policy"] != "shop" || annotations["eksnet/enforcing-mode"] != mode {
			t.Errorf("%s: the pods have %v", mode, meta)
		}
		if selector := spec["selector"].(map[string]any)["matchLabels"].(map[string]any); len(selector) != 1 {
			t.Errorf("the Deployment selects %v: a selector cannot change", selector)
		}
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

func number(value any) float64 {
	n, _ := value.(float64)
	return n
}

// Pods that an interrupted up has created end with their namespace, and with them the interfaces that have the group.
func TestTheNamespaceIsDeletedBeforeTheSecurityGroupOfItsPods(t *testing.T) {
	made := registerPods(t, config.Workload{Kind: config.KindALB, App: config.AppEcho, Replicas: 2}, config.EnforceStandard)
	annotations, _ := made["Namespace shop"]["metadata"].(map[string]any)["annotations"].(map[string]any)
	if annotations["eksnet/security-group"] != "dev-shop-pods-1234567" {
		t.Errorf("the namespace does not use the name of the group: %v", annotations)
	}
}
