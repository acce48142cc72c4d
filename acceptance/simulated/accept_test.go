package simulated_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/audit"
	"eksnet/internal/leftover"
	"eksnet/rehearsal/scenario"
)

type leftoverResource = leftover.Resource

const interruptedStatus = 130

func TestAnAcceptanceCreatesLooksDeletesAndAudits(t *testing.T) {
	a := newAcceptance(t)
	got := a.accept("-json")
	var seen accept.Result
	if err := json.Unmarshal([]byte(got.out), &seen); err != nil || got.status != 0 {
		t.Fatalf("status %d, %v: %s%s", got.status, err, got.out, got.complaints)
	}
	if len(seen.Phases) != 6 || len(a.account.World.Leftovers()) > 0 || len(a.State().Resources()) > 0 {
		t.Errorf("%+v; %d resources in the state, %v", seen.Phases, len(a.State().Resources()), a.account.World.Leftovers())
	}
	operations := map[string]int{}
	for _, r := range seen.Resources {
		operations[r.Operation]++
		// The clock is that of the rehearsal, so each resource was rehearsed and takes as long.
		if r.Rehearsed == nil || r.Seconds == nil || *r.Rehearsed != *r.Seconds {
			t.Errorf("%s of %s is not seen as rehearsed", r.Operation, r.URN)
		}
	}
	for _, name := range []string{accept.Up, accept.Destroy} {
		i := slices.IndexFunc(seen.Phases, func(p accept.Phase) bool { return p.Name == name })
		if operations[name] < 50 || seen.Phases[i].Rehearsed < 300 {
			t.Errorf("%s: times of %d resources, %g s rehearsed", name, operations[name], seen.Phases[i].Rehearsed)
		}
	}
}

// After each interrupt the stack is deleted, or the commands that are printed delete it.
func TestAnInterruptInEachPhaseLosesNothing(t *testing.T) {
	for phase, want := range map[string]struct {
		status int
		next   string
	}{
		accept.Checks:  {interruptedStatus, "continue after check with: eksnet-aws check local"},
		accept.Preview: {interruptedStatus, "continue after preview with: bin/rehearse preview -stack local -dir "},
		accept.Up:      {interruptedStatus, ""},
		accept.Look:    {interruptedStatus, ""},
		accept.Destroy: {14, "continue after destroy with: bin/rehearse destroy -stack local -dir "},
		accept.Audit:   {15, "continue after audit with: eksnet-aws sweep local --account "},
	} {
		a := newAcceptance(t)
		a.in[phase] = func() {
			a.interrupts <- os.Interrupt
			waitUntilReceived(a.interrupts)
		}
		got := a.accept()
		if got.status != want.status || want.next != "" && !strings.Contains(got.out, want.next) || want.next == "" && strings.Contains(got.out, "continue after") {
			t.Errorf("interrupted in %s: status %d, want %d and %q: %s", phase, got.status, want.status, want.next, got.out)
		}
		left := len(a.State().Resources())
		if (left > 0) != (phase == accept.Destroy) {
			t.Errorf("interrupted in %s: %d resources are in the state", phase, left)
		}
		if phase == accept.Destroy {
			a.checkAuditFindsAll(t)
			if o := a.Destroy(t.Context()); o.Error != "" {
				t.Errorf("the destroy after an interrupted one: %s", o.Error)
			}
		}
		if again := a.run("audit", tried); again.status != 0 || !strings.Contains(again.out, "nothing remains") {
			t.Errorf("interrupted in %s: the audit afterwards ends with %d: %s", phase, again.status, again.out)
		}
	}
}

// waitUntilReceived returns when a signal was read from a channel, and the context of the phase has ended.
func waitUntilReceived(signals chan os.Signal) {
	for len(signals) > 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
}

