package plan_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestAWebACLIsRefusedWhereTheControllerCannotCallWAF(t *testing.T) {
	const webACL = ":regional/webacl/shop/12345678-1234-1234-1234-123456789012"
	for name, test := range map[string]struct {
		change  func(*config.Stack)
		waf     string
		problem string // "" for none
	}{
		"a path to WAF": {func(*config.Stack) {}, "arn:aws:wafv2:ap-northeast-2:111122223333" + webACL, ""},
		"no NAT": {func(s *config.Stack) { s.Network.NAT, s.Network.Endpoints = config.NATNone, config.Endpoints{"auto"} },
			"arn:aws:wafv2:ap-northeast-2:111122223333" + webACL, `workloads["shop"].waf: arn:aws:wafv2:ap-northeast-2:111122223333` + webACL + `, but without NAT`},
		"no NAT and no web ACL": {func(s *config.Stack) { s.Network.NAT, s.Network.Endpoints = config.NATNone, config.Endpoints{"auto"} }, config.NoWAF, ""},
		"China": {func(s *config.Stack) {
			s.Region, s.Network.Zones = "cn-north-1", []string{"cn-north-1a", "cn-north-1b"}
		},
			"arn:aws-cn:wafv2:cn-north-1:111122223333" + webACL, `workloads["shop"].waf: arn:aws-cn:wafv2:cn-north-1:111122223333` + webACL + `, but there is no AWS WAF`},
		"another partition": {func(*config.Stack) {}, "arn:aws-us-gov:wafv2:ap-northeast-2:111122223333" + webACL,
			`workloads["shop"].waf: arn:aws-us-gov:wafv2:ap-northeast-2:111122223333` + webACL + ` is not in the partition of aws:region`},
	} {
		s := plantest.Stack()
		s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, Target: config.TargetIP, Scheme: config.InternetFacing, Paths: []string{"/"}, WAF: test.waf}}
		test.change(s)
		_, problems := plan.New(s)
		var found string
		for _, p := range problems {
			if strings.HasSuffix(p.Path, ".waf") {
				found = p.String()
			}
		}
		if !strings.HasPrefix(found, test.problem) || (found == "") != (test.problem == "") {
			t.Errorf("%s: %q", name, found)
		}
	}
}
