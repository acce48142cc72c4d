package world

import (
	"slices"
	"strings"
)

func nodeGroupRefusals() []refusal {
	group := func(path string, value func(*lab) any) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp().cni()
			given := value(l)
			return l.fails(nodeGroupType, with(l.groupInputs(), path, given))
		}
	}
	plain := func(value any) func(*lab) any { return func(*lab) any { return value } }
	template := func(in Properties, version string, more Properties) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp().cni().make("lt", launchTemplateType, in)
			given := with(l.groupInputs(), "launchTemplate", Properties{"id": l.ids["lt"], "version": version})
			for property, value := range more {
				given[property] = value
			}
			return l.fails(nodeGroupType, given)
		}
	}
	// data creates a node group whose launch template has this user data, on an image of a family.
	data := func(image, kind, text string) func(*lab) error {
		return template(Properties{"userData": encoded(text)}, "1", Properties{"amiType": image, "instanceTypes": []any{kind}})
	}
	bottlerocket := func(text string) func(*lab) error { return data("BOTTLEROCKET_ARM_64", "m7g.large", text) }
	al2023 := func(text string) func(*lab) error { return data("AL2023_ARM_64_STANDARD", "m7g.large", text) }
	return []refusal{
		{"Bottlerocket with a MIME message", userDataTOML, bottlerocket(nodeadm("NodeConfig", ""))},
		{"Bottlerocket with a duplicate table", userDataTOML, bottlerocket("[settings.kubernetes]\nmax-pods = 58\n[settings.kubernetes]\n")},
		{"Bottlerocket with a setting that it does not have", userDataSettings, bottlerocket("[settings.kubernetes]\nmaxPods = 58\n")},
		{"Bottlerocket with a setting that is mistyped", userDataSettings, bottlerocket("[settings.kubernetes]\nmax-pods = \"58\"\n")},
		{"Bottlerocket with settings outside of settings", userDataSettings, bottlerocket("[kubernetes]\nmax-pods = 58\n")},
		{"AL2023 with TOML", userDataMIME, al2023("[settings.kubernetes]\nmax-pods = 58\n")},
		{"AL2023 with a bare script", userDataMIME, al2023("#!/bin/bash\necho hello\n")},
		{"AL2023 with an invalid NodeConfig", userDataNodeConfig, al2023(nodeadm("Node", ""))},
		{"AL2023 with a NodeConfig of an unknown field", userDataNodeConfig, al2023(nodeadm("NodeConfig", "  kubelets: {}\n"))},
		{"twenty-one instance types", nodeTypesMost, group("instanceTypes", plain(slices.Repeat([]any{"m7g.large"}, 21)))},
		{"a label without a value", nodeLabels, group("labels", plain(Properties{"spot": ""}))},
		{"a label whose key is too long with its prefix", nodeLabels, group("labels", plain(Properties{strings.Repeat("a", 40) + ".example.com/" + strings.Repeat("b", 20): "c"}))},
		{"a taint whose key is too long with its prefix", nodeTaintSize, group("taints", plain([]any{Properties{"key": strings.Repeat("a", 64), "effect": "NO_SCHEDULE"}}))},
		{"fifty-one taints", nodeTaintsMost, group("taints", plain(slices.Repeat([]any{Properties{"key": "a", "effect": "NO_SCHEDULE"}}, 51)))},
		{"two taints with one key and effect", nodeTaintsUnique, group("taints", plain([]any{
			Properties{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}, Properties{"key": "a", "value": "c", "effect": "NO_SCHEDULE"}}))},
		{"AL2023 on the first Graviton", nodeStarts, group("instanceTypes", plain([]any{"a1.large"}))},
		{"an instance type without hardware virtualization", nodeVirtualization, func(l *lab) error {
			l.clusterUp().cni()
			return l.fails(nodeGroupType, with(with(l.groupInputs(), "instanceTypes", []any{"t1.micro"}), "amiType", "AL2023_x86_64_STANDARD"))
		}},
		{"an update with a number and a percentage", nodeUpdate, group("updateConfig", plain(Properties{"maxUnavailable": 1.0, "maxUnavailablePercentage": 33.0}))},
		{"an update with neither", nodeUpdate, group("updateConfig", plain(Properties{}))},
		{"an update of more nodes than are possible", nodeUpdateRange, group("updateConfig", plain(Properties{"maxUnavailablePercentage": 101.0}))},
		{"a size that a family does not have", instanceTypeWritten, group("instanceTypes", plain([]any{"m7g.3xlarge"}))},
		{"a node group whose name is too long", nodeGroupName, group("nodeGroupName", plain("a-name-that-is-longer-than-the-sixty-three-characters-that-EKS-allows"))},
		{"a taint with an effect in the spelling of Kubernetes", nodeTaint, group("taints", plain([]any{Properties{"key": "a", "effect": "NoSchedule"}}))},
		{"a node group that exists already", nodeGroupUnique, func(l *lab) error { return l.nodes().fails(nodeGroupType, l.groupInputs()) }},
		{"a thirty-first node group", nodeGroupQuota, func(l *lab) error {
			l.nodes()
			existing := l.object(nodeGroupType, "general")
			for i := range 29 {
				o := *existing
				o.ID = "dev:" + string(rune('A'+i))
				l.world.put(&o)
			}
			return l.fails(nodeGroupType, with(l.groupInputs(), "nodeGroupName", "more"))
		}},
		{"a node role that trusts another service", nodeRoleTrust, group("nodeRoleArn", func(l *lab) any { return l.object(roleType, "cluster-role").text("arn") })},
		{"nodes in a subnet that does not exist", nodeSubnets, group("subnetIds", plain([]any{"subnet-0"}))},
		{"fewer nodes than the minimum", nodeScaling, group("scalingConfig", plain(Properties{"minSize": 3.0, "desiredSize": 2.0, "maxSize": 4.0}))},
		{"more nodes than the maximum", nodeScaling, group("scalingConfig", plain(Properties{"minSize": 1.0, "desiredSize": 5.0, "maxSize": 4.0}))},
		{"an update to a minimum above the desired size that it sends", nodeRescaling, func(l *lab) error {
			return l.nodes().change(nodeGroupType, "dev:general", Properties{"scalingConfig": Properties{"minSize": 3.0, "desiredSize": 2.0, "maxSize": 4.0}})
		}},
		{"an update to a maximum below the desired size that it sends", nodeRescaling, func(l *lab) error {
			return l.nodes().change(nodeGroupType, "dev:general", Properties{"scalingConfig": Properties{"minSize": 0.0, "desiredSize": 2.0, "maxSize": 1.0}})
		}},
		{"a node group that is read and does not exist", nodeGroupFound, func(l *lab) error {
			_, err := l.nodes().client.Invoke("aws:eks/getNodeGroup:getNodeGroup", Properties{"clusterName": "dev", "nodeGroupName": "none"})
			return err
		}},
		{"an image that EKS does not have", nodeImage, group("amiType", plain("AL2024_ARM_64"))},
		{"Amazon Linux 2 for a version that has none", nodeImageVersion, group("amiType", plain("AL2_ARM_64"))},
		{"an image of another architecture", nodeArchitecture, group("amiType", plain("AL2023_x86_64_STANDARD"))},
		{"nodes newer than their cluster", nodeVersion, group("version", plain("1.36"))},
		{"nodes that are downgraded", nodeGroupBack, func(l *lab) error {
			return l.nodes().change(nodeGroupType, "dev:general", Properties{"version": "1.34"})
		}},
		{"an instance type that does not exist", instanceTypeWritten, group("instanceTypes", plain([]any{"large"}))},
		{"an instance type that a zone does not offer", typeOffered, func(l *lab) error {
			l.nodes()
			return l.fails(nodeGroupType, with(with(l.groupInputs(), "nodeGroupName", "graphics"), "instanceTypes", []any{"g5g.xlarge"}))
		}},
		{"a capacity type that EKS does not have", nodeCapacity, group("capacityType", plain("onDemand"))},
		{"a launch template that does not exist", nodeTemplate, group("launchTemplate", plain(Properties{"id": "lt-0", "version": "1"}))},
		{"a version that a launch template does not have", nodeTemplate, template(nil, "7", nil)},
		{"a disk besides a launch template", nodeTemplateDisk, template(nil, "1", Properties{"diskSize": 50.0})},
		{"instance types in both places", nodeTemplateType, template(Properties{"instanceType": "m7g.large"}, "1", nil)},
		{"a profile in the launch template", nodeTemplateForbidden, template(Properties{"iamInstanceProfile": Properties{"name": "p"}}, "1", nil)},
		{"an image in the launch template of a node group with an AMI type", nodeTemplateImage, template(Properties{"imageId": "ami-0"}, "1", nil)},
	}
}

