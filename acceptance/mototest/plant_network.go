package mototest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/internal/leftover"
)

// Region is where leftovers are planted.
const Region = "ap-northeast-2"

// Stack is the stack whose leftovers are planted.
var Stack = leftover.Subject{Stack: "dev-ap-northeast-2", Cluster: "dev", Owner: "dev.ap-northeast-2"}

// Planter creates leftovers in moto.
type Planter struct {
	testing.TB
	context.Context
	Config aws.Config
	ec2    *ec2.Client
	random *rand.Rand
	// Own and Others are the types of the resources by ID, of the stack and of others.
	Own, Others map[string]string
	// All says that nothing is left to chance.
	All bool
}

func NewPlanter(t *testing.T, c aws.Config, seed uint64) *Planter {
	return &Planter{TB: t, Context: t.Context(), Config: c, ec2: ec2.NewFromConfig(c), random: rand.New(rand.NewPCG(seed, 1)),
		Own: map[string]string{}, Others: map[string]string{}}
}

func (p *Planter) chance(share float64) bool { return p.All || p.random.Float64() < share }

// owner is whose resources are planted.
type owner struct {
	leftover.Subject
	ids map[string]string
	// block is the second number of the VPC's range.
	block int
}

func must[T any](value T, err error) func(p *Planter) T {
	return func(p *Planter) T {
		p.Helper()
		if err != nil {
			p.Fatal(err)
		}
		return value
	}
}

func (o owner) add(typ, id string) string { o.ids[id] = typ; return id }

// tagged returns the tags of a resource as EC2 takes them.
func tagged(typ types.ResourceType, tags map[string]string) []types.TagSpecification {
	var all []types.Tag
	for key, value := range tags {
		all = append(all, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return []types.TagSpecification{{ResourceType: typ, Tags: all}}
}

func (o owner) tags() map[string]string {
	if o.Stack == "" {
		return map[string]string{"kubernetes.io/cluster/" + o.Cluster: "owned"}
	}
	return map[string]string{leftover.StackTag: o.Stack}
}

// network is what further resources are planted in.
type network struct {
	vpc, group string
	subnets    []string
}

// plantNetwork creates a VPC with all that belongs to it.
func (p *Planter) plantNetwork(o owner) network {
	cidr := func(format string, more ...any) *string {
		return aws.String(fmt.Sprintf(format, append([]any{o.block}, more...)...))
	}
	v := must(p.ec2.CreateVpc(p, &ec2.CreateVpcInput{CidrBlock: cidr("10.%d.0.0/16"), TagSpecifications: tagged(types.ResourceTypeVpc, o.tags())}))(p)
	n := network{vpc: o.add(leftover.VPCType, *v.Vpc.VpcId)}
	for i, zone := range []string{"a", "b"} {
		s := must(p.ec2.CreateSubnet(p, &ec2.CreateSubnetInput{VpcId: &n.vpc, CidrBlock: cidr("10.%d.%d.0/24", i), AvailabilityZone: aws.String(p.Config.Region + zone),
			TagSpecifications: tagged(types.ResourceTypeSubnet, o.tags())}))(p)
		n.subnets = append(n.subnets, o.add(leftover.SubnetType, *s.Subnet.SubnetId))
	}
	r := must(p.ec2.CreateSubnetCidrReservation(p, &ec2.CreateSubnetCidrReservationInput{SubnetId: &n.subnets[0], Cidr: cidr("10.%d.0.128/26"), ReservationType: types.SubnetCidrReservationTypePrefix}))(p)
	o.add(leftover.ReservationType, *r.SubnetCidrReservation.SubnetCidrReservationId)
	igw := must(p.ec2.CreateInternetGateway(p, &ec2.CreateInternetGatewayInput{TagSpecifications: tagged(types.ResourceTypeInternetGateway, o.tags())}))(p).InternetGateway.InternetGatewayId
	must(p.ec2.AttachInternetGateway(p, &ec2.AttachInternetGatewayInput{InternetGatewayId: igw, VpcId: &n.vpc}))(p)
	o.add(leftover.GatewayType, *igw)
	table := must(p.ec2.CreateRouteTable(p, &ec2.CreateRouteTableInput{VpcId: &n.vpc, TagSpecifications: tagged(types.ResourceTypeRouteTable, o.tags())}))(p).RouteTable.RouteTableId
	must(p.ec2.AssociateRouteTable(p, &ec2.AssociateRouteTableInput{RouteTableId: table, SubnetId: &n.subnets[0]}))(p)
	o.add(leftover.RouteTableType, *table)
	n.group = p.plantGroup(o, n.vpc, o.Cluster+"-lbc-backend", o.tags())
	if p.chance(0.5) {
		eigw := must(p.ec2.CreateEgressOnlyInternetGateway(p, &ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &n.vpc, TagSpecifications: tagged(types.ResourceTypeEgressOnlyInternetGateway, o.tags())}))(p)
		o.add(leftover.EgressGatewayType, *eigw.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId)
	}
	p.plantEgress(o, n)
	return n
}

func (p *Planter) plantGroup(o owner, vpc, name string, tags map[string]string) string {
	g := must(p.ec2.CreateSecurityGroup(p, &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: &name, Description: &name, TagSpecifications: tagged(types.ResourceTypeSecurityGroup, tags)}))(p)
	return o.add(leftover.SecurityGroupType, *g.GroupId)
}

