package gateway

import (
	"strings"
	"testing"
)

// withConditions returns a Gateway of generation 2.
func withConditions(conditions ...map[string]any) map[string]any {
	var all []any
	for _, c := range conditions {
		all = append(all, c)
	}
	return map[string]any{"metadata": map[string]any{"generation": int64(2)}, "status": map[string]any{"conditions": all}}
}

func TestAGatewayIsDeployedIfItsConditionsAreTrueForItsGeneration(t *testing.T) {
	of := func(kind, status string, generation int64) map[string]any {
		return map[string]any{"type": kind, "status": status, "reason": "Invalid", "message": "Check Gateway Events for more information.", "observedGeneration": generation}
	}
	programmed, accepted := of("Programmed", "True", 2), of("Accepted", "True", 2)
	for want, object := range map[string]map[string]any{
		"": withConditions(programmed, accepted),
		"condition Accepted is False, reason Invalid: Check Gateway Events":        withConditions(of("Programmed", "True", 1), of("Accepted", "False", 2)),
		"condition Programmed is of generation 1, and the Gateway of generation 2": withConditions(of("Programmed", "True", 1), accepted),
		"condition Programmed is Unknown":                                          withConditions(of("Programmed", "Unknown", 2), accepted),
		"it has no condition Programmed":                                           withConditions(accepted),
		"it has no condition Accepted":                                             {"metadata": map[string]any{"generation": int64(2)}},
	} {
		err := Undeployed(object)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