func nodeRefusals() []refusal {
	join := func(spoil func(*lab)) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp().cni()
			spoil(l)
			return l.fails(nodeGroupType, l.groupInputs())
		}
	}
	drop := func(typ, name string) func(*lab) {
		return func(l *lab) { l.world.drop(l.object(typ, name)) }
	}
	endpoint := func(private bool, cidrs ...any) func(*lab) {
		return func(l *lab) {
			cluster := l.object(clusterType, "cluster")
			cluster.set("vpcConfig.endpointPrivateAccess", private)
			cluster.set("vpcConfig.publicAccessCidrs", cidrs)
		}
	}
	return []refusal{
		{"nodes in a full subnet", nodeAddress, join(func(l *lab) {
			l.subnet("private-a", "10.0.250.0/28", "a", nil)
			l.subnet("private-b", "10.0.251.0/28", "b", nil)
			l.fill("private-a", 0)
			l.fill("private-b", 0)
		})},
		{"nodes without a route to the internet", nodeWayOut, join(drop(routeType, "to-nat"))},
		{"nodes behind a NAT gateway that itself has no route to the internet", nodeWayOut, join(drop(routeType, "to-igw"))},
		{"nodes in public subnets without public addresses", nodePublicAddress, join(func(l *lab) {
			_ = l.change(subnetType, l.ids["public-a"], Properties{"mapPublicIpOnLaunch": false})
			l.ids["private-a"], l.ids["private-b"] = l.ids["public-a"], l.ids["public-a"]
		})},
		{"nodes that their VPC's endpoint does not allow, besides NAT", nodeEndpoint, join(func(l *lab) {
			l.make("shut", securityGroupType, Properties{"name": "shut", "vpcId": l.ids["vpc"]})
			l.endpoint("ec2", "shut")
		})},
		{"nodes without an endpoint for STS only", nodeWayOut, join(func(l *lab) {
			drop(routeType, "to-nat")(l)
			l.endpoints("ec2", "ecr.api", "ecr.dkr")
		})},
		{"nodes whose NAT gateway's address the API does not allow", nodeReachesAPI, join(endpoint(false, "203.0.113.0/24"))},
		{"nodes in security groups that the control plane does not allow", nodeGroupLetIn, func(l *lab) error {
			l.clusterUp().cni().make("group", securityGroupType, Properties{"name": "nodes", "vpcId": l.ids["vpc"]})
			l.make("lt", launchTemplateType, Properties{"vpcSecurityGroupIds": []any{l.ids["group"]}})
			return l.fails(nodeGroupType, with(l.groupInputs(), "launchTemplate", Properties{"id": l.ids["lt"], "version": "1"}))
		}},
		{"nodes whose role lacks its policy", nodeRolePolicy, join(drop(attachmentType, "node-role AmazonEKSWorkerNodePolicy"))},
		{"nodes whose role's access entry has the type STANDARD", nodeEntry, join(func(l *lab) {
			l.make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": l.object(roleType, "node-role").text("arn")})
		})},
		{"nodes that may not pull images", nodePulls, join(drop(attachmentType, "node-role AmazonEC2ContainerRegistryPullOnly"))},
		{"nodes without a CNI", nodeNetwork, join(func(l *lab) { _ = l.delete(addonType, "vpc-cni") })},
		{"nodes whose CNI has no permissions", nodeNetwork, join(drop(attachmentType, "cni-role AmazonEKS_CNI_Policy"))},
		{"nodes whose CNI's role trusts no principal", nodeNetwork, join(drop(oidcType, "oidc"))},
		{"nodes whose CNI keeps neither a prefix nor an address ready", nodeNetwork, join(func(l *lab) {
			l.must(l.change(addonType, l.ids["vpc-cni"], Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0"}}`}))
		})},
	}
}
