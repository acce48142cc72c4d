package world

// MakeInterface makes a network interface in a subnet, as a person does in the console; it is attached to nothing.
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

// MakeLoadBalancer makes an internet-facing network load balancer in subnets of a VPC, as a person does in the console.
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

// Hold puts elastic addresses into the account that the operator has by itself, apart from any stack; those that stand already stay. It
// tells which are new.
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

// MakeSecurityGroup makes a security group in a VPC, as a person does in the console.
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

// operatorOwner owns what was in the account before any stack and stays after it.
const operatorOwner = "operator"
