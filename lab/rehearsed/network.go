package rehearsed

import "slices"

// network returns a VPC with its resources, nothing if there is no such VPC.
func (w *World) network(vpc string) Network {
	n := Network{}
	o := w.Find(vpcType, vpc)
	if o == nil {
		return n
	}
	n.VPC = VPC{ID: o.ID, CIDR: o.Text("cidrBlock"), Tags: o.Map("tags")}
	inVPC := func(o *Object) bool { return o.Text("vpcId") == vpc }
	for _, o := range w.All("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", inVPC) {
		n.VPC.MoreCIDRs = append(n.VPC.MoreCIDRs, o.Text("cidrBlock"))
	}
	for _, o := range w.All("aws:ec2/subnet:Subnet", inVPC) {
		n.Subnets = append(n.Subnets, Subnet{ID: o.ID, CIDR: o.Text("cidrBlock"), Zone: o.Text("availabilityZone"),
			Public: o.Flag("mapPublicIpOnLaunch"), Tags: o.Map("tags")})
	}
	for _, o := range w.All("aws:ec2/internetGateway:InternetGateway", inVPC) {
		n.InternetGateway = o.ID
	}
	for _, o := range w.All("aws:ec2/routeTable:RouteTable", inVPC, (*Object).ofProgram) {
		n.RouteTables = append(n.RouteTables, w.routeTable(o))
	}
	return n
}

// ofProgram reports whether the program created an object, and not an actor.
func (o *Object) ofProgram() bool { return o.Owner == "" }

func (w *World) routeTable(o *Object) RouteTable {
	t := RouteTable{ID: o.ID, Tags: o.Map("tags")}
	ofTable := func(other *Object) bool { return other.Text("routeTableId") == o.ID }
	t.Internet = slices.ContainsFunc(w.All("aws:ec2/route:Route", ofTable), func(r *Object) bool { return r.Text("gatewayId") != "" })
	for _, association := range w.All("aws:ec2/routeTableAssociation:RouteTableAssociation", ofTable) {
		t.Subnets = append(t.Subnets, association.Text("subnetId"))
	}
	return t
}

// securityGroups returns the security groups that exist before a controller acts: the program's and the cluster
// security group. The VPC's default security group is not included.
func (w *World) securityGroups() []SecurityGroup {
	var groups []SecurityGroup
	for _, o := range w.All(SecurityGroupType, func(o *Object) bool { return o.Owner == "" || o.Owner == "eks" }) {
		g := SecurityGroup{ID: o.ID, Name: o.Text("name"), Description: o.Text("description"), Tags: o.Map("tags")}
		for _, r := range w.All(SecurityGroupRule, (*Object).ofProgram, func(r *Object) bool { return r.Text("securityGroupId") == o.ID }) {
			g.Rules = append(g.Rules, newGroupRule(r))
		}
		groups = append(groups, g)
	}
	return groups
}

func newGroupRule(o *Object) GroupRule {
	r := GroupRule{Egress: o.Text("type") == "egress", Protocol: o.Text("protocol"), FromPort: o.Number("fromPort"), ToPort: o.Number("toPort"),
		CIDRs: o.Texts("cidrBlocks"), Source: o.Text("sourceSecurityGroupId"), Description: o.Text("description")}
	if o.Flag("self") {
		r.Source = o.Text("securityGroupId")
	}
	return r
}
