package world

import (
	"maps"
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// PublishChart publishes a chart that the world has in another repository or in another version. The content is the
// same.
func (w *World) PublishChart(chart, repository, version string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Options.Published = append(slices.Clip(w.Options.Published), store.PublishedChart{Chart: chart, Repository: repository, Version: version})
}

// ScaleNodeGroup sets the desired size of a node group, as the cluster autoscaler or an operator does; it is identified
// by its cluster and its name on AWS. The size then differs from what any program has sent, and a refresh reports it.
func (w *World) ScaleNodeGroup(cluster, name string, desired int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	group := w.Get(store.NodeGroupType, cluster+":"+name)
	if err := nodepkg.NodeGroupFound.When(group == nil, cluster+":"+name); err != nil || group == nil {
		return err
	}
	scaled := store.Clone(store.MapOf(group.Inputs["scalingConfig"]))
	scaled["desiredSize"] = float64(desired)
	if err := nodepkg.ScalingFits(nodepkg.NodeRescaling, &store.Object{Inputs: store.Properties{"scalingConfig": scaled}}, group.ID); err != nil {
		return err
	}
	group.Own()
	group.Inputs["scalingConfig"], group.Outputs["scalingConfig"] = scaled, store.Clone(scaled)
	group.Written()
	if err := nodepkg.ScaleNodeGroup(w.Account, group, nodepkg.Degraded); err != nil {
		return err
	}
	w.Settle()
	return nil
}

// ScaleDeployment sets the number of pods of a Deployment, as kubectl scale does.
func (w *World) ScaleDeployment(id string, replicas int) {
	w.change(func() {
		for _, o := range w.All(store.DeploymentType, func(o *store.Object) bool { return o.ID == id }) {
			kube.ScaleByHand(o, replicas)
		}
		w.Settle()
	})
}

// ApplyManifest creates an object of a cluster without references to types of the SDK, such as a definition, as kubectl
// apply --server-side does. The object belongs to no stack.
func (w *World) ApplyManifest(cluster string, manifest store.Properties) (err error) {
	w.change(func() {
		err = kube.ApplyByHand(w.Account, cluster, manifest)
		w.Settle()
	})
	return err
}

// MakeInterface creates a network interface in a subnet, as an operator does in the console; it is not attached.
func (w *World) MakeInterface(subnet, description string) (id string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in, err := ec2.FindSubnet(w.Account, "operation error EC2: CreateNetworkInterface", subnet)
	if err != nil {
		return "", err
	}
	vpc := ec2.VPCOf(w.Get(store.VPCType, ec2.SubnetOf(in).VPC))
	eni := ec2.AttachInterface(w.Account, ec2.InterfaceSpec{Subnet: in, Description: description, Groups: []string{vpc.DefaultGroup}})
	if err := nodepkg.InterfaceSpace.When(eni == nil, subnet); err != nil || eni == nil {
		return "", err
	}
	eni.Set("status", "available")
	return eni.ID, nil
}

// MakeLoadBalancer creates an internet-facing Network Load Balancer in subnets of a VPC, as an operator does in the
// console.
func (w *World) MakeLoadBalancer(name string, subnets []string) (arn string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in, err := ec2.FindSubnets(w.Account, "operation error Elastic Load Balancing v2: CreateLoadBalancer", subnets)
	if err != nil || len(in) == 0 {
		return "", err
	}
	made, err := elb.CreateLoadBalancer(w.Account, elb.LoadBalancerSpec{Name: name, Kind: "network", Scheme: "internet-facing", VPC: ec2.SubnetOf(in[0]).VPC, Subnets: subnets})
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
		if w.Get(store.EipType, id) != nil {
			continue
		}
		o := &store.Object{Type: store.EipType, ID: id, Owner: store.OperatorOwner}
		ec2.ShowAddress(w.Account, o, store.Properties{"publicIp": ec2.PublicAddress(w.Account)})
		w.Put(o)
		held = append(held, id)
	}
	return held
}

// HoldAll adds resources of the operator; existing ones do not change.
func (w *World) HoldAll(all store.OperatorResources) {
	w.Hold(all.ElasticIPs...)
	w.HoldPrefixLists(all.PrefixLists)
	for _, name := range all.KeyPairs {
		w.HoldKeyPair(name)
	}
	for _, zone := range all.HostedZones {
		w.HoldZone(zone)
	}
	for _, id := range slices.Sorted(maps.Keys(all.IPAMPools)) {
		w.HoldIPAMPool(id, all.IPAMPools[id])
	}
}

// HoldIPAMPool adds an IPAM pool of the operator with a range; an existing one does not change.
func (w *World) HoldIPAMPool(id, cidr string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ec2.HoldIPAMPool(w.Account, id, cidr)
}

// HoldPrefixLists adds prefix lists of the operator, by ID with their maximum number of entries; existing ones do not
// change.
func (w *World) HoldPrefixLists(lists map[string]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(lists)) {
		ec2.HoldPrefixList(w.Account, id, lists[id])
	}
}

// HoldKeyPair adds a key pair of the operator, which belongs to no stack; an existing one does not change.
func (w *World) HoldKeyPair(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ec2.HoldKeyPair(w.Account, name)
}

// HoldZone adds a hosted zone of the operator that belongs to no stack; an existing one does not change. It returns its
// ID.
func (w *World) HoldZone(zone store.HostedZone) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return route53.HoldZone(w.Account, zone)
}

// HoldRecord adds a record of the operator to a hosted zone.
func (w *World) HoldRecord(zone, name, typ, value string) (err error) {
	w.change(func() { err = route53.MakeRecord(w.Account, store.OperatorOwner, zone, name, typ, value) })
	return err
}

// HoldBucket adds a bucket of the operator that belongs to no stack.
func (w *World) HoldBucket(name string, bucket elb.Bucket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	elb.HoldBucket(w.Account, name, bucket)
}

// MakeSecurityGroup creates a security group in a VPC, as an operator does in the console.
func (w *World) MakeSecurityGroup(vpc, name string) (id string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := &store.Object{Type: store.SecurityGroupType, Inputs: store.Properties{"vpcId": vpc, "name": name, "description": name}}
	if err := ec2.CreateSecurityGroup(&store.Call{Account: w.Account}, o); err != nil {
		return "", err
	}
	w.Put(o)
	return o.ID, nil
}
