package cnimetrics_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/cnimetrics"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheHelperSendsTheMetricsOfEachNode(t *testing.T) {
	k := worldtest.NewCluster(t)
	helper := k.MetricsHelper()
	if err := cnimetrics.Send(k.World.Account, helper); err != nil {
		t.Fatal(err)
	}
	if lines := k.World.Unreachable(); len(lines) > 0 {
		t.Errorf("unreachable: %v", lines)
	}
	k.Must(k.Delete(store.AttachmentType, "cni-metrics-helper-attachment"))
	if lines := k.World.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], "cni-metrics-helper: no metrics of the VPC CNI: api error AccessDenied") {
		t.Errorf("without its policy: %v", lines)
	}
}

func TestTheHelperMaySendMetricsInItsNamespaceOnly(t *testing.T) {
	k := worldtest.NewCluster(t)
	helper := k.MetricsHelper()
	k.Must(k.Change(store.PolicyType, k.IDs["cni-metrics-helper-policy"], store.Properties{"policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
		"Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": {"StringEquals": {"cloudwatch:namespace": "Other"}}}]}`}))
	worldtest.Refused(t, cnimetrics.Send(k.World.Account, helper), podclient.ProgramAllowed)
}

// Each of the chart's rights is needed.
func TestTheHelperNeedsEachOfItsRights(t *testing.T) {
	k := worldtest.NewCluster(t)
	helper := k.MetricsHelper()
	role := k.World.Find("dev", store.ClusterRoleType, "cni-metrics-helper")
	for _, missing := range []kube.Access{{Verb: "list", Resource: "pods"}, {Verb: "watch", Resource: "pods"}, {Verb: "get", Resource: "pods/proxy"}} {
		var rules []any
		for _, resource := range []string{"pods", "pods/proxy"} {
			for _, verb := range []string{"get", "list", "watch"} {
				if resource != missing.Resource || verb != missing.Verb {
					rules = append(rules, map[string]any{"apiGroups": []any{""}, "resources": []any{resource}, "verbs": []any{verb}})
				}
			}
		}
		role.Set("rules", rules)
		worldtest.Refused(t, cnimetrics.Send(k.World.Account, helper), podclient.ProgramReads)
	}
}
