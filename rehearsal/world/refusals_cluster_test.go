package world_test

import (
	"eksnet/rehearsal/world"
	addonpkg "eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func clusterRefusals() []refusal {
	cluster := func(path string, value func(*worldtest.Lab) any) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			given := value(l)
			return l.Fails(store.ClusterType, worldtest.With(l.ClusterInputs(), path, given))
		}
	}
	plain := func(value any) func(*worldtest.Lab) any { return func(*worldtest.Lab) any { return value } }
	virginia := func(l *worldtest.Lab) error {
		w := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account})
		client, err := w.AWS(world.AWSConfig{Region: "us-east-1"})
		if err != nil {
			return err
		}
		v := &worldtest.Lab{T: l.T, World: w, Client: client, IDs: map[string]string{}}
		v.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16"})
		v.Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
		v.Make("private-a", store.SubnetType, store.Properties{"vpcId": v.IDs["vpc"], "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"})
		v.Make("private-b", store.SubnetType, store.Properties{"vpcId": v.IDs["vpc"], "cidrBlock": "10.0.1.0/24", "availabilityZoneId": "use1-az3"})
		return v.Fails(store.ClusterType, v.ClusterInputs())
	}
	return []refusal{
		{"a cluster's name with a space", eks.ClusterName, cluster("name", plain("my cluster"))},
		{"a log type that EKS does not have", eks.ClusterLogTypes, cluster("enabledClusterLogTypes", plain([]any{"kubelet"}))},
		{"Services in a public range", eks.ServiceRange, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("8.8.0.0/16"))},
		{"Services in too small a range", eks.ServiceRange, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("172.20.0.0/25"))},
		{"a network for the API that has host bits", eks.PublicCIDRWritten, cluster("vpcConfig.publicAccessCidrs", plain([]any{"203.0.113.1/24"}))},
		{"a cluster with the name of an existing one", eks.ClusterUnique, func(l *worldtest.Lab) error { return l.ClusterUp().Fails(store.ClusterType, l.ClusterInputs()) }},
		{"a cluster's role that does not exist", eks.ClusterRole, cluster("roleArn", plain("arn:aws:iam::111122223333:role/other"))},
		{"a cluster's role that trusts another service", eks.ClusterRole, cluster("roleArn", func(l *worldtest.Lab) any {
			return l.Role("ec2", worldtest.TrustFor("ec2"), "AmazonEKSClusterPolicy")
		})},
		{"a cluster's role without its policy", eks.ClusterRolePolicy, cluster("roleArn", func(l *worldtest.Lab) any { return l.Role("bare", worldtest.TrustFor("eks")) })},
		{"a Kubernetes version that EKS does not have", eks.ClusterVersion, cluster("version", plain("1.99"))},
		{"an upgrade policy that EKS does not have", eks.UpgradePolicyWritten, cluster("upgradePolicy", plain(store.Properties{"supportType": "standard"}))},
		{"a cluster without extended support, of a version in it", eks.UpgradePolicyExtended, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			old := worldtest.With(l.ClusterInputs(), "version", "1.33")
			return l.Fails(store.ClusterType, worldtest.With(old, "upgradePolicy", store.Properties{"supportType": "STANDARD"}))
		}},
		{"extended support that is turned off after it began", eks.UpgradePolicyExtended, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "version", "1.33"))
			return l.Change(store.ClusterType, "dev", store.Properties{"upgradePolicy": store.Properties{"supportType": "STANDARD"}})
		}},
		{"a cluster in a subnet that does not exist", eks.ClusterSubnets, cluster("vpcConfig.subnetIds", plain([]any{"subnet-0"}))},
		{"a cluster in two VPCs", eks.ClusterOneVPC, cluster("vpcConfig.subnetIds", func(l *worldtest.Lab) any {
			first := l.IDs["private-a"]
			l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.1.0.0/16"})
			l.Subnet("other", "10.1.0.0/24", "b", nil)
			return []any{first, l.IDs["other"]}
		})},
		{"a cluster in one zone", eks.ClusterZones, cluster("vpcConfig.subnetIds", func(l *worldtest.Lab) any { return []any{l.IDs["private-a"], l.IDs["public-a"]} })},
		{"a cluster in a zone without control planes", eks.ClusterZonesAllowed, virginia},
		{"a cluster in a full subnet", eks.ClusterAddresses, cluster("vpcConfig.subnetIds", func(l *worldtest.Lab) any {
			l.Fill("public-b", 5)
			return []any{l.IDs["private-a"], l.IDs["public-b"]}
		})},
		{"a cluster with a security group that does not exist", eks.ClusterGroups, cluster("vpcConfig.securityGroupIds", plain([]any{"sg-0"}))},
		{"a cluster without an endpoint", eks.ClusterEndpoint, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			return l.Fails(store.ClusterType, worldtest.With(worldtest.With(l.ClusterInputs(), "vpcConfig.endpointPublicAccess", false), "vpcConfig.endpointPrivateAccess", false))
		}},
		{"a private endpoint in a VPC without hostnames", eks.ClusterDNS, cluster("vpcConfig.endpointPrivateAccess", func(l *worldtest.Lab) any {
			_ = l.Change(store.VPCType, l.IDs["vpc"], store.Properties{"enableDnsHostnames": false})
			return true
		})},
		{"reserved addresses for the public endpoint", eks.ClusterCIDRs, cluster("vpcConfig.publicAccessCidrs", plain([]any{"250.1.0.0/16"}))},
		{"private addresses for the public endpoint", eks.ClusterCIDRs, cluster("vpcConfig.publicAccessCidrs", plain([]any{"10.0.0.0/8"}))},
		{"too many networks for the public endpoint", eks.ClusterCIDRsQuota, cluster("vpcConfig.publicAccessCidrs", func(*worldtest.Lab) any {
			var networks []any
			for range 41 {
				networks = append(networks, "203.0.113.0/24")
			}
			return networks
		})},
		{"Services in the VPC's range", eks.ClusterServices, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("10.0.0.0/20"))},
		{"encryption with a key that does not exist", eks.ClusterKey, cluster("encryptionConfig", plain(store.Properties{
			"provider": store.Properties{"keyArn": "arn:aws:kms:ap-northeast-2:111122223333:key/0"}, "resources": []any{"secrets"}}))},
		{"encryption of more than secrets", eks.ClusterEncrypts, cluster("encryptionConfig", func(l *worldtest.Lab) any {
			l.Make("key", store.KeyType, nil)
			return store.Properties{"provider": store.Properties{"keyArn": l.Object(store.KeyType, "key").Text("arn")}, "resources": []any{"pods"}}
		})},
		{"an authentication mode that EKS does not have", eks.ClusterAuthMode, cluster("accessConfig.authenticationMode", plain("TRUST"))},
		{"an add-on of a cluster that does not exist", eks.ClusterNotFound, func(l *worldtest.Lab) error {
			return l.Fails(store.AddonType, store.Properties{"clusterName": "dev", "addonName": "vpc-cni"})
		}},
	}
}

