package kube_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// scalingOf returns the condition of the autoscaler web whether it scales with the load, and its number of pods.
func scalingOf(k *worldtest.KubeLab) (condition string, pods int) {
	o := k.World.Find("dev", store.AutoscalerType, "default/web")
	for _, c := range store.ListOf(o.At("status.conditions")) {
		if c["type"] == "ScalingActive" {
			condition = fmt.Sprint(c["status"], " ", c["message"])
		}
	}
	return condition, o.Number("status.desiredReplicas")
}

// autoscaledWeb returns a cluster with five pods and an autoscaler of two to six.
func autoscaledWeb(t *testing.T) *worldtest.KubeLab {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(5))
	k.Apply(store.AutoscalerType, worldtest.Autoscaled(2, 6))
	return k
}

func TestAnAutoscalerScalesWithTheLoadOnceMetricsServerRuns(t *testing.T) {
	k := autoscaledWeb(t)
	if condition, pods := scalingOf(k); !strings.HasSuffix(condition, "could not find the requested resource (get pods.metrics.k8s.io)") || pods != 5 {
		t.Errorf("without metrics-server: %s, %d pods", condition, pods)
	}
	k.Make("metrics", store.AddonType, k.AddonInputs(kube.MetricsServer))
	if condition, pods := scalingOf(k); !strings.HasPrefix(condition, "True") || pods != 2 {
		t.Errorf("with metrics-server, and no load: %s, %d pods", condition, pods)
	}
	k.Must(k.Lab.Delete(store.AddonType, "metrics"))
	if condition, pods := scalingOf(k); !strings.HasPrefix(condition, "False") || pods != 2 {
		t.Errorf("after metrics-server is deleted: %s, %d pods", condition, pods)
	}
	for _, name := range []string{"Deployment", "Service"} {
		typ := map[string]string{"Deployment": store.DeploymentType, "Service": store.ServiceType}[name]
		if k.World.Find("dev", typ, "kube-system/"+kube.MetricsServer) != nil {
			t.Errorf("the %s of metrics-server remains after its add-on", name)
		}
	}
}

// Nodes whose security groups do not allow the two ports have pods that run, and autoscalers without metrics.
func TestMetricsNeedThePortsOfMetricsServerAndOfKubelets(t *testing.T) {
	for _, test := range []struct {
		allowed int // from the cluster's security group
		lack    string
	}{
		{0, "the server is currently unable to handle the request (get pods.metrics.k8s.io)"},
		{kube.MetricsPort, "no metrics returned from resource metrics API"},
	} {
		k := worldtest.NewCluster(t)
		cordonOneNode(k, 0) // the pods are on one node, and metrics-server is on the other
		k.Apply(store.DeploymentType, worldtest.Scaled(2))
		cordonOneNode(k, 1)
		k.Make("metrics", store.AddonType, k.AddonInputs(kube.MetricsServer))
		allowFromControlPlane(k, test.allowed)
		k.Apply(store.AutoscalerType, worldtest.Edited(worldtest.Autoscaled(2, 6), "metadata.name", "again"))
		o := k.World.Find("dev", store.AutoscalerType, "default/again")
		if got := fmt.Sprint(o.At("status.conditions")); !strings.Contains(got, test.lack) {
			t.Errorf("port %d allowed: %s, want %s", test.allowed, got, test.lack)
		}
	}
}

// allowFromControlPlane replaces the nodes' security groups with one that allows a port from the control plane's only.
func allowFromControlPlane(k *worldtest.KubeLab, port int) {
	group := k.Object(store.ClusterType, "cluster").Text("vpcConfig.clusterSecurityGroupId")
	in := store.Properties{"name": "own", "vpcId": k.IDs["vpc"]}
	if port != 0 {
		var planes []any
		for _, plane := range ec2.InterfacesOf(k.World.Account, "Amazon EKS dev") {
			planes = append(planes, ec2.InterfaceOf(plane).PrivateIP+"/32")
		}
		in["ingress"] = []any{store.Properties{"protocol": "tcp", "fromPort": float64(port), "toPort": float64(port), "cidrBlocks": planes}}
	}
	own := k.Make("own", store.SecurityGroupType, in)
	k.Make("api", store.GroupRuleType, store.Properties{"type": "ingress", "securityGroupId": group, "sourceSecurityGroupId": own,
		"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0})
	for _, eni := range k.World.All(store.InterfaceType) {
		if groups := ec2.InterfaceOf(eni).Groups; ec2.InterfaceOf(eni).Instance != "" && slices.Contains(groups, group) {
			eni.Set("securityGroups", []any{own})
		}
	}
}

// cordonOneNode cordons one of two nodes and uncordons the other.
func cordonOneNode(k *worldtest.KubeLab, cordoned int) {
	for i, node := range k.World.All(store.NodeType) {
		node.SetAt(i == cordoned, "spec", "unschedulable")
	}
}
