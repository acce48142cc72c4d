package rehearsed

import "slices"

// network returns a VPC with its resources, nothing if there is no such VPC.
func (w *World) network(vpc string) Network {
	n := Network{}
	o := w.Find(vpcType, vpc)
	if o == nil {
		return n
	}
	n.VPC = VPC{ID: o.ID, CIDR: o.Text("cidrBlock"), IPv6CIDR: o.Text("ipv6CidrBlock"), Tags: o.Map("tags")}
	inVPC := func(o *Object) bool { return o.Text("vpcId") == vpc }
	for _, o := range w.All("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", inVPC) {
		n.VPC.MoreCIDRs = append(n.VPC.MoreCIDRs, o.Text("cidrBlock"))
	}
	for _, o := range w.All("aws:ec2/subnet:Subnet", inVPC) {
		n.Subnets = append(n.Subnets, Subnet{ID: o.ID, CIDR: o.Text("cidrBlock"), Zone: o.Text("availabilityZone"),
			IPv6CIDR: o.Text("ipv6CidrBlock"), Public: o.Flag("mapPublicIpOnLaunch"), Tags: o.Map("tags")})
	}
	for _, o := range w.All("aws:ec2/internetGateway:InternetGateway", inVPC) {
		n.InternetGateway = o.ID
	}
	for _, o := range w.All("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", inVPC) {
		n.EgressOnlyGateway = o.ID
	}
	for _, o := range w.All(natGatewayType) {
		if n.hasSubnet(o.Text("subnetId")) && o.Text("privateIp") != "" { // one that did not start has no address
			n.NATGateways = append(n.NATGateways, NATGateway{ID: o.ID, Subnet: o.Text("subnetId"),
				Allocation: o.Text("allocationId"), Interface: o.Text("networkInterfaceId"), PrivateIP: o.Text("privateIp"),
				Tags: o.Map("tags")})
		}
	}
	for _, o := range w.All("aws:ec2/routeTable:RouteTable", inVPC, (*Object).ofProgram) {
		n.RouteTables = append(n.RouteTables, w.routeTable(o))
	}
	return n
}

func (n *Network) hasSubnet(id string) bool {
	return slices.ContainsFunc(n.Subnets, func(s Subnet) bool { return s.ID == id })
}

// ofProgram reports whether the program created an object, and not an actor.
func (o *Object) ofProgram() bool { return o.Owner == "" }

func (w *World) routeTable(o *Object) RouteTable {
	t := RouteTable{ID: o.ID, Tags: o.Map("tags")}
	ofTable := func(other *Object) bool { return other.Text("routeTableId") == o.ID }
	for _, r := range w.All("aws:ec2/route:Route", ofTable) {
		if r.Text("destinationIpv6CidrBlock") != "" {
			t.IPv6Gateway = r.Text("gatewayId") + r.Text("egressOnlyGatewayId")
			continue
		}
		t.Internet = t.Internet || r.Text("gatewayId") != ""
		t.NATGateway += r.Text("natGatewayId")
	}
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
		if o.Owner == "eks" {
			g.Rules = append(g.Rules, w.ClusterGroupRules(o.ID)...)
		}
		groups = append(groups, g)
	}
	return groups
}

// ClusterGroupRules returns the rules with which EKS creates the cluster security group
// (docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html).
func (w *World) ClusterGroupRules(id string) []GroupRule {
	anywhere := []string{"0.0.0.0/0"}
	if w.isIPv6() {
		anywhere = append(anywhere, "::/0")
	}
	return []GroupRule{{Protocol: "-1", Source: id}, {Egress: true, Protocol: "-1", CIDRs: anywhere}}
}

// isIPv6 reports whether the account has an IPv6 cluster.
func (w *World) isIPv6() bool {
	return len(w.All(clusterType, func(o *Object) bool { return newCluster(o).IPv6 })) > 0
}

func newGroupRule(o *Object) GroupRule {
	r := GroupRule{Egress: o.Text("type") == "egress", Protocol: o.Text("protocol"), FromPort: o.Number("fromPort"), ToPort: o.Number("toPort"),
		CIDRs: append(o.Texts("cidrBlocks"), o.Texts("ipv6CidrBlocks")...), Source: o.Text("sourceSecurityGroupId"), Description: o.Text("description")}
	if o.Flag("self") {
		r.Source = o.Text("securityGroupId")
	}
	return r
}
