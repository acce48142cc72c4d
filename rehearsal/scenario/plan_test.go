package scenario_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"eksnet/plan"
	"eksnet/rehearsal/engine"
	"eksnet/stack"
)

// planOf returns the plan of a stack file.
func planOf(t *testing.T, dir, name string) *plan.Plan {
	t.Helper()
	loaded, err := engine.LoadStack(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := loaded.Settings()
	if err != nil {
		t.Fatal(err)
	}
	_, planned, err := stack.Read(func(key string) (string, bool) { value, set := settings[key]; return value, set }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return planned
}

// Staging has a node group of AL2023 and one of Bottlerocket, and separate subnets for pods, for which EKS does not
// compute the number.
func TestNodesGetThePlannedNumberOfPods(t *testing.T) {
	const name = "staging-eu-west-1"
	forms := map[string]string{"batch": "maxPods: %d\n", "general": "max-pods = %d\n"}
	for _, group := range planOf(t, root, name).Groups {
		userData := graphOf(t, name).find(t, template, "staging-"+group.Name)[0].Inputs["userData"]
		text, err := base64.StdEncoding.DecodeString(fmt.Sprint(userData))
		if want := fmt.Sprintf(forms[group.Name], group.KubeletMaxPods); err != nil || group.KubeletMaxPods == 0 || !strings.Contains(string(text), want) {
			t.Errorf("the user data of %s is %s (%v), and %q is planned", group.Name, text, err, want)
		}
	}
	for _, template := range localGraph(t).find(t, template, "") {
		if template.Inputs["userData"] == nil {
			continue
		}
		if text, _ := base64.StdEncoding.DecodeString(fmt.Sprint(template.Inputs["userData"])); strings.Contains(string(text), "axPods") {
			t.Errorf("the user data is %s, and EKS sets the number", text)
		}
	}
}

func TestAddonsHaveThePlannedVersions(t *testing.T) {
	planned := planOf(t, root, "local").Addons
	for name, want := range map[string]string{"vpc-cni": planned.VPCCNI, "kube-proxy": planned.KubeProxy, "coredns": planned.CoreDNS} {
		if version := localGraph(t).find(t, addon, "local-"+name)[0].Inputs["addonVersion"]; want == "" || version != want {
			t.Errorf("%s is %v, and %q is planned", name, version, want)
		}
	}
}
