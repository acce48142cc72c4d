package world

// AWSConfig is the configuration of an aws provider.
type AWSConfig struct {
	// Region is the code of one, never empty.
	Region string
	// Accounts are those in which the provider may work, any if there are none.
	Accounts []string
	// Tags are on every resource that has tags.
	Tags map[string]string
	SignIn
}

// AWS is the client of an aws provider.
func (w *World) AWS(config AWSConfig) (Client, error) {
	who, err := w.configure(config)
	if err != nil {
		return nil, err
	}
	return &client{world: w, tags: config.Tags, caller: who}, nil
}

// Kubernetes is the client of a kubernetes provider with this kubeconfig, a JSON or YAML text. A text that is none is refused
// here; a cluster that does not answer refuses each call.
func (w *World) Kubernetes(kubeconfig string) (Client, error) {
	a, err := readKubeconfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	return &client{world: w, cluster: a.cluster, reachable: a.reach}, nil
}
