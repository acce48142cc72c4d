package awsapi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/audit"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/mototest"
	"eksnet/acceptance/sweep"
	"eksnet/internal/leftover"
)

var scope = audit.Scope{Subject: mototest.Stack, Domains: []string{"example.com", mototest.OwnDomain}}

// existing returns the IDs of everything that is planted and still listed, by listing with each owner's subject.
func existing(t *testing.T, a *awsapi.Account, subjects ...leftover.Subject) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, s := range subjects {
		report, err := audit.Run(t.Context(), a, audit.Scope{Subject: s, Domains: scope.Domains})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			all[f.ID] = true
		}
	}
	return all
}

func options() sweep.Options {
	return sweep.Options{Deadline: time.Minute, Interval: time.Millisecond, Data: true, Now: time.Now, Report: func(sweep.Attempt) {},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func TestAnAuditFindsALeftoverOfEveryKindInMoto(t *testing.T) {
	endpoint := mototest.Start(t, mototest.Account)
	p := mototest.NewPlanter(t, mototest.Config(endpoint, mototest.Region), 0)
	p.All = true
	p.Plant(false)
	r := &recorder{}
	report, err := audit.Run(t.Context(), awsapi.New(r.record(p.Config)), scope)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, p, report)
	if roles := slices.DeleteFunc(slices.Clone(r.actions), func(action string) bool { return action != "iam:GetRole" }); len(r.actions)-len(roles) >= 200 {
		t.Errorf("the audit makes %d calls", len(r.actions))
	} else {
		t.Logf("%d calls, and %d for roles", len(r.actions)-len(roles), len(roles))
	}
	for _, arn := range report.Unknown {
		if !strings.Contains(arn, ":flow-logs/") { // on AWS the ARN of a flow log has vpc-flow-log
			t.Errorf("the audit does not know the service of %s", arn)
		}
	}
	kinds := map[string]bool{}
	for _, f := range report.Findings {
		kinds[f.Type] = true
	}
	for _, kind := range leftover.Kinds {
		if kind.Confirm != "" && !kinds[kind.Type] {
			t.Errorf("no %s is planted", kind.Name)
		}
	}
}

// compare checks that a report has everything of the stack, and nothing of others as the stack's.
func compare(t *testing.T, p *mototest.Planter, report *audit.Report) {
	t.Helper()
	found := map[string]audit.Finding{}
	for _, f := range report.Findings {
		found[f.ID] = f
	}
	for id, typ := range p.Own {
		if f, ok := found[id]; !ok || f.Type != typ || f.Hold == audit.Unclaimed {
			t.Errorf("the audit does not find %s %s as the stack's: %+v", typ, id, f)
		}
	}
	for id, typ := range p.Others {
		if f, ok := found[id]; ok && (f.Hold == audit.Free || f.Hold == audit.Data) {
			t.Errorf("the audit claims %s %s: %+v", typ, id, f)
		}
	}
}

func TestASweepOfRandomAccountsInMotoTouchesNothingOfOthers(t *testing.T) {
	endpoint := mototest.Start(t, mototest.Account)
	seeds := uint64(50)
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			mototest.Reset(t, endpoint)
			p := mototest.NewPlanter(t, mototest.Config(endpoint, mototest.Region), seed)
			p.Plant(seed%5 == 4)
			a := awsapi.New(p.Config)
			others := []leftover.Subject{{Stack: "dev-ap-northeast-22", Cluster: "dev2", Owner: "dev2"}, {Stack: "none", Cluster: "dev", Owner: "elsewhere"}}
			before := existing(t, a, others...)
			report, err := audit.Run(t.Context(), a, scope)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, report)
			result, err := sweep.Run(t.Context(), a, scope, options())
			if err != nil {
				t.Fatal(err)
			}
			after := existing(t, a, others...)
			for id, typ := range p.Others {
				if before[id] && !after[id] {
					t.Errorf("the sweep deleted %s %s", typ, id)
				}
			}
			for _, f := range result.Left(true) {
				t.Errorf("%s %s remains: %v", f.Kind, f.ID, result.Error(f))
			}
		})
	}
}
