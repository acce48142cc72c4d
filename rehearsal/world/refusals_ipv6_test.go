package world_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// oldIPv6Rights are the actions of the CNI's policy for IPv6 as it was printed until version 1.22.4.
var oldIPv6Rights = []string{"AssignIpv6Addresses", "DescribeInstances", "DescribeTags", "DescribeNetworkInterfaces", "DescribeInstanceTypes"}

func ipv6Refusals() []refusal {
	// nodes creates a node group of an IPv6 cluster after a change.
	nodes := func(change func(*worldtest.Lab)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.IPv6ClusterUp().IPv6CNI("v1.22.4-eksbuild.3", nil, worldtest.IPv6Rights...)
			change(l)
			return l.Fails(store.NodeGroupType, l.GroupInputs())
		}
	}
	cni := func(version string, env store.Properties, rights ...string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			return l.IPv6ClusterUp().IPv6CNI(version, env, rights...).Fails(store.NodeGroupType, l.GroupInputs())
		}
	}
	cluster := func(change func(*worldtest.Lab, store.Properties)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			in := l.IPv6Network().IPv6ClusterInputs()
			change(l, in)
			return l.Fails(store.ClusterType, in)
		}
	}
	balancer := func(change func(*worldtest.Lab, *elb.LoadBalancerSpec)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.IPv6Network()
			spec := elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internet-facing", Owner: "test", VPC: l.IDs["vpc"], AddressType: elb.DualStack,
				Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}}
			change(l, &spec)
			_, err := elb.CreateLoadBalancer(l.World.Account, spec)
			return err
		}
	}
	group := func(l *worldtest.Lab, family string) *store.Object {
		o, err := elb.CreateTargetGroup(l.World.Account, elb.TargetGroupSpec{Name: "web", VPC: l.IDs["vpc"], TargetType: "ip", Protocol: "TCP", Port: 80, AddressType: family,
			Health: elb.HealthCheck{Protocol: "TCP", Port: elb.TrafficPort, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}})
		l.Must(err)
		return o
	}
	return []refusal{
		{"a VPC's IPv6 network that is taken away while subnets use it", ec2.VPCIPv6Used, func(l *worldtest.Lab) error {
			return l.IPv6Network().Change(store.VPCType, l.IDs["vpc"], store.Properties{"assignGeneratedIpv6CidrBlock": false})
		}},
		{"a subnet that assigns IPv6 addresses and has none", ec2.SubnetAssignsIPv6, func(l *worldtest.Lab) error {
			return l.IPv6Network().Fails(store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.255.0/24", "assignIpv6AddressOnCreation": true})
		}},
		{"a subnet that is to assign IPv6 addresses and has none", ec2.SubnetAssignsIPv6, func(l *worldtest.Lab) error {
			return l.Network().Change(store.SubnetType, l.IDs["private-a"], store.Properties{"assignIpv6AddressOnCreation": true})
		}},
		{"another IPv6 network of a subnet that assigns addresses", ec2.SubnetKeepsIPv6, func(l *worldtest.Lab) error {
			return l.IPv6Network().Change(store.SubnetType, l.IDs["private-a"], store.Properties{"ipv6CidrBlock": l.IPv6CIDR(99)})
		}},
		{"an IPv6 network that is taken from a subnet that assigns addresses", ec2.SubnetKeepsIPv6, func(l *worldtest.Lab) error {
			return l.IPv6Network().Change(store.SubnetType, l.IDs["private-a"], store.Properties{"ipv6CidrBlock": nil})
		}},
		{"an IPv6 cluster in China", eks.ClusterIPv6Partition, func(l *worldtest.Lab) error {
			w := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account})
			client, err := w.AWS(world.AWSConfig{Region: "cn-north-1"})
			if err != nil {
				return err
			}
			return ipv6ClusterInChina(&worldtest.Lab{T: l.T, World: w, Client: client, IDs: map[string]string{}})
		}},
		{"an IPv6 cluster with an IPv4 range of Services", eks.ClusterIPv6Services, cluster(func(_ *worldtest.Lab, in store.Properties) {
			worldtest.With(in, "kubernetesNetworkConfig.serviceIpv4Cidr", "172.20.0.0/16")
		})},
		{"an IPv6 cluster in subnets without IPv6", eks.ClusterIPv6Subnets, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.ClusterType, l.IPv6ClusterInputs())
		}},
		{"nodes of an IPv6 cluster in a subnet that assigns no IPv6 addresses", node.NodeIPv6Assigned, nodes(func(l *worldtest.Lab) {
			l.Must(l.Change(store.SubnetType, l.IDs["private-b"], store.Properties{"assignIpv6AddressOnCreation": false}))
		})},
		{"nodes of an IPv6 cluster without an IPv6 default route", node.NodeIPv6WayOut, nodes(func(l *worldtest.Lab) {
			l.Must(l.Delete(store.RouteType, "ipv6-to-eigw"))
		})},
		{"nodes of an IPv6 cluster whose egress-only gateway is gone", node.NodeIPv6WayOut, nodes(func(l *worldtest.Lab) {
			l.Must(l.Delete(store.EgressGatewayType, "eigw"))
		})},
		{"nodes of an IPv6 cluster on Xen", node.NodeIPv6Type, func(l *worldtest.Lab) error {
			in := l.IPv6ClusterUp().IPv6CNI("v1.22.4-eksbuild.3", nil, worldtest.IPv6Rights...).GroupInputs()
			in["instanceTypes"], in["amiType"] = []any{"i3.large"}, "AL2023_x86_64_STANDARD"
			return l.Fails(store.NodeGroupType, in)
		}},
		{"the CNI 1.22.4 with the policy of earlier versions", node.NodeIPv6Network, cni("v1.22.4-eksbuild.3", nil, oldIPv6Rights...)},
		{"the CNI 1.22.1 with the policy of earlier versions and DescribeSubnets", node.NodeIPv6Network, cni("v1.22.1-eksbuild.1", nil, append(slices.Clone(oldIPv6Rights), "DescribeSubnets")...)},
		{"the CNI 1.21.1 with the policy for IPv4", node.NodeIPv6Network, cni("v1.21.1-eksbuild.1", nil, "AssignPrivateIpAddresses", "CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets")},
		{"the CNI of an IPv6 cluster without prefixes", node.NodeIPv6Network, cni("v1.22.4-eksbuild.3", store.Properties{"ENABLE_PREFIX_DELEGATION": "false"}, worldtest.IPv6Rights...)},
		{"the CNI of an IPv6 cluster with custom networking", node.NodeIPv6Network, cni("v1.22.4-eksbuild.3", store.Properties{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, worldtest.IPv6Rights...)},
		{"a dual-stack load balancer in a subnet without IPv6", elb.BalancerDualStack, func(l *worldtest.Lab) error {
			l.Network()
			_, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internal", Owner: "test", VPC: l.IDs["vpc"],
				AddressType: elb.DualStack, Subnets: []string{l.IDs["private-a"]}})
			return err
		}},
		{"an internet-facing dual-stack load balancer without an IPv6 route", elb.BalancerIPv6Public, balancer(func(l *worldtest.Lab, _ *elb.LoadBalancerSpec) {
			l.Must(l.Delete(store.RouteType, "ipv6-to-igw"))
		})},
		{"a target group of IPv6 addresses behind a load balancer of IPv4", elb.TargetGroupFamily, func(l *worldtest.Lab) error {
			l.Must(balancer(func(_ *worldtest.Lab, s *elb.LoadBalancerSpec) { s.AddressType = "ipv4" })(l))
			_, err := elb.CreateListener(l.World.Account, l.World.All(store.LoadBalancerType)[0], "TCP", 80, []string{group(l, elb.IPv6Targets).ID}, nil)
			return err
		}},
		{"an IPv6 address in a target group of IPv4", elb.TargetFamily, func(l *worldtest.Lab) error {
			return elb.SetTargets(l.World.Account, group(l.Network(), ""), []string{"2001:db8::1:80"})
		}},
		{"an IPv4 address in a target group of IPv6", elb.TargetFamily, func(l *worldtest.Lab) error {
			return elb.SetTargets(l.World.Account, group(l.Network(), elb.IPv6Targets), []string{"10.0.0.10:80"})
		}},
	}
}

