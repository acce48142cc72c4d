package stack

import (
	"eksnet/addons"
	"eksnet/cluster"
	"eksnet/config"
)

// podIdentity reports whether pods get the credentials of their roles by EKS Pod Identity.
func (b *builder) podIdentity() bool { return b.spec.Cluster.Identity == config.PodIdentity }

// controllerRoles are the roles of the controllers; those that the stack file does not install are nil.
type controllerRoles struct {
	loadBalancers, externalDNS, externalDNSTeardown, cniMetrics *addons.ServiceAccountRole
}

// podIdentityAssociations returns nil with IRSA, as the next method does.
func (b *builder) podIdentityAssociations(control *cluster.ControlPlane, roles controllerRoles, opts ...option) *addons.PodIdentityAssociations {
	if !b.podIdentity() {
		return nil
	}
	return registerComponent(b, "Pod Identity associations", func() (*addons.PodIdentityAssociations, error) {
		return addons.NewPodIdentityAssociations(b.ctx, b.name, &addons.PodIdentityAssociationsArgs{
			ClusterName:  control.Name,
			Associations: roles.associations(),
		}, b.withAWS(opts)...)
	})
}

// associations returns an association for each role that the stack has.
func (r controllerRoles) associations() map[string]addons.Association {
	all := map[string]addons.Association{}
	add := func(name, namespace, account string, role *addons.ServiceAccountRole) {
		if role != nil {
			all[name] = addons.Association{Namespace: namespace, ServiceAccount: account, Role: role.ARN}
		}
	}
	add("lbc", addons.ControllerNamespace, addons.ControllerServiceAccount, r.loadBalancers)
	add("external-dns", addons.ExternalDNSNamespace, addons.ExternalDNSServiceAccount, r.externalDNS)
	add("external-dns-teardown", addons.ExternalDNSNamespace, addons.ExternalDNSTeardownServiceAccount, r.externalDNSTeardown)
	add("cni-metrics", addons.CNINamespace, addons.CNIMetricsServiceAccount, r.cniMetrics)
	return all
}

func (b *builder) podIdentityAgent(control *cluster.ControlPlane, opts ...option) *addons.Addon {
	if !b.podIdentity() {
		return nil
	}
	return registerComponent(b, "Pod Identity agent", func() (*addons.Addon, error) {
		return addons.NewPodIdentityAgent(b.ctx, b.name+"-pod-identity-agent", &addons.PodIdentityAgentArgs{
			Spec: config.Addon{Version: *b.plan.Addons.PodIdentityAgent}, ClusterName: control.Name,
		}, b.withAWS(opts)...)
	})
}
