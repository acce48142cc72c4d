package stack

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/cluster"
	"eksnet/internal/awsdata"
)

// cniMetricsRole returns nil if the stack file does not install the CNI metrics helper, as the next method does.
func (b *builder) cniMetricsRole(control *cluster.ControlPlane, opts ...option) *addons.ServiceAccountRole {
	if b.spec.Addons.CNIMetricsHelper == nil {
		return nil
	}
	return b.serviceAccountRole("cni-metrics", control, addons.CNINamespace, addons.CNIMetricsServiceAccount,
		pulumi.String(addons.CNIMetricsPolicy().JSON()), opts)
}

func (b *builder) cniMetricsHelper(in *kubernetes.Provider, control *cluster.ControlPlane, role *addons.ServiceAccountRole, opts ...option) *addons.CNIMetricsHelper {
	if b.spec.Addons.CNIMetricsHelper == nil {
		return nil
	}
	return registerComponent(b, "CNI metrics helper", func() (*addons.CNIMetricsHelper, error) {
		return addons.NewCNIMetricsHelper(b.ctx, b.name+"-cni-metrics", &addons.CNIMetricsHelperArgs{
			Spec:        *b.spec.Addons.CNIMetricsHelper,
			Account:     awsdata.EKSRegistryAccounts[b.spec.Region],
			Region:      b.spec.Region,
			Domain:      b.plan.Partition.DNSSuffix,
			ClusterName: control.Name,
			Role:        role.Annotation,
		}, append(opts, pulumi.Provider(in))...)
	})
}