// ipv6KubeRefusals are those of load balancers for Services and Ingresses of an IPv6 cluster.
func ipv6KubeRefusals() []kubeRefusal {
	// in makes a call in an IPv6 cluster with the load balancer controller and the Deployment web.
	in := func(try func(*worldtest.KubeLab) error) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			k = worldtest.NewIPv6Cluster(k.T).Controlled()
			k.Apply(store.DeploymentType, worldtest.Web())
			return try(k)
		}
	}
	const notDualStack = "unsupported IPv6 configuration, lb not dual-stack"
	return []kubeRefusal{
		{"a Service of an IPv6 cluster on a load balancer of IPv4", lbc.ServiceModelled, saying(notDualStack, in(func(k *worldtest.KubeLab) error {
			return k.Create(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")))
		}))},
		{"an Ingress of an IPv6 cluster on a load balancer of IPv4", lbc.GroupModelled, saying(notDualStack, in(func(k *worldtest.KubeLab) error {
			k.Apply(store.ServiceType, worldtest.Service("web", "ClusterIP"))
			return k.Create(store.IngressType, worldtest.Ingress("web", map[string]any{"target-type": "ip"}))
		}))},
		{"a Service of an IPv6 cluster without a class", ccm.CloudFamily, in(func(k *worldtest.KubeLab) error {
			return k.Create(store.ServiceType, worldtest.Classic(nil))
		})},
	}
}

