package addons

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons/gatewayapi"
	"eksnet/internal/component"
)

// GatewayAPI is the custom resource definitions of the Gateway API, and the admission policy that comes with them: it
// refuses definitions that do not fit those that are installed. They remain in the cluster if they are removed from the
// stack: the deletion of a definition deletes all objects of its kind, also those of others.
type GatewayAPI struct{ pulumi.ResourceState }

// NewGatewayAPI registers a resource for each definition.
func NewGatewayAPI(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*GatewayAPI, error) {
	g := &GatewayAPI{}
	if err := ctx.RegisterComponentResource("eksnet:addons:GatewayAPI", name, g, opts...); err != nil {
		return nil, err
	}
	definitions, err := gatewayapi.Read()
	if err != nil {
		return nil, err
	}
	for _, d := range definitions {
		short, _, _ := strings.Cut(d.Name(), ".")
		_, err := component.NewObject(ctx, name+"-"+short, &component.ObjectArgs{
			APIVersion: d.APIVersion, Kind: d.Kind, Metadata: definitionMetadata(d), Spec: anyMap(withMatchDefaults(d.Spec)),
		}, pulumi.Parent(g), pulumi.RetainOnDelete(true))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name(), err)
		}
	}
	component.Outputs(ctx, g, pulumi.Map{})
	return g, nil
}

// definitionMetadata adds that Pulumi waits until the API server serves the objects of a definition: the load balancer
// controller would not find it before.
func definitionMetadata(d gatewayapi.Definition) pulumi.Map {
	metadata := anyMap(d.Metadata)
	if d.Kind == "CustomResourceDefinition" {
		annotations := pulumi.Map{component.WaitFor: pulumi.String("condition=Established")}
		given, _ := d.Metadata["annotations"].(map[string]any)
		for key, value := range given {
			annotations[key] = pulumi.Any(value)
		}
		metadata["annotations"] = annotations
	}
	return metadata
}

// withMatchDefaults returns a spec with the API server's defaults of what an admission policy, or its binding, matches.
// Server-side apply compares these fields as one value: without the defaults, a policy that the cluster retains could
// not be taken over again (k8s.io/kubernetes, pkg/apis/admissionregistration/v1/defaults.go; MatchResources is atomic).
func withMatchDefaults(spec map[string]any) map[string]any {
	for _, field := range []string{"matchConstraints", "matchResources"} {
		match, is := spec[field].(map[string]any)
		if !is {
			continue
		}
		for key, value := range map[string]any{"matchPolicy": "Equivalent", "namespaceSelector": map[string]any{}, "objectSelector": map[string]any{}} {
			if _, given := match[key]; !given {
				match[key] = value
			}
		}
		rules, _ := match["resourceRules"].([]any)
		for _, rule := range rules {
			if rule, is := rule.(map[string]any); is && rule["scope"] == nil {
				rule["scope"] = "*"
			}
		}
	}
	return spec
}

func anyMap(values map[string]any) pulumi.Map {
	all := pulumi.Map{}
	for key, value := range values {
		all[key] = pulumi.Any(value)
	}
	return all
}
