package world

func clusterRefusals() []refusal {
	cluster := func(path string, value func(*lab) any) func(*lab) error {
		return func(l *lab) error {
			l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
			given := value(l)
			return l.fails(clusterType, with(l.clusterInputs(), path, given))
		}
	}
	plain := func(value any) func(*lab) any { return func(*lab) any { return value } }
	virginia := func(l *lab) error {
		w := New(Options{Verify: *verify, Account: account})
		client, err := w.AWS(AWSConfig{Region: "us-east-1"})
		if err != nil {
			return err
		}
		v := &lab{l.t, w, client, map[string]string{}}
		v.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16"})
		v.role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
		v.make("private-a", subnetType, Properties{"vpcId": v.ids["vpc"], "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"})
		v.make("private-b", subnetType, Properties{"vpcId": v.ids["vpc"], "cidrBlock": "10.0.1.0/24", "availabilityZoneId": "use1-az3"})
		return v.fails(clusterType, v.clusterInputs())
	}
	return []refusal{
		{"a cluster's name with a space", clusterName, cluster("name", plain("my cluster"))},
		{"a log type that EKS does not have", clusterLogTypes, cluster("enabledClusterLogTypes", plain([]any{"kubelet"}))},
		{"Services in a public range", serviceRange, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("8.8.0.0/16"))},
		{"Services in too small a range", serviceRange, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("172.20.0.0/25"))},
		{"a network for the API that has host bits", publicCIDRWritten, cluster("vpcConfig.publicAccessCidrs", plain([]any{"203.0.113.1/24"}))},
		{"a cluster with the name of an existing one", clusterUnique, func(l *lab) error { return l.clusterUp().fails(clusterType, l.clusterInputs()) }},
		{"a cluster's role that does not exist", clusterRole, cluster("roleArn", plain("arn:aws:iam::111122223333:role/other"))},
		{"a cluster's role that trusts another service", clusterRole, cluster("roleArn", func(l *lab) any {
			return l.role("ec2", trustFor("ec2"), "AmazonEKSClusterPolicy")
		})},
		{"a cluster's role without its policy", clusterRolePolicy, cluster("roleArn", func(l *lab) any { return l.role("bare", trustFor("eks")) })},
		{"a Kubernetes version that EKS does not have", clusterVersion, cluster("version", plain("1.99"))},
		{"a cluster in a subnet that does not exist", clusterSubnets, cluster("vpcConfig.subnetIds", plain([]any{"subnet-0"}))},
		{"a cluster in two VPCs", clusterOneVPC, cluster("vpcConfig.subnetIds", func(l *lab) any {
			first := l.ids["private-a"]
			l.make("vpc", vpcType, Properties{"cidrBlock": "10.1.0.0/16"})
			l.subnet("other", "10.1.0.0/24", "b", nil)
			return []any{first, l.ids["other"]}
		})},
		{"a cluster in one zone", clusterZones, cluster("vpcConfig.subnetIds", func(l *lab) any { return []any{l.ids["private-a"], l.ids["public-a"]} })},
		{"a cluster in a zone without control planes", clusterZonesAllowed, virginia},
		{"a cluster in a full subnet", clusterAddresses, cluster("vpcConfig.subnetIds", func(l *lab) any {
			l.fill("public-b", 5)
			return []any{l.ids["private-a"], l.ids["public-b"]}
		})},
		{"a cluster with a security group that does not exist", clusterGroups, cluster("vpcConfig.securityGroupIds", plain([]any{"sg-0"}))},
		{"a cluster without an endpoint", clusterEndpoint, func(l *lab) error {
			l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
			return l.fails(clusterType, with(with(l.clusterInputs(), "vpcConfig.endpointPublicAccess", false), "vpcConfig.endpointPrivateAccess", false))
		}},
		{"a private endpoint in a VPC without hostnames", clusterDNS, cluster("vpcConfig.endpointPrivateAccess", func(l *lab) any {
			_ = l.change(vpcType, l.ids["vpc"], Properties{"enableDnsHostnames": false})
			return true
		})},
		{"reserved addresses for the public endpoint", clusterCIDRs, cluster("vpcConfig.publicAccessCidrs", plain([]any{"250.1.0.0/16"}))},
		{"private addresses for the public endpoint", clusterCIDRs, cluster("vpcConfig.publicAccessCidrs", plain([]any{"10.0.0.0/8"}))},
		{"too many networks for the public endpoint", clusterCIDRsQuota, cluster("vpcConfig.publicAccessCidrs", func(*lab) any {
			var networks []any
			for range 41 {
				networks = append(networks, "203.0.113.0/24")
			}
			return networks
		})},
		{"Services in the VPC's range", clusterServices, cluster("kubernetesNetworkConfig.serviceIpv4Cidr", plain("10.0.0.0/20"))},
		{"encryption with a key that does not exist", clusterKey, cluster("encryptionConfig", plain(Properties{
			"provider": Properties{"keyArn": "arn:aws:kms:ap-northeast-2:111122223333:key/0"}, "resources": []any{"secrets"}}))},
		{"encryption of more than secrets", clusterEncrypts, cluster("encryptionConfig", func(l *lab) any {
			l.make("key", keyType, nil)
			return Properties{"provider": Properties{"keyArn": l.object(keyType, "key").text("arn")}, "resources": []any{"pods"}}
		})},
		{"an authentication mode that EKS does not have", clusterAuthMode, cluster("accessConfig.authenticationMode", plain("TRUST"))},
		{"an add-on of a cluster that does not exist", clusterNotFound, func(l *lab) error {
			return l.fails(addonType, Properties{"clusterName": "dev", "addonName": "vpc-cni"})
		}},
	}
}

