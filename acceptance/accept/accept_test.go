package accept_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/check"
	"eksnet/acceptance/look"
)

// acceptance is an acceptance whose phases pass, and what was run.
type acceptance struct {
	options accept.Options
	ran     []string
	now     time.Time
	// fail are errors of phases, and before is called at their beginning.
	fail   map[string]error
	before func(ctx context.Context, phase string)
	signal chan os.Signal
}

func newAcceptance(t *testing.T) *acceptance {
	t.Helper()
	rehearsed, err := accept.ReadRehearsed("testdata/report.json", "try")
	if err != nil {
		t.Fatal(err)
	}
	a := &acceptance{now: time.Unix(1e9, 0), fail: map[string]error{}, signal: make(chan os.Signal, 4), before: func(context.Context, string) {}}
	a.options = accept.Options{Stack: "try", Driver: a, Budget: 2 * time.Hour, Rehearsed: rehearsed, Interrupts: a.signal, Now: func() time.Time { return a.now },
		CheckCommand: "eksnet-aws check try", SweepCommand: "eksnet-aws sweep try",
		Check: func(ctx context.Context) ([]check.Row, error) {
			return []check.Row{{Check: "account", Status: check.Passed}}, a.enter(ctx, accept.Checks)
		},
		Confirm: func(context.Context, accept.Operation) (bool, error) { return true, nil },
		Look: func(ctx context.Context) (*look.Result, error) {
			return &look.Result{Workloads: []*look.Workload{{Name: "echo"}}}, a.enter(ctx, accept.Look)
		},
		Audit: func(ctx context.Context) (*audit.Report, error) { return &audit.Report{}, a.enter(ctx, accept.Audit) },
	}
	return a
}

// enter records a phase, and returns its error.
func (a *acceptance) enter(ctx context.Context, phase string) error {
	a.ran = append(a.ran, phase)
	a.now = a.now.Add(time.Minute)
	a.before(ctx, phase)
	return errors.Join(a.fail[phase], ctx.Err())
}

func (a *acceptance) Preview(ctx context.Context) (accept.Operation, error) {
	return accept.Operation{Changes: map[string]int{"create": 3}}, a.enter(ctx, accept.Preview)
}

func (a *acceptance) Up(ctx context.Context) (accept.Operation, error) {
	return accept.Operation{Changes: map[string]int{"create": 3}, Resources: map[string]float64{cluster: 700, bucket: 9, component: 800}}, a.enter(ctx, accept.Up)
}

func (a *acceptance) Destroy(ctx context.Context) (accept.Operation, error) {
	return accept.Operation{Seconds: 450, Changes: map[string]int{"delete": 3}}, a.enter(ctx, accept.Destroy)
}

func (a *acceptance) Command(operation string) string {
	return "pulumi " + operation + " --stack try"
}

const (
	cluster = "urn:pulumi:try::eksnet::eksnet:cluster:Cluster$aws:eks/cluster:Cluster::try"
	bucket  = "urn:pulumi:try::eksnet::aws:s3/bucket:Bucket::logs"
	// component takes as long as what it contains.
	component = "urn:pulumi:try::eksnet::eksnet:cluster:Cluster::try"
)

var (
	everything = []string{accept.Checks, accept.Preview, accept.Up, accept.Look, accept.Destroy, accept.Audit}
	withoutUse = []string{accept.Checks, accept.Preview, accept.Up, accept.Destroy, accept.Audit}
)

func TestAnAcceptanceRunsAllPhasesAndComparesThemWithTheRehearsal(t *testing.T) {
	a := newAcceptance(t)
	result := accept.Run(t.Context(), a.options)
	if !slices.Equal(a.ran, everything) || result.Exit() != 0 {
		t.Fatalf("ran %v, exit %d: %+v", a.ran, result.Exit(), result.Phases)
	}
	if len(result.Resources) != 5 {
		t.Errorf("%+v", result.Resources)
	}
	var text, document bytes.Buffer
	result.WriteText(&text)
	result.WriteMarkdown(&document)
	for _, want := range []string{"up       ok      10m0s      1m0s   create 3\n", "look     ok      -          1m0s   1 workload, 0 differences\n", "destroy  ok      8m20s      7m30s  delete 3\n",
		"up         aws:eks/cluster:Cluster try *         9m0s       11m40s  +2m40s\n", "up         kubernetes:core/v1:Service echo *     1m0s       -       -\n",
		"up         2 resources of less than 10s, in sum  2s         9s      +7s\n", "destroy    aws:eks/cluster:Cluster try           3m0s       -       -\n",
		"* on the chain of calls that determines the time of the operation in the rehearsal\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("missing %q in\n%s", want, text.String())
		}
	}
	for _, want := range []string{"| up | ok | 10m0s | 1m0s | create 3 |\n", "|---|---|---|---|---|\n| up | aws:eks/cluster:Cluster try * | 9m0s | 11m40s | +2m40s |\n",
		"| up | aws:s3/bucket:Bucket logs | - | 9s | - |\n", "| up | aws:ec2/vpc:Vpc try | 2s | - | - |\n"} {
		if !strings.Contains(document.String(), want) {
			t.Errorf("missing %q in\n%s", want, document.String())
		}
	}
}

