package speed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"eksnet/speed"
)

var zones = []string{"ap-northeast-2a", "ap-northeast-2b"}

// fakeCluster is a cluster whose commands print what files in testdata hold.
type fakeCluster struct {
	pods []speed.Pod
	// answers are the outputs of iperf3, by a word of the command; the first that is left in a list is printed.
	answers map[string][]string
	ran     []string
	// cancelAfter cancels the measurement after so many runs of iperf3.
	cancelAfter int
	cancel      func()
	// fails is the error of each command.
	fails error
}

func (f *fakeCluster) Pods(context.Context, string) ([]speed.Pod, error) { return f.pods, nil }

func (f *fakeCluster) ServiceAddress(context.Context, string, string) (string, error) {
	return "172.20.0.9", nil
}

func (f *fakeCluster) Run(_ context.Context, _, pod string, command []string) ([]byte, error) {
	line := strings.Join(command, " ")
	f.ran = append(f.ran, pod+": "+line)
	if f.fails != nil {
		return nil, f.fails
	}
	if command[0] == "ping" {
		return recorded("ping.txt"), nil
	}
	if f.cancelAfter > 0 && len(f.ran) > f.cancelAfter {
		f.cancel()
	}
	file := "one.json"
	for _, word := range []string{"--parallel", "--udp"} {
		if strings.Contains(line, word) {
			file = map[string]string{"--parallel": "eight.json", "--udp": "udp.json"}[word]
		}
	}
	if queue := f.answers[file]; len(queue) > 0 {
		f.answers[file] = queue[1:]
		file = queue[0]
	}
	return recorded(file), nil
}

func recorded(file string) []byte {
	content, err := os.ReadFile("testdata/" + file)
	if err != nil {
		panic(err)
	}
	return content
}

func pod(name, app, node, zone string) speed.Pod {
	return speed.Pod{Name: name, Address: "10.0.0.1", App: app, Node: node, Zone: zone, Type: "m7g.large", Ready: true}
}

// newCluster returns a cluster with a server and a client in each place.
func newCluster() *fakeCluster {
	return &fakeCluster{pods: []speed.Pod{
		pod("fast-d", "fast", "n3", zones[1]), pod("fast-server-x", "fast-server", "n1", zones[0]), pod("fast-c", "fast", "n2", zones[0]),
		pod("fast-b", "fast", "n1", zones[0]), pod("other", "other", "n1", zones[0]), pod("fast-e", "fast", "n3", zones[1]),
	}}
}

func options() speed.Options {
	return speed.Options{Workload: "fast", Zones: zones, Seconds: 2, Runs: 1, Price: 0.01, Pause: func(context.Context) error { return nil }}
}

