package world_test

import (
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// groupedWeb returns the error of web with some security groups, in a cluster of pods with security groups.
func groupedWeb(k *worldtest.KubeLab, web store.Properties, groups ...any) error {
	k.Apply(store.SecurityGroupPolicyType, worldtest.GroupPolicy(groups...))
	return k.Create(store.DeploymentType, web)
}

// inSmallSubnet returns the error of web on one node in a subnet of eleven addresses, of which some are free: the node
// and the CNI use ten of them.
func inSmallSubnet(free int) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		l := worldtest.NewLab(k.T)
		l.ClusterUp().SmallSubnet("small", "10.0.200.0/28", "a").Fill("small", free)
		of := l.PodGroups(worldtest.PodInterfaces("standard"), store.Properties{"subnetIds": []any{l.IDs["small"]},
			"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 1.0}}).PodGroup("pods", "10.0.0.0/16")
		return groupedWeb(of, worldtest.Web(), of.IDs["pods"])
	}
}

// podGroupAddonRefusals are those of the CNI's configuration.
func podGroupAddonRefusals() []refusal {
	return []refusal{
		{"a variable that the CNI's init container does not have", eks.AddonTexts, func(l *worldtest.Lab) error {
			in := l.ClusterUp().AddonInputs("vpc-cni")
			in["configurationValues"] = `{"init": {"env": {"ENABLE_POD_ENI": "true"}}}`
			return l.Fails(store.AddonType, in)
		}},
		{"nodes whose CNI has another enforcing mode", node.NodeNetwork, func(l *worldtest.Lab) error {
			l.Configured(store.Properties{"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "lenient"})
			return l.Fails(store.NodeGroupType, l.GroupInputs())
		}},
	}
}

func podGroupRefusals() []kubeRefusal {
	policy := func(change func(store.Properties)) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			m := worldtest.GroupPolicy("sg-1")
			change(store.MapOf(m["spec"]))
			return k.Create(store.SecurityGroupPolicyType, m)
		}
	}
	// in returns the error of a call in a cluster of pods with security groups in a mode.
	in := func(mode string, try func(*worldtest.KubeLab) error) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error { return try(worldtest.NewClusterOfPodGroups(k.T, mode)) }
	}
	return []kubeRefusal{
		{"a SecurityGroupPolicy without security groups", kube.CustomValues, policy(func(spec store.Properties) {
			spec["securityGroups"] = map[string]any{"groupIds": []any{}}
		})},
		{"a SecurityGroupPolicy with another field", kube.CustomFields, policy(func(spec store.Properties) { spec["podSelectors"] = map[string]any{} })},

		{"more pods with security groups than branch interfaces", node.InterfacesFit, in("standard", func(k *worldtest.KubeLab) error {
			m := worldtest.Scaled(19)
			delete(worldtest.Container(m), "resources")
			return groupedWeb(k, m, k.IDs["pods"])
		})},
		{"pods with security groups while the CNI does not enable them", node.InterfacesFit, saying("ENABLE_POD_ENI is not true", func(k *worldtest.KubeLab) error {
			k.PodGroup("pods")
			return groupedWeb(k, worldtest.Web(), k.IDs["pods"])
		})},
		{"pods with security groups on instances without trunk interfaces", node.TrunkType, func(k *worldtest.KubeLab) error {
			l := worldtest.NewLab(k.T).ClusterUp()
			k = l.PodGroups(worldtest.PodInterfaces("standard"), store.Properties{"instanceTypes": []any{"t4g.large"}}).PodGroup("pods")
			return groupedWeb(k, worldtest.Web(), k.IDs["pods"])
		}},
		{"pods with security groups on nodes whose interfaces are all in use", node.TrunkSlot, func(k *worldtest.KubeLab) error {
			const target = "WARM_ENI_TARGET"
			k.SetCNI(store.Properties{"env": store.Properties{target: "3"}})
			k.Make("resource-controller", store.AttachmentType, store.Properties{"role": "cluster-role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"})
			k.SetCNI(worldtest.With(worldtest.PodInterfaces("standard"), "env."+target, "3"))
			k.PodGroup("pods")
			return groupedWeb(k, worldtest.Web(), k.IDs["pods"])
		}},
		{"pods with security groups in a cluster whose role lacks the policy", node.TrunkAllowed, func(k *worldtest.KubeLab) error {
			k.SetCNI(worldtest.PodInterfaces("standard"))
			k.PodGroup("pods")
			return groupedWeb(k, worldtest.Web(), k.IDs["pods"])
		}},
		{"a trunk interface in a subnet without a free address", node.TrunkAddress, inSmallSubnet(10)},
		{"a branch interface in a subnet without a free address", node.BranchAddress, inSmallSubnet(11)},
		{"a branch interface after the cluster's role has lost the policy", node.BranchAllowed, in("standard", func(k *worldtest.KubeLab) error {
			k.Must(k.Delete(store.AttachmentType, "resource-controller"))
			return groupedWeb(k, worldtest.Web(), k.IDs["pods"])
		})},
		{"a branch interface with a security group that does not exist", ec2.GroupExists, in("standard", func(k *worldtest.KubeLab) error {
			return groupedWeb(k, worldtest.Web(), "sg-0")
		})},
		{"a branch interface with six security groups", node.BranchGroups, in("standard", func(k *worldtest.KubeLab) error {
			groups := []any{k.IDs["pods"]}
			for _, name := range []string{"b", "c", "d", "e", "f"} {
				groups = append(groups, k.PodGroup(name).IDs[name])
			}
			return groupedWeb(k, worldtest.Web(), groups...)
		})},
		{"a probe from a node that the pod's security group does not let in", node.ProbeAllowed, in("strict", func(k *worldtest.KubeLab) error {
			return groupedWeb(k, worldtest.Probed(), k.PodGroup("closed").IDs["closed"])
		})},
		{"a probe in mode strict of nodes with TCP early demux", node.ProbeDemux, in("strict", func(k *worldtest.KubeLab) error {
			configuration := worldtest.PodInterfaces("strict")
			delete(configuration, "init")
			k.SetCNI(configuration)
			return groupedWeb(k, worldtest.Probed(), k.IDs["pods"])
		})},
		{"a load balancer for pods with two tagged security groups", lbc.GroupTagged, in("standard", func(k *worldtest.KubeLab) error {
			var groups []any
			for _, name := range []string{"one", "two"} {
				groups = append(groups, k.Make(name, store.SecurityGroupType, store.Properties{"name": name, "vpcId": k.IDs["vpc"], "tags": map[string]any{"kubernetes.io/cluster/dev": "shared"}}))
			}
			k.Must(groupedWeb(k, worldtest.Web(), groups...))
			_, err := lbc.ControllerOf(k.Controlled().World.Account, "dev").GroupOf(k.Branches()[0])
			return err
		})},
	}
}
