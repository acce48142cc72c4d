package world_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestAFailedNodeGroupIsDeletedWithItsInstances(t *testing.T) {
	for _, r := range nodeRefusals() {
		l := worldtest.NewLab(t)
		if err := r.try(l); err == nil {
			t.Errorf("%s: accepted", r.when)
		}
		if err := l.Delete(store.NodeGroupType, "dev:general"); err != nil {
			t.Errorf("%s: %v", r.when, err)
		}
		for _, typ := range []string{node.InstanceObject, store.VolumeType, store.NodeType, store.NodeGroupType} {
			if left := l.World.All(typ); len(left) > 0 {
				t.Errorf("%s leaves %s", r.when, store.DescribeAll(left))
			}
		}
	}
}

// kubeletData returns user data of AL2023 with a field of the kubelet's configuration.
func kubeletData(field string) string {
	return strings.Replace(worldtest.Nodeadm("NodeConfig", ""), "{maxPods: 58}", "{maxPods: 58, "+field+"}", 1)
}

func nodeGroupRefusals() []refusal {
	group := func(path string, value func(*worldtest.Lab) any) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp().CNI()
			given := value(l)
			return l.Fails(store.NodeGroupType, worldtest.With(l.GroupInputs(), path, given))
		}
	}
	plain := func(value any) func(*worldtest.Lab) any { return func(*worldtest.Lab) any { return value } }
	template := func(in store.Properties, version string, more store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp().CNI().Make("lt", store.LaunchTemplateType, in)
			given := worldtest.With(l.GroupInputs(), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": version})
			for property, value := range more {
				given[property] = value
			}
			return l.Fails(store.NodeGroupType, given)
		}
	}
	// data creates a node group whose launch template has this user data, on an image of a family.
	data := func(image, kind, text string) func(*worldtest.Lab) error {
		return template(store.Properties{"userData": eks.EncodeBase64(text)}, "1", store.Properties{"amiType": image, "instanceTypes": []any{kind}})
	}
	bottlerocket := func(text string) func(*worldtest.Lab) error { return data("BOTTLEROCKET_ARM_64", "m7g.large", text) }
	al2023 := func(text string) func(*worldtest.Lab) error { return data("AL2023_ARM_64_STANDARD", "m7g.large", text) }
	return []refusal{
		{"Bottlerocket with a MIME message", node.UserDataTOML, bottlerocket(worldtest.Nodeadm("NodeConfig", ""))},
		{"Bottlerocket with a duplicate table", node.UserDataTOML, bottlerocket("[settings.kubernetes]\nmax-pods = 58\n[settings.kubernetes]\n")},
		{"Bottlerocket with a setting that it does not have", node.UserDataSettings, bottlerocket("[settings.kubernetes]\nmaxPods = 58\n")},
		{"Bottlerocket with a setting that is mistyped", node.UserDataSettings, bottlerocket("[settings.kubernetes]\nmax-pods = \"58\"\n")},
		{"Bottlerocket with settings outside of settings", node.UserDataSettings, bottlerocket("[kubernetes]\nmax-pods = 58\n")},
		{"AL2023 with TOML", node.UserDataMIME, al2023("[settings.kubernetes]\nmax-pods = 58\n")},
		{"AL2023 with a bare script", node.UserDataMIME, al2023("#!/bin/bash\necho hello\n")},
		{"AL2023 with a reservation of a resource that a kubelet cannot reserve", node.KubeletReserves, al2023(kubeletData("kubeReserved: {gpu: \"1\"}"))},
		{"AL2023 with a reservation that is a number", node.KubeletReserves, al2023(kubeletData("systemReserved: {cpu: 1}"))},
		{"Bottlerocket with a negative reservation", node.KubeletReserves, bottlerocket("[settings.kubernetes.kube-reserved]\nmemory = \"-1Gi\"\n")},
		{"AL2023 with an eviction signal that a kubelet does not have", node.KubeletEvicts, al2023(kubeletData("evictionHard: {memory.free: 5%}"))},
		{"Bottlerocket with an eviction threshold of more than everything", node.KubeletEvicts, bottlerocket("[settings.kubernetes.eviction-hard]\n\"memory.available\" = \"101%\"\n")},
		{"AL2023 with a reservation of more memory than the node has", node.KubeletFits, al2023(kubeletData("systemReserved: {memory: 9Gi}"))},
		{"Bottlerocket with a reservation of more CPU than the node has", node.KubeletFits, bottlerocket("[settings.kubernetes.system-reserved]\ncpu = \"2\"\n")},
		{"AL2023 with a reservation of more storage than the volume has", node.KubeletFits, template(store.Properties{
			"userData":            eks.EncodeBase64(kubeletData("systemReserved: {ephemeral-storage: 45Gi}")),
			"blockDeviceMappings": []any{store.Properties{"deviceName": "/dev/xvda", "ebs": store.Properties{"volumeSize": 50}}},
		}, "1", store.Properties{"amiType": "AL2023_ARM_64_STANDARD", "instanceTypes": []any{"m7g.large"}})},
		{"a key pair that does not exist", node.KeyPairExists, template(store.Properties{"keyName": "admin"}, "1", nil)},
		{"AL2023 with an invalid NodeConfig", node.UserDataNodeConfig, al2023(worldtest.Nodeadm("Node", ""))},
		{"AL2023 with a NodeConfig of an unknown field", node.UserDataNodeConfig, al2023(worldtest.Nodeadm("NodeConfig", "  kubelets: {}\n"))},
		{"twenty-one instance types", node.NodeTypesMost, group("instanceTypes", plain(slices.Repeat([]any{"m7g.large"}, 21)))},
		{"a label without a value", node.NodeLabels, group("labels", plain(store.Properties{"spot": ""}))},
		{"a label whose key is too long with its prefix", node.NodeLabels, group("labels", plain(store.Properties{strings.Repeat("a", 40) + ".example.com/" + strings.Repeat("b", 20): "c"}))},
		{"a taint whose key is too long with its prefix", node.NodeTaintSize, group("taints", plain([]any{store.Properties{"key": strings.Repeat("a", 64), "effect": "NO_SCHEDULE"}}))},
		{"fifty-one taints", node.NodeTaintsMost, group("taints", plain(slices.Repeat([]any{store.Properties{"key": "a", "effect": "NO_SCHEDULE"}}, 51)))},
		{"two taints with one key and effect", node.NodeTaintsUnique, group("taints", plain([]any{
			store.Properties{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}, store.Properties{"key": "a", "value": "c", "effect": "NO_SCHEDULE"}}))},
		{"AL2023 on the first Graviton", node.NodeStarts, group("instanceTypes", plain([]any{"a1.large"}))},
		{"an instance type without hardware virtualization", node.NodeVirtualization, func(l *worldtest.Lab) error {
			l.ClusterUp().CNI()
			return l.Fails(store.NodeGroupType, worldtest.With(worldtest.With(l.GroupInputs(), "instanceTypes", []any{"t1.micro"}), "amiType", "AL2023_x86_64_STANDARD"))
		}},
		{"an update with a number and a percentage", node.NodeUpdate, group("updateConfig", plain(store.Properties{"maxUnavailable": 1.0, "maxUnavailablePercentage": 33.0}))},
		{"an update with neither", node.NodeUpdate, group("updateConfig", plain(store.Properties{}))},
		{"an update of more nodes than are possible", node.NodeUpdateRange, group("updateConfig", plain(store.Properties{"maxUnavailablePercentage": 101.0}))},
		{"a size that a family does not have", ec2.InstanceTypeWritten, group("instanceTypes", plain([]any{"m7g.3xlarge"}))},
		{"a node group whose name is too long", node.NodeGroupName, group("nodeGroupName", plain("a-name-that-is-longer-than-the-sixty-three-characters-that-EKS-allows"))},
		{"a taint with an effect in the spelling of Kubernetes", node.NodeTaint, group("taints", plain([]any{store.Properties{"key": "a", "effect": "NoSchedule"}}))},
		{"a node group that exists already", node.NodeGroupUnique, func(l *worldtest.Lab) error { return l.Nodes().Fails(store.NodeGroupType, l.GroupInputs()) }},
		{"a thirty-first node group", node.NodeGroupQuota, func(l *worldtest.Lab) error {
			l.Nodes()
			existing := l.Object(store.NodeGroupType, "general")
			for i := range 29 {
				o := *existing
				o.ID = "dev:" + string(rune('A'+i))
				l.World.Put(&o)
			}
			return l.Fails(store.NodeGroupType, worldtest.With(l.GroupInputs(), "nodeGroupName", "more"))
		}},
		{"a node role that trusts another service", node.NodeRoleTrust, group("nodeRoleArn", func(l *worldtest.Lab) any { return l.Object(store.RoleType, "cluster-role").Text("arn") })},
		{"nodes in a subnet that does not exist", node.NodeSubnets, group("subnetIds", plain([]any{"subnet-0"}))},
		{"fewer nodes than the minimum", node.NodeScaling, group("scalingConfig", plain(store.Properties{"minSize": 3.0, "desiredSize": 2.0, "maxSize": 4.0}))},
		{"more nodes than the maximum", node.NodeScaling, group("scalingConfig", plain(store.Properties{"minSize": 1.0, "desiredSize": 5.0, "maxSize": 4.0}))},
		{"an update to a minimum above the desired size that it sends", node.NodeRescaling, func(l *worldtest.Lab) error {
			return l.Nodes().Change(store.NodeGroupType, "dev:general", store.Properties{"scalingConfig": store.Properties{"minSize": 3.0, "desiredSize": 2.0, "maxSize": 4.0}})
		}},
		{"an update to a maximum below the desired size that it sends", node.NodeRescaling, func(l *worldtest.Lab) error {
			return l.Nodes().Change(store.NodeGroupType, "dev:general", store.Properties{"scalingConfig": store.Properties{"minSize": 0.0, "desiredSize": 2.0, "maxSize": 1.0}})
		}},
		{"a node group that is read and does not exist", node.NodeGroupFound, func(l *worldtest.Lab) error {
			_, err := l.Nodes().Client.Invoke("aws:eks/getNodeGroup:getNodeGroup", store.Properties{"clusterName": "dev", "nodeGroupName": "none"})
			return err
		}},
		{"a cluster that is read and does not exist", eks.ClusterFound, func(l *worldtest.Lab) error {
			_, err := l.Nodes().Client.Invoke("aws:eks/getCluster:getCluster", store.Properties{"name": "none"})
			return err
		}},
		{"a key alias that is read and does not exist", kms.AliasFound, func(l *worldtest.Lab) error {
			_, err := l.Client.Invoke("aws:kms/getAlias:getAlias", store.Properties{"name": "alias/eks/none"})
			return err
		}},
		{"an image that EKS does not have", node.NodeImage, group("amiType", plain("AL2024_ARM_64"))},
		{"Amazon Linux 2 for a version that has none", node.NodeImageVersion, group("amiType", plain("AL2_ARM_64"))},
		{"an image of another architecture", node.NodeArchitecture, group("amiType", plain("AL2023_x86_64_STANDARD"))},
		{"nodes newer than their cluster", node.NodeVersion, group("version", plain("1.36"))},
		{"nodes that are downgraded", node.NodeGroupBack, func(l *worldtest.Lab) error {
			return l.Nodes().Change(store.NodeGroupType, "dev:general", store.Properties{"version": "1.34"})
		}},
		{"an instance type that does not exist", ec2.InstanceTypeWritten, group("instanceTypes", plain([]any{"large"}))},
		{"an instance type that a zone does not offer", node.TypeOffered, func(l *worldtest.Lab) error {
			l.Nodes()
			return l.Fails(store.NodeGroupType, worldtest.With(worldtest.With(l.GroupInputs(), "nodeGroupName", "graphics"), "instanceTypes", []any{"g5g.xlarge"}))
		}},
		{"a capacity type that EKS does not have", node.NodeCapacity, group("capacityType", plain("onDemand"))},
		{"a launch template that does not exist", node.NodeTemplate, group("launchTemplate", plain(store.Properties{"id": "lt-0", "version": "1"}))},
		{"a version that a launch template does not have", node.NodeTemplate, template(nil, "7", nil)},
		{"a disk besides a launch template", node.NodeTemplateDisk, template(nil, "1", store.Properties{"diskSize": 50.0})},
		{"instance types in both places", node.NodeTemplateType, template(store.Properties{"instanceType": "m7g.large"}, "1", nil)},
		{"a profile in the launch template", node.NodeTemplateForbidden, template(store.Properties{"iamInstanceProfile": store.Properties{"name": "p"}}, "1", nil)},
		{"an image in the launch template of a node group with an AMI type", node.NodeTemplateImage, template(store.Properties{"imageId": "ami-0"}, "1", nil)},
	}
}

