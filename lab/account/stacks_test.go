package account

import "eksnet/lab/rehearsed"

const (
	testAccount = "111122223333"
	testRegion  = "ap-northeast-2"
	allowAll    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	allowList   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`
	trustEKS    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"eks.amazonaws.com"}}]}`
	trustEC2    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`
)

func iamARN(resource string) string { return "arn:aws:iam::" + testAccount + ":" + resource }

// emptyStack is a stack before an up and after a destroy.
func emptyStack() *rehearsed.Stack { return &rehearsed.Stack{Account: testAccount, Region: testRegion} }

// fullStack returns a stack with all types of resources: a public and a private subnet, and two nodes, of which the
// first has two network interfaces.
func fullStack() *rehearsed.Stack {
	tags := map[string]string{"Name": "test", "aws:eks:cluster-name": "reserved"}
	networkInterface := func(id, address string, pods ...string) rehearsed.Interface {
		return rehearsed.Interface{ID: id, Subnet: "subnet-0aaaaaaaaaaaaaaa2", PrivateIP: address, PodIPs: pods,
			SecurityGroups: []string{"sg-0aaaaaaaaaaaaaaa1"}}
	}
	s := emptyStack()
	s.Cluster = rehearsed.Cluster{Name: "test", RoleARN: iamARN("role/system/control-plane")}
	s.Network = rehearsed.Network{
		VPC: rehearsed.VPC{ID: "vpc-0aaaaaaaaaaaaaaa1", CIDR: "10.0.0.0/16", MoreCIDRs: []string{"100.64.0.0/16"},
			IPv6CIDR: "2001:db8:0:100::/56", Tags: tags},
		Subnets: []rehearsed.Subnet{{ID: "subnet-0aaaaaaaaaaaaaaa1", CIDR: "10.0.0.0/24", Zone: testRegion + "a",
			IPv6CIDR: "2001:db8:0:100::/64", Public: true, Tags: tags},
			{ID: "subnet-0aaaaaaaaaaaaaaa2", CIDR: "10.0.1.0/24", Zone: testRegion + "b", Tags: tags}},
		InternetGateway: "igw-0aaaaaaaaaaaaaaa1", EgressOnlyGateway: "eigw-0aaaaaaaaaaaaaaa1",
		NATGateways: []rehearsed.NATGateway{{ID: "nat-0aaaaaaaaaaaaaaa1", Subnet: "subnet-0aaaaaaaaaaaaaaa1",
			Allocation: "eipalloc-0aaaaaaaaaaaaaaa2", Interface: "eni-0aaaaaaaaaaaaaab1", PrivateIP: "10.0.0.9",
			Tags: tags},
			{ID: "nat-0aaaaaaaaaaaaaaa2", Subnet: "subnet-0aaaaaaaaaaaaaaa2", Interface: "eni-0aaaaaaaaaaaaaab2",
				PrivateIP: "10.0.1.99"}},
		RouteTables: []rehearsed.RouteTable{{ID: "rtb-0aaaaaaaaaaaaaaa1", Internet: true, IPv6Gateway: "igw-0aaaaaaaaaaaaaaa1",
			Subnets: []string{"subnet-0aaaaaaaaaaaaaaa1"}, Tags: tags},
			{ID: "rtb-0aaaaaaaaaaaaaaa2", NATGateway: "nat-0aaaaaaaaaaaaaaa1", IPv6Gateway: "eigw-0aaaaaaaaaaaaaaa1",
				Subnets: []string{"subnet-0aaaaaaaaaaaaaaa2"}}}}
	s.SecurityGroups = []rehearsed.SecurityGroup{
		{ID: "sg-0aaaaaaaaaaaaaaa1", Name: "nodes", Description: "nodes", Tags: tags, Rules: []rehearsed.GroupRule{
			{Protocol: "tcp", FromPort: 443, ToPort: 443, Source: "sg-0aaaaaaaaaaaaaaa2",
				Description: "API server"}, {Egress: true, Protocol: "-1", CIDRs: []string{anywhere, anywhereIPv6}}}},
		{ID: "sg-0aaaaaaaaaaaaaaa2", Name: "control-plane", Description: "control plane", Rules: []rehearsed.GroupRule{
			{Protocol: "-1", Source: "sg-0aaaaaaaaaaaaaaa1"}, {Protocol: "tcp", FromPort: 443, ToPort: 443,
				CIDRs: []string{"10.0.0.0/16", "192.0.2.0/24", "2001:db8:40::/48"}}}}}
	policy := iamARN("policy/controller")
	s.Identity = rehearsed.Identity{
		Provider: rehearsed.Provider{ARN: iamARN("oidc-provider/oidc.eks.ap-northeast-2.amazonaws.com/id/1"),
			URL: "oidc.eks.ap-northeast-2.amazonaws.com/id/1", Audiences: []string{"sts.amazonaws.com"}, Tags: tags},
		Roles: []rehearsed.Role{{ARN: iamARN("role/system/control-plane"), Name: "control-plane", Path: "/system/",
			Trust: trustEKS, Tags: tags},
			{ARN: iamARN("role/controller"), Name: "controller", Path: "/", Trust: trustEC2}},
		Policies: []rehearsed.Policy{{ARN: policy, Name: "controller", Path: "/", Document: allowAll, Tags: tags}},
		Attachments: []rehearsed.Attachment{{Role: "controller", Policy: policy}, {Role: "control-plane",
			Policy: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}}}
	s.Nodes = []rehearsed.Node{
		{Name: "first", InstanceID: "i-0aaaaaaaaaaaaaaa1", InstanceType: "m7g.large", Zone: testRegion + "b",
			Tags: tags, Interfaces: []rehearsed.Interface{
				networkInterface("eni-0aaaaaaaaaaaaaaa2", "10.0.1.5", "10.0.1.6",
					"10.0.1.7"), networkInterface("eni-0aaaaaaaaaaaaaaa1", "10.0.1.8", "10.0.1.9")}},
		{Name: "second", InstanceID: "i-0aaaaaaaaaaaaaaa2", InstanceType: "m7g.large", Zone: testRegion + "b",
			Interfaces: []rehearsed.Interface{
				networkInterface("eni-0aaaaaaaaaaaaaaa3", "10.0.1.10")}}}
	s.Nodes[0].Interfaces[0].IPv6 = "2001:db8:0:100::4"
	s.Nodes[1].Interfaces[0].PublicIP, s.Nodes[1].Interfaces[0].IPv6Prefix = "198.51.100.79", "2001:db8:0:100:1::/80"
	s.Certificates = []string{"arn:aws:acm:" + testRegion + ":" + testAccount + ":certificate/12345678-1234-1234-1234-123456789012"}
	s.ElasticIPs = []rehearsed.Address{{ID: "eipalloc-0aaaaaaaaaaaaaaa1", PublicIP: "198.51.100.1"},
		{ID: "eipalloc-0aaaaaaaaaaaaaaa2", PublicIP: "198.51.100.2", Tags: tags}}
	zone, private := "Z0123456789ABCDEFGHIJ", "Z0123456789ABCDEFGHIK"
	alias := &rehearsed.Alias{Host: "shop-1.elb.ap-northeast-2.amazonaws.com", Zone: "ZIBE1TIR4HY56", EvaluateHealth: true}
	s.HostedZones = []rehearsed.HostedZone{{ID: zone, Domain: "example.com", Tags: tags},
		{ID: private, Domain: "example.com", VPCs: []string{"vpc-0bbbbbbbbbbbbbbb1"}, Associated: []string{"vpc-0aaaaaaaaaaaaaaa1"}}}
	s.Records = []rehearsed.Record{{Zone: zone, Name: "shop.example.com", Type: "A", Alias: alias},
		{Zone: private, Name: "shop.example.com", Type: "A", Alias: alias},
		{Zone: zone, Name: "example.com", Type: "TXT", TTL: 300, Values: []string{"v=spf1 -all"}}}
	return s
}

// changedStack returns the full stack with other properties of each type of resource that can be changed, and with one
// node, whose interface is the third that it has had.
func changedStack() *rehearsed.Stack {
	s := fullStack()
	tags := map[string]string{"Name": "changed", "team": "platform"}
	s.Network.VPC.MoreCIDRs, s.Network.VPC.Tags = []string{"100.65.0.0/16"}, tags
	s.Network.Subnets[0].Public, s.Network.Subnets[1].Tags = false, tags
	s.Network.RouteTables[0].Subnets, s.Network.RouteTables[1].Subnets = nil, []string{"subnet-0aaaaaaaaaaaaaaa1",
		"subnet-0aaaaaaaaaaaaaaa2"}
	s.Network.NATGateways, s.Network.RouteTables[1].NATGateway = s.Network.NATGateways[:1], ""
	s.Network.VPC.IPv6CIDR, s.Network.Subnets[0].IPv6CIDR = "2001:db8:0:200::/56", "2001:db8:0:201::/64"
	s.Network.EgressOnlyGateway, s.Network.RouteTables[1].IPv6Gateway = "", "igw-0aaaaaaaaaaaaaaa1"
	s.Network.NATGateways[0].Tags, s.ElasticIPs[1].Tags = tags, tags
	s.SecurityGroups[0].Tags = nil
	s.SecurityGroups[0].Rules[1] = rehearsed.GroupRule{Egress: true, Protocol: "tcp", FromPort: 443, ToPort: 443,
		CIDRs: []string{"10.0.0.0/16"}}
	s.SecurityGroups[1].Rules[1].CIDRs = []string{"10.0.0.0/16"}
	s.Identity.Provider.Tags = tags
	s.Identity.Roles[0].Tags, s.Identity.Roles[1].Trust = tags, trustEKS
	s.Identity.Policies[0].Document, s.Identity.Policies[0].Tags = allowList, tags
	s.Nodes = s.Nodes[:1]
	first := &s.Nodes[0]
	first.Interfaces[0].IPv6Prefix = "2001:db8:0:201:1::/80"
	first.Interfaces[0].PodIPs, first.Interfaces[0].SecurityGroups = []string{"10.0.1.7",
		"10.0.1.20"}, []string{"sg-0aaaaaaaaaaaaaaa2"}
	first.Interfaces = append(first.Interfaces, first.Interfaces[1])
	first.Interfaces[1].ID, first.Interfaces[1].PrivateIP = "eni-0aaaaaaaaaaaaaaa0", "10.0.1.30"
	s.HostedZones[0].Tags, s.HostedZones[1].Associated = tags, nil
	alias := *s.Records[0].Alias
	alias.Host = "shop-2.elb.ap-northeast-2.amazonaws.com"
	s.Records = s.Records[:2]
	s.Records[0].Alias = &alias
	return s
}

var fullLines = []string{
	"VPC vpc-0aaaaaaaaaaaaaaa1 10.0.0.0/16 100.64.0.0/16 2001:db8:0:100::/56 Name=test",
	"subnet subnet-0aaaaaaaaaaaaaaa1 10.0.0.0/24 2001:db8:0:100::/64 ap-northeast-2a public true Name=test",
	"subnet subnet-0aaaaaaaaaaaaaaa2 10.0.1.0/24 ap-northeast-2b public false Name=test",
	"internet gateway igw-0aaaaaaaaaaaaaaa1 of vpc-0aaaaaaaaaaaaaaa1",
	"egress-only internet gateway eigw-0aaaaaaaaaaaaaaa1 of vpc-0aaaaaaaaaaaaaaa1",
	"route table rtb-0aaaaaaaaaaaaaaa1 default igw-0aaaaaaaaaaaaaaa1 igw-0aaaaaaaaaaaaaaa1 for subnet-0aaaaaaaaaaaaaaa1 Name=test",
	"NAT gateway nat-0aaaaaaaaaaaaaaa1 in subnet-0aaaaaaaaaaaaaaa1 public 10.0.0.9 198.51.100.2 Name=test",
	"NAT gateway nat-0aaaaaaaaaaaaaaa2 in subnet-0aaaaaaaaaaaaaaa2 private 10.0.1.99",
	"route table rtb-0aaaaaaaaaaaaaaa2 default nat-0aaaaaaaaaaaaaaa1 eigw-0aaaaaaaaaaaaaaa1 for subnet-0aaaaaaaaaaaaaaa2",
	"security group nodes sg-0aaaaaaaaaaaaaaa1 Name=test",
	"security group nodes: -1 0 to 0.0.0.0/0",
	"security group nodes: -1 0 to ::/0",
	"security group nodes: tcp 443 from sg-0aaaaaaaaaaaaaaa2",
	"security group control-plane sg-0aaaaaaaaaaaaaaa2",
	"security group control-plane: -1 0 from sg-0aaaaaaaaaaaaaaa1",
	"security group control-plane: tcp 443 from 10.0.0.0/16",
	"security group control-plane: tcp 443 from 192.0.2.0/24",
	"security group control-plane: tcp 443 from 2001:db8:40::/48",
	"instance i-0aaaaaaaaaaaaaaa1 10.0.1.5 Name=test",
	"instance i-0aaaaaaaaaaaaaaa2 10.0.1.10",
	"network interface eni-0aaaaaaaaaaaaaaa1 of i-0aaaaaaaaaaaaaaa1 10.0.1.8 10.0.1.9 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa2 of i-0aaaaaaaaaaaaaaa1 10.0.1.5 10.0.1.6 10.0.1.7 2001:db8:0:100::4 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa3 of i-0aaaaaaaaaaaaaaa2 10.0.1.10 (198.51.100.79) 2001:db8:0:100:1::/80 in nodes",
	"network interface eni-0aaaaaaaaaaaaaab2 of a NAT gateway 10.0.1.99 in",
	"Elastic IP eipalloc-0aaaaaaaaaaaaaaa2 198.51.100.2 of eni-0aaaaaaaaaaaaaab1 Name=test",
	"network interface eni-0aaaaaaaaaaaaaab1 of a NAT gateway 10.0.0.9 (198.51.100.2) in",
	"Elastic IP eipalloc-0aaaaaaaaaaaaaaa1 198.51.100.1 of",
	"certificate arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012",
	"OIDC provider arn:aws:iam::111122223333:oidc-provider/oidc.eks.ap-northeast-2.amazonaws.com/id/1 Name=test",
	"role control-plane trusts eks.amazonaws.com Name=test",
	"role controller trusts ec2.amazonaws.com",
	"policy controller * versions 1 attached 1 Name=test",
	"hosted zone Z0123456789ABCDEFGHIJ example.com of no VPC Name=test",
	"hosted zone Z0123456789ABCDEFGHIK example.com of vpc-0bbbbbbbbbbbbbbb1 vpc-0aaaaaaaaaaaaaaa1",
	"record shop.example.com A in hosted zone Z0123456789ABCDEFGHIJ shop-1.elb.ap-northeast-2.amazonaws.com",
	"record shop.example.com A in hosted zone Z0123456789ABCDEFGHIK shop-1.elb.ap-northeast-2.amazonaws.com",
	`record example.com TXT in hosted zone Z0123456789ABCDEFGHIJ "v=spf1 -all"`,
}

var changedLines = append(without(fullLines, []string{
	"egress-only internet gateway eigw-0aaaaaaaaaaaaaaa1 of vpc-0aaaaaaaaaaaaaaa1",
	"VPC vpc-0aaaaaaaaaaaaaaa1 10.0.0.0/16 100.64.0.0/16 2001:db8:0:100::/56 Name=test",
	"subnet subnet-0aaaaaaaaaaaaaaa1 10.0.0.0/24 2001:db8:0:100::/64 ap-northeast-2a public true Name=test",
	"subnet subnet-0aaaaaaaaaaaaaaa2 10.0.1.0/24 ap-northeast-2b public false Name=test",
	"route table rtb-0aaaaaaaaaaaaaaa1 default igw-0aaaaaaaaaaaaaaa1 igw-0aaaaaaaaaaaaaaa1 for subnet-0aaaaaaaaaaaaaaa1 Name=test",
	"NAT gateway nat-0aaaaaaaaaaaaaaa1 in subnet-0aaaaaaaaaaaaaaa1 public 10.0.0.9 198.51.100.2 Name=test",
	"NAT gateway nat-0aaaaaaaaaaaaaaa2 in subnet-0aaaaaaaaaaaaaaa2 private 10.0.1.99",
	"route table rtb-0aaaaaaaaaaaaaaa2 default nat-0aaaaaaaaaaaaaaa1 eigw-0aaaaaaaaaaaaaaa1 for subnet-0aaaaaaaaaaaaaaa2",
	"security group nodes sg-0aaaaaaaaaaaaaaa1 Name=test",
	"security group nodes: -1 0 to 0.0.0.0/0",
	"security group nodes: -1 0 to ::/0",
	"security group control-plane: tcp 443 from 192.0.2.0/24",
	"security group control-plane: tcp 443 from 2001:db8:40::/48",
	"instance i-0aaaaaaaaaaaaaaa2 10.0.1.10",
	"network interface eni-0aaaaaaaaaaaaaaa1 of i-0aaaaaaaaaaaaaaa1 10.0.1.8 10.0.1.9 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa2 of i-0aaaaaaaaaaaaaaa1 10.0.1.5 10.0.1.6 10.0.1.7 2001:db8:0:100::4 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa3 of i-0aaaaaaaaaaaaaaa2 10.0.1.10 (198.51.100.79) 2001:db8:0:100:1::/80 in nodes",
	"network interface eni-0aaaaaaaaaaaaaab2 of a NAT gateway 10.0.1.99 in",
	"Elastic IP eipalloc-0aaaaaaaaaaaaaaa2 198.51.100.2 of eni-0aaaaaaaaaaaaaab1 Name=test",
	"OIDC provider arn:aws:iam::111122223333:oidc-provider/oidc.eks.ap-northeast-2.amazonaws.com/id/1 Name=test",
	"role control-plane trusts eks.amazonaws.com Name=test",
	"role controller trusts ec2.amazonaws.com",
	"policy controller * versions 1 attached 1 Name=test",
	"hosted zone Z0123456789ABCDEFGHIJ example.com of no VPC Name=test",
	"hosted zone Z0123456789ABCDEFGHIK example.com of vpc-0bbbbbbbbbbbbbbb1 vpc-0aaaaaaaaaaaaaaa1",
	"record shop.example.com A in hosted zone Z0123456789ABCDEFGHIJ shop-1.elb.ap-northeast-2.amazonaws.com",
	`record example.com TXT in hosted zone Z0123456789ABCDEFGHIJ "v=spf1 -all"`,
}),
	"VPC vpc-0aaaaaaaaaaaaaaa1 10.0.0.0/16 100.65.0.0/16 2001:db8:0:200::/56 Name=changed team=platform",
	"subnet subnet-0aaaaaaaaaaaaaaa1 10.0.0.0/24 2001:db8:0:201::/64 ap-northeast-2a public false Name=test",
	"subnet subnet-0aaaaaaaaaaaaaaa2 10.0.1.0/24 ap-northeast-2b public false Name=changed team=platform",
	"route table rtb-0aaaaaaaaaaaaaaa1 default igw-0aaaaaaaaaaaaaaa1 igw-0aaaaaaaaaaaaaaa1 for  Name=test",
	"NAT gateway nat-0aaaaaaaaaaaaaaa1 in subnet-0aaaaaaaaaaaaaaa1 public 10.0.0.9 198.51.100.2 Name=changed team=platform",
	"route table rtb-0aaaaaaaaaaaaaaa2 default  igw-0aaaaaaaaaaaaaaa1 for subnet-0aaaaaaaaaaaaaaa1 subnet-0aaaaaaaaaaaaaaa2",
	"security group nodes: tcp 443 to 10.0.0.0/16",
	"Elastic IP eipalloc-0aaaaaaaaaaaaaaa2 198.51.100.2 of eni-0aaaaaaaaaaaaaab1 Name=changed team=platform",
	"security group nodes sg-0aaaaaaaaaaaaaaa1",
	"network interface eni-0aaaaaaaaaaaaaaa0 of i-0aaaaaaaaaaaaaaa1 10.0.1.30 10.0.1.9 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa1 of i-0aaaaaaaaaaaaaaa1 10.0.1.8 10.0.1.9 in nodes",
	"network interface eni-0aaaaaaaaaaaaaaa2 of i-0aaaaaaaaaaaaaaa1 10.0.1.20 10.0.1.5 10.0.1.7 2001:db8:0:100::4 2001:db8:0:201:1::/80 in control-plane",
	"OIDC provider arn:aws:iam::111122223333:oidc-provider/oidc.eks.ap-northeast-2.amazonaws.com/id/1 Name=changed team=platform",
	"role control-plane trusts eks.amazonaws.com Name=changed team=platform",
	"role controller trusts eks.amazonaws.com",
	"policy controller s3:ListAllMyBuckets versions 1 attached 1 Name=changed team=platform",
	"hosted zone Z0123456789ABCDEFGHIJ example.com of no VPC Name=changed team=platform",
	"hosted zone Z0123456789ABCDEFGHIK example.com of vpc-0bbbbbbbbbbbbbbb1",
	"record shop.example.com A in hosted zone Z0123456789ABCDEFGHIJ shop-2.elb.ap-northeast-2.amazonaws.com",
)
