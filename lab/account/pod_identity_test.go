package account

import (
	"encoding/json"
	"testing"

	policy "eksnet/internal/iam"
)

func TestARoleIsAssumedForTheServiceAccountInItsTrustPolicyOnly(t *testing.T) {
	var trust policy.Document
	if err := json.Unmarshal([]byte(policy.TrustPods("arn:cluster", "kube-system", "one").JSON()), &trust); err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]bool{"one": true, "other": false} {
		tags := map[string]string{"aws:RequestTag/eks-cluster-arn": "arn:cluster", "aws:RequestTag/kubernetes-namespace": "kube-system",
			"aws:RequestTag/kubernetes-service-account": account}
		if got := allowsPods(trust.Statement[0], tags); got != want {
			t.Errorf("service account %s: %v", account, got)
		}
	}
	if allowsPods(policy.TrustService("pods.eks.amazonaws.com").Statement[0], nil) {
		t.Error("a role whose sessions cannot have tags is assumed")
	}
}
