package world

import (
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
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

// configure refuses what an aws provider refuses before its first call, and sets the account's region.
func (w *World) configure(config AWSConfig) (store.Caller, error) {
	if err := ec2.RegionKnown.When(store.Regions[config.Region] == "", config.Region); err != nil {
		return store.Caller{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.Region
	w.Region = config.Region
	who, err := iam.CallerOf(w.Account, config.SignIn)
	account := who.Account()
	if err = store.First(err, iam.AccountAllowed.When(len(config.Accounts) > 0 && !slices.Contains(config.Accounts, account), account)); err != nil {
		w.Region = before
		return store.Caller{}, err
	}
	if before != "" && before != config.Region && len(w.Objects) > 0 {
		w.Region = before
		return store.Caller{}, store.Unmodelled("two regions at a time, and has %d objects in %s: destroy them before %s is used", len(w.Objects), before, config.Region)
	}
	if account != w.Options.Account {
		return store.Caller{}, store.Unmodelled("two accounts: it is %s, and %s is in %s", w.Options.Account, config.Role, account)
	}
	return who, nil
}