func TestAFailureAfterTheUpBeganIsFollowedByDestroyAndAudit(t *testing.T) {
	for phase, want := range map[string]struct {
		ran  []string
		exit int
		next string
	}{
		accept.Checks:  {everything[:1], 10, "eksnet-aws check try"},
		accept.Preview: {everything[:2], 11, "pulumi preview --stack try"},
		accept.Up:      {withoutUse, 12, ""},
		accept.Look:    {everything, 13, ""},
		accept.Destroy: {everything, 14, "pulumi destroy --stack try"},
		accept.Audit:   {everything, 15, "eksnet-aws sweep try"},
	} {
		a := newAcceptance(t)
		a.fail[phase] = errors.New("refused\nsecond line")
		result := accept.Run(t.Context(), a.options)
		i := slices.IndexFunc(result.Phases, func(p accept.Phase) bool { return p.Name == phase })
		if p := result.Phases[i]; !slices.Equal(a.ran, want.ran) || result.Exit() != want.exit || p.Status != accept.Failed || p.Next != want.next || p.Found != "refused" {
			t.Errorf("%s: ran %v, exit %d, %+v", phase, a.ran, result.Exit(), p)
		}
	}
}

func TestAnInterruptEndsThePhaseAndNothingIsLeft(t *testing.T) {
	for phase, want := range map[string]struct {
		ran  []string
		exit int
	}{accept.Checks: {everything[:1], 130}, accept.Preview: {everything[:2], 130}, accept.Up: {withoutUse, 130}, accept.Look: {everything, 130}, accept.Destroy: {everything, 14}, accept.Audit: {everything, 15}} {
		a := newAcceptance(t)
		a.before = func(ctx context.Context, now string) {
			if now == phase {
				a.signal <- os.Interrupt
				a.signal <- os.Interrupt // impatience must not end the destroy that follows
				<-ctx.Done()
				return
			}
			select {
			case <-ctx.Done():
				t.Errorf("interrupted in %s: %s is interrupted too", phase, now)
			case <-time.After(10 * time.Millisecond):
			}
		}
		result := accept.Run(t.Context(), a.options)
		if !slices.Equal(a.ran, want.ran) || result.Exit() != want.exit {
			t.Errorf("%s: ran %v, exit %d: %+v", phase, a.ran, result.Exit(), result.Phases)
		}
	}
}

