package world_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// refusal is a call that a rule refuses. Other refusals of the call must not matter: without the rule it has another
// result.
type refusal struct {
	when string
	rule store.Rule
	try  func(*worldtest.Lab) error
}

func allRefusals() []refusal {
	return slices.Concat(networkRefusals(), gatewayRefusals(), groupRefusals(), endpointRefusals(), keyRefusals(), iamRefusals(), furtherRefusals(), clusterRefusals(),
		clusterChangeRefusals(), entryRefusals(), addonRefusals(), podIdentityRefusals(), nodeGroupRefusals(), nodeRefusals(), balancerRefusals(), targetGroupRefusals(), accountRefusals(), handRefusals(), addressRefusals(), optionRefusals(), failedRefusals(), ipv6Refusals(), nameRefusals(), podGroupAddonRefusals())
}

func TestWhatAWSRefusesIsRefused(t *testing.T) {
	for _, r := range allRefusals() {
		if passedOver(r.rule) {
			continue
		}
		t.Run(r.when, func(t *testing.T) {
			err := r.try(worldtest.NewLab(t))
			switch got := worldtest.RuleOf(err); {
			case err == nil:
				t.Errorf("accepted, and not refused by the rule: %s", r.rule.Name())
			case got == store.Rule{}:
				t.Errorf("an error without a rule: %v", err)
			case got != r.rule:
				t.Errorf("refused by the rule: %s (%v), want: %s", got.Name(), err, r.rule.Name())
			case strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "MISSING"):
				t.Errorf("the error's text lacks values: %v", err)
			}
		})
	}
}