func TestADualStackLoadBalancerSendsToIPv6AddressesOfPods(t *testing.T) {
	k := worldtest.NewIPv6Cluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip", "ip-address-type", "dualstack", "scheme", "internet-facing")))
	targets := elb.TargetGroupOf(k.One(store.TargetGroupType))
	for _, id := range targets.Targets {
		if address, err := netip.ParseAddr(id[:strings.LastIndex(id, ":")]); err != nil || !address.Is6() {
			t.Errorf("a target is %s", id)
		}
	}
	if len(targets.Targets) != 2 || targets.AddressType != elb.IPv6Targets {
		t.Errorf("targets %v of %s", targets.Targets, targets.AddressType)
	}
	if why := elb.FailingTargets(k.World.Account, k.One(store.TargetGroupType)); why != "" {
		t.Errorf("no target is healthy: %s", why)
	}
	balancer := elb.LoadBalancerOf(k.One(store.LoadBalancerType))
	for _, eni := range ec2.InterfacesOf(k.World.Account, balancer.Description) {
		if len(ec2.InterfaceOf(eni).IPv6) != 1 {
			t.Errorf("an interface of the load balancer has the IPv6 addresses %v", ec2.InterfaceOf(eni).IPv6)
		}
	}
	sources := map[string]bool{}
	for _, r := range k.World.With(store.GroupRuleType, "securityGroupId", balancer.SecurityGroups[0]) {
		for _, source := range slices.Concat(ec2.SecurityGroupRuleOf(r).CIDRs, ec2.SecurityGroupRuleOf(r).IPv6CIDRs) {
			sources[source] = true
		}
	}
	if !sources["0.0.0.0/0"] || !sources["::/0"] {
		t.Errorf("clients may connect from %v", sources)
	}
}

func TestASubnetGetsAnotherIPv6NetworkWhenItAssignsNoAddresses(t *testing.T) {
	l := worldtest.NewLab(t).IPv6Network()
	l.Must(l.Change(store.SubnetType, l.IDs["private-a"], store.Properties{"ipv6CidrBlock": l.IPv6CIDR(99), "assignIpv6AddressOnCreation": false}))
	if got := ec2.SubnetOf(l.World.Get(store.SubnetType, l.IDs["private-a"])).IPv6CIDR; got != l.IPv6CIDR(99) {
		t.Errorf("the subnet has %s", got)
	}
}

