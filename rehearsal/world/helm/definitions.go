package helm

import (
	"helm.sh/helm/v3/pkg/chart"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// installDefinitions stores the chart's CustomResourceDefinitions that the cluster does not have. Helm neither changes
// nor removes them later (https://helm.sh/docs/chart_best_practices/custom_resource_definitions/).
func installDefinitions(w *store.Account, cluster string, loaded *chart.Chart, args *releaseArgs) (made []*store.Object) {
	if args.SkipCrds {
		return nil
	}
	for _, file := range loaded.CRDObjects() {
		definitions, err := documents(string(file.File.Data))
		if err != nil {
			continue
		}
		for _, manifest := range definitions {
			removeDescriptions(manifest)
			o := &store.Object{Type: store.CrdType, Cluster: cluster, Owner: helmOwner, Outputs: manifest}
			if o.ID = kube.Name(o); manifest["kind"] == "CustomResourceDefinition" && w.Find(cluster, store.CrdType, o.ID) == nil {
				kube.EstablishDefinition(o)
				w.Put(o)
				made = append(made, o)
			}
		}
	}
	return made
}

// removeDescriptions removes the descriptions from a definition's schemas: they are most of it, and the account is
// saved often.
func removeDescriptions(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, described := v["description"].(string); described {
			delete(v, "description")
		}
		for _, inner := range v {
			removeDescriptions(inner)
		}
	case []any:
		for _, inner := range v {
			removeDescriptions(inner)
		}
	}
}
