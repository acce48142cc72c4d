package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/account"
	"eksnet/acceptance/command"
	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
	"eksnet/internal/stackfile"
)

// driver is a driver whose operations succeed, unless they have an error.
type driver struct {
	ran  []string
	fail map[string]error
}

func (d *driver) run(operation, change string) (accept.Operation, error) {
	d.ran = append(d.ran, operation)
	return accept.Operation{Changes: map[string]int{change: 105}}, d.fail[operation]
}

func (d *driver) Preview(context.Context) (accept.Operation, error) {
	return d.run("preview", "create")
}
func (d *driver) Up(context.Context) (accept.Operation, error) { return d.run("up", "create") }
func (d *driver) Destroy(context.Context) (accept.Operation, error) {
	return d.run("destroy", "delete")
}
func (d *driver) Command(operation string) string { return "pulumi " + operation }

// acceptable is an account in which the stack study-ap-northeast-2 can be created, and runs.
func acceptable(t *testing.T) *memory.Account {
	t.Helper()
	a := running(t)
	spec, planned, err := stackfile.Load(root, tried)
	if err != nil {
		t.Fatal(err)
	}
	a.Settings = memory.ReadySettings(spec, planned)
	return a
}

const tried = "study-ap-northeast-2"

// rehearsal returns a file with the report of a rehearsal.
func rehearsal(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, []byte(`{"operations": [{"name": "up", "awsSeconds": 900}, {"name": "destroy", "awsSeconds": 600}],
		"resourceSeconds": {"up": {"urn:pulumi:s::p::aws:ec2/vpc:Vpc::v": 2}, "destroy": {"urn:pulumi:s::p::aws:ec2/vpc:Vpc::v": 1}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// runAccept runs the command accept with what a person types.
func runAccept(t *testing.T, a *memory.Account, d *driver, typed string, options ...string) process {
	t.Helper()
	var out, complaints bytes.Buffer
	w := command.World{Out: &out, Complaints: &complaints, In: strings.NewReader(typed), Environment: func(string) string { return os.Getenv("DENIED") }, Client: a.Cluster,
		Open:    func(context.Context, command.Credentials) (command.Account, error) { return a, nil },
		Cluster: func(string, string) (look.Cluster, error) { return a.Cluster, nil },
		Driver:  func(string, string) accept.Driver { return d },
		Wait:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	args := append([]string{"accept", tried, "--account", a.Cluster.Spec.Accounts[0], "-rehearsed", rehearsal(t), "-C", root}, options...)
	status := command.Run(t.Context(), args, w)
	return process{status, out.String(), complaints.String()}
}

func TestAnAcceptanceIsConfirmedWithTheNameOfTheStack(t *testing.T) {
	d := &driver{}
	p := runAccept(t, acceptable(t), d, tried+"\n")
	if p.status != 0 || !slices.Equal(d.ran, []string{"preview", "up", "destroy"}) || !strings.Contains(p.out, "destroy  ok      10m0s") {
		t.Errorf("status %d, ran %v: %s%s", p.status, d.ran, p.out, p.complaints)
	}
	for _, want := range []string{"105 resources are created in account 111122223333, region ap-northeast-2, for at most 2h0m0s\nThey cost ", " USD an hour by the list prices of us-east-1", "── audit\n"} {
		if !strings.Contains(p.complaints, want) {
			t.Errorf("missing %q in\n%s", want, p.complaints)
		}
	}
	for _, typed := range []string{"", "yes\n"} {
		d = &driver{}
		if p := runAccept(t, acceptable(t), d, typed); p.status != 11 || !slices.Equal(d.ran, []string{"preview"}) || !strings.Contains(p.out, "not confirmed; nothing was created") {
			t.Errorf("%q: status %d, ran %v: %s", typed, p.status, d.ran, p.out)
		}
	}
}

func TestAnAcceptanceWritesItsReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.md")
	p := runAccept(t, acceptable(t), &driver{fail: map[string]error{"destroy": errors.New("DependencyViolation")}}, "", "-yes", "-json", "-report", file)
	var read accept.Result
	if err := json.Unmarshal([]byte(p.out), &read); err != nil || p.status != 14 || read.Phases[4].Next != "pulumi destroy" || read.Look == nil {
		t.Errorf("status %d, %v: %s%s", p.status, err, p.out, p.complaints)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "| destroy | failed | 10m0s |") || !strings.Contains(string(text), "Continue after destroy with `pulumi destroy`.") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestALookWaitsForTheNamesOfNewLoadBalancers(t *testing.T) {
	for until, want := range map[int]int{40: 0, 1_000_000: 13} {
		a, resolved, looks := acceptable(t), 0, 0
		a.Cluster.Addresses = func(all []string) []string {
			if resolved++; resolved < until {
				return nil
			}
			return all
		}
		a.Cluster.Refuse = func(call string) error {
			if call == "nodes" {
				looks++
			}
			return nil
		}
		p := runAccept(t, a, &driver{}, "", "-yes")
		if p.status != want || looks < 2 || looks > 61 {
			t.Errorf("status %d after %d looks: %s", p.status, looks, p.out)
		}
	}
}

func TestADifferenceThatIsNotAboutNamesEndsTheLook(t *testing.T) {
	a, looks := acceptable(t), 0
	a.Cluster.Bind = func(string, []look.Binding) []look.Binding { return nil }
	a.Cluster.Refuse = func(call string) error {
		if call == "nodes" {
			looks++
		}
		return nil
	}
	if p := runAccept(t, a, &driver{}, "", "-yes", "-scale"); p.status != 13 || looks != 1 || len(a.Cluster.Scaled) > 0 {
		t.Errorf("status %d after %d looks, scaled to %v: %s", p.status, looks, a.Cluster.Scaled, p.out)
	}
	a = acceptable(t)
	if p := runAccept(t, a, &driver{}, "", "-yes", "-scale"); p.status != 0 || len(a.Cluster.Scaled) == 0 {
		t.Errorf("status %d, scaled to %v: %s", p.status, a.Cluster.Scaled, p.out)
	}
}

func TestAWrongAcceptanceCreatesNothing(t *testing.T) {
	for want, change := range map[string]struct {
		options []string
		account func(a *memory.Account)
	}{
		"-budget 30m0s: by the rehearsal, up and twice destroy take 35m0s":                    {[]string{"-budget", "30m"}, nil},
		"there is no rehearsal to compare with; run make rehearse STACK=study-ap-northeast-2": {[]string{"-rehearsed", "/nonexistent/report.json"}, nil},
		"--account 444455556666: the credentials are those of account 111122223333":           {[]string{"--account", "444455556666"}, nil},
		"aws:allowedAccountIds of stack study-ap-northeast-2 accepts":                         {[]string{"--account", "444455556666"}, func(a *memory.Account) { a.Who = account.Identity{Account: "444455556666"} }},
		"--delete, --data and --with-cluster are options of sweep":                            {[]string{"--delete"}, nil},
	} {
		a, d := acceptable(t), &driver{}
		if change.account != nil {
			change.account(a)
		}
		if p := runAccept(t, a, d, "", append(change.options, "-yes")...); p.status != 2 || !strings.Contains(p.complaints, want) || strings.Count(p.complaints, "\n") != 1 || len(d.ran) > 0 {
			t.Errorf("status %d, want %q: %s", p.status, want, p.complaints)
		}
	}
	p := run(t.Context(), running(t), "", "accept", "prod-eu-central-1", "--account", "111122223333")
	if p.status != 2 || !strings.Contains(p.complaints, "prod-eu-central-1: its name is that of production, and an acceptance deletes the stack at its end") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	if p := run(t.Context(), running(t), "", "look", tried, "-yes"); p.status != 2 || !strings.Contains(p.complaints, "-budget, -yes, -rehearsed and -report are options of accept") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	a, d := acceptable(t), &driver{}
	t.Setenv("DENIED", a.Who.Account)
	if p := runAccept(t, a, d, "", "-yes"); p.status != 2 || len(d.ran) > 0 || !strings.Contains(p.complaints, "the account is in the deny-list") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	t.Setenv("DENIED", "")
	maps.DeleteFunc(a.Quotas, func(string, float64) bool { return true })
	if p := runAccept(t, a, d, "", "-yes"); p.status != 10 || len(d.ran) > 0 || !strings.Contains(p.out, "continue after check with: eksnet-aws check study-ap-northeast-2") {
		t.Errorf("status %d: %s", p.status, p.out)
	}
}
