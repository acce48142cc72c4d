package rehearsed

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// writeFolder writes the folder of a rehearsal.
func writeFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// smallRehearsal has a cluster with one node, a Namespace, the Release and a Service.
var smallRehearsal = map[string]string{
	"plan.json":  `{"workloads": [{"name": "shop", "kind": "nlb", "addressOf": "Service shop/shop-nlb"}], "quotas": []}`,
	"paths.json": `[{"workload": "shop", "kubeProxy": "none"}]`,
	"state.json": `{"deployment": {"resources": [
		{"urn": "urn:pulumi:small::eksnet::kubernetes:core/v1:Namespace::shop", "type": "kubernetes:core/v1:Namespace", "id": "shop"},
		{"urn": "urn:pulumi:small::eksnet::kubernetes:helm.sh/v3:Release::lbc", "type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/lbc"},
		{"urn": "urn:pulumi:small::eksnet::kubernetes:helm.sh/v3:Release::metrics", "type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/metrics"},
		{"urn": "urn:pulumi:small::eksnet::kubernetes:core/v1:Service::shop", "type": "kubernetes:core/v1:Service", "id": "shop/shop-nlb"}]}}`,
	"world.json": `{"account": "111122223333", "region": "ap-northeast-2", "objects": [
		{"type": "aws:eks/cluster:Cluster", "id": "small", "outputs": {"arn": "arn:aws:eks:ap-northeast-2:111122223333:cluster/small"}},
		{"type": "kubernetes:core/v1:Service", "id": "shop/shop-nlb", "cluster": "small", "inputs": {"kind": "Service", "metadata": {"name": "shop-nlb"}}},
		{"type": "kubernetes:core/v1:Namespace", "id": "shop", "cluster": "small", "inputs": {"kind": "Namespace", "metadata": {"name": "shop"}}},
		{"type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/lbc", "cluster": "small", "inputs": {"name": "lbc", "namespace": "kube-system", "chart": "aws-load-balancer-controller", "values": {"clusterName": "small"}}},
		{"type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/metrics", "cluster": "small", "inputs": {"name": "metrics", "namespace": "kube-system", "chart": "cni-metrics-helper"}},
		{"type": "kubernetes:core/v1:Node", "id": "node", "cluster": "small", "owner": "eks", "outputs": {"instanceId": "i-1", "metadata": {"name": "node"}}},
		{"type": "aws:ec2/instance:Instance", "id": "i-1", "owner": "eks", "outputs": {"primaryNetworkInterfaceId": "eni-2"}},
		{"type": "aws:ec2/networkInterface:NetworkInterface", "id": "eni-1", "owner": "vpc-cni", "outputs": {"instance": "i-1", "privateIp": "10.0.0.9", "privateIps": ["10.0.0.9", "10.0.0.10"]}},
		{"type": "aws:ec2/networkInterface:NetworkInterface", "id": "eni-2", "owner": "eks", "outputs": {"instance": "i-1", "privateIp": "10.0.0.5", "prefixes": ["10.0.16.0/28"]}}]}`,
}

func TestObjectsAndReleasesAreInTheOrderOfTheirCreation(t *testing.T) {
	s, err := Read(writeFolder(t, smallRehearsal))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, o := range s.Objects {
		kinds = append(kinds, o.GetKind())
	}
	if s.Name != "small" || !slices.Equal(kinds, []string{"Namespace", "Service"}) || s.Release.Place != 1 || s.Release.Values["clusterName"] != "small" {
		t.Errorf("stack %s has %v, its release at %d with %v", s.Name, kinds, s.Release.Place, s.Release.Values)
	}
	if len(s.OtherReleases) != 1 || s.OtherReleases[0].Name != "metrics" || s.OtherReleases[0].Place != 1 {
		t.Errorf("the other releases are %v", s.OtherReleases)
	}
}

func TestPodAddressesOfANodeAreThoseOfItsPrefixesAndItsSecondaryOnes(t *testing.T) {
	s, err := Read(writeFolder(t, smallRehearsal))
	if err != nil {
		t.Fatal(err)
	}
	interfaces := s.Nodes[0].Interfaces
	if len(interfaces) != 2 || interfaces[0].ID != "eni-2" || len(interfaces[0].PodIPs) != 16 || interfaces[0].PodIPs[15] != "10.0.16.15" ||
		!slices.Equal(interfaces[1].PodIPs, []string{"10.0.0.10"}) {
		t.Errorf("interfaces %+v", interfaces)
	}
}

