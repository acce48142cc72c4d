package world

// MakeInterface creates a network interface in a subnet, as an operator does in the console; it is not attached.
func (w *World) MakeInterface(subnet, description string) (id string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in, err := w.subnetOf("operation error EC2: CreateNetworkInterface", subnet)
	if err != nil {
		return "", err
	}
	vpc := w.get(vpcType, in.text("vpcId"))
	eni := w.attach(networkInterface{subnet: in, description: description, groups: []string{vpc.text("defaultSecurityGroupId")}})
	if err := interfaceSpace.when(eni == nil, subnet); err != nil || eni == nil {
		return "", err
	}
	eni.set("status", "available")
	return eni.ID, nil
}

// MakeLoadBalancer creates an internet-facing Network Load Balancer in subnets of a VPC, as an operator does in the
// console.
func (w *World) MakeLoadBalancer(name string, subnets []string) (arn string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in, err := w.subnetsOf("operation error Elastic Load Balancing v2: CreateLoadBalancer", subnets)
	if err != nil || len(in) == 0 {
		return "", err
	}
	made, err := w.createLoadBalancer(loadBalancer{name: name, kind: "network", scheme: "internet-facing", vpc: in[0].text("vpcId"), subnets: subnets})
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// Hold adds Elastic IP addresses of the operator that belong to no stack; existing ones do not change. It returns the
// new ones.
func (w *World) Hold(allocations ...string) (held []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range allocations {
		if w.get(eipType, id) != nil {
			continue
		}
		o := &Object{Type: eipType, ID: id, Owner: operatorOwner}
		w.showEIP(o, Properties{"publicIp": w.publicAddress()})
		w.put(o)
		held = append(held, id)
	}
	return held
}

// MakeSecurityGroup creates a security group in a VPC, as an operator does in the console.
func (w *World) MakeSecurityGroup(vpc, name string) (id string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := &Object{Type: securityGroupType, Inputs: Properties{"vpcId": vpc, "name": name, "description": name}}
	if err := createGroup(&call{World: w}, o); err != nil {
		return "", err
	}
	w.put(o)
	return o.ID, nil
}

// operatorOwner is the owner of what was in the account before any stack and remains after it.
const operatorOwner = "operator"
