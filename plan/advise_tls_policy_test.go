package plan_test

import (
	"strings"
	"testing"

	"eksnet/internal/awsdata"
	"eksnet/plan"
)

func TestSecurityPoliciesWithOldVersionsOfTLSAreWarnedOf(t *testing.T) {
	const certificate = `arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012`
	for policy, warned := range map[string]bool{
		awsdata.DefaultTLSPolicy: false, "ELBSecurityPolicy-TLS13-1-3-2021-06": false, "ELBSecurityPolicy-TLS-1-2-2017-01": false,
		"ELBSecurityPolicy-TLS13-1-0-2021-06": true, "ELBSecurityPolicy-TLS-1-1-2017-01": true, "ELBSecurityPolicy-2016-08": true,
	} {
		p, problems := plan.New(loadStack(t, zones3, `eksnet:workloads: {shop: {kind: alb, certificate: "`+certificate+`", tlsPolicy: `+policy+`}}`))
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		found := false
		for _, warning := range p.Warnings {
			found = found || warning.Path == `workloads["shop"].tlsPolicy` && strings.HasPrefix(warning.Text, policy+" accepts clients with TLS 1.0 or 1.1")
		}
		if found != warned {
			t.Errorf("%s: warned is %t: %v", policy, found, p.Warnings)
		}
	}
}

// Members of a group share the listener on port 443, and so its policy.
func TestMembersOfAGroupHaveOneSecurityPolicy(t *testing.T) {
	const certificate = `certificate: "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"`
	const other = `tlsPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06`
	for _, test := range []struct {
		workloads string
		refused   bool
	}{
		{`a: {kind: alb, group: g, paths: [/a], ` + certificate + `}, b: {kind: alb, group: g, ` + certificate + `, ` + other + `}`, true},
		{`a: {kind: alb, group: g, paths: [/a], ` + certificate + `, ` + other + `}, b: {kind: alb, group: g, ` + certificate + `, ` + other + `}`, false},
		{`a: {kind: gateway-nlb, group: g, protocol: TLS, ` + certificate + `}, b: {kind: gateway-nlb, group: g, port: 8443, protocol: TLS, ` + certificate + `, ` + other + `}`, false},
		{`a: {kind: gateway-alb, group: g, paths: [/a], ` + certificate + `}, b: {kind: gateway-alb, group: g, ` + certificate + `, ` + other + `}`, true},
	} {
		s := loadStack(t, zones3, "eksnet:addons: {gatewayApi: {}}", "eksnet:workloads: {"+test.workloads+"}")
		_, problems := plan.New(s)
		want := `workloads["b"].tlsPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06, but workload a of group g has ` + awsdata.DefaultTLSPolicy + ` for the same port, and a group has one load balancer; write one value for both`
		if got := len(problems) == 1 && strings.HasPrefix(problems[0].String(), want); got != test.refused || !test.refused && problems.Err() != nil {
			t.Errorf("%s: %v", test.workloads, problems)
		}
	}
}

// Members with weights share a listener of a Gateway, and so its idle timeout.
func TestMembersOfAGroupHaveOneIdleTimeoutForAPort(t *testing.T) {
	for workloads, refused := range map[string]bool{
		`a: {kind: gateway-nlb, group: g, weight: 1, idleTimeout: 600}, b: {kind: gateway-nlb, group: g, weight: 1, idleTimeout: 700}`: true,
		`a: {kind: gateway-nlb, group: g, weight: 1, idleTimeout: 600}, b: {kind: gateway-nlb, group: g, weight: 1}`:                   false,
		`a: {kind: gateway-nlb, group: g, idleTimeout: 600}, b: {kind: gateway-nlb, group: g, port: 81, idleTimeout: 700}`:             false,
	} {
		_, problems := plan.New(loadStack(t, zones3, "eksnet:addons: {gatewayApi: {}}", "eksnet:workloads: {"+workloads+"}"))
		want := `workloads["b"].idleTimeout: 700, but workload a of group g has 600 for the same port`
		if got := len(problems) == 1 && strings.HasPrefix(problems[0].String(), want); got != refused || !refused && problems.Err() != nil {
			t.Errorf("%s: %v", workloads, problems)
		}
	}
}