func clusterChangeRefusals() []refusal {
	change := func(path string, value func(*lab) any) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp()
			given := value(l)
			in := l.clusterInputs()
			return l.change(clusterType, "dev", with(in, path, given))
		}
	}
	plain := func(value any) func(*lab) any { return func(*lab) any { return value } }
	return []refusal{
		{"a cluster that is downgraded", upgradeStep, change("version", plain("1.34"))},
		{"a cluster that is upgraded by two versions", upgradeStep, func(l *lab) error {
			l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
			l.make("cluster", clusterType, with(l.clusterInputs(), "version", "1.34"))
			return l.change(clusterType, "dev", Properties{"version": "1.36"})
		}},
		{"nodes that would be four versions behind", upgradeSkew, func(l *lab) error {
			l.nodes()
			l.object(nodeGroupType, "general").set("version", "1.32")
			return l.change(clusterType, "dev", Properties{"version": "1.36"})
		}},
		{"an additional zone", clusterZonesFixed, change("vpcConfig.subnetIds", func(l *lab) any {
			l.subnet("private-c", "10.0.48.0/20", "c", nil)
			return []any{l.ids["private-a"], l.ids["private-b"], l.ids["private-c"]}
		})},
		{"no networks for an endpoint that has some", clusterConfigChanges, change("vpcConfig.publicAccessCidrs", plain([]any{}))},
		{"encryption that is removed", encryptionStays, func(l *lab) error {
			l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
			l.make("key", keyType, nil)
			l.make("cluster", clusterType, with(l.clusterInputs(), "encryptionConfig", Properties{
				"provider": Properties{"keyArn": l.object(keyType, "key").text("arn")}, "resources": []any{"secrets"}}))
			return l.change(clusterType, "dev", Properties{"encryptionConfig": nil})
		}},
		{"an authentication mode that changes back", authModeForward, change("accessConfig", plain(Properties{"authenticationMode": "CONFIG_MAP"}))},
		{"a cluster that is deleted before its nodes", clusterHasNoNodes, func(l *lab) error { return l.nodes().delete(clusterType, "dev") }},
	}
}

