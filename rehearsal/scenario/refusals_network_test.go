package scenario_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// The account refuses what the plan refuses, but later. Each test checks that the plan refuses a stack file, and then
// changes a stack that the plan accepts into the same situation by hand.

// mustBeRefusedByPlan fails unless the plan refuses a stack file: local with some texts replaced.
func mustBeRefusedByPlan(t *testing.T, want string, replace ...string) {
	t.Helper()
	_, err := tryOpenRehearsal(t, projectWith(t, replace...))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the plan says  %v\nwant            %s", err, want)
	}
}

// builtStack is an existing stack with clients that change it without its plan.
type builtStack struct {
	*scenario.Rehearsal
	t     *testing.T
	hands world.Client
	in    func(*scenario.Options)
}

// buildStack creates local with some texts replaced.
func buildStack(t *testing.T, replace ...string) *builtStack {
	t.Helper()
	p := &builtStack{t: t}
	dir := t.TempDir()
	p.in = func(o *scenario.Options) { projectWith(t, replace...)(o); o.Dir = dir }
	p.Rehearsal = openRehearsal(t, p.in)
	if up := p.Up(context.Background()); up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	var err error
	if p.hands, err = p.World().AWS(world.AWSConfig{Region: "ap-northeast-2"}); err != nil {
		t.Fatal(err)
	}
	return p
}

// upAgain runs up with more texts replaced and returns the error.
func (p *builtStack) upAgain(replace ...string) string {
	p.t.Helper()
	p.Close()
	p.Rehearsal = openRehearsal(p.t, p.in, func(o *scenario.Options) { projectWith(p.t, replace...)(o) })
	return p.Up(context.Background()).Error
}

// idOf returns the id of the only resource of a type whose name contains a text.
func (p *builtStack) idOf(typ, name string) (id string) {
	p.t.Helper()
	return string(stateGraph(p.State().Resources()).find(p.t, typ, name)[0].ID)
}

// addNodeGroup creates a node group like the stack's with some inputs changed.
func (p *builtStack) addNodeGroup(changes world.Properties) error {
	p.t.Helper()
	o, err := p.hands.Read(nodeGroup, p.idOf(nodeGroup, "general"))
	if err != nil {
		p.t.Fatal(err)
	}
	maps.Copy(o.Inputs, changes)
	o.Inputs["nodeGroupName"] = "by-hand"
	_, err = p.hands.Create(nodeGroup, o.Inputs)
	return err
}

// fill creates interfaces by hand until a subnet refuses one. It returns them in the order of their addresses, and
// the refusal.
func (p *builtStack) fill(subnetID string) (made []string, refusal error) {
	for {
		id, err := p.World().MakeInterface(subnetID, "by hand")
		if err != nil {
			return made, err
		}
		made = append(made, id)
	}
}

// fragment fills a subnet and then frees all but every eighth address: most addresses are free, but no /28 is.
func (p *builtStack) fragment(subnetID string) {
	p.t.Helper()
	made, _ := p.fill(subnetID)
	for i, id := range made {
		if i%8 == 0 {
			continue
		}
		if err := p.World().Run("aws ec2 delete-network-interface --network-interface-id " + id); err != nil {
			p.t.Fatal(err)
		}
	}
}

// mustContain fails unless an error has each of the texts.
func mustContain(t *testing.T, message string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(message, text) {
			t.Errorf("the error is\n%s\nwithout\n%s", message, text)
		}
	}
}

const (
	smallCIDR = "10.0.0.0/22" // private subnets of /25
	modest    = "scaling: {min: 1, desired: 2, max: 2}, maxPods: 11"
	large     = "scaling: {min: 2, desired: 3, max: 6}"
)

func TestExhaustedSubnetsAreRefusedByThePlanBeforeAWSDoes(t *testing.T) {
	mustBeRefusedByPlan(t, "network.cidr: the private subnet of ap-northeast-2a", "10.0.0.0/16", smallCIDR, large, "scaling: {min: 2, desired: 30, max: 30}")

	p := buildStack(t, "10.0.0.0/16", smallCIDR, large, modest)
	for _, s := range stateGraph(p.State().Resources()).find(t, subnet, "private") {
		_, err := p.fill(string(s.ID))
		mustContain(t, err.Error(), "There aren't sufficient free Ipv4 addresses or prefixes")
	}
	mustContain(t, fmt.Sprint(p.addNodeGroup(nil)), "InsufficientFreeAddressesInSubnet")

	var public []string
	for _, s := range stateGraph(p.State().Resources()).find(t, subnet, "public") {
		p.fill(string(s.ID))
		public = append(public, string(s.ID))
	}
	_, err := p.World().MakeLoadBalancer("by-hand", public)
	mustContain(t, fmt.Sprint(err), "at least 8 free IP addresses")
}

