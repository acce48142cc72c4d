package scenario_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eksnet/addons"
	"eksnet/plan"
)

// The official documents are part of the controller's module.
func TestTheControllersPolicyIsTheOfficialOneInEveryPartition(t *testing.T) {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/aws-load-balancer-controller").Output()
	if err != nil {
		t.Fatal(err)
	}
	for partition, file := range map[string]string{"aws": "iam_policy.json", "aws-cn": "iam_policy_cn.json", "aws-us-gov": "iam_policy_us-gov.json"} {
		official, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(module)), "docs", "install", file))
		if err != nil {
			t.Fatal(err)
		}
		ours := statementsOf(t, []byte(addons.LoadBalancerPolicy(plan.Partition{Name: partition}).JSON()))
		for _, s := range statementsOf(t, official) {
			if !slices.Contains(ours, s) {
				t.Errorf("%s: the official policy allows and ours does not: %s", partition, s)
			}
			ours = slices.DeleteFunc(ours, func(own string) bool { return own == s })
		}
		if len(ours) > 0 {
			t.Errorf("%s: ours allows and the official policy does not: %s", partition, ours)
		}
	}
}

// statementsOf returns a policy's statements as texts that are equal if the statements mean the same: a single value
// equals a list with one value, and the order of actions and resources does not matter.
func statementsOf(t *testing.T, policy []byte) []string {
	t.Helper()
	var document struct{ Statement []map[string]any }
	if err := json.Unmarshal(policy, &document); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range document.Statement {
		text, _ := json.Marshal(sortLists(s))
		texts = append(texts, string(text))
	}
	return texts
}

func sortLists(value any) any {
	switch v := value.(type) {
	case map[string]any:
		same := map[string]any{}
		for key, element := range v {
			same[key] = sortLists(element)
		}
		return same
	case []any:
		var texts []string
		for _, element := range v {
			texts = append(texts, element.(string))
		}
		slices.Sort(texts)
		return texts
	default:
		return []any{v}
	}
}
