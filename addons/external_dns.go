package addons

import (
	"fmt"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
	"eksnet/internal/leftover"
)

// The namespace of ExternalDNS, and its service account there. Its role trusts only this service account.
const (
	ExternalDNSNamespace      = "external-dns"
	ExternalDNSServiceAccount = "external-dns"
)

// The names of ExternalDNS' TXT records. The record type is in a label of its own, so that also the TXT record of a
// zone's own domain is in the zone, and a wildcard is not: Route 53 accepts * as the first label only
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html).
const (
	txtPrefix   = "external-dns-%{record_type}."
	txtWildcard = "any"
)

// ExternalDNSArgs holds the spec and wires of ExternalDNS.
type ExternalDNSArgs struct {
	Spec   config.ExternalDNS
	Region string
	Role   pulumi.StringInput
	// Zones holds the IDs of the hosted zones, and Domains their domains, each once.
	Zones   pulumi.StringArray
	Domains []string
	// Owner is in the TXT records of ExternalDNS, which changes and deletes records with its own owner only. Clusters
	// with the same owner would delete each other's records.
	Owner string
}

// ExternalDNS is ExternalDNS, which creates records for Services and Ingresses.
type ExternalDNS struct {
	pulumi.ResourceState

	// Namespace is the name of its namespace.
	Namespace pulumi.StringOutput
}

// ExternalDNSOwner returns the owner of a cluster's records. No cluster name has a dot, so two clusters of an account
// have different owners.
func ExternalDNSOwner(cluster, region string) string {
	return leftover.ExternalDNSOwner(cluster, region)
}

// NewExternalDNS registers the namespace, the service account and the Helm release of ExternalDNS.
func NewExternalDNS(ctx *pulumi.Context, name string, args *ExternalDNSArgs, opts ...pulumi.ResourceOption) (*ExternalDNS, error) {
	e := &ExternalDNS{}
	if err := ctx.RegisterComponentResource("eksnet:addons:ExternalDNS", name, e, opts...); err != nil {
		return nil, err
	}
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(ExternalDNSNamespace)},
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("namespace: %w", err)
	}
	e.Namespace = namespace.Metadata.Name().Elem()
	// The service account is not part of the chart, so that it exists while the release is replaced.
	account, err := newRoleAccount(ctx, name, e, e.Namespace, ExternalDNSServiceAccount, args.Role)
	if err != nil {
		return nil, err
	}
	release := release{chart: charts.ExternalDNS, place: args.Spec.Chart, version: args.Spec.Version, namespace: ExternalDNSNamespace,
		timeout: helmTimeout, values: externalDNSValues(args, account)}
	if err := release.register(ctx, name, e); err != nil {
		return nil, err
	}
	component.Outputs(ctx, e, pulumi.Map{})
	return e, nil
}

// externalDNSValues returns the values of the chart. The policy is always written: the chart has none, and only sync
// deletes records.
func externalDNSValues(args *ExternalDNSArgs, account pulumi.StringInput) pulumi.Map {
	values := pulumi.Map{
		"provider":       pulumi.Map{"name": pulumi.String("aws")},
		"sources":        pulumi.ToStringArray(args.Spec.Sources),
		"policy":         pulumi.String("sync"),
		"registry":       pulumi.String("txt"),
		"txtOwnerId":     pulumi.String(args.Owner),
		"txtPrefix":      pulumi.String(txtPrefix),
		"domainFilters":  pulumi.ToStringArray(args.Domains),
		"extraArgs":      pulumi.Map{"zone-id-filter": args.Zones, "txt-wildcard-replacement": pulumi.String(txtWildcard)},
		"interval":       pulumi.String("1m"),
		"serviceAccount": pulumi.Map{"create": pulumi.Bool(false), "name": account},
		// A loop follows each change of an object, in addition to those of the interval.
		"triggerLoopOnEvent": pulumi.Bool(true),
		// Pods cannot reach the instance metadata service, from which the AWS SDK would read the region.
		"env": pulumi.Array{pulumi.Map{"name": pulumi.String("AWS_REGION"), "value": pulumi.String(args.Region)}},
	}
	if args.Spec.Image != "" {
		// The chart joins both with a colon, also in a digest.
		at := strings.LastIndex(args.Spec.Image, ":")
		values["image"] = pulumi.Map{"repository": pulumi.String(args.Spec.Image[:at]), "tag": pulumi.String(args.Spec.Image[at+1:])}
	}
	return values
}
