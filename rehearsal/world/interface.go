package world

// interfaceType are network interfaces. No program makes them: EKS, NAT gateways, endpoints, nodes, the CNI and load balancers do.
const interfaceType = "aws:ec2/networkInterface:NetworkInterface"

// networkInterface is what is asked for when one is made.
type networkInterface struct {
	subnet      *Object
	owner       string // the actor
	description string
	groups      []string
	public      string // the public address, "" for none
	instance    string // the instance it is attached to, "" for none
	kind        string // AWS's InterfaceType: interface, nat_gateway, vpc_endpoint, network_load_balancer …
	managed     bool   // by the service that asked for it, so that nobody else can delete it
	tags        map[string]any
}

// attach makes a network interface with one address of its subnet. It is nil where the subnet has no address left.
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

// interfacesOf are the interfaces with a description, as one finds those of a service.
func (w *World) interfacesOf(description string) []*Object {
	return w.with(interfaceType, "description", description)
}
