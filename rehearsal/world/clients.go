package world

import (
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// AWSConfig is the configuration of an aws provider.
type AWSConfig struct {
	// Region is the code of a region, never empty.
	Region string
	// Accounts are those in which the provider may work, any if there are none.
	Accounts []string
	// Tags are the default tags.
	Tags map[string]string
	store.SignIn
}

// AWS returns the client of an aws provider.
func (w *World) AWS(config AWSConfig) (store.Client, error) {
	who, err := w.configure(config)
	if err != nil {
		return nil, err
	}
	return &client{world: w, tags: config.Tags, caller: who}, nil
}

// Kubernetes returns the client of a kubernetes provider with a kubeconfig in JSON or YAML. Invalid text is refused
// here; for a cluster that cannot be reached each call is refused.
func (w *World) Kubernetes(kubeconfig string) (store.Client, error) {
	a, err := eks.ReadKubeconfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	return &client{world: w, cluster: a.Cluster, reachable: a.Reach}, nil
}

func (cl *client) With(terms store.Terms) store.Client {
	copied := *cl
	copied.terms = terms
	return &copied
}
