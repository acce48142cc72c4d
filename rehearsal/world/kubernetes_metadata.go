package world

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// meta returns an object with the API's accessors; it shares the object's outputs.
func (o *Object) meta() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: o.Outputs}
}

// namespace returns an object's namespace, "" for a cluster-scoped object.
func (o *Object) namespace() string { return o.text("metadata.namespace") }

func (o *Object) name() string { return o.text("metadata.name") }

func (o *Object) labels() labels.Set { return o.meta().GetLabels() }

// finalizers returns the current finalizers of the object, which may differ from its manifest.
func (o *Object) finalizers() []string { return texts(at(o.Outputs, "metadata.finalizers")) }

// deleting reports whether the object is deleted but has finalizers.
func (o *Object) deleting() bool { return o.text("metadata.deletionTimestamp") != "" }

// addFinalizer adds an actor's finalizer to the object; it reports whether it was missing.
func (o *Object) addFinalizer(finalizer string) bool {
	held := o.finalizers()
	if slices.Contains(held, finalizer) {
		return false
	}
	o.set("metadata.finalizers", anyOf(append(held, finalizer)))
	return true
}

// release removes an actor's finalizer from an object, and drops a deleted object without finalizers.
func (w *World) release(o *Object, finalizer string) {
	held := slices.DeleteFunc(o.finalizers(), func(f string) bool { return f == finalizer })
	if len(held) > 0 {
		o.set("metadata.finalizers", anyOf(held))
		return
	}
	o.unset("metadata.finalizers")
	if o.deleting() && o.Type != namespaceType {
		w.drop(o)
	}
}

// selected returns a condition on the labels of an object. A nil selector selects nothing.
func selected(selector *metav1.LabelSelector) func(*Object) bool {
	matches, err := metav1.LabelSelectorAsSelector(selector)
	return func(o *Object) bool { return err == nil && matches.Matches(o.labels()) }
}

// live returns an object as the API's own type, for reading only: it is decoded once. Outputs were decoded strictly
// before they were stored.
func live[T any](o *Object) T {
	if value, known := o.decoded.(T); known {
		return value
	}
	value, _ := as[T](o.Outputs)
	if o.store != nil {
		o.decoded = value
	}
	return value
}

// identity returns the ID that the provider gives an object: namespace/name, or only the name.
func identity(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}
