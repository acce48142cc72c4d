package component

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// WaitFor is the annotation with the conditions that Pulumi waits for; without it Pulumi does not wait for an object
// that has no type in the SDK (pulumi.com/registry/packages/kubernetes/installation-configuration).
const WaitFor = "pulumi.com/waitFor"

// Object is an object of a cluster that has no type in the Kubernetes SDK, such as one of a custom resource definition.
type Object struct {
	pulumi.CustomResourceState

	Metadata pulumi.MapOutput `pulumi:"metadata"`
	Status   pulumi.MapOutput `pulumi:"status"`
}

// ObjectArgs is the content of an object.
type ObjectArgs struct {
	// APIVersion and Kind are those of the object, such as gateway.networking.k8s.io/v1 and Gateway.
	APIVersion, Kind string
	Metadata, Spec   pulumi.Map
}

// NewObject registers an object by the type token that the Kubernetes provider has for it.
func NewObject(ctx *pulumi.Context, name string, args *ObjectArgs, opts ...pulumi.ResourceOption) (*Object, error) {
	return register(ctx, name, args.Kind, args, opts)
}

// NewPatch registers fields of an object that another resource owns. Pulumi waits for what the annotation of that
// object says, and removes only these fields when it deletes the patch
// (pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply).
func NewPatch(ctx *pulumi.Context, name string, args *ObjectArgs, opts ...pulumi.ResourceOption) (*Object, error) {
	return register(ctx, name, args.Kind+"Patch", args, opts)
}

func register(ctx *pulumi.Context, name, typ string, args *ObjectArgs, opts []pulumi.ResourceOption) (*Object, error) {
	o := &Object{}
	inputs := pulumi.Map{
		"apiVersion": pulumi.String(args.APIVersion), "kind": pulumi.String(args.Kind), "metadata": args.Metadata, "spec": args.Spec,
	}
	if err := ctx.RegisterResource("kubernetes:"+args.APIVersion+":"+typ, name, inputs, o, opts...); err != nil {
		return nil, err
	}
	return o, nil
}

// Name returns the name of the object in the cluster. Objects that use this output are created after the object and
// deleted before it.
func (o *Object) Name() pulumi.StringOutput {
	return o.Metadata.ApplyT(func(metadata map[string]any) string {
		name, _ := metadata["name"].(string)
		return name
	}).(pulumi.StringOutput)
}