// plantEgress creates a NAT gateway and an endpoint.
func (p *Planter) plantEgress(o owner, n network) {
	if p.chance(0.5) {
		address := must(p.ec2.AllocateAddress(p, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc, TagSpecifications: tagged(types.ResourceTypeElasticIp, o.tags())}))(p).AllocationId
		o.add(leftover.AddressType, *address)
		nat := must(p.ec2.CreateNatGateway(p, &ec2.CreateNatGatewayInput{SubnetId: &n.subnets[0], AllocationId: address, TagSpecifications: tagged(types.ResourceTypeNatgateway, o.tags())}))(p)
		o.add(leftover.NATGatewayType, *nat.NatGateway.NatGatewayId)
	}
	if p.chance(0.5) {
		endpoint := must(p.ec2.CreateVpcEndpoint(p, &ec2.CreateVpcEndpointInput{VpcId: &n.vpc, ServiceName: aws.String("com.amazonaws." + p.Config.Region + ".ec2"), VpcEndpointType: types.VpcEndpointTypeInterface,
			SubnetIds: n.subnets, SecurityGroupIds: []string{n.group}, TagSpecifications: tagged(types.ResourceTypeVpcEndpoint, o.tags())}))(p)
		o.add(leftover.EndpointType, *endpoint.VpcEndpoint.VpcEndpointId)
	}
	if p.chance(0.5) {
		logs := must(p.ec2.CreateFlowLogs(p, &ec2.CreateFlowLogsInput{ResourceIds: []string{n.vpc}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeAll,
			LogDestinationType: types.LogDestinationTypeCloudWatchLogs, LogGroupName: aws.String(o.Cluster + "-flow-" + strings.ToLower(o.Stack)), DeliverLogsPermissionArn: aws.String("arn:aws:iam::" + Account + ":role/" + o.Cluster + "-flow"),
			TagSpecifications: tagged(types.ResourceTypeVpcFlowLog, o.tags())}))(p)
		for _, id := range logs.FlowLogIds {
			o.add(leftover.FlowLogType, id)
		}
	}
}

// plantCompute creates what nodes, the CNI and the EBS CSI driver leave.
func (p *Planter) plantCompute(o owner, n network) {
	cluster := map[string]string{"kubernetes.io/cluster/" + o.Cluster: "owned"}
	if p.chance(0.7) {
		i := must(p.ec2.CreateNetworkInterface(p, &ec2.CreateNetworkInterfaceInput{SubnetId: &n.subnets[1], Groups: []string{n.group}, Description: aws.String("aws-K8S-i-0123456789abcdef0"),
			TagSpecifications: tagged(types.ResourceTypeNetworkInterface, map[string]string{"cluster.k8s.amazonaws.com/name": o.Cluster, "node.k8s.amazonaws.com/instance_id": "i-0123456789abcdef0"})}))(p)
		o.add(leftover.InterfaceType, *i.NetworkInterface.NetworkInterfaceId)
	}
	if p.chance(0.5) {
		v := must(p.ec2.CreateVolume(p, &ec2.CreateVolumeInput{AvailabilityZone: aws.String(p.Config.Region + "a"), Size: aws.Int32(20), TagSpecifications: tagged(types.ResourceTypeVolume, cluster)}))(p)
		o.add(leftover.VolumeType, *v.VolumeId)
		s := must(p.ec2.CreateSnapshot(p, &ec2.CreateSnapshotInput{VolumeId: v.VolumeId, TagSpecifications: tagged(types.ResourceTypeSnapshot, cluster)}))(p)
		o.add(leftover.SnapshotType, *s.SnapshotId)
	}
	if p.chance(0.5) {
		lt := must(p.ec2.CreateLaunchTemplate(p, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("eks-" + o.Cluster + "-" + o.Stack), LaunchTemplateData: &types.RequestLaunchTemplateData{InstanceType: "t3.small"},
			TagSpecifications: tagged(types.ResourceTypeLaunchTemplate, map[string]string{"eks:cluster-name": o.Cluster, "eks:nodegroup-name": "general"})}))(p)
		o.add(leftover.TemplateType, *lt.LaunchTemplate.LaunchTemplateId)
	}
	if p.chance(0.3) {
		i := must(p.ec2.RunInstances(p, &ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: &n.subnets[0], InstanceType: "t3.small",
			TagSpecifications: tagged(types.ResourceTypeInstance, o.tags())}))(p)
		o.add(leftover.InstanceType, *i.Instances[0].InstanceId)
	}
	p.plantGroup(o, n.vpc, "eks-cluster-sg-"+o.Cluster+"-1234567", cluster)
}

// template returns a launch template, or one that is of no stack.
func (p *Planter) template() string {
	for id, typ := range p.Others {
		if typ == "template of no stack" {
			return id
		}
	}
	lt := must(p.ec2.CreateLaunchTemplate(p, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("of-no-stack"),
		LaunchTemplateData: &types.RequestLaunchTemplateData{InstanceType: "t3.small"}}))(p)
	p.Others[*lt.LaunchTemplate.LaunchTemplateId] = "template of no stack"
	return *lt.LaunchTemplate.LaunchTemplateId
}

// Plant creates leftovers of the stack, and resources of two other stacks. One of them has the name of the cluster too
// if rival.
func (p *Planter) Plant(rival bool) {
	mine := owner{Stack, p.Own, 1}
	other := owner{leftover.Subject{Stack: "dev-ap-northeast-22", Cluster: "dev2", Owner: "dev2"}, p.Others, 2}
	owners := []owner{mine, other}
	if rival {
		owners = append(owners, owner{leftover.Subject{Cluster: "dev", Owner: "elsewhere"}, p.Others, 3})
	}
	for _, o := range owners {
		n := p.plantNetwork(o)
		p.plantBalancers(o, n)
		p.plantCompute(o, n)
		p.plantCluster(o, n)
		p.plantGlobal(o)
	}
	p.plantZone(owners...)
}
