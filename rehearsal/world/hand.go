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
	eni.Outputs["status"] = "available"
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
