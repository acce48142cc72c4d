package look_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
	"eksnet/config"
	"eksnet/internal/stackfile"
	"eksnet/path"
)

// newCluster returns a cluster in memory of a stack with each kind of load balancer, and what it is looked at with.
func newCluster(t *testing.T) (*memory.Cluster, look.Stack, look.Options) {
	t.Helper()
	return newClusterOf(t, "lab-ap-northeast-2")
}

// newClusterOf returns the cluster of a stack.
func newClusterOf(t *testing.T, stack string) (*memory.Cluster, look.Stack, look.Options) {
	t.Helper()
	spec, planned, err := stackfile.Load("../..", stack)
	if err != nil {
		t.Fatal(err)
	}
	c := memory.NewCluster(spec)
	return c, look.Stack{Spec: spec, Plan: planned}, look.Options{Requests: 120, Settle: 4 * time.Second,
		Clients: map[look.Place]look.Client{look.Outside: c, look.InVPC: c},
		Wait:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func run(t *testing.T, c *memory.Cluster, s look.Stack, o look.Options) *look.Result {
	t.Helper()
	result, err := look.Run(t.Context(), c, c, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// withEveryPod gives each workload a pod in each zone, as requests to a zone without one are lost.
func withEveryPod(c *memory.Cluster, s look.Stack) {
	for name, w := range s.Spec.Workloads {
		if w.Autoscale == nil {
			w.Replicas = 3
			s.Spec.Workloads[name], c.Numbers[name] = w, 3
		}
	}
}

func TestALoadBalancerThatIsAsPredictedHasNoDifference(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	result := run(t, c, s, o)
	if len(result.Workloads) < 20 {
		t.Fatalf("%d workloads", len(result.Workloads))
	}
	for _, w := range result.Workloads {
		if len(w.Differences) > 0 {
			t.Errorf("%s: %q", w.Name, w.Differences)
		}
		round, sum := w.Rounds[0], 0
		for _, n := range round.ByPod {
			sum += n
		}
		counted := !slices.Contains([]string{"game", "cart", "early"}, w.Name)
		if sent := round.Sent - round.Others; sent < 120 || sent > 123 || round.Answered != round.Sent || counted && sum != sent || counted == slices.ContainsFunc(w.Notes, isAboutPods) {
			t.Errorf("%s: %d sent, %d answered, %v by pod, notes %q", w.Name, round.Sent, round.Answered, round.ByPod,
				w.Notes)
		}
	}
}

func isAboutPods(note string) bool { return strings.Contains(note, "not counted by pod") }

func TestTargetsThatFollowInTimeAreNoDifference(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	o.Workloads = []string{"packets"}
	reads := 0
	c.Targets = func(_ string, all []look.Target) []look.Target {
		if reads++; reads < 3 {
			all[0].State = "initial"
		}
		return append(all, look.Target{ID: "10.40.9.9", State: look.Draining},
			look.Target{ID: "10.40.9.8", State: look.Unused})
	}
	result := run(t, c, s, o)
	if targets := result.Workloads[0].Rounds[0].Targets; result.Differs() || !maps.Equal(targets, map[string]int{look.Healthy: 3, look.Draining: 1, look.Unused: 1}) {
		t.Errorf("%q, targets %v", result.Workloads[0].Differences, targets)
	}
}

func TestTargetsInZonesWithoutTheLoadBalancerAreUnused(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	w := s.Spec.Workloads["packets"]
	w.Zones = s.Spec.Network.Zones[:2]
	s.Spec.Workloads["packets"], o.Workloads = w, []string{"packets"}
	got := run(t, c, s, o).Workloads[0]
	if targets := got.Rounds[0].Targets; len(got.Differences) > 0 || targets[look.Unused] != 1 || got.Rounds[0].ByPod["packets-2"] != 0 {
		t.Errorf("%q, targets %v, requests %v", got.Differences, targets, got.Rounds[0].ByPod)
	}
}

func TestAClientInTheVPCIsRecognizedByItsAddress(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	w, yes := s.Spec.Workloads["inside"], true
	w.PreserveClientAddress = &yes
	s.Spec.Workloads["inside"], o.Workloads = w, []string{"inside"}
	if got := run(t, c, s, o).Workloads[0]; len(got.Differences) > 0 || got.Rounds[0].Sources[path.Clients] != 120 {
		t.Errorf("%q, %v", got.Differences, got.Rounds[0].Sources)
	}
}

func TestWorkloadsWithoutAClientAreNoted(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	o.Workloads, o.Clients = []string{"inside", "kept"}, map[look.Place]look.Client{look.Outside: c}
	c.Answer = func(_ string, _ look.Request, a *look.Answer) { a.Error, a.Texts = "i/o timeout", nil }
	result := run(t, c, s, o)
	for i, want := range []string{"no requests: the load balancer is internal; name a client in the VPC with -vpc-client", "no requests: no address answers, and the load balancer accepts clients of 203.0.113.0/24 alone"} {
		if w := result.Workloads[i]; !slices.Equal(w.Notes, []string{want}) || len(w.Differences) > 0 {
			t.Errorf("%s: notes %q, differences %q", w.Name, w.Notes, w.Differences)
		}
	}
}

// The load balancer of workload admin accepts other IPv6 clients than this one, and that of echo accepts all.
func TestAddressesOfAFamilyWhoseClientsAreLimitedMayNotAnswer(t *testing.T) {
	c, s, o := newClusterOf(t, "dev-eu-north-1")
	withEveryPod(c, s)
	o.Workloads = []string{"admin", "echo"}
	c.Addresses = func(all []string) []string {
		for _, address := range slices.Clone(all) {
			all = append(all, "2001:db8::"+address)
		}
		return all
	}
	c.Answer = func(_ string, r look.Request, a *look.Answer) {
		if strings.HasPrefix(r.Address, "[") {
			a.Error, a.Texts = "i/o timeout", nil
		}
	}
	result := run(t, c, s, o)
	const note = "no requests by IPv6: none of its addresses answers, and the load balancer accepts clients of 2001:db8:40::/48 alone"
	silent := func(line string) bool { return strings.HasSuffix(line, " does not answer: i/o timeout") }
	for i, limited := range []bool{true, false} {
		w := result.Workloads[i]
		if slices.Contains(w.Notes, note) != limited || slices.ContainsFunc(w.Differences, silent) == limited || w.Pending == limited || w.Rounds[0].Answered == 0 {
			t.Errorf("%s: %d answered, pending %t, notes %q, differences %q", w.Name, w.Rounds[0].Answered, w.Pending, w.Notes, w.Differences)
		}
	}
}

// Pods are in two of three zones, and the resolver has no address of the third one.
func TestAddressesOfAFamilyWhoseClientsAreLimitedAreNotAwaited(t *testing.T) {
	c, s, o := newClusterOf(t, "dev-eu-north-1")
	o.Workloads = []string{"direct"}
	c.Addresses = func(all []string) []string {
		for _, address := range slices.Clone(all) {
			all = append(all, "2001:db8::"+address)
		}
		return all
	}
	tried := 0
	c.Answer = func(_ string, r look.Request, a *look.Answer) {
		if !strings.HasPrefix(r.Address, "[") {
			tried++
			a.Error, a.Texts = "i/o timeout", nil
		}
	}
	result := run(t, c, s, o)
	const most = 2 * 2 // each address twice
	if w := result.Workloads[0]; w.Rounds[0].Answered == 0 || len(w.Differences) > 0 || tried > most {
		t.Errorf("%d answered, differences %q, %d connections to addresses that do not accept this client", w.Rounds[0].Answered, w.Differences, tried)
	}
}

func TestTheClusterOfAnotherStackIsRefused(t *testing.T) {
	c, s, o := newCluster(t)
	c.NodeList[0].Zone = "eu-west-1a"
	if _, err := look.Run(t.Context(), c, c, s, o); err == nil || !strings.Contains(err.Error(), `node node-0 is in zone "eu-west-1a", but network.zones has ap-northeast-2a, ap-northeast-2b, ap-northeast-2c: choose the kubeconfig of the stack`) {
		t.Error(err)
	}
	c, s, o = newCluster(t)
	o.Workloads = []string{"fence"}
	if _, err := look.Run(t.Context(), c, c, s, o); err == nil || !strings.Contains(err.Error(), `no workload "fence" with a load balancer; existing: alone, alone-gateway, alone-inside,`) {
		t.Error(err)
	}
}

// With few connections kube-proxy may choose the same pod for all of them.
func TestPodsWithoutRequestsBehindAnALBWithInstanceTargetsAreNoted(t *testing.T) {
	const note = "requests reached 1 of 3 pods: the load balancer keeps connections to nodes"
	for target, noted := range map[string]bool{config.TargetInstance: true, config.TargetIP: false} {
		c, s, o := newCluster(t)
		withEveryPod(c, s)
		w := s.Spec.Workloads["alone"]
		w.Target = target
		s.Spec.Workloads["alone"], o.Workloads = w, []string{"alone"}
		withAnswer(podText, always("alone-1"))(c, s)
		got := run(t, c, s, o).Workloads[0]
		if has := len(got.Notes) == 1 && strings.HasPrefix(got.Notes[0], note); has != noted || (len(got.Differences) > 0) == noted {
			t.Errorf("targets of type %s: notes %q, differences %q", target, got.Notes, got.Differences)
		}
	}
}

func TestMembersOfAGroupShareRequestsByTheirWeights(t *testing.T) {
	c, s, o := newCluster(t)
	ten, thirty := 10, 30
	w := s.Spec.Workloads["alone"]
	w.Kind, w.Group, w.Weight, w.Replicas = config.KindGatewayALB, "g", &ten, 2
	other := w
	other.Weight = &thirty
	s.Spec.Workloads["alone"], s.Spec.Workloads["rest"] = w, other
	o.Workloads, o.Requests = []string{"alone"}, 100
	for part, different := range map[int]bool{4: false, 2: true} {
		n := 0
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			if r.Texts[0] != podText {
				return
			}
			n++
			a.Texts[0] = fmt.Sprintf("alone-%d", n/part%2)
			if n%part != 0 {
				a.Texts[0] = "rest-0"
			}
		}
		got := run(t, c, s, o).Workloads[0]
		round := got.Rounds[0]
		if round.Sent != 400 || round.Others != 400-400/part || slices.ContainsFunc(got.Differences, isAboutShare) != different {
			t.Errorf("1 of %d: %d sent, %d by others, %q", part, round.Sent, round.Others, got.Differences)
		}
	}
}

func isAboutShare(line string) bool {
	return strings.Contains(line, "200 of 400 requests reached the workload; its weight of 10 of 40 is about 100")
}

func TestTheResultIsPrintedAsTableJSONAndChart(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	o.Workloads, o.Scales, o.Requests = []string{"alone"}, []int{1}, 90
	withAnswer(forwardedText, always(""))(c, s)
	result := run(t, c, s, o)
	var text bytes.Buffer
	result.WriteText(&text)
	for _, want := range []string{"WORKLOAD  KIND  PODS  SENT  ANSWERED  BY POD    BY ADDRESS  SOURCE               TARGETS    LOST WHILE SCALING\n",
		"alone     alb   1     90    90        90        30/30/30    the load balancer's  1 healthy  0 of ", "alone     alb   3     90    90        30/30/30  30/30/30",
		"difference: alone: 12 of 12 requests do not have the client's address in the header X-Forwarded-For\n", "1 workload, 1 difference\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("missing %q in\n%s", want, text.String())
		}
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var read look.Result
	if err := json.Unmarshal(encoded, &read); err != nil || read.Workloads[0].Rounds[1].ByPod["alone-2"] != 30 || read.Workloads[0].Rounds[0].Sources[path.Balancers] != 12 {
		t.Errorf("%v: %s", err, encoded)
	}
	chart := result.SVG()
	for decoder := xml.NewDecoder(bytes.NewReader(chart)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(chart), ">alone (alb), 3 pods<") || strings.Count(string(chart), ">30 of 90<") != 3 {
		t.Errorf("%s", chart)
	}
}