func TestTheEndOfTheCallersContextDoesNotEndTheDestroy(t *testing.T) {
	a := newAcceptance(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.before = func(_ context.Context, now string) {
		if now == accept.Up {
			cancel()
		}
	}
	if result := accept.Run(ctx, a.options); result.Exit() != 0 {
		t.Errorf("%+v", result.Phases)
	}
}

func TestAnUpThatFinishesDespiteAnInterruptIsNotLookedAt(t *testing.T) {
	a := newAcceptance(t)
	a.before = func(_ context.Context, now string) {
		if now == accept.Up {
			a.signal <- os.Interrupt
			time.Sleep(20 * time.Millisecond)
		}
	}
	up := a.Up
	a.options.Driver = finishing{a, up}
	result := accept.Run(t.Context(), a.options)
	if !slices.Equal(a.ran, withoutUse) || result.Exit() != 130 {
		t.Errorf("ran %v, exit %d", a.ran, result.Exit())
	}
}

// finishing is a driver whose up succeeds although its context has ended.
type finishing struct {
	*acceptance
	up func(context.Context) (accept.Operation, error)
}

func (f finishing) Up(ctx context.Context) (accept.Operation, error) {
	return f.up(context.WithoutCancel(ctx))
}

func TestTheBudgetEndsTheUpInTimeForTheDestroy(t *testing.T) {
	a := newAcceptance(t)
	a.options.Budget = 1000*time.Second + 50*time.Millisecond // the rehearsal's destroy takes 500 s
	a.before = func(ctx context.Context, now string) {
		if now == accept.Up {
			<-ctx.Done()
		}
	}
	result := accept.Run(t.Context(), a.options)
	if p := result.Phases[2]; !slices.Equal(a.ran, withoutUse) || result.Exit() != 12 || p.Found != "the budget leaves time for the destroy alone" {
		t.Errorf("ran %v, exit %d: %+v", a.ran, result.Exit(), p)
	}
}

func TestTheBudgetIsThatOfUpAndLookTogether(t *testing.T) {
	a := newAcceptance(t)
	a.options.Budget = 1060*time.Second + 50*time.Millisecond // an up takes a minute
	a.before = func(ctx context.Context, now string) {
		if now == accept.Look {
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
		}
	}
	result := accept.Run(t.Context(), a.options)
	if p := result.Phases[3]; !slices.Equal(a.ran, everything) || result.Exit() != 13 || p.Found != "the budget leaves time for the destroy alone" {
		t.Errorf("ran %v, exit %d: %+v", a.ran, result.Exit(), p)
	}
}

func TestNothingIsCreatedWithoutConfirmationOrBesideAnotherStack(t *testing.T) {
	a := newAcceptance(t)
	a.options.Confirm = func(context.Context, accept.Operation) (bool, error) { return false, nil }
	if result := accept.Run(t.Context(), a.options); !slices.Equal(a.ran, everything[:2]) || result.Exit() != 11 || result.Phases[1].Found != "not confirmed; nothing was created" {
		t.Errorf("ran %v: %+v", a.ran, result.Phases)
	}
	a = newAcceptance(t)
	a.options.Driver = existing{a}
	if result := accept.Run(t.Context(), a.options); result.Exit() != 11 || !strings.HasPrefix(result.Phases[1].Found, "7 resources of the stack exist already") || result.Phases[1].Next != "pulumi destroy --stack try" {
		t.Errorf("%+v", result.Phases)
	}
}

// existing is a driver of a stack that exists.
type existing struct{ *acceptance }

func (existing) Preview(context.Context) (accept.Operation, error) {
	return accept.Operation{Changes: map[string]int{"create": 1, "same": 5, "update": 2}}, nil
}

func TestLeftoversAndDifferencesAreFailures(t *testing.T) {
	a := newAcceptance(t)
	a.options.Audit = func(context.Context) (*audit.Report, error) {
		return &audit.Report{Findings: []audit.Finding{{Hold: audit.Ending}, {Hold: audit.Free}}}, nil
	}
	if result := accept.Run(t.Context(), a.options); result.Exit() != 15 || result.Phases[5].Found != "1 resource remains" {
		t.Errorf("%+v", result.Phases)
	}
	a = newAcceptance(t)
	a.options.Look = func(context.Context) (*look.Result, error) {
		return &look.Result{Workloads: []*look.Workload{{Differences: []string{"one"}}}}, nil
	}
	if result := accept.Run(t.Context(), a.options); result.Exit() != 13 {
		t.Errorf("%+v", result.Phases)
	}
	for _, status := range []check.Status{check.Failed, check.Unknown} {
		a = newAcceptance(t)
		a.options.Check = func(context.Context) ([]check.Row, error) {
			return []check.Row{{Check: "quota", Status: status, Found: "5, needed 10"}, {Check: "roles", Status: check.Warned}}, nil
		}
		if result := accept.Run(t.Context(), a.options); result.Exit() != 10 || result.Phases[0].Found != "quota: 5, needed 10" {
			t.Errorf("%+v", result.Phases)
		}
	}
}

func TestARehearsalThatCannotBeComparedIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":   "there is no rehearsal to compare with; run make rehearse STACK=try",
		"{}": "the rehearsal has no up; run make rehearse STACK=try",
		`{"operations": [{"name": "up", "awsSeconds": 1}]}`: "the rehearsal has no times of resources for up; run make rehearse STACK=try",
		`{"operations": [{"name": "up", "awsSeconds": 1}, {"name": "destroy", "awsSeconds": 1, "error": "x"}], "resourceSeconds": {"up": {"a": 1}, "destroy": {"a": 1}}}`: "destroy of the rehearsal failed; repair the stack file, and run make rehearse STACK=try",
		"no": "invalid character",
	} {
		file := t.TempDir() + "/report.json"
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := accept.ReadRehearsed(file, "try"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
