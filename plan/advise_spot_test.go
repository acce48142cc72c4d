package plan_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestSpotGroupsWithFewPoolsOfCapacityAreWarnedOf(t *testing.T) {
	for _, test := range []struct {
		types    []string
		capacity string
		want     string
	}{
		{[]string{"m7g.large"}, config.Spot, "m7g.large is the only type on spot"},
		{[]string{"m7g.large", "m6g.large"}, config.Spot, "2 types on spot in 3 zones are 6 pools of capacity, and EC2 interrupts the nodes of a pool together; list more types of the same size"},
		{[]string{"m7g.large", "m7g.xlarge", "m7g.2xlarge"}, config.Spot, "all 3 types on spot are of the family m7g"},
		{[]string{"m7g.large", "m6g.large", "c7g.large"}, config.Spot, ""},
		{[]string{"m7g.large"}, config.OnDemand, ""},
	} {
		s := plantest.Stack()
		s.NodeGroups["general"] = config.NodeGroup{AMI: config.AL2023arm, InstanceTypes: test.types, Capacity: test.capacity, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}
		p, problems := plan.New(s)
		if problems.Err() != nil {
			t.Errorf("%v: %s", test.types, problems)
		}
		got := ""
		for _, w := range p.Warnings {
			if w.Path == `nodeGroups["general"].instanceTypes` && strings.Contains(w.Text, "on spot") {
				got = w.Text
			}
		}
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%v, %s: %q, want %q", test.types, test.capacity, got, test.want)
		}
	}
}
