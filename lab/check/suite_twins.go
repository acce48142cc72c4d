package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

// knownDifference is a difference between twins that the keys of a workload cannot remove. Its lines begin with begin.
type knownDifference struct{ begin, reason string }

var knownDifferences = []knownDifference{
	{"any › requests › 80 › ", "a route without hosts is compared with others by the length of its paths alone, so its longer paths are before the shorter ones of a host " +
		"(sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/routeutils/route_rule_precedence.go)"},
	{"local › target group › health check › ", "only Services of type LoadBalancer have a health check node port " +
		"(kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1)"},
	{"local › target group › binding › networking: ", "and without that port the security group of nodes does not allow it"},
}

// twinSuite compares what the controllers create for the same keys with and without a Gateway.
func twinSuite(twins *rehearsed.Stack) suite {
	return suite{title: "the same workloads with and without a Gateway", stack: twins, steps: []step{
		{"each Service, Ingress and Gateway gets an address", waitForAddresses},
		{"the controllers' resources equal those of the rehearsal, field by field", checkAsRehearsed},
		{"a Gateway gets what a Service or an Ingress with the same keys gets, field by field, but for known differences", checkTwins},
		{"in the rehearsal it does too", checkRehearsedTwins},
		{"each Gateway is deployed", checkDeployed},
		{"a failed deployment is reported by the Gateway alone, and a new revision waits until one succeeds", checkFailedDeployment},
	}}
}

func checkTwins(ctx context.Context, t *suiteRun) error {
	made, err := Observed(ctx, t)
	if err != nil {
		return err
	}
	return joinLines(unknownDifferences(made.differentTwins(t.stack)))
}

func checkRehearsedTwins(_ context.Context, t *suiteRun) error {
	return joinLines(unknownDifferences(Rehearsed(t.stack).differentTwins(t.stack)))
}

// unknownDifferences returns the differences that are not known, and a line for each known one that is not there.
func unknownDifferences(lines []string) []string {
	seen := map[string]bool{}
	unknown := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		for _, known := range knownDifferences {
			if strings.HasPrefix(line, known.begin) {
				seen[known.begin] = true
				return true
			}
		}
		return false
	})
	for _, known := range knownDifferences {
		if !seen[known.begin] {
			unknown = append(unknown, fmt.Sprintf("%s: twins do not differ here, but %s", known.begin, known.reason))
		}
	}
	return unknown
}
