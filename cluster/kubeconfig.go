package cluster

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kubeconfig is how kubectl and the Kubernetes provider reach the cluster: with a token that the aws command gets from the
// caller's own credentials (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). The result is JSON, which is YAML too.
func (c *ControlPlane) Kubeconfig(region string) pulumi.StringOutput {
	entry := func(key string, value pulumi.Map) pulumi.Array {
		return pulumi.Array{pulumi.Map{"name": c.ARN, key: value}}
	}
	config := pulumi.JSONMarshal(pulumi.Map{
		"apiVersion":      pulumi.String("v1"),
		"kind":            pulumi.String("Config"),
		"current-context": c.ARN,
		"clusters":        entry("cluster", pulumi.Map{"server": c.Endpoint, "certificate-authority-data": c.Authority}),
		"contexts":        entry("context", pulumi.Map{"cluster": c.ARN, "user": c.ARN}),
		"users": entry("user", pulumi.Map{"exec": pulumi.Map{
			"apiVersion": pulumi.String("client.authentication.k8s.io/v1beta1"),
			"command":    pulumi.String("aws"),
			"args":       pulumi.ToStringArrayOutput([]pulumi.StringOutput{text("--region"), text(region), text("eks"), text("get-token"), text("--cluster-name"), c.Name, text("--output"), text("json")}),
			// Without a terminal the provider must not be asked anything.
			"interactiveMode": pulumi.String("Never"),
		}}),
	})
	return pulumi.ToSecret(config).(pulumi.StringOutput)
}

func text(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }

// KubernetesProvider makes objects in the cluster. The cluster's ARN is its identity: another kubeconfig for the same cluster
// replaces nothing.
func (c *ControlPlane) KubernetesProvider(ctx *pulumi.Context, name, region string, opts ...pulumi.ResourceOption) (*kubernetes.Provider, error) {
	return kubernetes.NewProvider(ctx, name, &kubernetes.ProviderArgs{
		Kubeconfig:            c.Kubeconfig(region),
		ClusterIdentifier:     c.ARN,
		EnableServerSideApply: pulumi.Bool(true),
	}, opts...)
}
