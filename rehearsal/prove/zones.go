package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"eksnet/config"
	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/plan/balancer"
	"eksnet/rehearsal/world"
)

// Zones fails each zone of the complete stack in turn, and compares what then works in the account with what the plan
// says of each part: what survives must work, and what is lost must not.
func Zones(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	spec, planned, err := stackfile.Load(r.Root(), r.stack.Name)
	if err != nil {
		return nil, err
	}
	p := &Proof{Name: "zones"}
	for _, zone := range spec.Network.Zones {
		loss, err := plan.LoseZone(spec, planned, zone)
		if err != nil {
			return nil, err
		}
		failing := whole.world.Clone()
		before := failing.Available()
		failing.LoseZone(zone)
		for _, trial := range compareZone(spec, loss, before, failing.Available()) {
			p.Trials = append(p.Trials, trial)
			if r.options.Progress != nil {
				r.options.Progress(trial)
			}
		}
	}
	return p, nil
}

// compareZone returns a trial for each part of a stack of which the account shows whether it works.
func compareZone(s *config.Stack, loss *plan.ZoneLoss, before, after world.Available) []Trial {
	var trials []Trial
	for _, part := range loss.Parts {
		began := time.Now()
		problem, shown := zoneProblem(s, part.Part, before, after)
		if !shown {
			continue
		}
		t := Trial{Proof: "zones", Name: "without " + loss.Zone + ": " + part.Part, Took: time.Since(began)}
		switch works := problem == ""; {
		case !works && (part.Outcome == plan.Survives || part.Outcome == plan.Interrupted):
			t.Broken = fmt.Sprintf("the plan says %s (%s), but: %s", part.Outcome, part.Text, problem)
		case works && part.Outcome == plan.Lost:
			t.Broken = fmt.Sprintf("the plan says lost (%s), but it works", part.Text)
		}
		t.Clean = t.Broken == ""
		trials = append(trials, t)
	}
	return trials
}

// zoneProblem returns why a part does not work, "" if it does, and whether the account shows that.
func zoneProblem(s *config.Stack, part string, before, after world.Available) (problem string, shown bool) {
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
