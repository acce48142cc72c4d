package rehearsed

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// patchSuffix is the end of the types of resources that own fields of an object of another resource. In a stack their
// kinds end so too.
const patchSuffix = "Patch"

// newPatch returns the fields of an object that a resource of their own has.
func newPatch(o *Object) *unstructured.Unstructured {
	patch := (&unstructured.Unstructured{Object: o.Inputs}).DeepCopy()
	patch.SetKind(patch.GetKind() + patchSuffix)
	return patch
}

// PatchedObject returns the object to which the fields of a patch belong, with these fields alone. It reports false for
// an object of a stack that is not a patch.
func PatchedObject(o *unstructured.Unstructured) (*unstructured.Unstructured, bool) {
	kind, isPatch := strings.CutSuffix(o.GetKind(), patchSuffix)
	if !isPatch {
		return nil, false
	}
	fields := o.DeepCopy()
	fields.SetKind(kind)
	return fields, true
}
