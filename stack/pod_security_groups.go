package stack

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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

// podSecurityGroup registers the security group of a workload's pods, if they have one of their own. The pods take the
// name of its policy.
func (b *builder) podSecurityGroup(in *kubernetes.Provider, name string, application *workloads.Application, vpc *network.VPC, control *cluster.ControlPlane, opts ...option) {
	spec := b.spec.Workloads[name]
	if !spec.PodSecurityGroup {
		return
	}
	b.podSecurityGroups[name] = registerComponent(b, "security group of the pods of workload "+name, func() (*workloads.PodSecurityGroup, error) {
		return workloads.NewPodSecurityGroup(b.ctx, name, &workloads.PodSecurityGroupArgs{
			Spec: spec, Application: application, ClusterName: b.name, VPC: vpc.ID, ClusterSecurityGroup: control.SecurityGroup,
		}, append(opts, pulumi.Providers(b.aws, in))...)
	})
}

// enforcingMode returns how the VPC CNI enforces security groups of pods, "" if pods have none.
func (b *builder) enforcingMode() string {
	if groups := b.spec.Addons.VPCCNI.PodSecurityGroups; groups != nil {
		return groups.Mode
	}
	return ""
}
