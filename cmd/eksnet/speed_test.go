package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

// measuredStack is a stack with a workload of kind speed.
func measuredStack(t *testing.T, workloads string) string {
	t.Helper()
	return stackfiletest.Folder(t, root, append(append([]string{}, good[:5]...), "eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 4, desired: 4, max: 4}}}", "eksnet:workloads: "+workloads)...)
}

// withKubectl puts a program kubectl on PATH, whose objects and results are those of a cluster with a client in each
// place.
func withKubectl(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

const kubectlScript = `
testdata='TESTDATA'
case "$*" in
*"get pods --namespace fast "*) cat <<'END'
{"items": [
 {"metadata": {"name": "fast-1", "labels": {"app.kubernetes.io/name": "fast"}}, "spec": {"nodeName": "n1"}, "status": {"podIP": "10.0.0.11", "conditions": [{"type": "Ready", "status": "True"}]}},
 {"metadata": {"name": "fast-0", "labels": {"app.kubernetes.io/name": "fast"}}, "spec": {"nodeName": "n2"}, "status": {"podIP": "10.0.0.12", "conditions": [{"type": "Ready", "status": "False"}]}},
 {"metadata": {"name": "fast-2", "labels": {"app.kubernetes.io/name": "fast"}, "deletionTimestamp": "2026-11-30T00:00:00Z"}, "spec": {"nodeName": "n2"}, "status": {"podIP": "10.0.0.12", "conditions": [{"type": "Ready", "status": "True"}]}},
 {"metadata": {"name": "fast-3", "labels": {"app.kubernetes.io/name": "fast"}}, "spec": {"nodeName": "n3"}, "status": {"podIP": "10.0.0.13", "conditions": [{"type": "Ready", "status": "True"}]}},
 {"metadata": {"name": "fast-server-1", "labels": {"app.kubernetes.io/name": "fast-server"}}, "spec": {"nodeName": "n1"}, "status": {"podIP": "10.0.0.21", "conditions": [{"type": "Ready", "status": "True"}]}}
]}
END
;;
*"get nodes "*) cat <<'END'
{"items": [
 {"metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "ap-northeast-2a", "node.kubernetes.io/instance-type": "m7g.large"}}},
 {"metadata": {"name": "n2", "labels": {"topology.kubernetes.io/zone": "ap-northeast-2a", "node.kubernetes.io/instance-type": "m7g.large"}}},
 {"metadata": {"name": "n3", "labels": {"topology.kubernetes.io/zone": "ap-northeast-2b", "node.kubernetes.io/instance-type": "m7g.large"}}}
]}
END
;;
*"get service --namespace fast fast-speed "*) echo '{"spec": {"clusterIP": "172.20.0.9"}}' ;;
*" -- ping "*) cat "$testdata/ping.txt" ;;
*--parallel=8*) cat "$testdata/eight.json" ;;
*--udp*) cat "$testdata/udp.json" ;;
*" -- iperf3 "*) cat "$testdata/one.json" ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`

func recordedKubectl(t *testing.T) string {
	t.Helper()
	recorded, err := filepath.Abs("../../speed/testdata")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(kubectlScript, "TESTDATA", recorded, 1)
}

func TestSpeedIsPrintedAsTableAsJSONAndAsAChart(t *testing.T) {
	withKubectl(t, recordedKubectl(t))
	dir := measuredStack(t, "{fast: {kind: speed}}")
	status, out, complaints := eksnet("speed", "dev", "-C", dir)
	if status != planned || !strings.HasSuffix(complaints, "12 of 12: other zone, Service, UDP\n") {
		t.Errorf("status %d: %s", status, complaints)
	}
	for _, want := range []string{
		"Speed of workload fast, runs of 10 s: server fast-server-1 on n1 (ap-northeast-2a, m7g.large)\n",
		"other zone  Service      8 flows  2592    12500    21%    937       the bandwidth of m7g.large",
		"other zone  0.019  0.058  0.131  97 of 100  fast-3 on n3 (ap-northeast-2b, m7g.large)\n",
		"same zone is not measured: no client is on another node in ap-northeast-2a", // those on n2 are not ready
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	chart := filepath.Join(dir, "speed.svg")
	status, out, complaints = eksnet("speed", "dev", "fast", "-json", "-svg", chart, "-C", dir)
	var result struct {
		Rows []struct {
			Place    string
			Megabits float64
		}
		CrossZoneUSD float64
	}
	if err := json.Unmarshal([]byte(out), &result); status != planned || err != nil || len(result.Rows) != 12 || result.CrossZoneUSD == 0 {
		t.Errorf("status %d, %v: %s\n%s", status, err, complaints, out)
	}
	picture, err := os.ReadFile(chart)
	if err != nil || strings.Count(string(picture), `class="bar"`) != 12 || strings.Count(string(picture), `class="limit"`) != 8 {
		t.Errorf("%v: %s", err, picture)
	}
	for decoder := xml.NewDecoder(strings.NewReader(string(picture))); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatCannotBeMeasuredIsReported(t *testing.T) {
	withKubectl(t, `echo "E1130 memcache.go: first line" >&2; echo "The connection to the server localhost:8080 was refused" >&2; exit 1`)
	one, none, two := measuredStack(t, "{fast: {kind: speed}}"), measuredStack(t, "{}"), measuredStack(t, "{fast: {kind: speed}, faster: {kind: speed}}")
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-C", one}, unmeasured, "eksnet: kubectl get pods --namespace fast: The connection to the server localhost:8080 was refused\n"},
		{[]string{"-C", none}, misused, "the stack file has no workload of kind speed; add one, such as speed: {kind: speed}, and create it with pulumi up"},
		{[]string{"-C", two}, misused, "the stack file has several workloads of kind speed; name one of fast, faster"},
		{[]string{"slow", "-C", two}, misused, `no workload "slow" of kind speed; existing: fast, faster`},
		{[]string{"-seconds", "0", "-C", one}, misused, "-seconds 0; 1 to 100 are accepted, such as 10"},
		{[]string{"-runs", "6", "-C", one}, misused, "-runs 6; 1 to 5 are accepted, such as 3"},
		{[]string{"fast", "more", "-C", one}, misused, `"dev fast more": speed takes one stack and one workload`},
	} {
		status, out, complaints := eksnet(append([]string{"speed", "dev"}, test.args...)...)
		if status != test.status || out != "" || !strings.Contains(complaints, test.want) {
			t.Errorf("%v: status %d, %q, want %q", test.args, status, complaints, test.want)
		}
	}
	for _, option := range [][]string{{"-runs", "2"}, {"-seconds", "2"}, {"-kubeconfig", "f"}, {"-context", "c"}} {
		status, _, complaints := eksnet(append([]string{"plan", "dev", "-C", one}, option...)...)
		if status != misused || !strings.Contains(complaints, option[0]+" is an option of speed") {
			t.Errorf("plan %v: status %d, %s", option, status, complaints)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if status, _, complaints := eksnet("speed", "dev", "-C", one); status != unmeasured || !strings.Contains(complaints, "kubectl is not on PATH; install it") {
		t.Errorf("status %d: %s", status, complaints)
	}
}

func TestTheKubeconfigAndItsContextAreThoseOfTheOptions(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	withKubectl(t, "echo \"$1 $2\" >>'"+log+"'\n"+recordedKubectl(t))
	if status, _, complaints := eksnet("speed", "dev", "-kubeconfig", "k.yaml", "-context", "c", "-C", measuredStack(t, "{fast: {kind: speed}}")); status != planned {
		t.Fatal(complaints)
	}
	calls, _ := os.ReadFile(log)
	for line := range strings.Lines(string(calls)) {
		if line != "--kubeconfig=k.yaml --context=c\n" {
			t.Errorf("kubectl has %q", line)
		}
	}
}

func TestThePlanShowsCeilingsIfTheyAreMeasured(t *testing.T) {
	_, out, _ := eksnet("plan", "dev", "-C", measuredStack(t, "{fast: {kind: speed}}"))
	if want := "  m7g.large  5000    12500    937       937       general\n"; !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
	if _, out, _ := eksnet("plan", "dev", "-C", measuredStack(t, "{}")); strings.Contains(out, "8 FLOWS") {
		t.Errorf("ceilings are shown:\n%s", out)
	}
}
