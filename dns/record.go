package dns

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// RecordArgs holds the spec and wires of the records of one name.
type RecordArgs struct {
	Host string
	// Types are record types, A or AAAA.
	Types []string
	Zone  *Zone
	// Address is the DNS name of the load balancer, and BalancerZone the hosted zone of ELB that contains it.
	Address      pulumi.StringInput
	BalancerZone string
}

// Record is a name of a load balancer in a hosted zone.
type Record struct{ pulumi.ResourceState }

// NewRecord registers an alias record of each type. An alias may be at the apex of a zone, where a CNAME may not, and
// queries for it are free of charge. An existing record with the name is not overwritten: Route 53 refuses the new one.
func NewRecord(ctx *pulumi.Context, name string, args *RecordArgs, opts ...pulumi.ResourceOption) (*Record, error) {
	r := &Record{}
	if err := ctx.RegisterComponentResource("eksnet:dns:Record", name, r, opts...); err != nil {
		return nil, err
	}
	for _, typ := range args.Types {
		_, err := route53.NewRecord(ctx, name+"-"+typ, &route53.RecordArgs{
			ZoneId: args.Zone.ID,
			Name:   pulumi.String(args.Host),
			Type:   pulumi.String(typ),
			// One record of a name is always returned, whatever the health of its target
			// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias.html).
			Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
				Name: args.Address, ZoneId: pulumi.String(args.BalancerZone), EvaluateTargetHealth: pulumi.Bool(true),
			}},
		}, pulumi.Parent(r))
		if err != nil {
			return nil, fmt.Errorf("record of type %s: %w", typ, err)
		}
	}
	component.Outputs(ctx, r, pulumi.Map{"host": pulumi.String(args.Host)})
	return r, nil
}
