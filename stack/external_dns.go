package stack

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/cluster"
	"eksnet/dns"
	"eksnet/internal/iam"
)

// externalDNSRole returns nil if the stack file does not install ExternalDNS, as the next methods do.
func (b *builder) externalDNSRole(control *cluster.ControlPlane, zones []*dns.Zone, opts ...option) *addons.ServiceAccountRole {
	if b.spec.Addons.ExternalDNS == nil {
		return nil
	}
	var names []string
	for _, record := range b.plan.Records {
		names = append(names, record.Host)
	}
	return b.serviceAccountRole("external-dns", control, addons.ExternalDNSNamespace, addons.ExternalDNSServiceAccount,
		b.zonePolicy(zones, func(ids []string) *iam.Document { return addons.ExternalDNSPolicy(b.plan.Partition, ids, names) }), opts)
}

func (b *builder) externalDNS(in *kubernetes.Provider, role *addons.ServiceAccountRole, zones []*dns.Zone, opts ...option) *addons.ExternalDNS {
	spec := b.spec.Addons.ExternalDNS
	if spec == nil {
		return nil
	}
	return registerComponent(b, "ExternalDNS", func() (*addons.ExternalDNS, error) {
		return addons.NewExternalDNS(b.ctx, b.name+"-external-dns", &addons.ExternalDNSArgs{
			Spec:    *spec,
			Region:  b.spec.Region,
			Role:    role.Annotation,
			Zones:   b.externalDNSZones(zones),
			Domains: b.spec.ExternalDNSDomains(),
			Owner:   addons.ExternalDNSOwner(b.name, b.spec.Region),
		}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) externalDNSTeardownRole(control *cluster.ControlPlane, zones []*dns.Zone, opts ...option) *addons.ServiceAccountRole {
	if b.spec.Addons.ExternalDNS == nil {
		return nil
	}
	return b.serviceAccountRole("external-dns-teardown", control, addons.ExternalDNSNamespace, addons.ExternalDNSTeardownServiceAccount,
		b.zonePolicy(zones, func(ids []string) *iam.Document { return addons.ExternalDNSTeardownPolicy(b.plan.Partition, ids) }), opts)
}

func (b *builder) externalDNSTeardown(in *kubernetes.Provider, externalDNS *addons.ExternalDNS, role *addons.ServiceAccountRole, zones []*dns.Zone, opts ...option) *addons.ExternalDNSTeardown {
	spec := b.spec.Addons.ExternalDNS
	if spec == nil {
		return nil
	}
	return registerComponent(b, "teardown of ExternalDNS", func() (*addons.ExternalDNSTeardown, error) {
		return addons.NewExternalDNSTeardown(b.ctx, b.name+"-external-dns-teardown", &addons.ExternalDNSTeardownArgs{
			Spec:      *spec,
			Region:    b.spec.Region,
			Namespace: externalDNS.Namespace,
			Role:      role.Annotation,
			Zones:     b.externalDNSZones(zones),
			Owner:     addons.ExternalDNSOwner(b.name, b.spec.Region),
		}, append(opts, pulumi.Provider(in))...)
	})
}

// externalDNSZones returns the IDs of the zones in which ExternalDNS creates records.
func (b *builder) externalDNSZones(zones []*dns.Zone) pulumi.StringArray {
	var ids pulumi.StringArray
	for _, i := range b.spec.ExternalDNSZones() {
		ids = append(ids, zones[i].ID)
	}
	return ids
}

// zonePolicy returns the JSON of a policy for the zones of ExternalDNS, whose IDs are known once those of the stack
// exist.
func (b *builder) zonePolicy(zones []*dns.Zone, policy func(ids []string) *iam.Document) pulumi.StringInput {
	if b.err != nil {
		return nil
	}
	return b.externalDNSZones(zones).ToStringArrayOutput().ApplyT(func(ids []string) string { return policy(ids).JSON() }).(pulumi.StringOutput)
}

// serviceAccountRole registers the role of a controller's service account, with a policy of its own.
func (b *builder) serviceAccountRole(what string, control *cluster.ControlPlane, namespace, account string, policy pulumi.StringInput, opts []option) *addons.ServiceAccountRole {
	return registerComponent(b, "role "+what, func() (*addons.ServiceAccountRole, error) {
		return addons.NewServiceAccountRole(b.ctx, b.name+"-"+what, &addons.ServiceAccountRoleArgs{
			Namespace: namespace, ServiceAccount: account, Policy: policy,
			ProviderARN: control.ProviderARN, Issuer: control.Issuer, ClusterARN: control.ARN,
		}, b.withAWS(opts)...)
	})
}