func nodeRefusals() []refusal {
	join := func(spoil func(*worldtest.Lab)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp().CNI()
			spoil(l)
			return l.Fails(store.NodeGroupType, l.GroupInputs())
		}
	}
	drop := func(typ, name string) func(*worldtest.Lab) {
		return func(l *worldtest.Lab) { l.World.Drop(l.Object(typ, name)) }
	}
	endpoint := func(private bool, cidrs ...any) func(*worldtest.Lab) {
		return func(l *worldtest.Lab) {
			cluster := l.Object(store.ClusterType, "cluster")
			cluster.Set("vpcConfig.endpointPrivateAccess", private)
			cluster.Set("vpcConfig.publicAccessCidrs", cidrs)
		}
	}
	return []refusal{
		{"nodes in a full subnet", node.NodeAddress, join(func(l *worldtest.Lab) {
			l.Subnet("private-a", "10.0.250.0/28", "a", nil)
			l.Subnet("private-b", "10.0.251.0/28", "b", nil)
			l.Fill("private-a", 0)
			l.Fill("private-b", 0)
		})},
		{"nodes without a route to the internet", node.NodeWayOut, join(drop(store.RouteType, "to-nat"))},
		{"nodes behind a NAT gateway of an account that blocks all public access", node.NodeWayOut, join(func(l *worldtest.Lab) { l.World.Options.PublicAccessBlock = store.BlockBidirectional })},
		{"nodes behind a NAT gateway that itself has no route to the internet", node.NodeWayOut, join(drop(store.RouteType, "to-igw"))},
		{"nodes in public subnets without public addresses", node.NodePublicAddress, join(func(l *worldtest.Lab) {
			_ = l.Change(store.SubnetType, l.IDs["public-a"], store.Properties{"mapPublicIpOnLaunch": false})
			l.IDs["private-a"], l.IDs["private-b"] = l.IDs["public-a"], l.IDs["public-a"]
		})},
		{"nodes that their VPC's endpoint does not allow, besides NAT", node.NodeEndpoint, join(func(l *worldtest.Lab) {
			l.Make("shut", store.SecurityGroupType, store.Properties{"name": "shut", "vpcId": l.IDs["vpc"]})
			l.Endpoint("ec2", "shut")
		})},
		{"nodes without an endpoint for STS only", node.NodeWayOut, join(func(l *worldtest.Lab) {
			drop(store.RouteType, "to-nat")(l)
			l.Endpoints("ec2", "ecr.api", "ecr.dkr")
		})},
		{"nodes whose NAT gateway's address the API does not allow", node.NodeReachesAPI, join(endpoint(false, "203.0.113.0/24"))},
		{"nodes in security groups that the control plane does not allow", node.NodeGroupLetIn, func(l *worldtest.Lab) error {
			l.ClusterUp().CNI().Make("group", store.SecurityGroupType, store.Properties{"name": "nodes", "vpcId": l.IDs["vpc"]})
			l.Make("lt", store.LaunchTemplateType, store.Properties{"vpcSecurityGroupIds": []any{l.IDs["group"]}})
			return l.Fails(store.NodeGroupType, worldtest.With(l.GroupInputs(), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": "1"}))
		}},
		{"nodes whose role lacks its policy", node.NodeRolePolicy, join(drop(store.AttachmentType, "node-role AmazonEKSWorkerNodePolicy"))},
		{"nodes whose role's access entry has the type STANDARD", node.NodeEntry, join(func(l *worldtest.Lab) {
			l.Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": l.Object(store.RoleType, "node-role").Text("arn")})
		})},
		{"nodes that may not pull images", node.NodePulls, join(drop(store.AttachmentType, "node-role AmazonEC2ContainerRegistryPullOnly"))},
		{"nodes without a CNI", node.NodeNetwork, join(func(l *worldtest.Lab) { _ = l.Delete(store.AddonType, "vpc-cni") })},
		{"nodes whose CNI has no permissions", node.NodeNetwork, join(drop(store.AttachmentType, "cni-role AmazonEKS_CNI_Policy"))},
		{"nodes whose CNI's role trusts no principal", node.NodeNetwork, join(drop(store.OIDCType, "oidc"))},
		{"nodes whose CNI keeps neither a prefix nor an address ready", node.NodeNetwork, join(func(l *worldtest.Lab) {
			l.Must(l.Change(store.AddonType, l.IDs["vpc-cni"], store.Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0"}}`}))
		})},
	}
}
