package world

import "slices"

var (
	namespaceExists = rule("an object's namespace exists",
		`namespaces %q not found`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go")
	namespaceStays = rule("nothing is created in a namespace that is being deleted",
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

// namespaceServes refuses an object whose namespace is missing or being deleted.
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

// watchNamespaces adds the namespace of an object, or a namespace itself.
func watchNamespaces(w *World, changed *Object, add func(key)) bool {
	name := changed.namespace()
	if changed.Type == namespaceType {
		name = changed.name()
	}
	if namespace := w.find(changed.Cluster, namespaceType, name); namespace != nil && namespace.deleting() {
		add(namespace.key())
	}
	return true
}

// emptyNamespace deletes the objects in a deleted namespace, and drops the namespace once it is empty and has no
// finalizers.
func emptyNamespace(w *World, item key) (bool, error) {
	namespace := w.find(item.cluster, namespaceType, item.id)
	if namespace == nil || !namespace.deleting() {
		return false, nil
	}
	changed := false
	content := w.inNamespace(namespace.Cluster, "", namespace.name())
	for _, o := range content {
		changed = w.markDeleted(o) || changed
	}
	if len(content) == 0 && len(namespace.finalizers()) == 0 {
		w.drop(namespace)
		changed = true
	}
	return changed, nil
}

// namespaceLabels returns the labels by which webhooks select namespaces. Every namespace has its name as a label.
func (w *World) namespaceLabels(cluster, name string) map[string]string {
	labels := map[string]string{"kubernetes.io/metadata.name": name}
	if namespace := w.find(cluster, namespaceType, name); namespace != nil {
		for k, v := range namespace.labels() {
			labels[k] = v
		}
	}
	return labels
}
