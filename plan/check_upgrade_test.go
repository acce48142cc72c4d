package plan

import (
	"strings"
	"testing"

	"eksnet/config"
)

func TestAClusterIsUpgradedByOneVersionAndNeverBack(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{ // says is "" where nothing is refused
		{"", "1.33", ""}, {"1.34", "1.34", ""}, {"1.34", "1.35", ""},
		{"1.34", "1.36", `"1.36" is 2 minor versions after 1.34, the version of the existing cluster, and EKS updates by one at a time; write "1.35" and run up first`},
		{"1.33", "1.36", `write "1.34" and run up first`},
		{"1.35", "1.34", `"1.34" is older than 1.35, the version of the existing cluster, and EKS does not downgrade; write "1.35"`},
	} {
		problems := CheckUpgrade(&config.Stack{Cluster: config.Cluster{Version: test.to}}, test.from)
		refused := len(problems) == 1 && problems[0].Path == "cluster.version" && strings.Contains(problems[0].Message, test.says)
		if refused != (test.says != "") || !refused && len(problems) > 0 {
			t.Errorf("from %q to %q: %v, want %q", test.from, test.to, problems, test.says)
		}
	}
}
