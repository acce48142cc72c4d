package sweep_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/memory"
	"eksnet/acceptance/sweep"
	"eksnet/internal/leftover"
)

// options lets the account go on by a tick in each interval.
func options(a *memory.Account) sweep.Options {
	now := time.Unix(0, 0)
	return sweep.Options{Deadline: 30 * time.Minute, Interval: 15 * time.Second, Now: func() time.Time { return now }, Report: func(sweep.Attempt) {},
		Wait: func(ctx context.Context, d time.Duration) error {
			now = now.Add(d)
			a.Tick()
			return ctx.Err()
		}}
}

// snapshot returns the items with some IDs as text.
func snapshot(t *testing.T, a *memory.Account, ids []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, item := range a.Items {
		if slices.Contains(ids, item.ID) {
			text, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			all[item.ID] = string(text)
		}
	}
	return all
}

// accounts is how many random accounts are swept.
func accounts() uint64 {
	if testing.Short() {
		return 300
	}
	return 10000
}

func TestASweepDeletesEverythingOfTheStackAndTouchesNothingElse(t *testing.T) {
	deleted, held := 0, 0
	for seed := range accounts() {
		p := memory.Plant(seed)
		if err := p.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		data := seed%2 == 0
		before, undeletable := snapshot(t, p.Account, p.Others), p.Undeletable(data)
		o := options(p.Account)
		o.Data = data
		if _, err := sweep.Run(t.Context(), p.Account, p.Scope, o); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		after := snapshot(t, p.Account, p.Others)
		for id, item := range before {
			if after[id] != item {
				t.Fatalf("seed %d: the sweep changed %s\nfrom %s\nto   %s", seed, id, item, after[id])
			}
		}
		for _, id := range undeletable {
			if item := p.Find(id); item == nil {
				t.Fatalf("seed %d: the sweep deleted %s", seed, id)
			}
		}
		deleted, held = deleted+len(p.Deletions), held+len(undeletable)
		for _, id := range p.Own {
			item := p.Find(id)
			if item != nil && item.Type != leftover.KeyType && !slices.Contains(undeletable, id) && !slices.Contains(undeletable, item.With) {
				t.Fatalf("seed %d: %s %s remains: %+v", seed, item.Type, id, item)
			}
		}
	}
	if deleted < 10*int(accounts()) || held < int(accounts())/10 {
		t.Errorf("only %d deletions and %d resources that remain in %d accounts", deleted, held, accounts())
	}
}

func TestAnAuditFindsEverythingOfTheStackAndClaimsNothingElse(t *testing.T) {
	for seed := range accounts() {
		p := memory.Plant(seed)
		report, err := audit.Run(t.Context(), p.Account, p.Scope)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]audit.Finding{}
		for _, f := range report.Findings {
			found[f.ID] = f
		}
		for _, id := range p.Own {
			if f, ok := found[id]; !ok || f.Hold == audit.Unclaimed {
				t.Fatalf("seed %d: the audit does not find %s as the stack's: %+v", seed, id, p.Find(id))
			}
		}
		for _, id := range p.Others {
			if f, ok := found[id]; ok && (f.Hold == audit.Free || f.Hold == audit.Data || f.Creator == "GuardDuty") {
				t.Fatalf("seed %d: the audit claims %s for the stack: %+v", seed, id, f)
			}
		}
	}
}

// planted returns an account with a VPC, and a role whose policy a role of others has too.
func planted() *memory.Planted {
	for seed := uint64(0); ; seed++ {
		p := memory.Plant(seed)
		has := func(typ string) bool {
			return slices.ContainsFunc(p.Items, func(item *memory.Item) bool { return slices.Contains(p.Own, item.ID) && item.Type == typ })
		}
		if len(p.Shared) == 0 && has(leftover.VPCType) && has(leftover.RoleType) && has(leftover.NATGatewayType) && len(p.Undeletable(true)) == 0 {
			return p
		}
	}
}

func TestACallThatIsNotAllowedIsNotRepeatedAndReported(t *testing.T) {
	p := planted()
	attempts := 0
	p.Refuse = func(call string, r leftover.Resource) error {
		if call == "Delete" && r.Type == leftover.RoleType {
			attempts++
			return &account.Error{Cause: account.Denied, Call: "iam:DeleteRole", Err: errors.New("AccessDenied")}
		}
		return nil
	}
	result, err := sweep.Run(t.Context(), p.Account, p.Scope, options(p.Account))
	if err != nil || attempts != 1 || result.Expired || !result.Stuck {
		t.Fatalf("%d attempts, expired %t, stuck %t: %v", attempts, result.Expired, result.Stuck, err)
	}
	left := result.Left(false)
	if len(left) == 0 || slices.ContainsFunc(left, func(f audit.Finding) bool { return result.Error(f) == nil }) {
		t.Errorf("what remains has no error: %+v", left)
	}
	if !slices.ContainsFunc(left, func(f audit.Finding) bool {
		return f.Type == leftover.RoleType && strings.Contains(result.Error(f).Error(), "iam:DeleteRole: AccessDenied")
	}) {
		t.Errorf("the role is not reported: %+v", left)
	}
}

func TestExpiredCredentialsEndASweepAtOnce(t *testing.T) {
	p := planted()
	calls := 0
	p.Refuse = func(call string, _ leftover.Resource) error {
		if calls++; calls > 20 {
			return &account.Error{Cause: account.Unauthenticated, Call: call, Err: errors.New("ExpiredToken")}
		}
		return nil
	}
	result, err := sweep.Run(t.Context(), p.Account, p.Scope, options(p.Account))
	if account.CauseOf(err) != account.Unauthenticated || calls != 21 || len(result.Deleted) == 0 {
		t.Errorf("%d calls, %d deleted: %v", calls, len(result.Deleted), err)
	}
}

