package fabric

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"eksnet/lab/account"
	"eksnet/lab/labtest"
	"eksnet/lab/rehearsed"
)

const testAccount = "111122223333"

// newStack returns a stack with a node in a public subnet, which has a second network interface, and one in a private
// subnet.
func newStack() *rehearsed.Stack {
	everywhere := []string{"0.0.0.0/0", "::/0"}
	node := func(instance, subnet string, interfaces ...rehearsed.Interface) rehearsed.Node {
		for i := range interfaces {
			interfaces[i].Subnet, interfaces[i].SecurityGroups = subnet, []string{"sg-0aaaaaaaaaaaaaaa1"}
		}
		return rehearsed.Node{Name: instance, InstanceID: instance, InstanceType: "m7g.large", Zone: "us-west-2a",
			Interfaces: interfaces}
	}
	return &rehearsed.Stack{Account: testAccount, Region: "us-west-2",
		Network: rehearsed.Network{VPC: rehearsed.VPC{ID: "vpc-0aaaaaaaaaaaaaaa1", CIDR: "10.0.0.0/16", IPv6CIDR: "2001:db8:0:100::/56"},
			Subnets: []rehearsed.Subnet{
				{ID: "subnet-0aaaaaaaaaaaaaaa1", CIDR: "10.0.0.0/24", IPv6CIDR: "2001:db8:0:100::/64", Zone: "us-west-2a", Public: true},
				{ID: "subnet-0aaaaaaaaaaaaaaa2", CIDR: "10.0.1.0/24", IPv6CIDR: "2001:db8:0:101::/64", Zone: "us-west-2a"},
				{ID: "subnet-0aaaaaaaaaaaaaaa3", CIDR: "10.0.2.0/24", Zone: "us-west-2a"}},
			InternetGateway: "igw-0aaaaaaaaaaaaaaa1", EgressOnlyGateway: "eigw-0aaaaaaaaaaaaaaa1",
			NATGateways: []rehearsed.NATGateway{{ID: "nat-0aaaaaaaaaaaaaaa1", Subnet: "subnet-0aaaaaaaaaaaaaaa1",
				Allocation: "eipalloc-0aaaaaaaaaaaaaaa1", Interface: "eni-0aaaaaaaaaaaaaab1", PrivateIP: "10.0.0.9"}},
			RouteTables: []rehearsed.RouteTable{
				{ID: "rtb-0aaaaaaaaaaaaaaa1", Internet: true, IPv6Gateway: "igw-0aaaaaaaaaaaaaaa1", Subnets: []string{"subnet-0aaaaaaaaaaaaaaa1"}},
				{ID: "rtb-0aaaaaaaaaaaaaaa2", NATGateway: "nat-0aaaaaaaaaaaaaaa1", IPv6Gateway: "eigw-0aaaaaaaaaaaaaaa1",
					Subnets: []string{"subnet-0aaaaaaaaaaaaaaa2"}}}},
		ElasticIPs: []rehearsed.Address{{ID: "eipalloc-0aaaaaaaaaaaaaaa1", PublicIP: "198.51.100.9"}},
		SecurityGroups: []rehearsed.SecurityGroup{{ID: "sg-0aaaaaaaaaaaaaaa1", Name: "nodes", Description: "nodes",
			Rules: []rehearsed.GroupRule{{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDRs: everywhere},
				{Protocol: "tcp", FromPort: 90, ToPort: 90, Source: "sg-0aaaaaaaaaaaaaaa1"},
				{Egress: true, Protocol: "tcp", FromPort: 80, ToPort: 90, CIDRs: everywhere}}}},
		Nodes: []rehearsed.Node{
			node("i-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa1",
				rehearsed.Interface{ID: "eni-0aaaaaaaaaaaaaaa1", PrivateIP: "10.0.0.5", PublicIP: "198.51.100.5",
					IPv6: "2001:db8:0:100::4", IPv6Prefix: "2001:db8:0:100:1::/80", PodIPs: []string{"10.0.0.6"}},
				rehearsed.Interface{ID: "eni-0aaaaaaaaaaaaaaa2", PrivateIP: "10.0.0.7"}),
			node("i-0aaaaaaaaaaaaaaa2", "subnet-0aaaaaaaaaaaaaaa2",
				rehearsed.Interface{ID: "eni-0aaaaaaaaaaaaaaa3", PrivateIP: "10.0.1.5", IPv6: "2001:db8:0:101::4"})}}
}

func TestAStackInMotoCarriesPackets(t *testing.T) {
	stack := newStack()
	skipWithoutNamespaces(t)
	a, err := account.Create(t.Context(), labtest.StartMoto(t, testAccount), stack)
	if err != nil {
		t.Fatal(err)
	}
	client := ec2.NewFromConfig(a.Config())
	describe := func() Spec {
		t.Helper()
		spec, err := Describe(t.Context(), client, a.VPC(),
			Spec{Outside: Outside{Clients: ips("203.0.113.7", "2001:db8:40::7"), Server: ip("203.0.113.80"), ServerIPv6: ip("2001:db8:80::80")}})
		if err != nil {
			t.Fatal(err)
		}
		return spec
	}
	spec := describe()
	if lone := spec.subnet("subnet-0aaaaaaaaaaaaaaa3"); lone == nil || lone.RouteTable == "" {
		t.Errorf("a subnet without an association has no main route table: %+v", lone)
	}
	n := startNetwork(t, spec)
	public, private := n.host("i-0aaaaaaaaaaaaaaa1"), n.host("i-0aaaaaaaaaaaaaaa2")
	addAddress(t, public, "10.0.0.6")
	serve(t, public, ":80")
	serve(t, public, ":90")
	serve(t, public, ":91")
	serve(t, n.Server(), ":80")
	n.check("public subnet to the internet", public, "203.0.113.80:80", "198.51.100.5")
	n.check("private subnet to the internet", private, "203.0.113.80:80", "198.51.100.9")
	n.check("internet to a public address", n.Client(), "198.51.100.5:80", "203.0.113.7")
	n.check("a port for the group alone from the internet", n.Client(), "198.51.100.5:90", "timeout")
	n.check("a pod's address", private, "10.0.0.6:90", "10.0.1.5")
	n.check("a closed port", private, "10.0.0.6:91", "timeout")
	n.check("a port without an egress rule", public, "10.0.1.5:91", "timeout")
	addAddress(t, public, "2001:db8:0:100:1::2")
	n.check("private subnet to the internet by IPv6", private, "[2001:db8:80::80]:80", "2001:db8:0:101::4")
	n.check("internet to an IPv6 address", n.Client(), "[2001:db8:0:100::4]:80", "2001:db8:40::7")
	n.check("a pod's IPv6 address", private, "[2001:db8:0:100:1::2]:90", "2001:db8:0:101::4")
	n.check("a closed port of an IPv6 address", private, "[2001:db8:0:100:1::2]:91", "timeout")
	if _, err := client.DeleteNatGateway(t.Context(),
		&ec2.DeleteNatGatewayInput{NatGatewayId: aws.String("nat-0aaaaaaaaaaaaaaa1")}); err != nil {
		t.Fatal(err)
	}
	n.update(describe())
	n.check("a route to a deleted NAT gateway", private, "203.0.113.80:80", "unreachable")
}