func TestAStackOfAnIPv6ClusterHasTheIPv6NetworkOfTheAccount(t *testing.T) {
	s, err := FromWorld([]byte(`{"region": "eu-north-1", "objects": [
		{"type": "aws:eks/cluster:Cluster", "id": "dev6", "outputs": {"vpcConfig": {"vpcId": "vpc-1"}, "kubernetesNetworkConfig": {"ipFamily": "ipv6", "serviceIpv6Cidr": "fd12:3456:789a::/108"}}},
		{"type": "aws:ec2/vpc:Vpc", "id": "vpc-1", "outputs": {"cidrBlock": "10.0.0.0/16", "ipv6CidrBlock": "2001:db8:0:100::/56"}},
		{"type": "aws:ec2/subnet:Subnet", "id": "subnet-1", "inputs": {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "ipv6CidrBlock": "2001:db8:0:101::/64"}},
		{"type": "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "id": "eigw-1", "inputs": {"vpcId": "vpc-1"}},
		{"type": "aws:ec2/routeTable:RouteTable", "id": "rtb-1", "inputs": {"vpcId": "vpc-1"}},
		{"type": "aws:ec2/route:Route", "id": "r-1", "inputs": {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}},
		{"type": "aws:ec2/route:Route", "id": "r-2", "inputs": {"routeTableId": "rtb-1", "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"}},
		{"type": "aws:ec2/securityGroup:SecurityGroup", "id": "sg-1", "owner": "eks"},
		{"type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/metrics", "cluster": "small", "inputs": {"name": "metrics", "namespace": "kube-system", "chart": "cni-metrics-helper"}},
		{"type": "kubernetes:core/v1:Node", "id": "node", "outputs": {"instanceId": "i-1", "maxPods": 3}},
		{"type": "aws:ec2/instance:Instance", "id": "i-1", "owner": "eks", "outputs": {"primaryNetworkInterfaceId": "eni-1"}},
		{"type": "aws:ec2/networkInterface:NetworkInterface", "id": "eni-1", "owner": "eks", "outputs": {"instance": "i-1", "privateIp": "10.0.0.5",
			"ipv6Addresses": ["2001:db8:0:101::4"], "ipv6Prefixes": ["2001:db8:0:101:1::/80"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	n := s.Network
	if !s.Cluster.IPv6 || s.Cluster.ServiceCIDR != "fd12:3456:789a::/108" || n.VPC.IPv6CIDR != "2001:db8:0:100::/56" || n.Subnets[0].IPv6CIDR != "2001:db8:0:101::/64" ||
		n.EgressOnlyGateway != "eigw-1" || !n.RouteTables[0].Internet || n.RouteTables[0].IPv6Gateway != "eigw-1" {
		t.Errorf("cluster %+v, network %+v", s.Cluster, n)
	}
	if egress := s.SecurityGroups[0].Rules[1]; !slices.Equal(egress.CIDRs, []string{"0.0.0.0/0", "::/0"}) {
		t.Errorf("the cluster security group allows %+v", egress)
	}
	i := s.Nodes[0].Interfaces[0]
	if pods := i.FirstPodIPs(2); i.IPv6 != "2001:db8:0:101::4" || !slices.Equal(pods, []string{"2001:db8:0:101:1::", "2001:db8:0:101:1::1"}) {
		t.Errorf("interface %+v has %v for pods", i, pods)
	}
}

func TestAStackIsReadFromAnIncompleteAccount(t *testing.T) {
	const empty = `{"account": "111122223333", "region": "cn-northwest-1", "objects": []}`
	s, err := FromWorld([]byte(empty))
	if err != nil || s.Account != "111122223333" || s.Partition != "aws-cn" || s.Cluster.Name != "" ||
		s.Network.VPC.ID != "" || len(s.Nodes) > 0 || len(s.Certificates) > 0 {
		t.Errorf("empty account: %+v, %v", s, err)
	}
	// A detached gateway has no VPC, and the node's instance is terminated.
	const partial = `{"region": "us-west-2", "objects": [
		{"type": "aws:ec2/vpc:Vpc", "id": "vpc-1", "inputs": {"cidrBlock": "10.0.0.0/16"}},
		{"type": "aws:ec2/subnet:Subnet", "id": "subnet-1", "inputs": {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}},
		{"type": "aws:ec2/internetGateway:InternetGateway", "id": "igw-1"},
		{"type": "aws:ec2/natGateway:NatGateway", "id": "nat-1", "inputs": {"subnetId": "subnet-1", "allocationId": "eipalloc-1"},
			"outputs": {"privateIp": "10.0.0.4", "networkInterfaceId": "eni-1"}},
		{"type": "aws:ec2/natGateway:NatGateway", "id": "nat-2", "inputs": {"subnetId": "subnet-of-others"}, "outputs": {"privateIp": "10.1.0.4"}},
		{"type": "aws:ec2/routeTable:RouteTable", "id": "rtb-1", "inputs": {"vpcId": "vpc-1"}},
		{"type": "aws:ec2/route:Route", "id": "r-1", "inputs": {"routeTableId": "rtb-1", "natGatewayId": "nat-1"}},
		{"type": "aws:ec2/securityGroup:SecurityGroup", "id": "sg-1", "owner": "eks"},
		{"type": "kubernetes:helm.sh/v3:Release", "id": "kube-system/metrics", "cluster": "small", "inputs": {"name": "metrics", "namespace": "kube-system", "chart": "cni-metrics-helper"}},
		{"type": "kubernetes:core/v1:Node", "id": "node", "outputs": {"instanceId": "i-1", "metadata": {"name": "node"}}},
		{"type": "kubernetes:core/v1:Service", "id": "shop/shop", "inputs": {"metadata": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:a,arn:b"}}}}]}`
	s, err = FromWorld([]byte(partial))
	if err != nil || s.Network.VPC.CIDR != "10.0.0.0/16" || len(s.Network.Subnets) != 1 ||
		s.Network.InternetGateway != "" || len(s.Nodes) > 0 || !slices.Equal(s.Certificates, []string{"arn:a", "arn:b"}) {
		t.Errorf("account with a VPC: %+v, %v", s, err)
	}
	want := NATGateway{ID: "nat-1", Subnet: "subnet-1", Allocation: "eipalloc-1", Interface: "eni-1", PrivateIP: "10.0.0.4",
		Tags: map[string]string{}}
	if n := s.Network; len(n.NATGateways) != 1 || !reflect.DeepEqual(n.NATGateways[0], want) ||
		len(n.RouteTables) != 1 || n.RouteTables[0].NATGateway != "nat-1" || n.RouteTables[0].Internet {
		t.Errorf("NAT gateways %+v, route tables %+v", n.NATGateways, n.RouteTables)
	}
	if g := s.SecurityGroups; len(g) != 1 || len(g[0].Rules) != 2 || g[0].Rules[0].Source != "sg-1" || !g[0].Rules[1].Egress {
		t.Errorf("rules of the cluster security group: %+v", g)
	}
	if _, err := FromWorld([]byte("{")); err == nil {
		t.Error("an incomplete file is accepted")
	}
}

func TestTheErrorForAMissingFileNamesTheCommandThatWritesIt(t *testing.T) {
	for _, name := range []string{"state.json", "world.json", "plan.json", "paths.json"} {
		files := map[string]string{}
		for other, content := range smallRehearsal {
			if other != name {
				files[other] = content
			}
		}
		if _, err := Read(writeFolder(t, files)); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "bin/rehearse up") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	destroyed := map[string]string{"state.json": `{}`, "plan.json": `{}`, "paths.json": `[]`, "world.json": `{"objects": []}`}
	if _, err := Read(writeFolder(t, destroyed)); err == nil || !strings.Contains(err.Error(), "no cluster") {
		t.Errorf("after a destroy: %v", err)
	}
}

func TestTheErrorForAKilledRehearsalNamesTheCommandToRun(t *testing.T) {
	for _, name := range []string{"state.journal", "world.journal"} {
		dir := writeFolder(t, smallRehearsal)
		if _, err := Read(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "bin/rehearse up -dir "+dir) {
			t.Errorf("with %s: %v", name, err)
		}
	}
}

func TestResourcesHaveTheirInputsAndDependencies(t *testing.T) {
	dir := writeFolder(t, map[string]string{"state.json": `{"deployment": {"resources": [{"urn": "urn:b", "type": "aws:ec2/subnet:Subnet", "id": "subnet-1", "custom": true, "inputs": {"vpcId": "vpc-1"},
		"dependencies": ["urn:a"], "propertyDependencies": {"vpcId": ["urn:a"]}}]}}`})
	resources, err := ReadResources(dir)
	if err != nil || len(resources) != 1 || !resources[0].Custom || resources[0].External || resources[0].Inputs["vpcId"] != "vpc-1" ||
		!slices.Equal(resources[0].PropertyDependencies["vpcId"], []string{"urn:a"}) || !slices.Equal(resources[0].Dependencies, []string{"urn:a"}) {
		t.Errorf("%+v, %v", resources, err)
	}
	if _, err := ReadResources(writeFolder(t, nil)); err == nil || !strings.Contains(err.Error(), "bin/rehearse up") {
		t.Errorf("without a state: %v", err)
	}
}

func TestOperatorResourcesAreThoseThatLoadBalancersUse(t *testing.T) {
	listener := func(id string, certificates ...any) *Object {
		return &Object{Type: Listener, ID: id, Outputs: map[string]any{"certificates": certificates}}
	}
	classic := &Object{Type: ClassicLoadBalancer, ID: "c", Outputs: map[string]any{"listeners": []any{
		map[string]any{"lbPort": 443.0, "certificates": []any{"arn:iam"}}, map[string]any{"lbPort": 80.0}}}}
	w := &World{Objects: []*Object{listener("a", "arn:b", "arn:a"), listener("b", "arn:a"), listener("plain"), classic,
		{Type: ElasticIP, ID: "eipalloc-1", Owner: "operator"}, {Type: ElasticIP, ID: "eipalloc-2", Outputs: map[string]any{"publicIp": "198.51.100.2"}},
		{Type: ElasticIP, ID: "eipalloc-3", Owner: "elb"}}}
	if got := w.certificates(); !slices.Equal(got, []string{"arn:a", "arn:b", "arn:iam"}) {
		t.Errorf("certificates %v", got)
	}
	if got := w.elasticIPs(); len(got) != 2 || got[0].ID != "eipalloc-1" || got[1].PublicIP != "198.51.100.2" {
		t.Errorf("Elastic IP addresses %v, want the operator's and those of the stack's NAT gateways", got)
	}
}
