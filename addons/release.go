package addons

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// release is a Helm release of a chart.
type release struct {
	// chart is the name of the chart. place is its repository, the oci:// address of a copy, or the path of a folder that
	// contains it.
	chart, place string
	// name is the name of the release, "" for that of the chart.
	name string
	// version is "" for a chart in a folder.
	version   string
	namespace string
	// within is the name of the namespace as an output, for a release that is created after it; nil for another.
	within pulumi.StringInput
	// timeout is the time in seconds that Helm waits, for each hook too.
	timeout int
	values  pulumi.Map
}

// register registers the release as a child of a component. It is registered by its type token: the SDK's helm package
// would import all of the Kubernetes SDK.
func (r *release) register(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	_, err := r.registerReleased(ctx, name, parent)
	return err
}

// released is a registered release. Resources that use its namespace are created after it and deleted before it.
type released struct {
	pulumi.CustomResourceState

	Namespace pulumi.StringOutput `pulumi:"namespace"`
}

// registerReleased registers the release and returns it.
func (r *release) registerReleased(ctx *pulumi.Context, name string, parent pulumi.Resource) (*released, error) {
	advice, err := component.NewAdvice(ctx, name+"-release", component.Advice{
		"cannot re-use a name that is still in use":                   r.interruptedAdvice("uninstall"),
		"another operation (install/upgrade/rollback) is in progress": r.interruptedAdvice("rollback"),
	})
	if err != nil {
		return nil, err
	}
	registered := &released{}
	err = ctx.RegisterResource("kubernetes:helm.sh/v3:Release", name, r.inputs(), registered, pulumi.Parent(parent), pulumi.ResourceHooks(advice))
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	return registered, nil
}

// inputs returns the inputs of the release. Without maxHistory each update would leave one more Secret in its
// namespace; 10 revisions are the default of helm upgrade (helm.sh/docs/helm/helm_upgrade, --history-max).
func (r *release) inputs() pulumi.Map {
	namespace := r.within
	if namespace == nil {
		namespace = pulumi.String(r.namespace)
	}
	inputs := pulumi.Map{
		"compat":     pulumi.String("true"), // what the SDK's constructor sends
		"namespace":  namespace,
		"name":       pulumi.String(r.releaseName()),
		"timeout":    pulumi.Int(r.timeout),
		"maxHistory": pulumi.Int(10),
		"values":     r.values,
	}
	if r.version != "" {
		inputs["version"] = pulumi.String(r.version)
	}
	switch {
	case strings.HasPrefix(r.place, "oci://"):
		inputs["chart"] = pulumi.String(r.place)
	case strings.HasPrefix(r.place, "./"):
		inputs["chart"] = pulumi.String(r.place + "/" + r.chart)
	default:
		inputs["chart"], inputs["repositoryOpts"] = pulumi.String(r.chart), pulumi.StringMap{"repo": pulumi.String(r.place)}
	}
	return inputs
}

func (r *release) releaseName() string { return cmp.Or(r.name, r.chart) }

// interruptedAdvice returns the advice for a release that is locked because Helm's process was killed. An interrupted
// install has no revision to roll back to.
func (r *release) interruptedAdvice(command string) func(string) string {
	text := fmt.Sprintf("an earlier operation on this release was interrupted, unless another one is running now. Run helm %s %s --namespace %s, then the same command again", command, r.releaseName(), r.namespace)
	return func(string) string { return text }
}

// helmTimeout is the time in seconds that Helm waits for pods to become ready.
const helmTimeout = 300
