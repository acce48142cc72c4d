// Package zoneloss compares what the plan says of a stack without a zone with what works in the simulated account.
package zoneloss

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/balancer"
	"eksnet/rehearsal/world"
)

// Comparison is a part of a stack of which the account shows whether it works.
type Comparison struct {
	Part string
	// Broken is how plan and account differ, "" if they do not.
	Broken string
}

// Compare compares each part that the account shows: what survives must work, and what is lost must not.
func Compare(s *config.Stack, loss *plan.ZoneLoss, before, after world.Available) []Comparison {
	var all []Comparison
	for _, part := range loss.Parts {
		problem, shown := Problem(s, part.Part, before, after)
		if !shown {
			continue
		}
		c := Comparison{Part: part.Part}
		switch works := problem == ""; {
		case !works && (part.Outcome == plan.Survives || part.Outcome == plan.Interrupted):
			c.Broken = fmt.Sprintf("the plan says %s (%s), but: %s", part.Outcome, part.Text, problem)
		case works && part.Outcome == plan.Lost:
			c.Broken = fmt.Sprintf("the plan says lost (%s), but it works", part.Text)
		}
		all = append(all, c)
	}
	return all
}

// Problem returns why a part does not work, "" if it does, and whether the account shows that.
func Problem(s *config.Stack, part string, before, after world.Available) (problem string, shown bool) {
	switch part {
	case plan.ControlPlanePart:
		if !slices.Contains(after.ControlPlanes, s.Cluster.Name) {
			return "the control plane has no network interface in the VPC", true
		}
		return "", true
	case plan.PodsPart:
		return reasons(after.Stopped), true
	case plan.EgressPart:
		return egressProblem(before, after), true
	}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		if plan.BalancerPart(b) != part {
			continue
		}
		unhealthy := map[string]string{}
		for _, m := range b.Members {
			if why := after.Unhealthy[m.Name]; why != "" {
				unhealthy[m.Name] = why
			}
		}
		return reasons(unhealthy), true
	}
	return "", false
}

// egressProblem returns which nodes that are left reach less than before.
func egressProblem(before, after world.Available) string {
	problems := map[string]string{}
	for node, service := range after.Isolated {
		if before.Isolated[node] == "" {
			problems[node] = "it does not reach " + service
		}
	}
	for _, subnet := range after.Subnets {
		if slices.Contains(before.Internet, subnet) && !slices.Contains(after.Internet, subnet) {
			problems[subnet] = "it does not reach the internet"
		}
	}
	return reasons(problems)
}

// reasons joins reasons by what they are about.
func reasons(of map[string]string) string {
	var lines []string
	for what, why := range of {
		lines = append(lines, what+": "+why)
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}
