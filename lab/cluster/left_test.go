package cluster

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestDefinitionsOfChartsRemainAndNoOthers(t *testing.T) {
	for name, want := range map[string]bool{"targetgroupbindings.elbv2.k8s.aws": true, "dnsendpoints.externaldns.k8s.io": true,
		"httproutes.gateway.networking.k8s.io": false} {
		o := &unstructured.Unstructured{Object: map[string]any{"kind": "CustomResourceDefinition"}}
		o.SetName(name)
		if isOwn(o) != want {
			t.Errorf("%s remains: %t, want %t", name, isOwn(o), want)
		}
	}
}
