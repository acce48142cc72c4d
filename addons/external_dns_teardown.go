package addons

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
)

// ExternalDNSTeardownServiceAccount is the service account, in the namespace of ExternalDNS, of the Job that waits for
// the end of its records. Its role trusts only this service account.
const ExternalDNSTeardownServiceAccount = "external-dns-teardown"

// ExternalDNSTeardownArgs holds the spec and wires of the last step of ExternalDNS.
type ExternalDNSTeardownArgs struct {
	Spec      config.ExternalDNS
	Region    string
	Namespace pulumi.StringInput
	Role      pulumi.StringInput
	Zones     pulumi.StringArray
	Owner     string
}

// ExternalDNSTeardown is a Helm release whose deletion takes until ExternalDNS has deleted its records. Neither
// ExternalDNS nor its chart has a step for that, and Pulumi runs no hooks of a program in a destroy: a chart of the
// stack has a Job that Helm runs before it deletes the release.
type ExternalDNSTeardown struct{ pulumi.ResourceState }

// NewExternalDNSTeardown registers the release and the service account of its Job.
func NewExternalDNSTeardown(ctx *pulumi.Context, name string, args *ExternalDNSTeardownArgs, opts ...pulumi.ResourceOption) (*ExternalDNSTeardown, error) {
	e := &ExternalDNSTeardown{}
	if err := ctx.RegisterComponentResource("eksnet:addons:ExternalDNSTeardown", name, e, opts...); err != nil {
		return nil, err
	}
	account, err := newRoleAccount(ctx, name, e, args.Namespace, ExternalDNSTeardownServiceAccount, args.Role)
	if err != nil {
		return nil, err
	}
	release := release{chart: charts.ExternalDNSTeardown, place: charts.OwnCharts, namespace: ExternalDNSNamespace,
		timeout: args.Spec.TeardownTimeout + teardownMargin,
		values: pulumi.Map{
			"image": pulumi.String(args.Spec.TeardownImage), "serviceAccount": account, "region": pulumi.String(args.Region),
			"zones": args.Zones, "owner": pulumi.String(args.Owner), "timeout": pulumi.Int(args.Spec.TeardownTimeout),
		}}
	if err := release.register(ctx, name, e); err != nil {
		return nil, err
	}
	component.Outputs(ctx, e, pulumi.Map{})
	return e, nil
}

// teardownMargin is the time in seconds that Helm waits longer than the Job, whose pod has to start.
const teardownMargin = 120
