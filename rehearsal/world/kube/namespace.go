package kube

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

var (
	NamespaceExists = store.NewRule("an object's namespace exists",
		`namespaces %q not found`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
	NamespaceStays = store.NewRule("nothing is created in a namespace that is being deleted",
		`%s %q is forbidden: unable to create new content in namespace %s because it is being terminated`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
	NamespaceKept = store.NewRule("the system's namespaces cannot be deleted",
		`namespaces %q is forbidden: this namespace may not be deleted`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
)

// SystemNamespaces exist in every cluster.
var SystemNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

func namespaceKind() *store.Kind {
	k := kindOf(store.NamespaceType, nil)
	create := k.Create
	k.Create = func(c *store.Call, o *store.Object) error {
		name := store.OrText(store.Nested(o.Inputs, "metadata", "name"), "")
		if err := Unique.When(slices.Contains(SystemNamespaces, name), "namespaces", name); err != nil {
			return err
		}
		return create(c, o)
	}
	return k
}

// namespaceServes refuses an object whose namespace is missing or being deleted.
func namespaceServes(w *store.Account, t *kubernetesType, o *store.Object) error {
	if !t.Namespaced || slices.Contains(SystemNamespaces, Namespace(o)) {
		return nil
	}
	namespace := w.Find(o.Cluster, store.NamespaceType, Namespace(o))
	if err := NamespaceExists.When(namespace == nil, Namespace(o)); err != nil || namespace == nil {
		return err
	}
	return NamespaceStays.When(Deleting(namespace), t.resource(), Name(o), Namespace(o))
}

// NamespaceController empties deleted namespaces.
var NamespaceController = store.Actor{
	Name:  "namespace controller",
	Does:  "deletes the objects in a deleted namespace, then the namespace",
	Needs: "nothing: it runs in EKS's control plane; an object with a finalizer remains until the finalizer's actor acts",
	Items: store.KeysOf(store.NamespaceType), Watch: watchNamespaces, Act: emptyNamespace,
}

// watchNamespaces adds the namespace of an object, or a namespace itself.
func watchNamespaces(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	name := Namespace(changed)
	if changed.Type == store.NamespaceType {
		name = Name(changed)
	}
	if namespace := w.Find(changed.Cluster, store.NamespaceType, name); namespace != nil && Deleting(namespace) {
		add(namespace.Key())
	}
	return true
}

// emptyNamespace deletes the objects in a deleted namespace, and drops the namespace once it is empty and has no
// finalizers.
func emptyNamespace(w *store.Account, item store.Key) (bool, error) {
	namespace := w.Find(item.Cluster, store.NamespaceType, item.ID)
	if namespace == nil || !Deleting(namespace) {
		return false, nil
	}
	changed := false
	content := InNamespace(w, namespace.Cluster, "", Name(namespace))
	for _, o := range content {
		changed = MarkDeleted(w, o) || changed
	}
	if len(content) == 0 && len(Finalizers(namespace)) == 0 {
		w.Drop(namespace)
		changed = true
	}
	return changed, nil
}

// NamespaceLabels returns the labels by which webhooks select namespaces. Every namespace has its name as a label.
func NamespaceLabels(w *store.Account, cluster, name string) map[string]string {
	labels := map[string]string{"kubernetes.io/metadata.name": name}
	if namespace := w.Find(cluster, store.NamespaceType, name); namespace != nil {
		for k, v := range Labels(namespace) {
			labels[k] = v
		}
	}
	return labels
}