// ipv6ClusterInChina creates an IPv6 cluster in two subnets of a region in China.
func ipv6ClusterInChina(l *worldtest.Lab) error {
	l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true, "assignGeneratedIpv6CidrBlock": true})
	for i, zone := range []string{"a", "b"} {
		l.Make("private-"+zone, store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": []string{"10.0.0.0/24", "10.0.1.0/24"}[i],
			"availabilityZone": l.World.Region + zone, "ipv6CidrBlock": l.IPv6CIDR(i)})
	}
	l.Make("cluster-role", store.RoleType, store.Properties{"name": "cluster-role", "assumeRolePolicy": worldtest.TrustFor("eks")})
	l.Make("attachment", store.AttachmentType, store.Properties{"role": "cluster-role", "policyArn": "arn:aws-cn:iam::aws:policy/AmazonEKSClusterPolicy"})
	return l.Fails(store.ClusterType, worldtest.With(l.ClusterInputs(), "kubernetesNetworkConfig", store.Properties{"ipFamily": "ipv6"}))
}

// The rights that a version needs are those without which its nodes stay NotReady, and no others.
func TestTheCNIOfAnIPv6ClusterStartsWithTheRightsOfItsVersion(t *testing.T) {
	for _, test := range []struct {
		version string
		env     store.Properties
		rights  []string
	}{
		{"v1.21.1-eksbuild.1", nil, oldIPv6Rights},
		{"v1.22.4-eksbuild.3", store.Properties{"ENABLE_SUBNET_DISCOVERY": "false"}, oldIPv6Rights},
		{"v1.22.2-eksbuild.1", nil, append(slices.Clone(oldIPv6Rights), "DescribeSubnets")},
		{"v1.22.1-eksbuild.1", nil, worldtest.IPv6Rights},
		{"v1.23.0-eksbuild.1", nil, worldtest.IPv6Rights},
	} {
		l := worldtest.NewLab(t)
		l.IPv6ClusterUp().IPv6CNI(test.version, test.env, test.rights...)
		if _, err := l.Try(store.NodeGroupType, l.GroupInputs()); err != nil {
			t.Errorf("%s %v with %v: %v", test.version, test.env, test.rights, err)
		}
	}
}

func TestPodsOfAnIPv6ClusterHaveAddressesOfTheirNodesPrefix(t *testing.T) {
	l := worldtest.NewLab(t)
	l.IPv6ClusterUp().IPv6CNI("v1.22.4-eksbuild.3", nil, worldtest.IPv6Rights...).Make("general", store.NodeGroupType, l.GroupInputs())
	prefixes := map[string]bool{}
	for _, n := range node.ReadyNodes(l.World.Account, "dev") {
		enis := ec2.InterfacesOn(l.World.Account, n)
		eni := ec2.InterfaceOf(enis[0])
		subnet := netip.MustParsePrefix(ec2.SubnetOf(l.World.Get(store.SubnetType, eni.Subnet)).IPv6CIDR)
		if len(enis) != 1 || len(eni.IPv6Prefixes) != 1 || len(eni.Prefixes) > 0 || len(eni.PrivateIPs) != 1 || node.NodeOf(n).PrivateIP != eni.IPv6[0] {
			t.Fatalf("a node has %d interfaces, the first %+v, and the address %s", len(enis), eni, node.NodeOf(n).PrivateIP)
		}
		prefix := netip.MustParsePrefix(eni.IPv6Prefixes[0])
		if prefix.Bits() != 80 || !subnet.Contains(prefix.Addr()) || prefixes[prefix.String()] {
			t.Errorf("the prefix %s in the subnet %s, beside %v", prefix, subnet, prefixes)
		}
		prefixes[prefix.String()] = true
		for _, address := range eni.Pods {
			if a := netip.MustParseAddr(address); !prefix.Contains(a) || strings.Count(strings.Join(eni.Pods, " ")+" ", address+" ") != 1 {
				t.Errorf("a pod has %s of %v, outside %s or twice", address, eni.Pods, prefix)
			}
		}
	}
	if len(prefixes) != 2 {
		t.Errorf("%d nodes are ready", len(prefixes))
	}
}

func TestEKSChoosesTheServicesOfAnIPv6Cluster(t *testing.T) {
	l := worldtest.NewLab(t).IPv6ClusterUp()
	network := eks.ClusterOf(l.Object(store.ClusterType, "cluster")).Network
	if services := network.IPv6Services; services.Bits() != 108 || !services.Addr().IsPrivate() || network.Services.IsValid() {
		t.Errorf("ranges %v and %v", network.IPv6Services, network.Services)
	}
}
