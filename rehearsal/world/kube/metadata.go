package kube

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"

	"eksnet/rehearsal/world/store"
)

// Meta returns an object with the API's accessors; it shares the object's outputs.
func Meta(o *store.Object) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: o.Outputs}
}

// Namespace returns an object's namespace, "" for a cluster-scoped object.
func Namespace(o *store.Object) string { return o.Text("metadata.namespace") }

func Name(o *store.Object) string { return o.Text("metadata.name") }

func Labels(o *store.Object) labels.Set { return Meta(o).GetLabels() }

// Finalizers returns the current finalizers of the object, which may differ from its manifest.
func Finalizers(o *store.Object) []string {
	return store.Texts(store.At(o.Outputs, "metadata.finalizers"))
}

// Deleting reports whether the object is deleted but has finalizers.
func Deleting(o *store.Object) bool { return o.Text("metadata.deletionTimestamp") != "" }

// AddFinalizer adds an actor's finalizer to the object; it reports whether it was missing.
func AddFinalizer(o *store.Object, finalizer string) bool {
	held := Finalizers(o)
	if slices.Contains(held, finalizer) {
		return false
	}
	o.Set("metadata.finalizers", store.AnyOf(append(held, finalizer)))
	return true
}

// Release removes an actor's finalizer from an object, and drops a deleted object without finalizers.
func Release(w *store.Account, o *store.Object, finalizer string) {
	held := slices.DeleteFunc(Finalizers(o), func(f string) bool { return f == finalizer })
	if len(held) > 0 {
		o.Set("metadata.finalizers", store.AnyOf(held))
		return
	}
	o.Unset("metadata.finalizers")
	if Deleting(o) && o.Type != store.NamespaceType {
		w.Drop(o)
	}
}

// Selected returns a condition on the labels of an object. A nil selector selects nothing.
func Selected(selector *metav1.LabelSelector) func(*store.Object) bool {
	matches, err := metav1.LabelSelectorAsSelector(selector)
	return func(o *store.Object) bool { return err == nil && matches.Matches(Labels(o)) }
}

// Live returns an object as the API's own type, for reading only: it is decoded once. Outputs were decoded strictly
// before they were stored.
func Live[T any](o *store.Object) T {
	if value, known := o.Decoded.(T); known {
		return value
	}
	value, _ := store.As[T](o.Outputs)
	if o.Store != nil {
		o.Decoded = value
	}
	return value
}

// Identity returns the ID that the provider gives an object: namespace/name, or only the name.
func Identity(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}
