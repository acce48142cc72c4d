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

// fieldOf returns the value of a field of an object, or else of its manifest; nil if there is none.
func fieldOf(o *store.Object, path ...string) any {
	if value := store.Nested(o.Outputs, path...); value != nil {
		return value
	}
	return store.Nested(o.Inputs, path...)
}

// textOf returns the string in a field of an object, "" if there is none.
func textOf(o *store.Object, path ...string) string {
	text, _ := fieldOf(o, path...).(string)
	return text
}

// Namespace returns an object's namespace, "" for a cluster-scoped object.
func Namespace(o *store.Object) string { return textOf(o, "metadata", "namespace") }

// Name returns an object's name.
func Name(o *store.Object) string { return textOf(o, "metadata", "name") }

// Labels returns an object's labels.
func Labels(o *store.Object) labels.Set { return Meta(o).GetLabels() }

// Finalizers returns the current finalizers of the object, which may differ from its manifest.
func Finalizers(o *store.Object) []string {
	return Meta(o).GetFinalizers()
}

// Deleting reports whether the object is deleted but has finalizers.
func Deleting(o *store.Object) bool { return textOf(o, "metadata", "deletionTimestamp") != "" }

// AddFinalizer adds an actor's finalizer to the object; it reports whether it was missing.
func AddFinalizer(o *store.Object, finalizer string) bool {
	held := Finalizers(o)
	if slices.Contains(held, finalizer) {
		return false
	}
	o.SetAt(append(held, finalizer), "metadata", "finalizers")
	return true
}

// ReleaseFinalizer removes an actor's finalizer from an object, and drops a deleted object without finalizers.
func ReleaseFinalizer(w *store.Account, o *store.Object, finalizer string) {
	held := slices.DeleteFunc(Finalizers(o), func(f string) bool { return f == finalizer })
	if len(held) > 0 {
		o.SetAt(held, "metadata", "finalizers")
		return
	}
	o.UnsetAt("metadata", "finalizers")
	if Deleting(o) && o.Type != store.NamespaceType {
		w.Drop(o)
	}
}

// SelectedBy returns a condition on the labels of an object. A nil selector selects nothing.
func SelectedBy(selector *metav1.LabelSelector) func(*store.Object) bool {
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

// ObjectID returns the ID that the provider gives an object: namespace/name, or only the name.
func ObjectID(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

// HasLabels reports whether an object has all labels of a selector; an empty one selects nothing.
func HasLabels(o *store.Object, selector map[string]string) bool {
	labels := Labels(o)
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

// setGeneration sets the generation of a custom resource: 1, and one more after each change of anything but its
// metadata and status (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#status-subresource).
// Only these are waited for by their generation, so other objects have none here.
func setGeneration(t *kubernetesType, o, old *store.Object) {
	if t.empty != nil {
		return
	}
	generation := 1.0
	if old != nil {
		generation = Generation(old)
		if !store.Equal(desiredState(o), desiredState(old)) {
			generation++
		}
	}
	o.SetAt(generation, "metadata", "generation")
}

// Generation returns the generation of a custom resource, 0 for another object.
func Generation(o *store.Object) float64 {
	generation, _ := fieldOf(o, "metadata", "generation").(float64)
	return generation
}

// desiredState returns what an object has besides metadata and status.
func desiredState(o *store.Object) map[string]any {
	state := map[string]any{}
	for name, value := range o.Outputs {
		if !slices.Contains([]string{"metadata", "status"}, name) {
			state[name] = value
		}
	}
	return state
}