func clusterChangeRefusals() []refusal {
	change := func(path string, value func(*worldtest.Lab) any) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp()
			given := value(l)
			in := l.ClusterInputs()
			return l.Change(store.ClusterType, "dev", worldtest.With(in, path, given))
		}
	}
	plain := func(value any) func(*worldtest.Lab) any { return func(*worldtest.Lab) any { return value } }
	return []refusal{
		{"a setting of zonal shift that is removed", eks.ZonalShiftSent, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "zonalShiftConfig", store.Properties{"enabled": true}))
			return l.Change(store.ClusterType, "dev", store.Properties{"zonalShiftConfig": nil})
		}},
		{"a cluster that is downgraded", eks.UpgradeStep, change("version", plain("1.34"))},
		{"a cluster that is upgraded by two versions", eks.UpgradeStep, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "version", "1.34"))
			return l.Change(store.ClusterType, "dev", store.Properties{"version": "1.36"})
		}},
		{"nodes that would be four versions behind", eks.UpgradeSkew, func(l *worldtest.Lab) error {
			l.Nodes()
			l.Object(store.NodeGroupType, "general").Set("version", "1.32")
			return l.Change(store.ClusterType, "dev", store.Properties{"version": "1.36"})
		}},
		{"an additional zone", eks.ClusterZonesFixed, change("vpcConfig.subnetIds", func(l *worldtest.Lab) any {
			l.Subnet("private-c", "10.0.48.0/20", "c", nil)
			return []any{l.IDs["private-a"], l.IDs["private-b"], l.IDs["private-c"]}
		})},
		{"no networks for an endpoint that has some", eks.ClusterConfigChanges, change("vpcConfig.publicAccessCidrs", plain([]any{}))},
		{"encryption that is removed", eks.EncryptionStays, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			l.Make("key", store.KeyType, nil)
			l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "encryptionConfig", store.Properties{
				"provider": store.Properties{"keyArn": l.Object(store.KeyType, "key").Text("arn")}, "resources": []any{"secrets"}}))
			return l.Change(store.ClusterType, "dev", store.Properties{"encryptionConfig": nil})
		}},
		{"an authentication mode that changes back", eks.AuthModeForward, change("accessConfig", plain(store.Properties{"authenticationMode": "CONFIG_MAP"}))},
		{"a cluster that is deleted before its nodes", eks.ClusterHasNoNodes, func(l *worldtest.Lab) error { return l.Nodes().Delete(store.ClusterType, "dev") }},
	}
}

