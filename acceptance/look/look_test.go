package look_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/netip"
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
	spec, planned, err := stackfile.Load("../..", "lab-ap-northeast-2")
	if err != nil {
		t.Fatal(err)
	}
	c := memory.NewCluster(spec)
	return c, look.Stack{Spec: spec, Plan: planned}, look.Options{Requests: 120, Settle: 4 * time.Second, Clients: map[look.Place]look.Client{look.Outside: c, look.InVPC: c},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
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
		if round.Sent != 120 || round.Answered != 120 || counted && sum != 120 || counted == slices.ContainsFunc(w.Notes, isAboutPods) {
			t.Errorf("%s: %d sent, %d answered, %v by pod, notes %q", w.Name, round.Sent, round.Answered, round.ByPod, w.Notes)
		}
	}
}

func isAboutPods(note string) bool { return strings.Contains(note, "not counted by pod") }

// fault is something wrong in the cluster, and the difference that names it.
type fault struct {
	workload, want string
	cause          func(c *memory.Cluster, s look.Stack)
}

// withAnswer changes the answers of a workload.
func withAnswer(change func(a *look.Answer)) func(*memory.Cluster, look.Stack) {
	return func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, _ look.Request, a *look.Answer) {
			if a.Error == "" {
				change(a)
			}
		}
	}
}

// withTargets changes the targets of a workload.
func withTargets(change func(all []look.Target) []look.Target) func(*memory.Cluster, look.Stack) {
	return func(c *memory.Cluster, _ look.Stack) {
		c.Targets = func(_ string, all []look.Target) []look.Target { return change(all) }
	}
}