// checkAuditFindsAll compares the audit with what the simulated account lists as remaining, which has its own code for
// it. Parts of resources are deleted with them.
func (a *acceptance) checkAuditFindsAll(t *testing.T) {
	t.Helper()
	var read struct{ Report audit.Report }
	if err := json.Unmarshal([]byte(a.run("audit", tried, "-json").out), &read); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, left := range a.account.World.Leftovers() {
		if kind, known := leftover.KindOf(left.Type); !known || kind.Confirm == "" {
			continue
		}
		checked++
		if !slices.ContainsFunc(read.Report.Findings, func(f audit.Finding) bool { return f.Type == left.Type && f.ID == left.ID }) {
			t.Errorf("the audit does not list %s %s", left.Type, left.ID)
		}
	}
	if checked < 5 {
		t.Errorf("only %d resources remain after the interrupted destroy", checked)
	}
}

// EKS refuses an instance type in the middle of the up.
func TestAnUpThatFailsIsDestroyedAndAudited(t *testing.T) {
	a := newAcceptance(t, func(o *scenario.Options) {
		o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
			if request.Type == leftover.NodeGroupType {
				types, _ := structpb.NewList([]any{"m7g.immense"})
				request.Object.Fields["instanceTypes"] = structpb.NewListValue(types)
			}
		}
	})
	got := a.accept()
	if got.status != 12 || !strings.Contains(got.out, "aws:eks/nodeGroup:NodeGroup") || !strings.Contains(got.out, "m7g.immense") {
		t.Errorf("status %d: %s", got.status, got.out)
	}
	if !strings.Contains(got.out, "nothing remains") || strings.Contains(got.out, "\nlook") || len(a.State().Resources()) > 0 {
		t.Errorf("%d resources are in the state: %s", len(a.State().Resources()), got.out)
	}
}

// Somebody creates a security group in the VPC, which AWS does not delete then.
func TestADestroyThatFailsEndsWithTheCommandsThatContinue(t *testing.T) {
	a := newAcceptance(t)
	group := ""
	a.in[accept.Look] = func() {
		vpcs, _ := a.account.VPCs(t.Context())
		var err error
		if group, err = a.World().MakeSecurityGroup(vpcs[0].ID, "by-hand"); err != nil {
			t.Error(err)
		}
	}
	got := a.accept()
	if got.status != 14 || !strings.Contains(got.out, "DependencyViolation") || !strings.Contains(got.out, "continue after destroy with: bin/rehearse destroy") {
		t.Errorf("status %d: %s", got.status, got.out)
	}
	audited := a.run("audit", tried)
	command := "aws ec2 delete-security-group --group-id " + group
	if audited.status != 1 || !strings.Contains(audited.out, "# "+command) || !strings.Contains(audited.out, "it is in a VPC of the stack, and prevents its deletion") {
		t.Fatalf("status %d: %s", audited.status, audited.out)
	}
	if err := a.World().Run(command); err != nil {
		t.Fatal(err)
	}
	if o := a.Destroy(t.Context()); o.Error != "" {
		t.Error(o.Error)
	}
	if again := a.run("audit", tried); again.status != 0 {
		t.Errorf("status %d: %s", again.status, again.out)
	}
}

// A destroy that ends early leaves the network, which a sweep deletes.
func TestASweepDeletesWhatAnInterruptedDestroyLeft(t *testing.T) {
	a := newAcceptance(t)
	a.in[accept.Destroy] = func() {
		a.interrupts <- os.Interrupt
		waitUntilReceived(a.interrupts)
	}
	if got := a.accept(); got.status != 14 {
		t.Fatalf("status %d: %s", got.status, got.out)
	}
	swept := a.run("sweep", tried, "--account", a.account.Who.Account, "--region", "ap-northeast-2", "--delete", "--with-cluster")
	if swept.status != 0 || len(a.account.World.Leftovers()) > 0 {
		t.Errorf("status %d, %+v: %s%s", swept.status, a.account.World.Leftovers(), swept.out, swept.complaints)
	}
}
