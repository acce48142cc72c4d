package plan_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestZonesThatTheAccountDoesNotHaveAreRefused(t *testing.T) {
	s := plantest.Stack()
	s.Region, s.Network.Zones = "us-east-1", []string{"us-east-1a", "us-east-1e", "us-east-1c", "us-east-1x"}
	offered := map[string]string{"us-east-1a": "use1-az1", "us-east-1b": "use1-az2", "us-east-1c": "use1-az4", "us-east-1e": "use1-az3"}
	want := `the stack file has 2 problems:
  network.zones[1]: us-east-1e is zone use1-az3 in this account, where EKS does not support control planes; begin the list with two of us-east-1a, us-east-1b, us-east-1c
  network.zones[3]: "us-east-1x" is not an available zone of this account; available: us-east-1a, us-east-1b, us-east-1c, us-east-1e`
	if problems := plan.CheckZones(s, offered); problems.Error() != want {
		t.Errorf("want  %s\ngot   %s", want, problems)
	}
	// Nodes may be where no control plane is.
	s.Network.Zones = []string{"us-east-1a", "us-east-1b", "us-east-1e"}
	if problems := plan.CheckZones(s, offered); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestInstanceTypesThatAZoneDoesNotOfferAreRefused(t *testing.T) {
	s := plantest.Stack()
	s.Region, s.Network.Zones = "us-east-1", []string{"us-east-1a", "us-east-1b", "us-east-1e"}
	offered := map[string][]string{"c5.large": {"us-east-1b", "us-east-1a"}, "m4.large": {"us-east-1e"}}
	s.NodeGroups = map[string]config.NodeGroup{"general": {InstanceTypes: []string{"c5.large"}}, "mixed": {InstanceTypes: []string{"c5.large", "m4.large"}}, "none": {InstanceTypes: []string{"p5.48xlarge"}}}
	want := `the stack file has 2 problems:
  nodeGroups["general"].instanceTypes: c5.large: AWS offers none of them to this account in us-east-1e, so nodes cannot start there (c5.large in us-east-1a, us-east-1b); add a type that is offered there, or remove the zone from network.zones
  nodeGroups["none"].instanceTypes: p5.48xlarge: AWS offers none of them to this account in us-east-1a, us-east-1b, us-east-1e, so nodes cannot start there (p5.48xlarge in no zone); add a type that is offered there, or remove the zone from network.zones`
	if problems := plan.CheckInstanceOfferings(s, offered); !strings.HasPrefix(problems.Err().Error(), want) {
		t.Errorf("got  %s\nwant %s", problems.Err(), want)
	}
	if got, want := plan.InstanceTypes(s), []string{"c5.large", "m4.large", "p5.48xlarge"}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
}
