package stack

import (
	"eksnet/cluster"
	"eksnet/network"
	"eksnet/workloads"
)

// resourceController returns nil if pods have no security groups of their own.
func (b *builder) resourceController(control *cluster.ControlPlane, opts ...option) *cluster.ResourceController {
	if b.spec.Addons.VPCCNI.PodSecurityGroups == nil {
		return nil
	}
	return registerComponent(b, "policy of the VPC resource controller", func() (*cluster.ResourceController, error) {
		return cluster.NewResourceController(b.ctx, b.name+"-resource-controller", &cluster.ResourceControllerArgs{
			Partition: b.plan.Partition, ClusterRole: control.Role,
		}, b.withAWS(opts)...)
	})
}

// podSecurityGroup returns nil if the pods of a workload have the security group of the cluster.
func (b *builder) podSecurityGroup(name string, vpc *network.VPC, control *cluster.ControlPlane, opts ...option) *workloads.PodSecurityGroup {
	if !b.spec.Workloads[name].PodSecurityGroup {
		return nil
	}
	return registerComponent(b, "security group of the pods of workload "+name, func() (*workloads.PodSecurityGroup, error) {
		return workloads.NewPodSecurityGroup(b.ctx, name, &workloads.PodSecurityGroupArgs{
			Spec: b.spec.Workloads[name], ClusterName: b.name, VPC: vpc.ID, ClusterSecurityGroup: control.SecurityGroup,
		}, b.withAWS(opts)...)
	})
}

// enforcingMode returns how the VPC CNI enforces security groups of pods, "" if pods have none.
func (b *builder) enforcingMode() string {
	if groups := b.spec.Addons.VPCCNI.PodSecurityGroups; groups != nil {
		return groups.Mode
	}
	return ""
}
