package world

// interfaceType is the type of network interfaces. Programs do not create them: EKS, NAT gateways, endpoints, nodes,
// the CNI and load balancers do.
const interfaceType = "aws:ec2/networkInterface:NetworkInterface"

// networkInterface holds the parameters of a new network interface.
type networkInterface struct {
	subnet      *Object
	owner       string // the actor that creates it
	description string
	groups      []string
	public      string // the public address, "" for none
	instance    string // the instance it is attached to, "" for none
	kind        string // AWS's InterfaceType: interface, nat_gateway, vpc_endpoint, network_load_balancer …
	managed     bool   // by an AWS service, so that only the service can delete it
	tags        map[string]any
}

// attach creates a network interface with one address of its subnet. It returns nil if the subnet has no free address.
func (w *World) attach(spec networkInterface) *Object {
	free := w.roomIn(spec.subnet).singles(1)
	if len(free) == 0 {
		return nil
	}
	address := free[0]
	o := &Object{Type: interfaceType, ID: w.newID("eni-"), Owner: spec.owner}
	o.Outputs = Properties{
		"vpcId": spec.subnet.text("vpcId"), "subnetId": spec.subnet.ID, "privateIp": address, "privateIps": []any{address},
		"description": spec.description, "securityGroups": anyOf(spec.groups), "publicIp": spec.public, "instance": spec.instance,
		"interfaceType": orText(spec.kind, "interface"), "requesterManaged": spec.managed, "status": "in-use",
		"prefixes": []any{}, "pods": []any{}, "tags": spec.tags,
	}
	w.put(o)
	return o
}

// interfacesOf returns the interfaces with a description, by which those of a service are found.
func (w *World) interfacesOf(description string) []*Object {
	return w.with(interfaceType, "description", description)
}
