package cluster

import (
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Caller is who calls AWS: the AWS provider, the eks component, kubectl and the Kubernetes provider are all the same one. Profile and Role are
// empty where the stack file leaves them out: the caller is then whoever runs the command.
type Caller struct {
	Region string
	// Profile is one of the operator's AWS configuration.
	Profile string
	// Role is the ARN of a role that the caller takes. Who makes the cluster with it is, for EKS, the role.
	Role string
}

// Kubeconfig is how kubectl and the Kubernetes provider reach the cluster: with a token that the aws command gets for the caller
// (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). The result is JSON, which is YAML too.
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
		"users":           entry("user", pulumi.Map{"exec": c.caller.token(c.Name)}),
	})
	return pulumi.ToSecret(config).(pulumi.StringOutput)
}

// token is the command that gets a token for the caller
// (docs.aws.amazon.com/cli/latest/reference/eks/get-token.html).
func (c Caller) token(clusterName pulumi.StringOutput) pulumi.Map {
	args := []pulumi.StringOutput{text("--region"), text(c.Region), text("eks"), text("get-token"), text("--cluster-name"), clusterName, text("--output"), text("json")}
	if c.Role != "" {
		args = append(args, text("--role-arn"), text(c.Role))
	}
	exec := pulumi.Map{
		"apiVersion": pulumi.String("client.authentication.k8s.io/v1beta1"),
		"command":    pulumi.String("aws"),
		"args":       pulumi.ToStringArrayOutput(args),
		// Without a terminal the provider must not be asked anything.
		"interactiveMode": pulumi.String("Never"),
	}
	if c.Profile != "" {
		exec["env"] = pulumi.Array{pulumi.StringMap{"name": pulumi.String("AWS_PROFILE"), "value": pulumi.String(c.Profile)}}
	}
	return exec
}

func text(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }

// UpdateKubeconfig is the command that writes the same into a person's own kubeconfig. A role is taken twice: to ask EKS for the cluster, and
// for each token. The aws command knows no proxy, so kubectl adds it.
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

// KubernetesProvider makes objects in the cluster, which it reaches or else tells why not, before anything else. The cluster's ARN is its
// identity: another kubeconfig for the same cluster replaces nothing.
func (c *ControlPlane) KubernetesProvider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*kubernetes.Provider, error) {
	return kubernetes.NewProvider(ctx, name, &kubernetes.ProviderArgs{
		Kubeconfig:            c.kubeconfig(c.reached(ctx)),
		ClusterIdentifier:     c.ARN,
		EnableServerSideApply: pulumi.Bool(true),
	}, opts...)
}
