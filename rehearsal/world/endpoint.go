package world

import (
	"slices"
	"strings"
	"time"
)

const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint"

const createEndpointOp = "creating EC2 VPC Endpoint (%s): operation error EC2: CreateVpcEndpoint"

var (
	endpointVPC = rule("an endpoint's VPC exists",
		createEndpointOp+", api error InvalidVpcId.NotFound: The Vpc Id %s does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html")
	endpointService = rule("an endpoint's service exists in the region with the endpoint's type",
		createEndpointOp+", api error InvalidServiceName: The Vpc Endpoint Service '%[1]s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html")
	endpointTables = rule("a gateway endpoint's route tables exist in its VPC",
		createEndpointOp+", api error InvalidRouteTableId.NotFound: The routeTable ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	endpointOncePerTable = rule("a route table has at most one gateway endpoint for a service",
		createEndpointOp+", api error RouteAlreadyExists: route table %s already has a route with destination-prefix-list-id %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	endpointSubnets = rule("an interface endpoint's subnets exist in its VPC",
		createEndpointOp+", api error InvalidSubnetId.NotFound: The subnet ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointZones = rule("an interface endpoint has at most one subnet in a zone",
		createEndpointOp+", api error DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointDNS = rule("private DNS of an endpoint needs the VPC's DNS support and hostnames",
		createEndpointOp+", api error InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointDNSOnce = rule("a service's private DNS name exists at most once in a VPC",
		createEndpointOp+", api error InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointGroups = rule("an interface endpoint's security groups are in its VPC",
		createEndpointOp+", api error InvalidParameter: Security group %s and VPC %s belong to different networks.",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointSubnetsGiven = rule("an interface endpoint with private DNS has subnets",
		createEndpointOp+", api error InvalidParameter: private-dns-enabled needs at least one subnet in %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointSpace = rule("an interface endpoint's subnets have a free address",
		createEndpointOp+", api error InsufficientFreeAddressesInSubnet: Insufficient free addresses in subnet %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
)

// endpointServices are the services that clusters use, and the prefix of the names of their interface endpoints in
// China: with or without cn., and some have none there. The names of gateway endpoints are the same everywhere
// (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html; for China, the response of
// DescribeVpcEndpointServices in https://github.com/aws/aws-cdk, aws-ec2/lib/vpc-endpoint.ts).
var endpointServices = map[string]string{
	"autoscaling": "cn.", "ec2": "cn.", "ecr.api": "cn.", "ecr.dkr": "cn.", "eks": "cn.", "elasticfilesystem": "cn.", "monitoring": "cn.", "s3": "cn.",
	"sts": "cn.", "xray": "cn.", "dynamodb": "", "ec2messages": "", "elasticloadbalancing": "", "kms": "", "logs": "", "secretsmanager": "", "ssm": "",
	"ssmmessages": "", "eks-auth": "none", "acm": "none", "bedrock-runtime": "none",
}

func endpointKinds() []*kind {
	return []*kind{{
		typ: endpointType, tagged: true, defaults: Properties{"vpcEndpointType": "Gateway"},
		forceNew: []string{"serviceName", "serviceRegion", "vpcEndpointType", "vpcId"},
		create:   createEndpoint,
		update:   updateEndpoint,
		remove:   removeEndpoint,
		creation: 45 * time.Second, deletion: 45 * time.Second,
	}}
}

// serviceOf returns the short name of an endpoint's service ("ecr.api"), "" for one that the region does not have.
func serviceOf(endpoint *Object, region string) string {
	name := endpoint.text("serviceName")
	_, short, ok := strings.Cut(name, "com.amazonaws."+region+".")
	prefix, known := endpointServices[short]
	if partitionOf(region).id != "aws-cn" || endpoint.text("vpcEndpointType") != "Interface" {
		prefix = ""
	}
	if !ok || !known || prefix == "none" || name != prefix+"com.amazonaws."+region+"."+short {
		return ""
	}
	return short
}

func createEndpoint(c *call, o *Object) error {
	if err := c.endpointFits(o); err != nil {
		return err
	}
	o.ID = c.newID("vpce-")
	c.showEndpoint(o)
	return nil
}

func (w *World) endpointFits(o *Object) error {
	service, short, vpc := o.text("serviceName"), serviceOf(o, w.region), w.get(vpcType, o.text("vpcId"))
	gateway := o.text("vpcEndpointType") != "Interface"
	err := first(
		endpointVPC.when(vpc == nil, service, o.text("vpcId")),
		endpointService.when(short == "" || gateway && short != "s3" && short != "dynamodb", service))
	switch {
	case err != nil:
		return err
	case gateway:
		return w.endpointTablesFit(o, vpc)
	default:
		return first(w.endpointSubnetsFit(o, vpc), w.endpointDNSFits(o, vpc), w.endpointGroupsFit(o, vpc))
	}
}

func (w *World) endpointGroupsFit(o, vpc *Object) error {
	for _, id := range texts(o.Inputs["securityGroupIds"]) {
		if err := w.groupsExist("creating EC2 VPC Endpoint", []string{id}); err != nil {
			return err
		}
		group := w.get(securityGroupType, id)
		if err := endpointGroups.when(group.text("vpcId") != vpc.ID, o.text("serviceName"), id, vpc.ID); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) endpointTablesFit(o, vpc *Object) error {
	for _, id := range texts(o.Inputs["routeTableIds"]) {
		table := w.get(routeTableType, id)
		others := w.with(endpointType, "serviceName", o.text("serviceName"), func(e *Object) bool {
			return e.ID != o.ID && slices.Contains(e.texts("routeTableIds"), id)
		})
		err := first(
			endpointTables.when(table == nil || table.text("vpcId") != vpc.ID, o.text("serviceName"), id),
			endpointOncePerTable.when(len(others) > 0, o.text("serviceName"), id, prefixList(o.text("serviceName"))))
		if err != nil {
			return err
		}
	}
	return nil
}

// prefixList returns the ID of the prefix list of a service in a region.
func prefixList(service string) string { return "pl-" + lastOf(service, ".") }

func (w *World) endpointSubnetsFit(o, vpc *Object) error {
	zones := map[string]bool{}
	for _, id := range texts(o.Inputs["subnetIds"]) {
		subnet := w.get(subnetType, id)
		if err := endpointSubnets.when(subnet == nil || subnet.text("vpcId") != vpc.ID, o.text("serviceName"), id); err != nil {
			return err
		}
		zone := subnet.text("availabilityZone")
		err := first(
			endpointZones.when(zones[zone], o.text("serviceName"), id),
			endpointSpace.when(w.subnetFree(subnet) < 1 && !w.present(o, id), o.text("serviceName"), id))
		if err != nil {
			return err
		}
		zones[zone] = true
	}
	return nil
}

// present reports whether an endpoint already has an interface in a subnet.
func (w *World) present(endpoint *Object, subnet string) bool {
	return endpoint.ID != "" && len(w.with(interfaceType, "description", endpointInterface+endpoint.ID, where("subnetId", subnet))) > 0
}

// endpointInterface is the prefix of the description of an endpoint's interfaces.
const endpointInterface = "VPC Endpoint Interface "

func (w *World) endpointDNSFits(o, vpc *Object) error {
	private, _ := o.Inputs["privateDnsEnabled"].(bool)
	same := w.with(endpointType, "vpcId", vpc.ID, where("serviceName", o.text("serviceName")), func(e *Object) bool {
		return e.ID != o.ID && e.flag("privateDnsEnabled")
	})
	return first(
		endpointSubnetsGiven.when(private && len(texts(o.Inputs["subnetIds"])) == 0, o.text("serviceName"), vpc.ID),
		endpointDNS.when(private && !(vpc.flag("enableDnsSupport") && vpc.flag("enableDnsHostnames")), o.text("serviceName"), vpc.ID),
		endpointDNSOnce.when(private && len(same) > 0, o.text("serviceName"), o.text("serviceName"), vpc.ID))
}

// showEndpoint sets an endpoint's outputs; an interface endpoint has an interface in each of its subnets.
func (w *World) showEndpoint(o *Object) {
	groups := texts(o.Inputs["securityGroupIds"])
	subnets := texts(o.Inputs["subnetIds"])
	vpc := w.get(vpcType, o.text("vpcId"))
	if len(groups) == 0 && o.text("vpcEndpointType") == "Interface" {
		groups = []string{vpc.text("defaultSecurityGroupId")}
	}
	description := endpointInterface + o.ID
	for _, eni := range w.interfacesOf(description) {
		w.drop(eni)
	}
	enis, configurations := []any{}, []any{}
	for _, id := range subnets {
		eni := w.attach(networkInterface{subnet: w.get(subnetType, id), owner: "vpc-endpoint", description: description, groups: groups,
			kind: "vpc_endpoint", managed: true})
		enis = append(enis, eni.ID)
		configurations = append(configurations, map[string]any{"subnetId": id, "ipv4": eni.text("privateIp")})
	}
	private, _ := o.Inputs["privateDnsEnabled"].(bool)
	o.show(Properties{"arn": w.arn("ec2", "vpc-endpoint/"+o.ID), "cidrBlocks": []any{}, "dnsEntries": []any{},
		"dnsOptions": orValue(o.Inputs["dnsOptions"], map[string]any{"dnsRecordIpType": "ipv4"}), "ipAddressType": "ipv4", "networkInterfaceIds": enis,
		"ownerId": w.options.Account, "policy": orText(o.Inputs["policy"], "{}"), "prefixListId": prefixList(o.text("serviceName")),
		"privateDnsEnabled": private, "requesterManaged": false, "routeTableIds": anyOf(texts(o.Inputs["routeTableIds"])),
		"securityGroupIds": anyOf(groups), "serviceRegion": w.region, "state": "available", "subnetConfigurations": configurations,
		"subnetIds": anyOf(subnets)})
}

func orValue(value, otherwise any) any {
	if value == nil {
		return otherwise
	}
	return value
}

func updateEndpoint(c *call, o, old *Object) error {
	if err := c.endpointFits(o); err != nil {
		return err
	}
	c.showEndpoint(o)
	if old.text("state") == "failed" {
		failures[endpointType](c.World, o)
	}
	return nil
}

func removeEndpoint(c *call, o *Object) error {
	c.takeBackEndpoint(o)
	return nil
}

// takeBackEndpoint deletes the interfaces of an endpoint.
func (w *World) takeBackEndpoint(o *Object) {
	for _, eni := range w.interfacesOf(endpointInterface + o.ID) {
		w.drop(eni)
	}
}

// reaches reports whether a node can call an AWS service. If the VPC has an endpoint with the service's own name, every
// call uses it, even if there is a route to the internet.
func (w *World) reaches(node *Object, service string) bool {
	subnet := w.get(subnetType, node.text("subnetId"))
	if subnet == nil {
		return false
	}
	if endpoint := w.endpointNamed(subnet.text("vpcId"), service); endpoint != nil {
		return w.endpointLetsIn(endpoint, node)
	}
	table := w.tableFor(subnet)
	return w.egress(subnet).works(node.text("publicIP") != "") || len(w.endpointsOf(subnet.text("vpcId"), service, func(e *Object) bool {
		return table != nil && slices.Contains(e.texts("routeTableIds"), table.ID)
	})) > 0
}

// endpointsOf returns a VPC's endpoints of a service that satisfy a condition.
func (w *World) endpointsOf(vpc, service string, holds func(*Object) bool) []*Object {
	return w.with(endpointType, "vpcId", vpc, where("state", "available"), holds, func(e *Object) bool { return serviceOf(e, w.region) == service })
}

// endpointNamed returns the endpoint with a service's own name in a VPC, nil for none.
func (w *World) endpointNamed(vpc, service string) *Object {
	for _, e := range w.endpointsOf(vpc, service, func(e *Object) bool { return e.text("vpcEndpointType") == "Interface" && e.flag("privateDnsEnabled") }) {
		return e
	}
	return nil
}

// endpointLetsIn reports whether an endpoint's security groups allow a node.
func (w *World) endpointLetsIn(endpoint, node *Object) bool {
	eni := w.interfaceOf(node)
	return eni != nil && slices.ContainsFunc(w.interfacesOf(endpointInterface+endpoint.ID), func(at *Object) bool { return w.passes(eni, at, 443) })
}
