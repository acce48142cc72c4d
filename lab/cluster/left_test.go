package cluster

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestDefinitionsAndClassesOfIstioRemainUntilTheClusterIsDeletedAndNothingElse(t *testing.T) {
	for object, want := range map[string]bool{
		"CustomResourceDefinition targetgroupbindings.elbv2.k8s.aws":               true,
		"CustomResourceDefinition dnsendpoints.externaldns.k8s.io":                 true,
		"CustomResourceDefinition httproutes.gateway.networking.k8s.io":            true,
		"ValidatingAdmissionPolicy safe-upgrades.gateway.networking.k8s.io":        true,
		"ValidatingAdmissionPolicyBinding safe-upgrades.gateway.networking.k8s.io": true,
		"CustomResourceDefinition virtualservices.networking.istio.io":             true,
		"GatewayClass istio":        true,
		"GatewayClass istio-remote": true,
		"GatewayClass alb":          false,
		"Gateway istio":             false,
		"ValidatingAdmissionPolicy stable-channel-default-policy.istio.io": false,
		"CustomResourceDefinition cninodes.example.com":                    false,
		"ClusterRole safe-upgrades.gateway.networking.k8s.io":              false,
	} {
		kind, name, _ := strings.Cut(object, " ")
		o := &unstructured.Unstructured{Object: map[string]any{"kind": kind}}
		o.SetName(name)
		if isOwn(o) != want {
			t.Errorf("%s remains: %t, want %t", object, isOwn(o), want)
		}
	}
}

func TestTheCertificateOfTheMeshRemainsInNamespacesOfTheClusterOnly(t *testing.T) {
	for namespace, want := range map[string]bool{"default": true, "kube-public": true, "shop": false, "istio-system": false} {
		o := &unstructured.Unstructured{Object: map[string]any{"kind": "ConfigMap"}}
		for _, name := range istioAuthority {
			o.SetName(name)
			o.SetNamespace(namespace)
			if isOwn(o) != want {
				t.Errorf("%s remains in namespace %s: %t, want %t", name, namespace, isOwn(o), want)
			}
		}
	}
}

func TestWhatEKSCreatesForItsControllersBelongsToTheCluster(t *testing.T) {
	for label, want := range map[string]bool{ofEKS: true, "app": false} {
		o := &unstructured.Unstructured{Object: map[string]any{"kind": "MutatingWebhookConfiguration"}}
		o.SetName("vpc-resource-mutating-webhook")
		o.SetLabels(map[string]string{label: "vpc-resource-controller"})
		if isOwn(o) != want {
			t.Errorf("with label %s it belongs to the cluster: %t, want %t", label, isOwn(o), want)
		}
	}
}