var faults = map[string]fault{
	"a load balancer's address where the client's is expected": {"kept", "pods report the source address 10.40.1.200, which is the load balancer's; expected is the client's",
		withAnswer(func(a *look.Answer) { a.Texts[1] = "10.40.1.200:1" })},
	"the client's address where the load balancer's is expected": {"packets", "pods report the source address 198.51.100.7, which is the client's; expected is the load balancer's",
		withAnswer(func(a *look.Answer) { a.Texts[1] = "198.51.100.7:1" })},
	"a node's address behind policy Local": {"local-nodes", "pods report the source address 10.40.0.4, which is the node's; expected is the client's",
		withAnswer(func(a *look.Answer) { a.Texts[1] = "10.40.0.4:1" })},
	"no address at all": {"alone", `pods report the source address nonsense, which is no address: "nonsense"; expected is the load balancer's`,
		withAnswer(func(a *look.Answer) { a.Texts[1] = "nonsense" })},
	"no header with the client": {"alone", "120 of 120 requests do not have the client's address in the header X-Forwarded-For",
		withAnswer(func(a *look.Answer) { a.Texts[2] = "" })},
	"a header that is not expected": {"packets", "120 of 120 requests have the client's address in the header X-Forwarded-For, which is not expected",
		withAnswer(func(a *look.Answer) { a.Texts[2] = memory.OutsideClient })},
	"no proxy protocol": {"proxied", "120 of 120 requests do not have the client's address in the proxy protocol, version 2",
		withAnswer(func(a *look.Answer) { a.Texts[2] = "10.40.0.200:1" })},
	"an answer of a stranger": {"packets", "stranger answered, which is no ready pod of the workload",
		withAnswer(func(a *look.Answer) { a.Texts[0] = "stranger" })},
	"a pod that gets nothing": {"alone", "none of 120 requests reached pod alone-2",
		withAnswer(func(a *look.Answer) { a.Texts[0] = strings.Replace(a.Texts[0], "alone-2", "alone-1", 1) })},
	"zones that are crossed": {"packets", "requests to 203.0.20.0 reached pods in 2 zones; expected is one, without cross-zone load balancing", func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			if len(c.Scaled)%2 == 0 && strings.HasPrefix(r.Address, "203.0.20.0:") {
				a.Texts[0] = "packets-1"
			}
			c.Scaled = append(c.Scaled, 0)
		}
	}},
	"zones that are not crossed": {"kept", "reached pods of one zone; pods are in 3", func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			address := netip.MustParseAddrPort(r.Address).Addr().As4()
			a.Texts[0] = "kept-" + string('0'+rune(address[3]))
		}
	}},
	"requests that are lost": {"datagrams", "120 of 120 requests were not answered: i/o timeout", func(c *memory.Cluster, _ look.Stack) {
		sent := 0
		c.Answer = func(_ string, _ look.Request, a *look.Answer) {
			if sent++; sent > 3 {
				a.Error, a.Texts = "i/o timeout", nil
			}
		}
	}},
	"an address that does not answer": {"packets", "203.0.20.1 does not answer: refused", func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			if strings.HasPrefix(r.Address, "203.0.20.1:") {
				a.Error, a.Texts = "refused", nil
			}
		}
	}},
	"a name without addresses": {"packets", "packets.elb.test has no addresses: no such host; a new load balancer gets them some minutes after its name", func(c *memory.Cluster, _ look.Stack) {
		c.Refuse = refuse("resolve", errors.New("no such host"))
	}},
	"no redirect": {"secure", `port 80 does not redirect to port 443: location "", error ""`, withAnswer(func(a *look.Answer) { a.Location = "" })},
	"an unhealthy target": {"packets", "target 10.40.0.120 is unhealthy (Target.Timeout), expected is healthy",
		withTargets(func(all []look.Target) []look.Target {
			all[0].State, all[0].Reason = look.Unhealthy, "Target.Timeout"
			return all
		})},
	"an unhealthy instance": {"classic", "target i-0 is unhealthy (Instance has failed), expected is healthy",
		withTargets(func(all []look.Target) []look.Target {
			all[0].State, all[0].Reason = look.Unhealthy, "Instance has failed"
			return all
		})},
	"a node that is healthy without a pod": {"local-nodes", "target i-2 is healthy, expected is unhealthy", func(c *memory.Cluster, s look.Stack) {
		w := s.Spec.Workloads["local-nodes"]
		w.Replicas, c.Numbers["local-nodes"] = 2, 2
		s.Spec.Workloads["local-nodes"] = w
		c.Targets = func(_ string, all []look.Target) []look.Target {
			all[2].State, all[2].Reason = look.Healthy, ""
			return all
		}
	}},
	"a missing target": {"packets", "pod 10.40.0.120 is no target of the load balancer",
		withTargets(func(all []look.Target) []look.Target { return all[1:] })},
	"a missing node": {"nodes", "node i-0 is no target of the load balancer", withTargets(func(all []look.Target) []look.Target { return all[1:] })},
	"a foreign target": {"packets", "target 10.40.9.9 is healthy, and is no pod of the workload",
		withTargets(func(all []look.Target) []look.Target {
			return append(all, look.Target{ID: "10.40.9.9", Port: 8080, State: look.Healthy})
		})},
	"a target with another port": {"packets", "target 10.40.0.120 has port 80, expected 8080",
		withTargets(func(all []look.Target) []look.Target { all[0].Port = 80; return all })},
	"no binding": {"packets", "there is no TargetGroupBinding for Service packets-nlb", func(c *memory.Cluster, _ look.Stack) {
		c.Bind = func(string, []look.Binding) []look.Binding { return nil }
	}},
	"a binding of another type": {"packets", "TargetGroupBinding k8s-packets has targets of type instance, expected ip", func(c *memory.Cluster, _ look.Stack) {
		c.Bind = func(_ string, all []look.Binding) []look.Binding { all[0].TargetType = "instance"; return all }
	}},
	"a pod without an endpoint": {"packets", "pod packets-0 is ready, and 10.40.0.120 is not in the EndpointSlices of Service packets-nlb", func(c *memory.Cluster, _ look.Stack) {
		c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint { return all[1:] }
	}},
	"an endpoint without a pod": {"packets", "the EndpointSlices of Service packets-nlb have 4 ready endpoints, and 3 pods are ready", func(c *memory.Cluster, _ look.Stack) {
		c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint {
			return append(all, look.Endpoint{Address: netip.MustParseAddr("10.40.9.9"), Port: 8080, Ready: true})
		}
	}},
	"an endpoint with another port": {"packets", "the EndpointSlices of Service packets-nlb have port 81, expected 8080", func(c *memory.Cluster, _ look.Stack) {
		c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint { all[0].Port = 81; return all }
	}},
	"too few pods": {"packets", "2 pods are ready, expected 3", func(c *memory.Cluster, _ look.Stack) { c.Numbers["packets"] = 2 }},
}

func refuse(call string, err error) func(string) error {
	return func(called string) error {
		if called == call {
			return err
		}
		return nil
	}
}

func TestEachDifferenceIsNamed(t *testing.T) {
	for name, f := range faults {
		c, s, o := newCluster(t)
		withEveryPod(c, s)
		o.Workloads = []string{f.workload}
		f.cause(c, s)
		result := run(t, c, s, o)
		if !result.Differs() || !slices.ContainsFunc(result.Workloads[0].Differences, func(line string) bool { return strings.Contains(line, f.want) }) {
			t.Errorf("%s: %q, missing %q", name, result.Workloads[0].Differences, f.want)
		}
	}
}

