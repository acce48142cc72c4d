package addon

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// coreDNSFits checks the numbers of pods in the configuration of CoreDNS as its schema does (aws eks
// describe-addon-configuration --addon-name coredns: replicaCount is an integer; autoScaling has enabled, which is
// required, minReplicas and maxReplicas from 2 to 1000, and no other key).
func coreDNSFits(values map[string]any, op string) error {
	var problems []string
	if n, given := values["replicaCount"]; given && !isWhole(n) {
		problems = append(problems, fmt.Sprintf("$.replicaCount: %T found, integer expected", n))
	}
	if scaling, given := values["autoScaling"].(map[string]any); given {
		problems = append(problems, autoScalingProblems(scaling)...)
	}
	for _, problem := range problems {
		return AddonConfigured.When(true, op, problem)
	}
	return nil
}

func autoScalingProblems(scaling map[string]any) (problems []string) {
	if _, boolean := scaling["enabled"].(bool); !boolean {
		problems = append(problems, "$.autoScaling.enabled: is missing but it is required")
	}
	for _, key := range slices.Sorted(maps.Keys(scaling)) {
		switch n, isNumber := scaling[key].(float64); {
		case key == "enabled":
		case key != "minReplicas" && key != "maxReplicas":
			problems = append(problems, fmt.Sprintf("$.autoScaling.%s: is not defined in the schema and the schema does not allow additional properties", key))
		case !isNumber || !isWhole(n):
			problems = append(problems, fmt.Sprintf("$.autoScaling.%s: %T found, integer expected", key, scaling[key]))
		case n < fewestPods:
			problems = append(problems, fmt.Sprintf("$.autoScaling.%s: must have a minimum value of %v", key, fewestPods))
		case n > mostPods:
			problems = append(problems, fmt.Sprintf("$.autoScaling.%s: must have a maximum value of %v", key, mostPods))
		}
	}
	return problems
}

func isWhole(value any) bool {
	n, number := value.(float64)
	return number && n == math.Trunc(n)
}
