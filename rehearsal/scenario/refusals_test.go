package scenario_test

import (
	"context"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
	"eksnet/stack"
)

func TestAProblemInTheStackFileIsReportedBeforeAnythingRuns(t *testing.T) {
	tests := map[string]struct {
		replace []string
		want    string
	}{
		"a CIDR that is too small":         {[]string{"10.0.0.0/16", "10.0.0.0/25"}, "network.cidr: 10.0.0.0/25: each zone would get"},
		"a zone of another region":         {[]string{"ap-northeast-2c", "us-east-1c"}, `network.zones[2]: "us-east-1c" is not a zone of aws:region ap-northeast-2`},
		"an unknown key":                   {[]string{"nat: zone", "natt: zone"}, "network.natt: unknown key; did you mean nat?"},
		"an unknown section":               {[]string{"eksnet:workloads", "eksnet:workload"}, "workload: unknown key; did you mean workloads?"},
		"broken YAML":                      {[]string{"zones: [", "zones: [["}, "Pulumi.local.yaml"},
		"a section of the wrong type":      {[]string{`eksnet:tags: {team: platform}`, `eksnet:tags: platform`}, "tags"},
		"nodes that could never join":      {[]string{"private: true, public: true", "private: false, public: true"}, "so nodes cannot join the cluster; set private: true"},
		"no account":                       {[]string{`aws:allowedAccountIds: ["000000000000"]`, ""}, "aws:allowedAccountIds: missing"},
		"a version that is out of support": {[]string{`version: "1.35"`, `version: "1.29"`}, `cluster.version: "1.29" is not accepted`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tryOpenRehearsal(t, projectWith(t, test.replace...))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is  %v\nwant           %s", err, test.want)
			}
		})
	}
}

func TestTheErrorForAnUnknownStackListsTheExistingStacks(t *testing.T) {
	_, err := tryOpenRehearsal(t, func(o *scenario.Options) { o.Stack = "nowhere" })
	if err == nil || !strings.Contains(err.Error(), "nowhere") || !strings.Contains(err.Error(), "local") {
		t.Errorf("the error is %v", err)
	}
}

// mustBeRefused runs preview and up of stack local with edited registrations, and expects an error of one line.
func mustBeRefused(t *testing.T, want string, edit engine.Edit) {
	t.Helper()
	r := openRehearsal(t, func(o *scenario.Options) { o.Edit = edit })
	up := r.Up(context.Background())
	for _, line := range strings.Split(up.Error, "\n") {
		if strings.Contains(line, want) {
			return
		}
	}
	t.Errorf("up says:\n%s\nwant a line with:\n%s", up.Error, want)
}

func TestAMisspelledPropertyInTheProgramIsRefused(t *testing.T) {
	mustBeRefused(t, "cidrBlok", func(request *pulumirpc.RegisterResourceRequest) {
		if request.Type == vpc {
			request.Object.Fields["cidrBlok"] = request.Object.Fields["cidrBlock"]
			delete(request.Object.Fields, "cidrBlock")
		}
	})
}

func TestAChartValueOfTheWrongTypeIsRefused(t *testing.T) {
	mustBeRefused(t, "replicaCount", func(request *pulumirpc.RegisterResourceRequest) {
		if request.Type == release {
			request.Object.Fields["values"].GetStructValue().Fields["replicaCount"] = structpb.NewStringValue("two")
		}
	})
}

func TestAMisspelledChartValueIsRefused(t *testing.T) {
	mustBeRefused(t, "clusterNam", func(request *pulumirpc.RegisterResourceRequest) {
		if request.Type == release {
			request.Object.Fields["values"].GetStructValue().Fields["clusterNam"] = structpb.NewStringValue("local")
		}
	})
}

// Without its edge the node group is created as soon as its data is available. The CNI waits until then, so that the
// result does not depend on timing.
func TestANodeGroupCreatedBeforeTheCNIIsRefused(t *testing.T) {
	requested := make(chan struct{})
	r := openRehearsal(t, func(o *scenario.Options) {
		o.Program = engine.Inline(scenario.Cut(stack.Program, []scenario.Component{{Type: "eksnet:cluster:NodeGroup"}}, []scenario.Component{{Type: "eksnet:addons:CNI"}}))
		o.Progress = &onResource{typ: nodeGroup, do: func() { close(requested) }}
		o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
			if request.Type == "eksnet:addons:CNI" {
				select {
				case <-requested:
				case <-time.After(5 * time.Minute):
				}
			}
		}
	})
	if up := r.Up(context.Background()); !strings.Contains(up.Error, "NodeCreationFailure") {
		t.Errorf("up says:\n%s", up.Error)
	}
}

// onResource is a Progress that calls a function when the first resource of a type has ended, successfully or not.
type onResource struct {
	scenario.Silent
	typ string
	do  func()
}

func (s *onResource) Event(event scenario.Event) {
	if urn, ended := scenario.FinishedResource(event); ended && s.do != nil && string(urn.Type()) == s.typ {
		s.do()
		s.do = nil
	}
}

func TestASubnetUnderALoadBalancerCannotBeDeleted(t *testing.T) {
	r := openRehearsal(t)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatal(up.Error)
	}
	account, err := r.World().AWS(world.AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, resource := range r.State().Resources() {
		if resource.Type == subnet && strings.Contains(resource.URN.Name(), "public") {
			err := account.Delete(subnet, string(resource.ID))
			if err == nil || !strings.Contains(err.Error(), "has dependencies and cannot be deleted") {
				t.Errorf("deleting %s: %v", resource.URN.Name(), err)
			}
		}
	}
}

func TestAnAccountOutsideTheAllowedListIsRefused(t *testing.T) {
	r := openRehearsal(t, projectWith(t))
	if _, err := r.World().AWS(world.AWSConfig{Region: "ap-northeast-2", Accounts: []string{"111122223333"}}); err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("the error is %v", err)
	}
}
