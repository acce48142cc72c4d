package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/acceptance/account"
	"eksnet/acceptance/command"
	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
	"eksnet/internal/leftover"
	"eksnet/internal/stackfile"
)

// running is an account with the running stack study-ap-northeast-2.
func running(t *testing.T) *memory.Account {
	t.Helper()
	spec, _, err := stackfile.Load(root, "study-ap-northeast-2")
	if err != nil {
		t.Fatal(err)
	}
	return &memory.Account{Who: account.Identity{Account: spec.Accounts[0], ARN: "arn:aws:iam::111122223333:user/me"},
		Cluster: memory.NewCluster(spec)}
}

const studied = "svc-nlb-ip-type"

func TestALookPrintsATableJSONAndAChart(t *testing.T) {
	a := running(t)
	a.Cluster.NodeList = a.Cluster.NodeList[:2] // a zone without a pod does not answer
	chart := filepath.Join(t.TempDir(), "requests.svg")
	p := run(t.Context(), a, "", "look", "study-ap-northeast-2", studied, "-requests", "90", "-scale", "-svg", chart)
	if !strings.Contains(p.out, "WORKLOAD         KIND  PODS  SENT  ANSWERED") || !strings.Contains(p.complaints, studied+": scaling to 2 pods\n") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
	if drawn, err := os.ReadFile(chart); err != nil || !strings.Contains(string(drawn), ">"+studied+" (nlb), 2 pods<") {
		t.Errorf("%v: %s", err, drawn)
	}
	p = run(t.Context(), a, "", "look", "study-ap-northeast-2", studied, "-json")
	var read look.Result
	if err := json.Unmarshal([]byte(p.out), &read); err != nil || p.status != 0 || read.Workloads[0].Rounds[0].Sent != 100 {
		t.Errorf("status %d, %v: %s%s", p.status, err, p.out, p.complaints)
	}
}

func TestALookWithADifferenceHasStatus1(t *testing.T) {
	a := running(t)
	a.Cluster.Bind = func(string, []look.Binding) []look.Binding { return nil }
	p := run(t.Context(), a, "", "look", "study-ap-northeast-2", studied, "-requests", "0")
	if p.status != 1 || !strings.Contains(p.out, "difference: "+studied+": there is no TargetGroupBinding for Service "+studied+"-nlb") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
}

func TestAWrongLookIsRefusedInOneLine(t *testing.T) {
	for want, args := range map[string][]string{
		"-requests -1; 0 to 10000 are accepted, such as 100": {"look", "study-ap-northeast-2", "-requests", "-1"},
		"-requests, -scale, -kubeconfig":                     {"audit", "study-ap-northeast-2", "-scale"},
		`"look": look takes one stack`:                       {"look"},
		"--delete, --data and --with-cluster are options of": {"look", "study-ap-northeast-2", studied, "--delete"},
		"-budget, -yes, -rehearsed and -report are options":  {"look", "study-ap-northeast-2", studied, "-yes"},
		"-svg: open ": {"look", "study-ap-northeast-2", studied, "-requests", "0", "-svg", "/nonexistent/chart.svg"},
	} {
		p := run(t.Context(), running(t), "", args...)
		if last := p.complaints[strings.LastIndex(strings.TrimSpace(p.complaints), "\n")+1:]; p.status != 2 || !strings.HasPrefix(last, "eksnet-aws: "+want) {
			t.Errorf("status %d, want %q: %s", p.status, want, p.complaints)
		}
	}
	a := running(t)
	a.Who.Account = "444455556666"
	if p := run(t.Context(), a, "", "look", "study-ap-northeast-2"); p.status != 2 || !strings.Contains(p.complaints, "the credentials are those of account 444455556666 (arn:aws:iam::111122223333:user/me); aws:allowedAccountIds of stack study-ap-northeast-2 accepts") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	a = running(t)
	a.Cluster = nil
	if p := run(t.Context(), a, "", "look", "study-ap-northeast-2"); p.status != 2 || p.complaints != "eksnet-aws: kubeconfig: no configuration has been provided\n" {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
}

func TestErrorsOfALookPrintWhatWasSeen(t *testing.T) {
	a := running(t)
	a.Refuse = func(call string, _ leftover.Resource) error {
		return &account.Error{Cause: account.Denied, Call: call, Err: errors.New("AccessDenied: no")}
	}
	if p := run(t.Context(), a, "", "look", "study-ap-northeast-2"); p.status != 3 || !strings.Contains(p.complaints, "sts:GetCallerIdentity: AccessDenied: no; the permissions that the command needs are in docs/look-policy.json") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
	a = running(t)
	a.Cluster.Refuse = func(call string) error {
		if call == "bindings" {
			return errors.New("cluster: list targetgroupbindings: forbidden")
		}
		return nil
	}
	p := run(t.Context(), a, "", "look", "study-ap-northeast-2", studied)
	if p.status != 3 || !strings.Contains(p.complaints, "eksnet-aws: workload "+studied+": cluster: list targetgroupbindings: forbidden\n") || !strings.Contains(p.out, "1 workload, 0 differences") {
		t.Errorf("status %d: %s%s", p.status, p.out, p.complaints)
	}
}

func TestAnInterruptedLookSetsThePodsBack(t *testing.T) {
	a := running(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.Cluster.Answer = func(string, look.Request, *look.Answer) {
		if len(a.Cluster.Scaled) > 0 {
			cancel()
		}
	}
	before := a.Cluster.Numbers[studied]
	p := run(ctx, a, "", "look", "study-ap-northeast-2", studied, "-scale")
	if p.status != 130 || a.Cluster.Numbers[studied] != before || len(a.Cluster.Scaled) < 2 || !strings.Contains(p.complaints, "interrupted; the number of pods is set back") {
		t.Errorf("status %d, scaled to %v: %s", p.status, a.Cluster.Scaled, p.complaints)
	}
}

func TestAnInterruptAfterWhichThePodsAreNotSetBackSaysSo(t *testing.T) {
	a := running(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.Cluster.Answer = func(string, look.Request, *look.Answer) {
		if len(a.Cluster.Scaled) > 0 {
			cancel()
		}
	}
	a.Cluster.Refuse = func(call string) error {
		if call == "scale" && len(a.Cluster.Scaled) > 0 {
			return errors.New("forbidden")
		}
		return nil
	}
	p := run(ctx, a, "", "look", "study-ap-northeast-2", studied, "-scale")
	if p.status != 3 || !strings.HasSuffix(p.complaints, "eksnet-aws: workload "+studied+": forbidden; set the number of pods back with: kubectl scale deployment "+studied+" --namespace "+studied+" --replicas 2\n") {
		t.Errorf("status %d: %s", p.status, p.complaints)
	}
}

func TestARemoteClientIsStartedWithSend(t *testing.T) {
	var out, complaints bytes.Buffer
	w := command.World{Out: &out, Complaints: &complaints, In: strings.NewReader(`{"resolve": "localhost"}` + "\n")}
	if status := command.Run(t.Context(), []string{"send"}, w); status != 0 || !strings.Contains(out.String(), `"127.0.0.1"`) {
		t.Errorf("status %d: %s%s", status, out.String(), complaints.String())
	}
	w.In = strings.NewReader("no order")
	if status := command.Run(t.Context(), []string{"send"}, w); status != 2 || !strings.Contains(complaints.String(), "only eksnet-aws look starts eksnet-aws send") {
		t.Errorf("status %d: %s", status, complaints.String())
	}
}
