package cluster

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"eksnet/lab/rehearsed"
)

func TestCoreDNSHasTheConfigurationOfItsAddon(t *testing.T) {
	installed := &rehearsed.Object{Inputs: map[string]any{"spec": map[string]any{"replicas": 3.0, "template": map[string]any{"spec": map[string]any{
		"tolerations": []any{map[string]any{"key": "dedicated", "operator": "Exists"}}}}}}}
	objects, err := coreDNSObjects(installed)
	if err != nil || len(objects) != 6 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	var d appsv1.Deployment
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(objects[5].Object, &d); err != nil {
		t.Fatal(err)
	}
	spec := d.Spec.Template.Spec
	if *d.Spec.Replicas != 3 || len(spec.Tolerations) != 1 || spec.Tolerations[0].Key != "dedicated" || spec.Containers[0].ReadinessProbe == nil {
		t.Errorf("%+v", d.Spec)
	}
}
