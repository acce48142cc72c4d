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
	endpointService = rule("an endpoint's service exists in the region, and as the type that is asked for",
		createEndpointOp+", api error InvalidServiceName: The Vpc Endpoint Service '%[1]s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html")
	endpointTables = rule("a gateway endpoint's route tables exist in its VPC",
		createEndpointOp+", api error InvalidRouteTableId.NotFound: The routeTable ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	endpointOncePerTable = rule("a route table has one gateway endpoint for a service",
		createEndpointOp+", api error RouteAlreadyExists: route table %s already has a route with destination-prefix-list-id %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	endpointSubnets = rule("an interface endpoint's subnets exist in its VPC",
		createEndpointOp+", api error InvalidSubnetId.NotFound: The subnet ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointZones = rule("an interface endpoint has one subnet in a zone",
		createEndpointOp+", api error DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointDNS = rule("private DNS of an endpoint needs the VPC's DNS support and hostnames",
		createEndpointOp+", api error InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointDNSOnce = rule("a service's private DNS name stands once in a VPC",
		createEndpointOp+", api error InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	endpointSpace = rule("an interface endpoint's subnets have a free address",
		createEndpointOp+", api error InsufficientFreeAddressesInSubnet: Insufficient free addresses in subnet %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
)

// endpointServices are the services that endpoints of this project may name.
var endpointServices = []string{"autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms",
	"logs", "monitoring", "s3", "secretsmanager", "ssm", "ssmmessages", "sts", "xray"}

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

// serviceOf is the short name of an endpoint's service ("ecr.api").
func serviceOf(endpoint *Object, region string) string {
	name := strings.TrimPrefix(endpoint.text("serviceName"), "cn.")
	short, ok := strings.CutPrefix(name, "com.amazonaws."+region+".")
	if !ok {
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
	known := slices.Contains(endpointServices, short) || short == "dynamodb"
	err := first(
		endpointVPC.when(vpc == nil, service, o.text("vpcId")),
		endpointService.when(!known || gateway && short != "s3" && short != "dynamodb", service))
	switch {
	case err != nil:
		return err
	case gateway:
		return w.endpointTablesFit(o, vpc)
	default:
		return first(w.endpointSubnetsFit(o, vpc), w.endpointDNSFits(o, vpc), w.groupsExist("creating EC2 VPC Endpoint", o.texts("securityGroupIds")))
	}
}

func (w *World) endpointTablesFit(o, vpc *Object) error {
	for _, id := range texts(o.Inputs["routeTableIds"]) {
		table := w.get(routeTableType, id)
		others := w.all(endpointType, where("serviceName", o.text("serviceName")), func(e *Object) bool {
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

// prefixList stands for the addresses of a service in a region.
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

// present tells whether an endpoint has its interface in a subnet already.
func (w *World) present(endpoint *Object, subnet string) bool {
	return endpoint.ID != "" && len(w.all(interfaceType, where("description", endpointInterface+endpoint.ID), where("subnetId", subnet))) > 0
}

// endpointInterface begins the description of an endpoint's interfaces.
const endpointInterface = "VPC Endpoint Interface "

func (w *World) endpointDNSFits(o, vpc *Object) error {
	private, _ := o.Inputs["privateDnsEnabled"].(bool)
	same := w.all(endpointType, where("vpcId", vpc.ID), where("serviceName", o.text("serviceName")), func(e *Object) bool {
		return e.ID != o.ID && e.flag("privateDnsEnabled")
	})
	return first(
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

func updateEndpoint(c *call, o, _ *Object) error {
	if err := c.endpointFits(o); err != nil {
		return err
	}
	c.showEndpoint(o)
	return nil
}

func removeEndpoint(c *call, o *Object) error {
	for _, eni := range c.interfacesOf(endpointInterface + o.ID) {
		c.drop(eni)
	}
	return nil
}

// reaches tells whether things in a subnet, with or without a public address of their own, can call an AWS service.
func (w *World) reaches(subnet *Object, public bool, service string) bool {
	if w.egress(subnet).works(public) {
		return true
	}
	table := w.tableFor(subnet)
	return len(w.all(endpointType, where("vpcId", subnet.text("vpcId")), func(e *Object) bool {
		if serviceOf(e, w.region) != service {
			return false
		}
		if e.text("vpcEndpointType") == "Interface" {
			return e.flag("privateDnsEnabled")
		}
		return table != nil && slices.Contains(e.texts("routeTableIds"), table.ID)
	})) > 0
}
