package helm

import (
	"cmp"
	"fmt"
	"slices"

	"helm.sh/helm/v3/pkg/chart"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// renderRelease renders a release into objects, each with the release's mark; an object of an unknown kind is refused.
func renderRelease(w *store.Account, o *store.Object, args *releaseArgs, loaded *chart.Chart) ([]*store.Object, error) {
	rendered, err := Render(loaded, args.Values, args.Name, args.Namespace, versionOf(w, o.Cluster))
	if err != nil {
		return nil, err
	}
	manifests, hooks := splitHooks(rendered)
	if err := checkHooks(hooks); err != nil {
		return nil, err
	}
	var objects []*store.Object
	for _, manifest := range manifests {
		made := &store.Object{Cluster: o.Cluster, Owner: helmOwner, Inputs: manifest}
		apiVersion, _ := manifest["apiVersion"].(string)
		kind, _ := manifest["kind"].(string)
		t := kube.ServedType(w, o.Cluster, apiVersion, kind)
		if err := ReleaseKinds.When(t == nil, kube.Name(made), args.Namespace, kind, apiVersion); err != nil || t == nil {
			return nil, err
		}
		if made.Type = t.Typ; made.Type == store.CrdType {
			removeDescriptions(manifest)
		}
		namespace := kube.Namespace(made)
		if t.Namespaced && namespace == "" {
			namespace = args.Namespace
			store.MapOf(manifest["metadata"])["namespace"] = namespace
		}
		made.ID = kube.ObjectID(namespace, kube.Name(made))
		objects = append(objects, made)
	}
	return objects, nil
}

// versionOf returns the version of Kubernetes of a cluster.
func versionOf(w *store.Account, cluster string) string {
	version := "1.35"
	if o := w.Get(store.ClusterType, cluster); o != nil {
		version = cmp.Or(eks.ClusterOf(o).Version, version)
	}
	return version
}

// releaseMark is the annotation of an object with the name of its release.
const releaseMark = "meta.helm.sh/release"

// installOrder is Helm's (pkg/releaseutil/kind_sorter.go), as far as the order matters here: webhooks are last, so that
// a chart's own Services do not wait for them.
var installOrder = []string{store.SecretType, store.ServiceAccountType, store.ConfigMapType, store.CrdType, store.ClusterRoleType, store.ClusterBindingType, store.ServiceType, store.PodType, store.DeploymentType,
	store.IngressType, store.IngressClassType}

// storeRelease sends a release's objects to the API server in Helm's order. If one is refused, those that were stored
// are deleted. Objects that an earlier release of the same name has left are the release's again.
func storeRelease(w *store.Account, release *store.Object, objects []*store.Object) error {
	slices.SortStableFunc(objects, func(a, b *store.Object) int { return position(a.Type) - position(b.Type) })
	for _, o := range objects {
		existing := w.Find(o.Cluster, o.Type, o.ID)
		if err := ReleaseOwns.When(existing != nil && markOf(existing) != release.ID, "install", store.LastOf(o.Type, ":"), kube.Name(o), kube.Namespace(o)); err != nil {
			return err
		}
	}
	var stored []*store.Object
	for _, o := range objects {
		kept := w.Find(o.Cluster, o.Type, o.ID) != nil
		if err := sendForRelease(w, release, o); err != nil {
			for _, s := range stored {
				w.Drop(s)
			}
			return err
		}
		if !kept {
			stored = append(stored, o)
		}
	}
	return nil
}

// markOf returns the release of an object, "" for none.
func markOf(o *store.Object) string { return kube.Meta(o).GetAnnotations()[releaseMark] }

// position returns a type's position in Helm's order; types that are not in it are after those that are.
func position(typ string) int {
	if at := slices.Index(installOrder, typ); at >= 0 {
		return at
	}
	if typ == store.MutatingType || typ == store.ValidatingType {
		return len(installOrder) + 1
	}
	return len(installOrder)
}

// sendForRelease creates an object, or changes the existing one, and marks it as the release's.
func sendForRelease(w *store.Account, release, o *store.Object) error {
	t := kube.ServedType(w, o.Cluster, o.Text("apiVersion"), o.Text("kind"))
	existing := w.Find(o.Cluster, o.Type, o.ID)
	if existing != nil {
		if err := kube.ChangeObject(w, t, o.Inputs, o, existing); err != nil {
			return fmt.Errorf("cannot patch %q with kind %s: %w", kube.Name(o), t.Kind, err)
		}
	} else if err := kube.AcceptObject(w, t, o); err != nil {
		return fmt.Errorf("failed to create resource: %w", err)
	}
	store.SetNested(o.Outputs, release.ID, "metadata", "annotations", releaseMark)
	w.Put(o)
	return nil
}

// IsInstalled returns the objects of a release.
func IsInstalled(w *store.Account, release *store.Object) []*store.Object {
	return kube.ObjectsIn(w, release.Cluster, "", func(o *store.Object) bool {
		return o.Owner == helmOwner && markOf(o) == release.ID
	})
}

// helmOwner is the owner of what a release installed.
const helmOwner = "helm"
