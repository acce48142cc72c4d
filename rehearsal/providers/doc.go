// Package providers implements the protocol of Pulumi's resource providers for a simulated account: the engine calls
// "aws" and "kubernetes" here as it calls the real ones.
//
// The providers have no rules of AWS or Kubernetes. They check names and types of properties against the SDKs (package
// schema), keep secrets encrypted, compute what an update must replace, and pass everything else to the [world.Client]
// of their configuration.
package providers

import (
	"os"

	"eksnet/rehearsal/world"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
)

// Factory returns a provider of the version that the SDK requests. Each load of a provider calls it.
type Factory = func(version semver.Version) plugin.Provider

// AWSConnect opens an account. The provider has merged the default tags into `tags` and `tagsAll` already.
type AWSConnect = func(world.AWSConfig) (world.Client, error)

// AWS returns a factory of aws providers. An error of connect fails the provider's configuration, as an account that is
// not allowed does on AWS.
func AWS(connect AWSConnect) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("aws", version, &awsPackage{connect: connect})
	}
}

// Kubernetes returns a factory of kubernetes providers. Connect opens the cluster of a kubeconfig.
func Kubernetes(connect func(kubeconfig string) (world.Client, error)) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("kubernetes", version, &kubernetesPackage{connect: connect, forgets: os.Getenv(DeleteUnreachable) == "true"})
	}
}

// DeleteUnreachable is the environment variable with which the kubernetes provider removes from the state, on delete,
// the objects of a cluster that does not respond.
const DeleteUnreachable = "PULUMI_K8S_DELETE_UNREACHABLE"

// ForgettingKubernetes is Kubernetes with DeleteUnreachable set to "true".
func ForgettingKubernetes(connect func(kubeconfig string) (world.Client, error)) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("kubernetes", version, &kubernetesPackage{connect: connect, forgets: true})
	}
}