func entryRefusals() []refusal {
	const admin = "arn:aws:iam::111122223333:role/admin"
	entry := func(changes Properties) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp()
			in := Properties{"clusterName": "dev", "principalArn": admin}
			for property, value := range changes {
				in[property] = value
			}
			return l.fails(accessEntryType, in)
		}
	}
	policy := func(changes Properties) func(*lab) error {
		return func(l *lab) error {
			l.clusterUp()
			l.make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": admin})
			l.make("nodes", accessEntryType, Properties{"clusterName": "dev", "principalArn": "arn:aws:iam::111122223333:role/nodes", "type": "EC2_LINUX"})
			in := Properties{"clusterName": "dev", "principalArn": admin, "accessScope": Properties{"type": "cluster"},
				"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}
			for property, value := range changes {
				in[property] = value
			}
			return l.fails(accessPolicyType, in)
		}
	}
	return []refusal{
		{"an access entry of a cluster with the mode CONFIG_MAP", entryMode, func(l *lab) error {
			l.network().role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
			l.make("cluster", clusterType, with(l.clusterInputs(), "accessConfig", nil))
			return l.fails(accessEntryType, Properties{"clusterName": "dev", "principalArn": admin})
		}},
		{"a second access entry of a principal", entryUnique, func(l *lab) error {
			l.clusterUp().make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": admin})
			return l.fails(accessEntryType, Properties{"clusterName": "dev", "principalArn": admin})
		}},
		{"an access entry for a service-linked role", entryServiceLinked, entry(Properties{"principalArn": "arn:aws:iam::111122223333:role/aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers"})},
		{"an access entry for a role of IAM Identity Center without its path", entryPrincipal, entry(Properties{"principalArn": "arn:aws:iam::111122223333:role/AWSReservedSSO_AdministratorAccess_1f9ff11932198c00"})},
		{"an access entry of a session", entryPrincipal, entry(Properties{"principalArn": "arn:aws:sts::111122223333:assumed-role/admin/me"})},
		{"an access entry of a principal of another partition", entryPrincipal, entry(Properties{"principalArn": "arn:aws-cn:iam::111122223333:role/admin"})},
		{"an access entry of a type that EKS does not have", entryType, entry(Properties{"type": "ADMIN"})},
		{"an access entry for nodes with groups", entryPlain, entry(Properties{"type": "EC2_LINUX", "kubernetesGroups": []any{"viewers"}})},
		{"an access entry with a system group", entryGroups, entry(Properties{"kubernetesGroups": []any{"system:masters"}})},
		{"an access policy that EKS does not have", accessPolicyKnown, policy(Properties{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})},
		{"an access policy without an access entry", accessPolicyEntry, policy(Properties{"principalArn": "arn:aws:iam::111122223333:role/other"})},
		{"an access policy for nodes", accessPolicyStandard, policy(Properties{"principalArn": "arn:aws:iam::111122223333:role/nodes"})},
		{"an access policy without namespaces", accessPolicyScope, policy(Properties{"accessScope": Properties{"type": "namespace"}})},
	}
}

func addonRefusals() []refusal {
	addon := func(name string, changes Properties) func(*lab) error {
		return func(l *lab) error {
			in := l.clusterUp().addonInputs(name)
			for property, value := range changes {
				in[property] = value
			}
			return l.fails(addonType, in)
		}
	}
	return []refusal{
		{"an add-on that exists already", addonUnique, func(l *lab) error { return l.clusterUp().cni().fails(addonType, l.addonInputs("vpc-cni")) }},
		{"an add-on that EKS does not have", addonKnown, addon("cni", nil)},
		{"an add-on's version without its build", addonVersion, addon("vpc-cni", Properties{"addonVersion": "1.20"})},
		{"a kube-proxy newer than its cluster", addonVersion, addon("kube-proxy", Properties{"addonVersion": "v1.36.0-eksbuild.1"})},
		{"an add-on with a role that does not exist", addonRole, addon("vpc-cni", Properties{"serviceAccountRoleArn": "arn:aws:iam::111122223333:role/other"})},
		{"an add-on's configuration that is not JSON", addonConfigured, addon("vpc-cni", Properties{"configurationValues": "env: {}"})},
		{"an add-on's configuration with a key that it does not have", addonConfigured, addon("vpc-cni", Properties{"configurationValues": `{"prefixDelegation": true}`})},
		{"an add-on's environment variable that is not a string", addonConfigured, addon("vpc-cni", Properties{"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": true}}`})},
		{"an add-on over its self-managed form", addonConflicts, addon("vpc-cni", Properties{"resolveConflictsOnCreate": nil})},
		{"CoreDNS before there are nodes", addonReplicas, addon("coredns", nil)},
	}
}
