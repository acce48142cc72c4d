package ec2

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

const createEndpointOp = "creating EC2 VPC Endpoint (%s): operation error EC2: CreateVpcEndpoint"

var (
	EndpointVPC = store.NewRule("an endpoint's VPC exists",
		createEndpointOp+", api error InvalidVpcId.NotFound: The Vpc Id %s does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html")
	EndpointService = store.NewRule("an endpoint's service exists in the region with the endpoint's type",
		createEndpointOp+", api error InvalidServiceName: The Vpc Endpoint Service '%[1]s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html")
	EndpointTables = store.NewRule("a gateway endpoint's route tables exist in its VPC",
		createEndpointOp+", api error InvalidRouteTableId.NotFound: The routeTable ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	EndpointOncePerTable = store.NewRule("a route table has at most one gateway endpoint for a service",
		createEndpointOp+", api error RouteAlreadyExists: route table %s already has a route with destination-prefix-list-id %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html")
	EndpointSubnets = store.NewRule("an interface endpoint's subnets exist in its VPC",
		createEndpointOp+", api error InvalidSubnetId.NotFound: The subnet ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointZones = store.NewRule("an interface endpoint has at most one subnet in a zone",
		createEndpointOp+", api error DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointDNS = store.NewRule("private DNS of an endpoint needs the VPC's DNS support and hostnames",
		createEndpointOp+", api error InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointDNSOnce = store.NewRule("a service's private DNS name exists at most once in a VPC",
		createEndpointOp+", api error InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointGroups = store.NewRule("an interface endpoint's security groups are in its VPC",
		createEndpointOp+", api error InvalidParameter: Security group %s and VPC %s belong to different networks.",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointSubnetsGiven = store.NewRule("an interface endpoint with private DNS has subnets",
		createEndpointOp+", api error InvalidParameter: private-dns-enabled needs at least one subnet in %s",
		"https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
	EndpointSpace = store.NewRule("an interface endpoint's subnets have a free address",
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

// Endpoint is a VPC endpoint.
type Endpoint struct {
	VPC        string   `json:"vpcId"`
	Service    string   `json:"serviceName"`
	Kind       string   `json:"vpcEndpointType"` // Interface or Gateway
	State      string   `json:"state"`
	PrivateDNS bool     `json:"privateDnsEnabled"`
	Subnets    []string `json:"subnetIds"`
	Groups     []string `json:"securityGroupIds"`
	Tables     []string `json:"routeTableIds"`
	Interfaces []string `json:"networkInterfaceIds"`
	Policy     string   `json:"policy"`
}

// EndpointOf returns the properties of a VPC endpoint.
func EndpointOf(o *store.Object) *Endpoint { return store.Decode[Endpoint](o) }

func endpointKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.EndpointType, Tagged: true, Defaults: store.Properties{"vpcEndpointType": "Gateway"},
		ForceNew: []string{"serviceName", "serviceRegion", "vpcEndpointType", "vpcId"},
		Create:   createEndpoint,
		Update:   updateEndpoint,
		Remove:   removeEndpoint,
		Creation: 45 * time.Second, Deletion: 45 * time.Second,
	}}
}

// shortName returns the short name of an endpoint's service ("ecr.api"), "" for one that the region does not have.
func (e *Endpoint) shortName(region string) string {
	_, short, ok := strings.Cut(e.Service, "com.amazonaws."+region+".")
	prefix, known := endpointServices[short]
	if store.PartitionOf(region).ID != "aws-cn" || e.Kind != "Interface" {
		prefix = ""
	}
	if !ok || !known || prefix == "none" || e.Service != prefix+"com.amazonaws."+region+"."+short {
		return ""
	}
	return short
}

func createEndpoint(c *store.Call, o *store.Object) error {
	if err := endpointFits(c.Account, o); err != nil {
		return err
	}
	o.ID = c.NewID("vpce-")
	showEndpoint(c.Account, o)
	return nil
}

func endpointFits(w *store.Account, o *store.Object) error {
	e := declaredEndpoint(o)
	short, vpc := e.shortName(w.Region), w.Get(store.VPCType, e.VPC)
	gateway := e.Kind != "Interface"
	err := store.First(
		EndpointVPC.When(vpc == nil, e.Service, e.VPC),
		EndpointService.When(short == "" || gateway && short != "s3" && short != "dynamodb", e.Service))
	switch {
	case err != nil:
		return err
	case gateway:
		return endpointTablesFit(w, o.ID, e)
	default:
		return store.First(endpointSubnetsFit(w, o.ID, e), endpointDNSFits(w, o.ID, e, vpc), endpointGroupsFit(w, e))
	}
}

// declaredEndpoint returns the inputs of an endpoint. Its outputs also have what AWS adds, such as the VPC's default
// security group.
func declaredEndpoint(o *store.Object) *Endpoint {
	e, _ := store.As[Endpoint](o.Inputs)
	return &e
}

func endpointGroupsFit(w *store.Account, e *Endpoint) error {
	for _, id := range e.Groups {
		if err := CheckSecurityGroups(w, "creating EC2 VPC Endpoint", []string{id}); err != nil {
			return err
		}
		group := w.Get(store.SecurityGroupType, id)
		if err := EndpointGroups.When(SecurityGroupOf(group).VPC != e.VPC, e.Service, id, e.VPC); err != nil {
			return err
		}
	}
	return nil
}

func endpointTablesFit(w *store.Account, own string, e *Endpoint) error {
	for _, id := range e.Tables {
		table := w.Get(store.RouteTableType, id)
		others := w.With(store.EndpointType, "serviceName", e.Service, func(other *store.Object) bool {
			return other.ID != own && slices.Contains(EndpointOf(other).Tables, id)
		})
		err := store.First(
			EndpointTables.When(table == nil || RouteTableOf(table).VPC != e.VPC, e.Service, id),
			EndpointOncePerTable.When(len(others) > 0, e.Service, id, prefixList(e.Service)))
		if err != nil {
			return err
		}
	}
	return nil
}

// prefixList returns the ID of the prefix list of a service in a region.
func prefixList(service string) string { return "pl-" + store.LastOf(service, ".") }

func endpointSubnetsFit(w *store.Account, own string, e *Endpoint) error {
	zones := map[string]bool{}
	for _, id := range e.Subnets {
		subnet := w.Get(store.SubnetType, id)
		if err := EndpointSubnets.When(subnet == nil || SubnetOf(subnet).VPC != e.VPC, e.Service, id); err != nil {
			return err
		}
		zone := SubnetOf(subnet).Zone
		err := store.First(
			EndpointZones.When(zones[zone], e.Service, id),
			EndpointSpace.When(SubnetFree(w, subnet) < 1 && !hasInterface(w, own, id), e.Service, id))
		if err != nil {
			return err
		}
		zones[zone] = true
	}
	return nil
}

// hasInterface reports whether an endpoint already has an interface in a subnet.
func hasInterface(w *store.Account, endpoint, subnet string) bool {
	return endpoint != "" && slices.ContainsFunc(InterfacesOf(w, EndpointInterface+endpoint), func(eni *store.Object) bool {
		return InterfaceOf(eni).Subnet == subnet
	})
}

// EndpointInterface is the prefix of the description of an endpoint's interfaces.
const EndpointInterface = "VPC Endpoint Interface "

func endpointDNSFits(w *store.Account, own string, e *Endpoint, vpc *store.Object) error {
	if !e.PrivateDNS {
		return nil
	}
	v := VPCOf(vpc)
	same := w.With(store.EndpointType, "vpcId", vpc.ID, func(o *store.Object) bool {
		other := EndpointOf(o)
		return o.ID != own && other.Service == e.Service && other.PrivateDNS
	})
	return store.First(
		EndpointSubnetsGiven.When(len(e.Subnets) == 0, e.Service, vpc.ID),
		EndpointDNS.When(!v.DNSSupport || !v.DNSHostnames, e.Service, vpc.ID),
		EndpointDNSOnce.When(len(same) > 0, e.Service, e.Service, vpc.ID))
}

// showEndpoint sets an endpoint's outputs; an interface endpoint has an interface in each of its subnets.
func showEndpoint(w *store.Account, o *store.Object) {
	e := declaredEndpoint(o)
	groups := e.Groups
	if len(groups) == 0 && e.Kind == "Interface" {
		groups = []string{VPCOf(w.Get(store.VPCType, e.VPC)).DefaultGroup}
	}
	description := EndpointInterface + o.ID
	for _, eni := range InterfacesOf(w, description) {
		w.Drop(eni)
	}
	enis, configurations := []any{}, []any{}
	for _, id := range e.Subnets {
		eni := AttachInterface(w, InterfaceSpec{Subnet: w.Get(store.SubnetType, id), Owner: "vpc-endpoint", Description: description, Groups: groups,
			Kind: "vpc_endpoint", Managed: true})
		enis = append(enis, eni.ID)
		configurations = append(configurations, map[string]any{"subnetId": id, "ipv4": InterfaceOf(eni).PrivateIP})
	}
	o.Show(store.Properties{"arn": w.ARN("ec2", "vpc-endpoint/"+o.ID), "cidrBlocks": []any{}, "dnsEntries": []any{},
		"dnsOptions": store.OrValue(o.Inputs["dnsOptions"], map[string]any{"dnsRecordIpType": "ipv4"}), "ipAddressType": "ipv4", "networkInterfaceIds": enis,
		"ownerId": w.Options.Account, "policy": cmp.Or(e.Policy, "{}"), "prefixListId": prefixList(e.Service),
		"privateDnsEnabled": e.PrivateDNS, "requesterManaged": false, "routeTableIds": store.AnyOf(e.Tables),
		"securityGroupIds": store.AnyOf(groups), "serviceRegion": w.Region, "state": "available", "subnetConfigurations": configurations,
		"subnetIds": store.AnyOf(e.Subnets)})
}

func updateEndpoint(c *store.Call, o, old *store.Object) error {
	if err := endpointFits(c.Account, o); err != nil {
		return err
	}
	showEndpoint(c.Account, o)
	if EndpointOf(old).State == "failed" {
		FailEndpoint(c.Account, o)
	}
	return nil
}

// FailEndpoint leaves an endpoint as AWS leaves it after its creation failed.
func FailEndpoint(w *store.Account, o *store.Object) {
	deleteInterfaces(w, o)
	o.Set("state", "failed")
}

func removeEndpoint(c *store.Call, o *store.Object) error {
	deleteInterfaces(c.Account, o)
	return nil
}

// deleteInterfaces deletes the interfaces of an endpoint.
func deleteInterfaces(w *store.Account, o *store.Object) {
	for _, eni := range InterfacesOf(w, EndpointInterface+o.ID) {
		w.Drop(eni)
	}
}

// ReachesService reports whether a node can call an AWS service. If the VPC has an endpoint with the service's own
// name, every call uses it, even if there is a route to the internet.
func ReachesService(w *store.Account, node *store.Object, service string) bool {
	subnet := w.Get(store.SubnetType, node.Text("subnetId"))
	if subnet == nil {
		return false
	}
	vpc := SubnetOf(subnet).VPC
	if endpoint := EndpointNamed(w, vpc, service); endpoint != nil {
		return endpointLetsIn(w, endpoint, node)
	}
	table := tableFor(w, subnet)
	return EgressPathOf(w, subnet).Works(node.Text("publicIP") != "") || len(endpointsOf(w, vpc, service, func(e *Endpoint) bool {
		return table != nil && slices.Contains(e.Tables, table.ID)
	})) > 0
}

// endpointsOf returns a VPC's endpoints of a service that satisfy a condition.
func endpointsOf(w *store.Account, vpc, service string, holds func(*Endpoint) bool) []*store.Object {
	return w.With(store.EndpointType, "vpcId", vpc, func(o *store.Object) bool {
		e := EndpointOf(o)
		return e.State == "available" && holds(e) && e.shortName(w.Region) == service
	})
}

// EndpointNamed returns the endpoint with a service's own name in a VPC, nil for none.
func EndpointNamed(w *store.Account, vpc, service string) *store.Object {
	return store.FirstOf(endpointsOf(w, vpc, service, func(e *Endpoint) bool { return e.Kind == "Interface" && e.PrivateDNS }))
}

// endpointLetsIn reports whether an endpoint's security groups allow a node.
func endpointLetsIn(w *store.Account, endpoint, node *store.Object) bool {
	eni := PrimaryInterface(w, node)
	return eni != nil && slices.ContainsFunc(InterfacesOf(w, EndpointInterface+endpoint.ID), func(at *store.Object) bool { return AllowsTCP(w, eni, at, 443) })
}
