package workloads_test

import (
	"fmt"
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
