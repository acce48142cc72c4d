package worldtest

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// Standing are the identities of everything in the world.
func (l *Lab) Standing() map[store.Key]bool {
	found := map[store.Key]bool{}
	for k := range l.World.Objects {
		found[k] = true
	}
	return found
}

// Unchanged checks that the same things stand as before; pods may have been replaced.
func (l *Lab) Unchanged(before map[store.Key]bool) {
	l.T.Helper()
	after := l.Standing()
	for _, difference := range []struct {
		says      string
		these, of map[store.Key]bool
	}{{"left", after, before}, {"gone", before, after}} {
		for k := range difference.these {
			if !difference.of[k] && k.Typ != store.PodType {
				l.T.Errorf("%s: %s %s", difference.says, k.Typ, k.ID)
			}
		}
	}
}

const Account = "111122223333"

// Lab is an account with one client, and the resources that a test created in it by name.
type Lab struct {
	T      *testing.T
	World  *world.World
	Client store.Client
	IDs    map[string]string
}

func NewLab(t *testing.T) *Lab {
	t.Helper()
	w := world.New(store.Options{Verify: *Verify, Account: Account, Endpoint: "https://127.0.0.1:41234"})
	client, err := w.AWS(world.AWSConfig{Region: "ap-northeast-2", Accounts: []string{Account}, Tags: map[string]string{"team": "platform"}})
	if err != nil {
		t.Fatal(err)
	}
	return &Lab{t, w, client, map[string]string{}}
}

// Try checks and creates a resource, as a provider does.
func (l *Lab) Try(typ string, in store.Properties) (store.Object, error) {
	l.T.Helper()
	checked, failures, err := l.Client.Check(typ, "thing", []byte{1}, in)
	if err != nil {
		return store.Object{}, err
	}
	for _, f := range failures {
		return store.Object{}, f.Refusal
	}
	return l.Client.Create(typ, checked)
}

// Make creates a resource, which must succeed, under a name, and returns its ID.
func (l *Lab) Make(name, typ string, in store.Properties) string {
	l.T.Helper()
	o, err := l.Try(typ, in)
	if err != nil {
		l.T.Fatalf("%s: %v", name, err)
	}
	l.IDs[name] = o.ID
	return o.ID
}

// Change updates a resource with some inputs replaced; a nil input is removed.
func (l *Lab) Change(typ, id string, changes store.Properties) error {
	o, err := l.Client.Read(typ, id)
	if err != nil {
		return err
	}
	maps.Copy(o.Inputs, changes)
	for name, value := range o.Inputs {
		if value == nil {
			delete(o.Inputs, name)
		}
	}
	_, failures, err := l.Client.Check(typ, "thing", nil, o.Inputs)
	for _, f := range failures {
		return f.Refusal
	}
	if err == nil {
		_, err = l.Client.Update(typ, id, o.Inputs)
	}
	return err
}

func (l *Lab) Delete(typ, name string) error {
	id, known := l.IDs[name]
	if !known {
		id = name
	}
	return l.Client.Delete(typ, id)
}

func (l *Lab) Object(typ, name string) *store.Object { return l.World.Get(typ, l.IDs[name]) }

// RuleOf returns the first rule of an error, the zero rule for none.
func RuleOf(err error) store.Rule {
	var refusal *store.Refusal
	if errors.As(err, &refusal) {
		return store.Rule{Rule: refusal.Rule()}
	}
	return store.Rule{}
}

