package world

import (
	"slices"
	"strings"
	"testing"
)

// refusal is a call that a rule refuses. Other refusals of the call must not matter: without the rule it has another
// result.
type refusal struct {
	when string
	rule Rule
	try  func(*lab) error
}

func allRefusals() []refusal {
	return slices.Concat(networkRefusals(), gatewayRefusals(), groupRefusals(), endpointRefusals(), keyRefusals(), iamRefusals(), furtherRefusals(), clusterRefusals(),
		clusterChangeRefusals(), entryRefusals(), addonRefusals(), nodeGroupRefusals(), nodeRefusals(), balancerRefusals(), targetGroupRefusals(), accountRefusals(), handRefusals(), addressRefusals(), optionRefusals(), failedRefusals())
}

func TestWhatAWSRefusesIsRefused(t *testing.T) {
	for _, r := range allRefusals() {
		if passedOver(r.rule) {
			continue
		}
		t.Run(r.when, func(t *testing.T) {
			err := r.try(newLab(t))
			switch got := ruleOf(err); {
			case err == nil:
				t.Errorf("accepted, and not refused by the rule: %s", r.rule.Name())
			case got == Rule{}:
				t.Errorf("an error without a rule: %v", err)
			case got != r.rule:
				t.Errorf("refused by the rule: %s (%v), want: %s", got.Name(), err, r.rule.Name())
			case strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "MISSING"):
				t.Errorf("the error's text lacks values: %v", err)
			}
		})
	}
}

// fails makes a call that must be refused and returns its error.
func (l *lab) fails(typ string, in Properties) error {
	_, err := l.try(typ, in)
	return err
}
