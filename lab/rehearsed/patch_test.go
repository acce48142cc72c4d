package rehearsed

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestFieldsOfAResourceOfTheirOwnAreNotAnObject(t *testing.T) {
	s := &Stack{}
	inputs := map[string]any{"kind": "Gateway", "metadata": map[string]any{"name": "web"}}
	s.add(&Object{Type: Gateway, Inputs: inputs})
	s.add(&Object{Type: Gateway + patchSuffix, Inputs: inputs})
	if _, isPatch := PatchedObject(s.Objects[0]); isPatch || s.Objects[0].GetKind() != "Gateway" {
		t.Errorf("the Gateway is %v", s.Objects[0])
	}
	fields, isPatch := PatchedObject(s.Objects[1])
	if !isPatch || s.Objects[1].GetKind() != "GatewayPatch" || fields.GetKind() != "Gateway" || fields.GetName() != "web" {
		t.Errorf("the patch is %v, of %v", s.Objects[1], fields)
	}
	if _, isPatch := PatchedObject(&unstructured.Unstructured{Object: map[string]any{"kind": "Service"}}); isPatch {
		t.Error("a Service counts as a patch")
	}
}
