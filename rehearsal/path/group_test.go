package path_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	model "sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/plan"
	"eksnet/plan/balancer"
	"eksnet/plan/lint"
)

// groupModel returns the plan and the controller's model of a stack whose workloads are members of one group, in the
// order of their positions.
func groupModel(t *testing.T, workloads string) (*plan.Plan, controllerModel, error) {
	t.Helper()
	s, p, _ := readStackFile(workloads)
	var members []workloadObjects
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		members = append(members, registerWorkload(t, s, name))
	}
	slices.SortStableFunc(members, func(a, b workloadObjects) int {
		const order = "alb.ingress.kubernetes.io/group.order"
		return strings.Compare(padNumber(a.ingress.Annotations[order]), padNumber(b.ingress.Annotations[order]))
	})
	m, err := modelOfIngresses("web", members...)
	return p, m, err
}

// padNumber makes numbers comparable as texts.
func padNumber(number string) string { return strings.Repeat("0", 8-len(number)) + number }

func hasWarning(p *plan.Plan, rule string) bool {
	return slices.ContainsFunc(p.Lints, func(l lint.Finding) bool { return l.Rule == rule })
}

const certificateOption = `"certificate": "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"`

func TestTheControllerRefusesTheGroupsThatThePlanRefuses(t *testing.T) {
	for _, test := range []struct {
		a, b, says string // says is the controller's error, "" for none
	}{
		{`"scheme": "internal"`, `"scheme": "internet-facing"`, "conflicting scheme"},
		{`"scheme": "internal"`, `"scheme": "internal"`, ""},
		{`"zones": ["ap-northeast-2a", "ap-northeast-2b"]`, `"zones": ["ap-northeast-2b", "ap-northeast-2a"]`, ""},
		{`"zones": ["ap-northeast-2a", "ap-northeast-2b"]`, `"replicas": 2`, ""},
		{`"securityGroups": ["sg-00000001", "sg-00000002"]`, `"securityGroups": ["sg-00000002", "sg-00000001"]`, "conflicting securityGroups"},
		{`"securityGroups": ["sg-00000001"]`, `"securityGroups": ["sg-00000001"]`, ""},
		{`"securityGroups": ["sg-00000001"]`, `"replicas": 2`, ""},
		{`"sourceRanges": ["10.0.0.0/8"]`, `"sourceRanges": ["192.0.2.0/24"]`, "conflicting inbound-cidrs"},
		{`"sourceRanges": ["10.0.0.0/8", "192.0.2.0/24"]`, `"sourceRanges": ["192.0.2.0/24", "10.0.0.0/8"]`, ""},
		{`"sourceRanges": ["10.0.0.0/8"]`, `"replicas": 2`, ""},
		{`"attributes": {"idle_timeout.timeout_seconds": "30"}`, `"attributes": {"idle_timeout.timeout_seconds": "60"}`, "conflicting load balancer attributes"},
		{`"attributes": {"idle_timeout.timeout_seconds": "30"}`, `"attributes": {"routing.http2.enabled": "false"}`, ""},
		{`"defaultBackend": true`, `"defaultBackend": true`, "multiple ingress defined default backend"},
		{`"defaultBackend": true`, `"replicas": 2`, ""},
	} {
		workloads := `{"a": {"kind": "alb", "group": "web", "paths": ["/a"], ` + test.a + `}, "b": {"kind": "alb", "group": "web", "paths": ["/b"], ` + test.b + `}}`
		p, _, err := groupModel(t, workloads)
		if refused := hasWarning(p, "group-conflict"); refused != (test.says != "") {
			t.Errorf("%s: the plan refuses: %t", workloads, refused)
		}
		if (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: the controller says %v, want %q", workloads, err, test.says)
		}
	}
}

// All members have the zones that one of them names, so the controller does not see the members that the plan
// refuses.
func TestThePlanRefusesMembersThatNameDifferentZones(t *testing.T) {
	const workloads = `{"a": {"kind": "alb", "group": "web", "paths": ["/a"], "zones": ["ap-northeast-2a", "ap-northeast-2b"]},
		"b": {"kind": "alb", "group": "web", "paths": ["/b"], "zones": ["ap-northeast-2b", "ap-northeast-2c"]}}`
	p, _, err := groupModel(t, workloads)
	if !hasWarning(p, "group-conflict") || err != nil {
		t.Errorf("the plan refuses: %t, the controller says %v", hasWarning(p, "group-conflict"), err)
	}
}

func TestAMemberWithoutACertificateHasNoRuleWhereAnotherRedirects(t *testing.T) {
	for _, test := range []struct {
		redirect string
		ruled    bool
	}{{`"redirect": true`, false}, {`"redirect": false`, true}} {
		p, m, err := groupModel(t, `{"a": {"kind": "alb", "group": "web", "paths": ["/a"], `+certificateOption+`, `+test.redirect+`}, "b": {"kind": "alb", "group": "web", "paths": ["/b"]}}`)
		if err != nil {
			t.Fatal(err)
		}
		ruled := false
		for _, rule := range m.rules {
			ruled = ruled || strings.Contains(formatJSON(rule.Spec.Conditions), `"/b"`)
		}
		if ruled != test.ruled || hasWarning(p, "group-redirect") == ruled {
			t.Errorf("%s: b has a rule: %t, and the plan refuses: %t", test.redirect, ruled, hasWarning(p, "group-redirect"))
		}
	}
}

// A hidden rule comes after a rule for the same requests, in the controller's order of rules.
func TestAHiddenRuleIsLaterInTheListener(t *testing.T) {
	for _, test := range []struct {
		order  string
		hidden bool
	}{{`"order": 1, `, true}, {`"order": 900, `, false}, {``, false}} {
		p, m, err := groupModel(t, `{"a": {"kind": "alb", "group": "web", `+test.order+`"paths": ["/"]}, "b": {"kind": "alb", "group": "web", "paths": ["/b"]}}`)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(m.rules, func(a, b *model.ListenerRule) int { return int(a.Spec.Priority - b.Spec.Priority) })
		last := formatJSON(m.rules[len(m.rules)-1].Spec.Conditions)
		if hidden := strings.Contains(last, `"/b"`); hidden != test.hidden || hasWarning(p, "group-rule-hidden") != hidden {
			t.Errorf("order %q: b is last: %t, and the plan warns: %t", test.order, hidden, hasWarning(p, "group-rule-hidden"))
		}
	}
}

func TestTheReadablePartOfALoadBalancersNameIsThatOfTheController(t *testing.T) {
	for name, workload := range map[string]string{
		"shop":                  `{"kind": "nlb"}`,
		"a-shop-with-long-name": `{"kind": "nlb"}`,
		"another-shop-alone":    `{"kind": "alb"}`,
		"shared":                `{"kind": "alb", "group": "all-of.the-shops-on-the-web"}`,
		"few":                   `{"kind": "alb", "group": "web"}`,
	} {
		s, _, problems := readStackFile(`{"` + name + `": ` + workload + `}`)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		o, w := registerWorkload(t, s, name), s.Workloads[name]
		m, err := modelOf(o, w.Group)
		if err != nil {
			t.Fatal(err)
		}
		called := m.balancer.Spec.Name
		if want := balancer.ReadableName(name, w); called[:strings.LastIndex(called, "-")] != want || len(called) > 32 {
			t.Errorf("%s is called %s, and %s- can be read of it", name, called, want)
		}
	}
}
