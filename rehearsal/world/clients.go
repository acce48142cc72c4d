package world

// AWS is the client of an aws provider with this configuration. The account must be one of the allowed ones, if any are named.
func (w *World) AWS(region string, allowedAccounts []string, defaultTags map[string]string) (Client, error) {
	if err := w.configure(region, allowedAccounts); err != nil {
		return nil, err
	}
	return &client{world: w, tags: defaultTags}, nil
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
