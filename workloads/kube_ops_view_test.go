package workloads_test

import (
	"fmt"
	"slices"
	"testing"

	"eksnet/config"
)

func TestKubeOpsViewHasAnAccountOfItsOwnThatOnlyReads(t *testing.T) {
	spec := echoWorkload(config.KindNLB, config.TargetIP)
	spec.App, spec.Image = config.AppKubeOpsView, config.KubeOpsViewImage
	made := registeredResources(t, spec)
	pod := made["Deployment shop"]
	for path, want := range map[string]any{
		"spec.template.spec.serviceAccountName": "shop", "spec.template.spec.automountServiceAccountToken": true,
		"spec.template.spec.securityContext.runAsUser": 1000, "spec.template.spec.containers[0].readinessProbe.httpGet.path": "/health",
		"spec.template.spec.containers[0].ports[0].containerPort": 8080, "spec.template.spec.containers[0].image": config.KubeOpsViewImage,
	} {
		if got := propertyAt(pod, path); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if account := made["ServiceAccount shop"]; propertyAt(account, "metadata.name") != "shop" {
		t.Errorf("the service account is %v", account)
	}
	role, binding := made["ClusterRole shop"], made["ClusterRoleBinding shop"]
	rules := fmt.Sprint(propertyAt(role, "rules[0].verbs"), propertyAt(role, "rules[0].resources"), propertyAt(role, "rules[1].apiGroups"), propertyAt(role, "rules[1].verbs"), propertyAt(role, "rules[2]"))
	if rules != "[list] [nodes pods] [metrics.k8s.io] [get list] <nil>" {
		t.Errorf("the rights are %s", rules)
	}
	if propertyAt(binding, "roleRef.name") != "shop" || propertyAt(binding, "subjects[0].name") != "shop" {
		t.Errorf("the binding is %v", binding)
	}
	if spec.App = config.AppEcho; registeredResources(t, spec)["ClusterRole shop"] != nil {
		t.Error("echo has rights in the cluster")
	}
}

// The calls of the program, as its source lists them: it lists nodes, pods and their metrics
// (codeberg.org/hjacobs/kube-ops-view, kube_ops_view/kubernetes.py).
var kubeOpsViewCalls = []string{"list /nodes", "list /pods", "get metrics.k8s.io/nodes", "get metrics.k8s.io/pods", "list metrics.k8s.io/nodes", "list metrics.k8s.io/pods"}

// A right that is removed leaves a call that is not allowed, and a right that is added is needed by no call.
func TestTheRightsOfKubeOpsViewAreThoseOfItsCalls(t *testing.T) {
	spec := echoWorkload(config.KindNLB, config.TargetIP)
	spec.App, spec.Image = config.AppKubeOpsView, config.KubeOpsViewImage
	role := registeredResources(t, spec)["ClusterRole shop"]
	var rights []string
	for rule := 0; propertyAt(role, fmt.Sprintf("rules[%d]", rule)) != nil; rule++ {
		at := func(key string) []any { return propertyAt(role, fmt.Sprintf("rules[%d].%s", rule, key)).([]any) }
		for _, verb := range at("verbs") {
			for _, group := range at("apiGroups") {
				for _, what := range at("resources") {
					rights = append(rights, fmt.Sprintf("%v %v/%v", verb, group, what))
				}
			}
		}
	}
	if slices.Sort(rights); !slices.Equal(rights, slices.Sorted(slices.Values(kubeOpsViewCalls))) {
		t.Errorf("the rights are %q, and the calls are %q", rights, kubeOpsViewCalls)
	}
}