func entryRefusals() []refusal {
	const admin = "arn:aws:iam::111122223333:role/admin"
	entry := func(changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp()
			in := store.Properties{"clusterName": "dev", "principalArn": admin}
			for property, value := range changes {
				in[property] = value
			}
			return l.Fails(store.AccessEntryType, in)
		}
	}
	policy := func(changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp()
			l.Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": admin})
			l.Make("nodes", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/nodes", "type": "EC2_LINUX"})
			in := store.Properties{"clusterName": "dev", "principalArn": admin, "accessScope": store.Properties{"type": "cluster"},
				"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}
			for property, value := range changes {
				in[property] = value
			}
			return l.Fails(store.AccessPolicyType, in)
		}
	}
	return []refusal{
		{"an access entry of a cluster with the mode CONFIG_MAP", eks.EntryMode, func(l *worldtest.Lab) error {
			l.Network().Role("cluster-role", worldtest.TrustFor("eks"), "AmazonEKSClusterPolicy")
			l.Make("cluster", store.ClusterType, worldtest.With(l.ClusterInputs(), "accessConfig", nil))
			return l.Fails(store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": admin})
		}},
		{"a second access entry of a principal", eks.EntryUnique, func(l *worldtest.Lab) error {
			l.ClusterUp().Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": admin})
			return l.Fails(store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": admin})
		}},
		{"an access entry for a service-linked role", eks.EntryServiceLinked, entry(store.Properties{"principalArn": "arn:aws:iam::111122223333:role/aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers"})},
		{"an access entry for a role of IAM Identity Center without its path", eks.EntryPrincipal, entry(store.Properties{"principalArn": "arn:aws:iam::111122223333:role/AWSReservedSSO_AdministratorAccess_1f9ff11932198c00"})},
		{"an access entry of a session", eks.EntryPrincipal, entry(store.Properties{"principalArn": "arn:aws:sts::111122223333:assumed-role/admin/me"})},
		{"an access entry of a principal of another partition", eks.EntryPrincipal, entry(store.Properties{"principalArn": "arn:aws-cn:iam::111122223333:role/admin"})},
		{"an access entry of a type that EKS does not have", eks.EntryType, entry(store.Properties{"type": "ADMIN"})},
		{"an access entry for nodes with groups", eks.EntryPlain, entry(store.Properties{"type": "EC2_LINUX", "kubernetesGroups": []any{"viewers"}})},
		{"an access entry with a system group", eks.EntryGroups, entry(store.Properties{"kubernetesGroups": []any{"system:masters"}})},
		{"an access policy that EKS does not have", eks.AccessPolicyKnown, policy(store.Properties{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})},
		{"an access policy without an access entry", eks.AccessPolicyEntry, policy(store.Properties{"principalArn": "arn:aws:iam::111122223333:role/other"})},
		{"an access policy for nodes", eks.AccessPolicyStandard, policy(store.Properties{"principalArn": "arn:aws:iam::111122223333:role/nodes"})},
		{"an access policy without namespaces", eks.AccessPolicyScope, policy(store.Properties{"accessScope": store.Properties{"type": "namespace"}})},
	}
}

func addonRefusals() []refusal {
	addon := func(name string, changes store.Properties) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			in := l.ClusterUp().AddonInputs(name)
			for property, value := range changes {
				in[property] = value
			}
			return l.Fails(store.AddonType, in)
		}
	}
	return []refusal{
		{"an add-on that exists already", addonpkg.AddonUnique, func(l *worldtest.Lab) error {
			return l.ClusterUp().CNI().Fails(store.AddonType, l.AddonInputs("vpc-cni"))
		}},
		{"an add-on that EKS does not have", addonpkg.AddonKnown, addon("cni", nil)},
		{"an add-on's version without its build", addonpkg.AddonVersion, addon("vpc-cni", store.Properties{"addonVersion": "1.20"})},
		{"a kube-proxy newer than its cluster", addonpkg.AddonVersion, addon("kube-proxy", store.Properties{"addonVersion": "v1.36.0-eksbuild.1"})},
		{"an add-on with a role that does not exist", addonpkg.AddonRole, addon("vpc-cni", store.Properties{"serviceAccountRoleArn": "arn:aws:iam::111122223333:role/other"})},
		{"an add-on's configuration that is not JSON", addonpkg.AddonConfigured, addon("vpc-cni", store.Properties{"configurationValues": "env: {}"})},
		{"an add-on's configuration with a key that it does not have", addonpkg.AddonConfigured, addon("vpc-cni", store.Properties{"configurationValues": `{"prefixDelegation": true}`})},
		{"a mode that kube-proxy does not have", addonpkg.AddonConfigured, addon("kube-proxy", store.Properties{"configurationValues": `{"mode": "userspace"}`})},
		{"an add-on's environment variable that is not a string", addonpkg.AddonConfigured, addon("vpc-cni", store.Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": true}}`})},
		{"an add-on over its self-managed form", addonpkg.AddonConflicts, addon("vpc-cni", store.Properties{"resolveConflictsOnCreate": nil})},
		{"CoreDNS before there are nodes", addonpkg.AddonReplicas, addon("coredns", nil)},
		{"metrics-server before there are nodes", addonpkg.AddonReplicas, addon("metrics-server", nil)},
		{"a number of CoreDNS pods that is no whole number", addonpkg.AddonConfigured, addon("coredns", store.Properties{"configurationValues": `{"replicaCount": 2.5}`})},
		{"autoscaling of CoreDNS that is not enabled or disabled", addonpkg.AddonConfigured, addon("coredns", store.Properties{"configurationValues": `{"autoScaling": {"minReplicas": 2}}`})},
		{"autoscaling of CoreDNS to one pod", addonpkg.AddonConfigured, addon("coredns", store.Properties{"configurationValues": `{"autoScaling": {"enabled": true, "minReplicas": 1}}`})},
		{"autoscaling of CoreDNS with a key that it does not have", addonpkg.AddonConfigured, addon("coredns", store.Properties{"configurationValues": `{"autoScaling": {"enabled": true, "target": 5}}`})},
	}
}
