package cluster

import (
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Caller is the identity that calls AWS, the same one for the AWS provider, the eks component, kubectl and the
// Kubernetes provider. Profile and Role are empty if the stack file does not set them: the credentials are then those
// of the command's environment.
type Caller struct {
	Region string
	// Profile is a profile in the operator's AWS configuration.
	Profile string
	// Role is the ARN of a role to assume. For EKS, the creator of the cluster is then this role.
	Role string
}

// Kubeconfig returns the kubeconfig for kubectl and the Kubernetes provider, which get their tokens from the aws
// command (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). The result is JSON, which is
// valid YAML.
func (c *ControlPlane) Kubeconfig() pulumi.StringOutput {
	return c.kubeconfig(c.Endpoint)
}

func (c *ControlPlane) kubeconfig(endpoint pulumi.StringOutput) pulumi.StringOutput {
	entry := func(key string, value pulumi.Map) pulumi.Array {
		return pulumi.Array{pulumi.Map{"name": c.ARN, key: value}}
	}
	cluster := pulumi.Map{"server": endpoint, "certificate-authority-data": c.Authority}
	if c.spec.Endpoint.Proxy != "" {
		cluster["proxy-url"] = pulumi.String(c.spec.Endpoint.Proxy)
	}
	config := pulumi.JSONMarshal(pulumi.Map{
		"apiVersion":      pulumi.String("v1"),
		"kind":            pulumi.String("Config"),
		"current-context": c.ARN,
		"clusters":        entry("cluster", cluster),
		"contexts":        entry("context", pulumi.Map{"cluster": c.ARN, "user": c.ARN}),
		"users":           entry("user", pulumi.Map{"exec": c.caller.tokenCommand(c.Name)}),
	})
	return pulumi.ToSecret(config).(pulumi.StringOutput)
}

// tokenCommand returns the command that gets a token for the caller
// (docs.aws.amazon.com/cli/latest/reference/eks/get-token.html).
func (c Caller) tokenCommand(clusterName pulumi.StringOutput) pulumi.Map {
	args := []pulumi.StringOutput{outputString("--region"), outputString(c.Region), outputString("eks"), outputString("get-token"), outputString("--cluster-name"), clusterName, outputString("--output"), outputString("json")}
	if c.Role != "" {
		args = append(args, outputString("--role-arn"), outputString(c.Role))
	}
	exec := pulumi.Map{
		"apiVersion": pulumi.String("client.authentication.k8s.io/v1beta1"),
		"command":    pulumi.String("aws"),
		"args":       pulumi.ToStringArrayOutput(args),
		// The provider has no terminal for a prompt.
		"interactiveMode": pulumi.String("Never"),
	}
	if c.Profile != "" {
		exec["env"] = pulumi.Array{pulumi.StringMap{"name": pulumi.String("AWS_PROFILE"), "value": pulumi.String(c.Profile)}}
	}
	return exec
}

func outputString(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }

// UpdateKubeconfig returns the command that adds the cluster to a user's own kubeconfig. It names a role twice: for the
// request to EKS, and for each token. The aws command has no option for a proxy, so kubectl adds it.
func (c *ControlPlane) UpdateKubeconfig() pulumi.StringOutput {
	words := []string{"aws eks update-kubeconfig --region", c.caller.Region}
	if c.caller.Profile != "" {
		words = append(words, "--profile", c.caller.Profile)
	}
	if c.caller.Role != "" {
		words = append(words, "--role-arn", c.caller.Role, "--assume-role-arn", c.caller.Role)
	}
	command := pulumi.Sprintf("%s --name %s", strings.Join(words, " "), c.Name)
	if proxy := c.spec.Endpoint.Proxy; proxy != "" {
		command = pulumi.Sprintf("%s && kubectl config set-cluster %s --proxy-url=%s", command, c.ARN, proxy)
	}
	return command
}

// KubernetesProvider registers the provider of objects in the cluster, after it has waited for the cluster's endpoint.
// The provider identifies the cluster by its ARN, so that a changed kubeconfig for the same cluster replaces no
// objects.
func (c *ControlPlane) KubernetesProvider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*kubernetes.Provider, error) {
	return kubernetes.NewProvider(ctx, name, &kubernetes.ProviderArgs{
		Kubeconfig:            c.kubeconfig(c.waitForEndpoint(ctx)),
		ClusterIdentifier:     c.ARN,
		EnableServerSideApply: pulumi.Bool(true),
	}, opts...)
}