// Network creates a VPC with public and private subnets in two zones, an internet gateway and a NAT gateway.
func (l *Lab) Network() *Lab {
	l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	l.Make("igw", store.InternetGatewayType, store.Properties{"vpcId": l.IDs["vpc"]})
	for i, zone := range []string{"a", "b"} {
		l.Subnet("public-"+zone, fmt.Sprintf("10.0.%d.0/24", i), zone, store.Properties{"mapPublicIpOnLaunch": true})
		l.Subnet("private-"+zone, fmt.Sprintf("10.0.%d.0/20", 16*(i+1)), zone, nil)
	}
	l.Make("public", store.RouteTableType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("private", store.RouteTableType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("to-igw", store.RouteType, store.Properties{"routeTableId": l.IDs["public"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.IDs["igw"]})
	for _, zone := range []string{"a", "b"} {
		for _, tier := range []string{"public", "private"} {
			l.Make(tier+"-"+zone+"-table", store.AssociationType, store.Properties{"routeTableId": l.IDs[tier], "subnetId": l.IDs[tier+"-"+zone]})
		}
	}
	l.Make("eip", store.EipType, store.Properties{"domain": "vpc"})
	l.Make("nat", store.NatType, store.Properties{"allocationId": l.IDs["eip"], "subnetId": l.IDs["public-a"]})
	l.Make("to-nat", store.RouteType, store.Properties{"routeTableId": l.IDs["private"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": l.IDs["nat"]})
	return l
}

func (l *Lab) Subnet(name, cidr, zone string, more store.Properties) {
	in := store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": cidr, "availabilityZone": "ap-northeast-2" + zone}
	maps.Copy(in, more)
	l.Make(name, store.SubnetType, in)
}

// TrustFor returns a trust policy for a service.
func TrustFor(service string) string {
	return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "` + service + `.amazonaws.com"}}]}`
}

// Role creates a role with AWS managed policies.
func (l *Lab) Role(name, trust string, policies ...string) string {
	l.T.Helper()
	l.Make(name, store.RoleType, store.Properties{"name": name, "assumeRolePolicy": trust})
	for _, p := range policies {
		l.Make(name+" "+p, store.AttachmentType, store.Properties{"role": name, "policyArn": "arn:aws:iam::aws:policy/" + p})
	}
	return l.Object(store.RoleType, name).Text("arn")
}

// ClusterInputs returns the inputs of a valid cluster.
func (l *Lab) ClusterInputs() store.Properties {
	return store.Properties{"name": "dev", "roleArn": l.Object(store.RoleType, "cluster-role").Text("arn"), "version": "1.35",
		"accessConfig": store.Properties{"authenticationMode": "API"}, "enabledClusterLogTypes": []any{"api"},
		"vpcConfig": store.Properties{"subnetIds": []any{l.IDs["private-a"], l.IDs["private-b"]}, "endpointPrivateAccess": true}}
}

// ClusterUp creates a network, a cluster, its OIDC provider and the roles that nodes and the CNI need.
func (l *Lab) ClusterUp() *Lab {
	l.Network()
	l.Role("cluster-role", TrustFor("eks"), "AmazonEKSClusterPolicy")
	return l.clusterOf(l.ClusterInputs())
}

// clusterOf creates a cluster in a network with its OIDC provider and the roles that nodes and the CNI need.
func (l *Lab) clusterOf(inputs store.Properties) *Lab {
	l.Make("cluster", store.ClusterType, inputs)
	l.Make("oidc", store.OIDCType, store.Properties{"url": l.Object(store.ClusterType, "cluster").Text("issuer"), "clientIdLists": []any{"sts.amazonaws.com"}})
	l.Role("node-role", TrustFor("ec2"), "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
	l.Role("cni-role", l.irsaTrust("kube-system", "aws-node"), "AmazonEKS_CNI_Policy")
	return l
}

// irsaTrust returns a trust policy for a service account of the cluster.
func (l *Lab) irsaTrust(namespace, name string) string {
	host := strings.TrimPrefix(l.Object(store.ClusterType, "cluster").Text("issuer"), "https://")
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": %q}, "Condition": {"StringEquals": {"%[2]s:sub": "system:serviceaccount:%[3]s:%[4]s", "%[2]s:aud": "sts.amazonaws.com"}}}]}`,
		l.IDs["oidc"], host, namespace, name)
}

func (l *Lab) AddonInputs(name string) store.Properties {
	return store.Properties{"clusterName": "dev", "addonName": name, "resolveConflictsOnCreate": "OVERWRITE"}
}

// CNI installs the CNI's add-on with a role of its own.
func (l *Lab) CNI() *Lab {
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
	l.Make("vpc-cni", store.AddonType, in)
	return l
}

// GroupInputs returns the inputs of a valid node group.
func (l *Lab) GroupInputs() store.Properties {
	return store.Properties{"clusterName": "dev", "nodeGroupName": "general", "nodeRoleArn": l.Object(store.RoleType, "node-role").Text("arn"),
		"subnetIds": []any{l.IDs["private-a"], l.IDs["private-b"]}, "instanceTypes": []any{"m7g.large"}, "amiType": "AL2023_ARM_64_STANDARD",
		"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 2.0, "maxSize": 3.0}}
}

// Nodes creates a cluster with a working node group.
func (l *Lab) Nodes() *Lab {
	l.ClusterUp().CNI()
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	return l
}

// With returns inputs with one of them replaced.
func With(in store.Properties, path string, value any) store.Properties {
	head, rest, nested := strings.Cut(path, ".")
	if nested {
		inner := store.Clone(store.MapOf(in[head]))
		if inner == nil {
			inner = store.Properties{}
		}
		value = With(inner, rest, value)
	}
	in[head] = value
	return in
}

func Read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func Write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Endpoint creates an interface endpoint of a service in the private subnets, with a security group.
func (l *Lab) Endpoint(service, group string) {
	l.T.Helper()
	l.Make(service, store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws." + l.World.Region + "." + service, "vpcEndpointType": "Interface",
		"subnetIds": []any{l.IDs["private-a"], l.IDs["private-b"]}, "privateDnsEnabled": true, "securityGroupIds": []any{l.IDs[group]}})
}

// Endpoints creates endpoints of services that allow the VPC, and S3's gateway.
func (l *Lab) Endpoints(services ...string) *Lab {
	l.T.Helper()
	l.Make("open", store.SecurityGroupType, store.Properties{"name": "open", "vpcId": l.IDs["vpc"], "ingress": []any{
		store.Properties{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": []any{"10.0.0.0/16"}}}})
	for _, service := range services {
		l.Endpoint(service, "open")
	}
	l.Make("s3", store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws." + l.World.Region + ".s3", "routeTableIds": []any{l.IDs["private"]}})
	return l
}

// Configured creates the cluster with a CNI with an environment.
func (l *Lab) Configured(env store.Properties) *Lab {
	l.ClusterUp()
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
	in["configurationValues"] = iam.JSONText(store.Properties{"env": env})
	l.Make("vpc-cni", store.AddonType, in)
	return l
}

// SmallSubnet creates a private subnet with a route to the internet, for nodes.
func (l *Lab) SmallSubnet(name, cidr, zone string) *Lab {
	l.Subnet(name, cidr, zone, nil)
	l.Make(name+"-table", store.AssociationType, store.Properties{"routeTableId": l.IDs["private"], "subnetId": l.IDs[name]})
	return l
}

// Grouped creates a node group with one node in a subnet, without CoreDNS, whose pods would count, and returns the
// node.
func (l *Lab) Grouped(subnet string) *store.Object {
	l.T.Helper()
	if dns := kube.WorkloadOf(l.World.Account, "dev", "coredns"); dns != nil {
		l.World.Drop(dns)
	}
	in := With(l.GroupInputs(), "subnetIds", []any{l.IDs[subnet]})
	l.Make("general", store.NodeGroupType, With(in, "scalingConfig", store.Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 3.0}))
	return node.ReadyNodes(l.World.Account, "dev")[0]
}

// Hold creates an interface of an operator with an address.
func (l *Lab) Hold(subnet, address string) {
	o := l.Object(store.SubnetType, subnet)
	l.World.Put(&store.Object{Type: store.InterfaceType, ID: l.World.NewID("eni-"), Owner: "test", Outputs: store.Properties{"subnetId": o.ID, "vpcId": o.Text("vpcId"),
		"privateIp": address, "privateIps": []any{address}, "prefixes": []any{}, "pods": []any{}, "interfaceType": "interface", "status": "in-use"}})
}

// Fragment uses one address in each /28 of a subnet: most are free, and no prefix is.
func (l *Lab) Fragment(subnet string) *Lab {
	p, _ := ec2.ParseNetwork(l.Object(store.SubnetType, subnet).Text("cidrBlock"))
	for block := netip.PrefixFrom(p.Addr(), 28); p.Contains(block.Addr()); block = netip.PrefixFrom(ec2.LastAddress(block).Next(), 28) {
		l.Hold(subnet, block.Addr().Next().Next().Next().Next().Next().String())
	}
	return l
}

// Reserve reserves a part of a subnet.
func (l *Lab) Reserve(subnet, cidr, kind string) {
	l.World.Put(&store.Object{Type: store.CIDRReservationType, ID: fmt.Sprintf("scr-%s", cidr), Outputs: store.Properties{"subnetId": l.IDs[subnet], "cidrBlock": cidr, "reservationType": kind}})
}

// Fill uses all but n addresses of a subnet.
func (l *Lab) Fill(subnet string, n int) {
	l.T.Helper()
	o := l.Object(store.SubnetType, subnet)
	for ec2.SubnetFree(l.World.Account, o) > n {
		ec2.AttachInterface(l.World.Account, ec2.InterfaceSpec{Subnet: o, Owner: "test"})
	}
}

func (l *Lab) Must(err error) {
	l.T.Helper()
	if err != nil {
		l.T.Fatal(err)
	}
}

// Fails makes a call that must be refused and returns its error.
func (l *Lab) Fails(typ string, in store.Properties) error {
	_, err := l.Try(typ, in)
	return err
}

var (
	Verify = flag.Bool("verify", false, "check after each call that the actors' queues miss nothing; slow")
)
