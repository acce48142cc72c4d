// Package providers puts a simulated world behind the protocol of Pulumi's resource providers: the engine drives
// "aws" and "kubernetes" here as it drives the real ones.
//
// The providers hold no rules of AWS or Kubernetes. They check names and types of properties against the SDKs (package
// schema), keep what is secret secret, work out what an update must replace, and hand everything else to the
// [world.Client] of their configuration.
package providers

import (
	"os"

	"eksnet/rehearsal/world"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
)

// Factory makes a provider of the version that the SDK asks for. Each load of a provider calls it anew.
type Factory = func(version semver.Version) plugin.Provider

// AWSConnect opens an account. The provider has merged the default tags into `tags` and `tagsAll` already.
type AWSConnect = func(world.AWSConfig) (world.Client, error)

// AWS makes aws providers. An error of connect fails the provider's configuration, as a refused account does on AWS.
func AWS(connect AWSConnect) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("aws", version, &awsPackage{connect: connect})
	}
}

// Kubernetes makes kubernetes providers. Connect opens the cluster that a kubeconfig names.
func Kubernetes(connect func(kubeconfig string) (world.Client, error)) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("kubernetes", version, &kubernetesPackage{connect: connect, forgets: os.Getenv(DeleteUnreachable) == "true"})
	}
}

// DeleteUnreachable is the environment variable that lets the kubernetes provider forget, when it deletes, what was in a cluster
// that does not answer.
const DeleteUnreachable = "PULUMI_K8S_DELETE_UNREACHABLE"

// ForgettingKubernetes makes kubernetes providers as Kubernetes does, as if DeleteUnreachable were "true".
func ForgettingKubernetes(connect func(kubeconfig string) (world.Client, error)) Factory {
	return func(version semver.Version) plugin.Provider {
		return newProvider("kubernetes", version, &kubernetesPackage{connect: connect, forgets: true})
	}
}