func TestTargetsThatFollowInTimeAreNoDifference(t *testing.T) {
	c, s, o := newCluster(t)
	withEveryPod(c, s)
	o.Workloads = []string{"packets"}
	reads := 0
	c.Targets = func(_ string, all []look.Target) []look.Target {
		if reads++; reads < 3 {
			all[0].State = "initial"
		}
		return append(all, look.Target{ID: "10.40.9.9", State: look.Draining}, look.Target{ID: "10.40.9.8", State: look.Unused})
	}
	result := run(t, c, s, o)
	if targets := result.Workloads[0].Rounds[0].Targets; result.Differs() || !maps.Equal(targets, map[string]int{look.Healthy: 3, look.Draining: 1, look.Unused: 1}) {
		t.Errorf("%q, targets %v", result.Workloads[0].Differences, targets)
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

func TestScalingCountsWhatIsLostAndEndsAsItBegan(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales = []int{1, 2, 3}
	for _, test := range []struct {
		workload  string
		different bool
	}{{"alone", false}, {"steady-packets", true}} {
		sent := 0
		c.Scaled, o.Workloads = nil, []string{test.workload}
		c.Answer = func(_ string, _ look.Request, a *look.Answer) {
			if sent++; len(c.Scaled) == 3 && sent%10 == 0 && len(o.Workloads) > 0 {
				a.Error, a.Texts = "connection reset", nil
			}
		}
		w := run(t, c, s, o).Workloads[0]
		var pods []int
		lost := 0
		for _, round := range w.Rounds {
			pods, lost = append(pods, len(round.Pods)), lost+round.During.Lost
			if round.During.Sent < 20 {
				t.Errorf("%s: %d requests while scaling to %d", w.Name, round.During.Sent, round.Scaled)
			}
		}
		before := s.Spec.Workloads[test.workload].Replicas
		if want := []int{1, 2, 3, before}; !slices.Equal(pods, want) || !slices.Equal(c.Scaled, append(want, before)) || lost == 0 {
			t.Errorf("%s: %d requests lost with %v pods, scaled to %v", w.Name, lost, pods, c.Scaled)
		}
		if named := slices.ContainsFunc(w.Differences, func(line string) bool {
			return strings.Contains(line, "while scaling to 3, although the workload has readinessGate and preStop")
		}); named != test.different {
			t.Errorf("%s: %q", w.Name, w.Differences)
		}
	}
}

func TestAnAutoscaledWorkloadIsNotScaled(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1, 2, 3}, []string{"steady-web"}
	w := run(t, c, s, o).Workloads[0]
	if len(c.Scaled) > 0 || len(w.Rounds) != 1 || !slices.Contains(w.Notes, "not scaled: its HorizontalPodAutoscaler sets the number of pods") {
		t.Errorf("scaled to %v, %d rounds, notes %q", c.Scaled, len(w.Rounds), w.Notes)
	}
}

func TestAnInterruptSetsTheNumberOfPodsBack(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1, 3}, []string{"alone"}
	ctx, cancel := context.WithCancel(t.Context())
	c.Answer = func(_ string, _ look.Request, _ *look.Answer) {
		if len(c.Scaled) > 0 {
			cancel()
		}
	}
	result, err := look.Run(ctx, c, c, s, o)
	if !errors.Is(err, context.Canceled) || !slices.Equal(c.Scaled, []int{1, 2}) || len(result.Workloads) != 1 {
		t.Errorf("%v, scaled to %v", err, c.Scaled)
	}
}

func TestANumberOfPodsThatIsNotSetBackIsPrintedAsACommand(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1}, []string{"alone"}
	c.Refuse = func(call string) error {
		if call == "scale" && len(c.Scaled) == 2 {
			return errors.New("forbidden")
		}
		return nil
	}
	_, err := look.Run(t.Context(), c, c, s, o)
	if err == nil || !strings.Contains(err.Error(), "forbidden; set the number of pods back with: kubectl scale deployment alone --namespace alone --replicas 2") {
		t.Error(err)
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
	if _, err := look.Run(t.Context(), c, c, s, o); err == nil || !strings.Contains(err.Error(), `no workload "fence" with a load balancer; existing: alone, alone-inside,`) {
		t.Error(err)
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
		c.Answer = func(_ string, _ look.Request, a *look.Answer) {
			if n++; n%part != 0 {
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
	c.Answer = func(_ string, _ look.Request, a *look.Answer) { a.Texts[2] = "" }
	result := run(t, c, s, o)
	var text bytes.Buffer
	result.WriteText(&text)
	for _, want := range []string{"WORKLOAD  KIND  PODS  SENT  ANSWERED  BY POD    BY ADDRESS  SOURCE               TARGETS    LOST WHILE SCALING\n",
		"alone     alb   1     90    90        90        30/30/30    the load balancer's  1 healthy  0 of ", "alone     alb   3     90    90        30/30/30  30/30/30",
		"difference: alone: 90 of 90 requests do not have the client's address in the header X-Forwarded-For\n", "1 workload, 1 difference\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("missing %q in\n%s", want, text.String())
		}
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var read look.Result
	if err := json.Unmarshal(encoded, &read); err != nil || read.Workloads[0].Rounds[1].ByPod["alone-2"] != 30 || read.Workloads[0].Rounds[0].Sources[path.Balancers] != 90 {
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