func TestAnInterruptedSweepIsCompletedByTheNext(t *testing.T) {
	p := planted()
	ctx, cancel := context.WithCancel(t.Context())
	o := options(p.Account)
	o.Report = func(sweep.Attempt) { cancel() }
	result, err := sweep.Run(ctx, p.Account, p.Scope, o)
	if !errors.Is(err, context.Canceled) || len(result.Deleted)+len(result.Errors) != 1 {
		t.Fatalf("%d deleted: %v", len(result.Deleted), err)
	}
	if result, err = sweep.Run(t.Context(), p.Account, p.Scope, options(p.Account)); err != nil || len(result.Left(false)) > 0 {
		t.Errorf("%v remains: %v", result.Left(false), err)
	}
}

func TestASweepEndsAtItsDeadlineAndNamesWhatBlocks(t *testing.T) {
	p := planted()
	o := options(p.Account)
	o.Wait = func(context.Context, time.Duration) error { return nil } // AWS does not go on
	began, now := 0, time.Unix(0, 0)
	o.Now = func() time.Time { now = now.Add(time.Minute); began++; return now }
	result, err := sweep.Run(t.Context(), p.Account, p.Scope, o)
	if err != nil || !result.Expired || result.Rounds < 10 || result.Rounds > 30 {
		t.Fatalf("%d rounds, expired %t: %v", result.Rounds, result.Expired, err)
	}
	for _, f := range result.Left(false) {
		if failed := result.Error(f); failed == nil || !strings.Contains(failed.Error(), "is used by") {
			t.Errorf("%s: %v", f.ID, failed)
		}
	}
}

func TestLoadBalancersWithDeletionProtectionRemain(t *testing.T) {
	p := planted()
	p.Items = append(p.Items, &memory.Item{Resource: leftover.Resource{Type: leftover.LoadBalancerType, ID: "arn:lb/guarded", Protected: "deletion_protection.enabled",
		Tags: map[string]string{"elbv2.k8s.aws/cluster": "dev"}}})
	result, err := sweep.Run(t.Context(), p.Account, p.Scope, options(p.Account))
	if err != nil || p.Find("arn:lb/guarded") == nil || len(result.Remaining.With(audit.Protected)) != 1 {
		t.Errorf("%+v: %v", result.Remaining, err)
	}
}

func TestTheTargetOfASweepMustBeTheOneOfCredentialsAndStackFile(t *testing.T) {
	good := sweep.Target{Stack: "dev-ap-northeast-2", Cluster: "dev", Account: "111122223333", Region: "ap-northeast-2", FileRegion: "ap-northeast-2",
		FileAccounts: []string{"111122223333"}, Denied: []string{"999999999999"}, Identity: account.Identity{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/me"}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*sweep.Target){
		"--account is missing: write the account that is swept": func(g *sweep.Target) { g.Account = "" },
		"--region is missing":                                                          func(g *sweep.Target) { g.Region = "" },
		"the credentials are those of account 444455556666":                            func(g *sweep.Target) { g.Identity.Account = "444455556666" },
		"--region us-east-1: aws:region of stack dev-ap-northeast-2 is ap-northeast-2": func(g *sweep.Target) { g.Region = "us-east-1" },
		"aws:allowedAccountIds of stack dev-ap-northeast-2 accepts 444455556666":       func(g *sweep.Target) { g.FileAccounts = []string{"444455556666"} },
		"the account is in the deny-list":                                              func(g *sweep.Target) { g.Denied = []string{"111122223333"} },
		"stack prod-eu-central-1: its name is that of production":                      func(g *sweep.Target) { g.Stack = "prod-eu-central-1" },
		"stack my_PRD: its name":                                                       func(g *sweep.Target) { g.Stack = "my_PRD" },
		"cluster shop-production: its name":                                            func(g *sweep.Target) { g.Cluster = "shop-production" },
	} {
		target := good
		change(&target)
		if err := target.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, name := range []string{"product-search", "delivery", "reproduce"} {
		target := good
		target.Stack = name
		if err := target.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A service that accepts a deletion, and then does nothing.
func TestASweepEndsIfAnAcceptedDeletionHasNoEffect(t *testing.T) {
	p := planted()
	ignored := &memory.Item{Resource: leftover.Resource{Type: leftover.SubnetType, ID: "subnet-ignored", Tags: map[string]string{leftover.StackTag: "dev-ap-northeast-2"}}}
	ignored.Delay = 1 << 30
	p.Items = append(p.Items, ignored)
	o := options(p.Account)
	tick := o.Wait
	o.Wait = func(ctx context.Context, d time.Duration) error {
		ignored.Ending = ""
		return tick(ctx, d)
	}
	p.Refuse = func(call string, r leftover.Resource) error {
		if r.ID == ignored.ID {
			return &account.Error{Cause: account.Gone, Call: call, Err: errors.New("accepted")}
		}
		return nil
	}
	result, err := sweep.Run(t.Context(), p.Account, p.Scope, o)
	if err != nil || !result.Stuck || len(result.Left(false)) != 1 {
		t.Errorf("stuck %t after %d rounds: %v", result.Stuck, result.Rounds, err)
	}
}
