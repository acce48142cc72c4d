package world

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// meta is an object of a cluster seen through the API's accessors; it shares the object's outputs.
func (o *Object) meta() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: o.Outputs}
}

// namespace is "" for an object of the whole cluster.
func (o *Object) namespace() string { return o.text("metadata.namespace") }

func (o *Object) name() string { return o.text("metadata.name") }

func (o *Object) labels() labels.Set { return o.meta().GetLabels() }

// finalizers are those that hold the object now, whatever its manifest once asked for.
func (o *Object) finalizers() []string { return texts(at(o.Outputs, "metadata.finalizers")) }

// deleting tells whether the object was deleted but waits for its finalizers.
func (o *Object) deleting() bool { return o.text("metadata.deletionTimestamp") != "" }

// addFinalizer makes the object wait for an actor when it is deleted; it tells whether that was new.
func (o *Object) addFinalizer(finalizer string) bool {
	held := o.finalizers()
	if slices.Contains(held, finalizer) {
		return false
	}
	o.set("metadata.finalizers", anyOf(append(held, finalizer)))
	return true
}

// release takes an actor's finalizer off an object, which goes when it was deleted and no finalizer is left.
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

// selected is a condition on the labels of an object. A nil selector selects nothing.
func selected(selector *metav1.LabelSelector) func(*Object) bool {
	matches, err := metav1.LabelSelectorAsSelector(selector)
	return func(o *Object) bool { return err == nil && matches.Matches(o.labels()) }
}

// live is an object as the API's own type, for reading alone: it is decoded once. Outputs have been decoded strictly before they were
// stored.
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

// identity is the id that the provider gives an object: namespace/name, or the name alone.
func identity(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}