func TestPrefixesWithoutFreeBlocksInASubnetAreRefusedByThePlanBeforeAWSDoes(t *testing.T) {
	mustBeRefusedByPlan(t, " prefixes; it has 6 whole /28 blocks", "nat: zone", "nat: zone\n    podCidr: 100.64.0.0/23", large, "scaling: {min: 1, desired: 24, max: 24}")

	// Without prefixes from the start no block of a subnet is reserved for them.
	single := []string{"10.0.0.0/16", smallCIDR, large, modest, "eksnet:workloads", "eksnet:addons: {vpcCni: {prefixDelegation: false}}\n  eksnet:workloads"}
	p := buildStack(t, single...)
	for _, s := range stateGraph(p.State().Resources()).find(t, subnet, "private") {
		p.fragment(string(s.ID))
	}
	cni, err := p.hands.Read(addon, p.idOf(addon, "vpc-cni"))
	if err != nil {
		t.Fatal(err)
	}
	cni.Inputs["configurationValues"] = `{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}`
	if _, err := p.hands.Update(addon, cni.ID, cni.Inputs); err != nil {
		t.Fatal(err)
	}
	if err := p.addNodeGroup(nil); err != nil {
		t.Fatalf("nodes need no prefix to join: %v", err)
	}
	mustContain(t, p.upAgain(append(single, "{kind: nlb}", "{kind: nlb, replicas: 8}")...),
		"Timeout occurred for 'echo'", "failed to assign an IP address to container", "InsufficientCidrBlocks: There are not enough free cidr blocks in the specified subnet")
}

func TestAnUnreachableImageIsRefusedByThePlanBeforeNodesPullIt(t *testing.T) {
	mustBeRefusedByPlan(t, `workloads["echo"].image: `, "nat: zone", "nat: none")

	private := []string{"nat: zone", "nat: zone\n    endpoints: auto"}
	p := buildStack(t, private...)
	for _, r := range stateGraph(p.State().Resources()).find(t, route, "") {
		if r.Inputs["natGatewayId"] == nil {
			continue
		}
		if err := p.hands.Delete(route, string(r.ID)); err != nil {
			t.Fatal(err)
		}
	}
	mustContain(t, p.upAgain(append(private, "{kind: nlb}", "{kind: nlb, replicas: 3}")...), "Timeout occurred for 'echo'", "Failed to pull image", "has no route to")
}

func TestAZoneWithoutEKSControlPlanesIsRefusedByThePlanBeforeEKSDoes(t *testing.T) {
	virginia := []string{"ap-northeast-2a, ap-northeast-2b, ap-northeast-2c", "us-east-1e, us-east-1a", "ap-northeast-2", "us-east-1"}
	r := openRehearsal(t, projectWith(t, virginia...))
	up := r.Up(context.Background())
	mustContain(t, up.Error, "network.zones[0]: us-east-1e is zone use1-az3")
	for _, made := range r.State().Resources() {
		if strings.HasPrefix(string(made.Type), "aws:") {
			t.Errorf("%s was made before", made.URN.Name())
		}
	}

	hands, err := r.World().AWS(world.AWSConfig{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	create := func(typ string, in world.Properties) world.Object {
		o, err := hands.Create(typ, in)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	home := create(vpc, world.Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true, "enableDnsSupport": true})
	var subnets []any
	for i, zone := range []string{"us-east-1e", "us-east-1a"} {
		in := world.Properties{"vpcId": home.ID, "cidrBlock": fmt.Sprintf("10.0.%d.0/24", i), "availabilityZone": zone}
		subnets = append(subnets, create(subnet, in).ID)
	}
	eks := create(role, world.Properties{"name": "eks", "assumeRolePolicy": `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}]}`})
	create(attachment, world.Properties{"role": "eks", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"})
	_, err = hands.Create(eksCluster, world.Properties{"name": "by-hand", "roleArn": eks.Outputs["arn"], "version": "1.35",
		"accessConfig": world.Properties{"authenticationMode": "API"}, "vpcConfig": world.Properties{"subnetIds": subnets, "endpointPrivateAccess": true}})
	mustContain(t, fmt.Sprint(err), "UnsupportedAvailabilityZoneException")
}
