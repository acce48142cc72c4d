package world

import "slices"

var (
	namespaceExists = rule("an object's namespace exists",
		`namespaces %q not found`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
	namespaceStays = rule("nothing is made in a namespace that is going",
		`%s %q is forbidden: unable to create new content in namespace %s because it is being terminated`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
	namespaceKept = rule("the system's namespaces cannot be deleted",
		`namespaces %q is forbidden: this namespace may not be deleted`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
)

// systemNamespaces exist in every cluster.
var systemNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

func namespaceKind() *kind {
	k := kubernetesKind(namespaceType, nil)
	create := k.create
	k.create = func(c *call, o *Object) error {
		name, _ := at(o.Inputs, "metadata.name").(string)
		if err := unique.when(slices.Contains(systemNamespaces, name), "namespaces", name); err != nil {
			return err
		}
		return create(c, o)
	}
	return k
}

// namespaceServes refuses an object whose namespace is missing or going.
func (w *World) namespaceServes(t *kubernetesType, o *Object) error {
	if !t.namespaced || slices.Contains(systemNamespaces, o.namespace()) {
		return nil
	}
	namespace := w.find(o.Cluster, namespaceType, o.namespace())
	if err := namespaceExists.when(namespace == nil, o.namespace()); err != nil || namespace == nil {
		return err
	}
	return namespaceStays.when(namespace.deleting(), t.resource(), o.name(), o.namespace())
}

// namespaceController empties a namespace that was deleted, and drops it once nothing is left in it and nobody's finalizer
// holds it.
func namespaceController(w *World) bool {
	changed := false
	for _, namespace := range w.all(namespaceType, (*Object).deleting) {
		content := w.in(namespace.Cluster, "", inNamespace(namespace.name()))
		for _, o := range content {
			changed = w.markDeleted(o) || changed
		}
		if len(content) == 0 && len(namespace.finalizers()) == 0 {
			w.drop(namespace)
			changed = true
		}
	}
	return changed
}

// namespaceLabels are the labels that webhooks select namespaces by. Every namespace carries its name.
func (w *World) namespaceLabels(cluster, name string) map[string]string {
	labels := map[string]string{"kubernetes.io/metadata.name": name}
	if namespace := w.find(cluster, namespaceType, name); namespace != nil {
		for k, v := range namespace.labels() {
			labels[k] = v
		}
	}
	return labels
}