func TestEachLoadIsMeasuredToEachTargetFromEachPlace(t *testing.T) {
	c := newCluster()
	r, err := speed.Measure(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range r.Rows {
		got = append(got, fmt.Sprintf("%s, %s, %s from %s", row.Place, row.Target, row.Load, row.Client.Name))
	}
	var want []string
	for _, place := range []string{"same node fast-b", "same zone fast-c", "other zone fast-d"} {
		i := strings.LastIndexByte(place, ' ')
		for _, target := range speed.Targets {
			for _, load := range speed.Loads {
				want = append(want, fmt.Sprintf("%s, %s, %s from %s", place[:i], target, load, place[i+1:]))
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("measured are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range []string{
		"fast-b: iperf3 --client 10.0.0.1 --port=5201 --json --time=2 --omit=1 --connect-timeout=5000",
		"fast-c: iperf3 --client 172.20.0.9 --port=5201 --json --time=2 --omit=1 --connect-timeout=5000 --parallel=8",
		"fast-d: iperf3 --client 172.20.0.9 --port=5201 --json --time=2 --omit=1 --connect-timeout=5000 --udp --bitrate=937M",
		"fast-d: ping -n -c 100 -i 0.05 10.0.0.1",
	} {
		if !slices.Contains(c.ran, line) {
			t.Errorf("%q did not run; ran:\n%s", line, strings.Join(c.ran, "\n"))
		}
	}
}

// The figures are those of iperf3 3.12: received rates, and bytes with the second that is left out.
func TestFiguresAreThoseOfTheServerAndBytesThoseOfTheClient(t *testing.T) {
	r, err := speed.Measure(t.Context(), newCluster(), options())
	if err != nil {
		t.Fatal(err)
	}
	last := r.Rows[len(r.Rows)-3:]
	one, eight, udp := last[0], last[1], last[2]
	if int(one.Megabits) != 2049 || one.Bytes != 420610048+297533440+211025920 || one.Retransmits != 0 || fmt.Sprintf("%.3f", one.Share) != "0.410" {
		t.Errorf("one flow: %+v", one)
	}
	if int(eight.Megabits) != 2592 || eight.Retransmits != 1 || eight.Ceiling.Megabits != 12500 {
		t.Errorf("eight flows: %+v", eight)
	}
	if int(udp.Megabits) != 119 || fmt.Sprintf("%.2f %.2f", udp.LostPercent, udp.JitterMs) != "40.14 4.59" || udp.Rate != 937 {
		t.Errorf("UDP: %+v", udp)
	}
	if bytes := 2 * (one.Bytes + eight.Bytes + udp.Bytes); r.CrossZoneBytes != bytes || r.CrossZoneUSD == nil || *r.CrossZoneUSD != float64(bytes)/1e9*0.02 {
		t.Errorf("%d bytes crossed zones, for %v; want %d", r.CrossZoneBytes, r.CrossZoneUSD, bytes)
	}
	if l := r.Latencies[2]; l.Place != speed.OtherZone || l.Lost != 97 || l.Min != 0.019 || l.P99 != 0.131 || fmt.Sprintf("%.3f", l.Avg) != "0.058" {
		t.Errorf("latency: %+v", l)
	}
}

func TestTheMedianOfSeveralRunsCounts(t *testing.T) {
	c, o := newCluster(), options()
	o.Runs = 3
	c.answers = map[string][]string{"one.json": {"one.json", "eight.json", "udp.json"}} // 2049, 2592 and 119 Mbit/s
	r, err := speed.Measure(t.Context(), c, o)
	if err != nil || len(r.Rows[0].Runs) != 3 || int(r.Rows[0].Megabits) != 2049 {
		t.Errorf("%+v, %v", r.Rows[0], err)
	}
}

func TestABusyServerIsTriedAgainAndThenReported(t *testing.T) {
	c := newCluster()
	c.answers = map[string][]string{"one.json": {"busy.json", "refused.json"}}
	if _, err := speed.Measure(t.Context(), c, options()); err != nil {
		t.Errorf("a server that is busy for a moment: %v", err)
	}
	c.answers["one.json"] = slices.Repeat([]string{"busy.json"}, 10)
	_, err := speed.Measure(t.Context(), c, options())
	const want = "same node to pod address, 1 flow, from pod fast-b: iperf3: the server is busy running a test. try again later, after 10 attempts; another measurement may be running; wait for its end, or start the server again: kubectl rollout restart -n fast deployment/fast-server"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v\nwant %s", err, want)
	}
}

func TestAnInterruptedMeasurementKeepsWhatWasMeasured(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newCluster()
	c.cancelAfter, c.cancel = 4, cancel
	r, err := speed.Measure(ctx, c, options())
	if !errors.Is(err, context.Canceled) || r == nil || len(r.Rows) != 4 || !r.Interrupted || len(c.ran) != 5 {
		t.Fatalf("%+v, %v, after %d commands", r, err, len(c.ran))
	}
	var text bytes.Buffer
	r.WriteText(&text)
	if !strings.HasSuffix(text.String(), "\n\nNothing was sent across zones\n") || strings.Contains(text.String(), "Round-trip") {
		t.Errorf("printed is\n%s", text.String())
	}
}

func TestPlacesWithoutAClientAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		pods []speed.Pod
		want []string
	}{
		"one node in each zone": {
			[]speed.Pod{pod("fast-server-x", "fast-server", "n1", zones[0]), pod("fast-b", "fast", "n1", zones[0]), pod("fast-d", "fast", "n3", zones[1])},
			[]string{"same zone is not measured: no client is on another node in ap-northeast-2a, the zone of the server; start two nodes there, then to place the pods anew: kubectl rollout restart deployment -n fast"},
		},
		"one zone": {
			[]speed.Pod{pod("fast-server-x", "fast-server", "n1", zones[0]), pod("fast-b", "fast", "n1", zones[0]), pod("fast-c", "fast", "n2", zones[0])},
			[]string{"other zone is not measured: no client is in another zone than ap-northeast-2a; start nodes in a second zone, then to place the pods anew: kubectl rollout restart deployment -n fast"},
		},
		"a server that has moved": {
			[]speed.Pod{pod("fast-server-x", "fast-server", "n1", zones[0]), pod("fast-c", "fast", "n2", zones[0]), pod("fast-d", "fast", "n3", zones[1])},
			[]string{"same node is not measured: no client is on the node of the server, n1; to place the pods anew: kubectl rollout restart deployment -n fast"},
		},
	} {
		r, err := speed.Measure(t.Context(), &fakeCluster{pods: test.pods}, options())
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		r.WriteText(&text)
		for _, line := range test.want {
			if !strings.Contains(text.String(), line+"\n") {
				t.Errorf("%s: no %q in\n%s", name, line, text.String())
			}
		}
		if crossed := r.CrossZoneBytes > 0; crossed != (name != "one zone") {
			t.Errorf("%s: %d bytes crossed zones", name, r.CrossZoneBytes)
		}
		if len(r.Missing) != len(test.want) || len(r.Rows) != 12 {
			t.Errorf("%s: %d rows, missing %v", name, len(r.Rows), r.Missing)
		}
	}
}

func TestWhatCannotBeMeasuredIsRefusedWithAWayOut(t *testing.T) {
	unready := pod("fast-server-x", "fast-server", "n1", zones[0])
	unready.Ready = false
	for want, c := range map[string]*fakeCluster{
		"no pod of Deployment fast/fast-server is ready (it has 0 pods); create the workload with pulumi up, or see why: kubectl describe pods -n fast": {},
		"no pod of Deployment fast/fast-server is ready (it has 1 pod); create":                                                                         {pods: []speed.Pod{unready, pod("fast-b", "fast", "n1", zones[0])}},
		"no pod of Deployment fast/fast is ready (it has 0 pods); create":                                                                               {pods: []speed.Pod{pod("fast-server-x", "fast-server", "n1", zones[0])}},
		`node n9 of pod fast-b is in zone "us-west-2a", which is not in network.zones (ap-northeast-2a, ap-northeast-2b): the kubeconfig is that of another cluster; select one with -kubeconfig or -context`: {
			pods: []speed.Pod{pod("fast-server-x", "fast-server", "n1", zones[0]), pod("fast-b", "fast", "n9", "us-west-2a")}},
		"same node to pod address, 1 flow, from pod fast-b: kubectl exec: container not found": {pods: newCluster().pods, fails: errors.New("kubectl exec: container not found")},
	} {
		r, err := speed.Measure(t.Context(), c, options())
		if err == nil || r != nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("the error is %v\nwant %s", err, want)
		}
	}
}

func TestOutputThatIsNoResultIsAnError(t *testing.T) {
	for file, want := range map[string]string{
		"ping.txt":   "iperf3 printed no result",
		"empty.json": "iperf3 printed a result without sum_sent, sum_received or intervals",
	} {
		c := newCluster()
		c.answers = map[string][]string{"one.json": {file}}
		if _, err := speed.Measure(t.Context(), c, options()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %s", file, err, want)
		}
	}
}

func TestTheTableHasTheShareAndThePriceIfItIsKnown(t *testing.T) {
	o := options()
	for price, want := range map[float64]string{
		0.01: "Across zones were sent 3.91 GB, for which AWS bills about 0.08 USD: 0.01 USD for each GB out of one zone, and the same into the other\n",
		0:    "Across zones were sent 3.91 GB; AWS bills them, at a price of this partition that is not known here\n",
	} {
		o.Price = price
		r, err := speed.Measure(t.Context(), newCluster(), o)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		r.WriteText(&text)
		for _, line := range []string{want, "other zone  Service      8 flows  2592    12500    21%    937       the bandwidth of m7g.large"} {
			if !strings.Contains(text.String(), line) {
				t.Errorf("no %q in\n%s", line, text.String())
			}
		}
	}
}
