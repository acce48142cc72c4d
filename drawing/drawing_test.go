package drawing

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/config"
	"eksnet/internal/processor"
	"eksnet/plan"
)

var update = flag.Bool("update", false, "write the golden drawing anew")

// keys are a stack file's, by name.
type keys map[string]any

type object = map[string]any

// load reads a stack as the command does, and plans it. A plan that does not fit its subnets is drawn all the same.
func load(t interface {
	Helper()
	Fatal(...any)
}, k keys) (*config.Stack, *plan.Plan) {
	t.Helper()
	get := func(key string) (string, bool) {
		value, set := k[key]
		if text, plainly := value.(string); plainly || !set {
			return text, set
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded), true
	}
	s, problems := config.Load(get, slices.Collect(maps.Keys(k)))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	p, _ := plan.New(s)
	return s, p
}

// shop is a stack with something of everything.
func shop() keys {
	return keys{
		"aws:region":            "eu-west-1",
		"aws:allowedAccountIds": []string{"111122223333"},
		"eksnet:network": object{
			"cidr": "10.0.0.0/16", "zones": []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, "nat": "single", "endpoints": []string{"ecr.api", "sts"},
			"podCidr": "100.64.0.0/16", "controlPlaneSubnets": true, "flowLogs": object{},
		},
		"eksnet:cluster": object{"name": "shop", "endpoint": object{"public": true, "publicCidrs": []string{"203.0.113.0/24"}}},
		"eksnet:nodeGroups": object{
			"general": object{"instanceTypes": []string{"m7i.large", "m6i.large"}, "capacity": "spot", "scaling": object{"min": 2, "desired": 3, "max": 6}},
			"edge":    object{"instanceTypes": []string{"t4g.medium"}, "subnets": "public", "scaling": object{"min": 0, "desired": 1, "max": 2}},
		},
		"eksnet:workloads": object{
			"legacy":  object{"kind": "clb"},
			"packets": object{"kind": "nlb", "target": "instance"},
			"reports": object{"kind": "nlb", "scheme": "internal"},
			"store":   object{"kind": "alb", "group": "front", "hosts": []any{"shop.example.com"}},
			"cart":    object{"kind": "alb", "group": "front", "hosts": []any{"shop.example.com"}, "paths": []any{"/cart"}, "replicas": 1},
		},
	}
}

func TestADrawingIsTheSameEachTime(t *testing.T) {
	s, p := load(t, shop())
	got := SVG("shop", s, p)
	const golden = "testdata/shop.svg"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the drawing is another than %s; look at it in a browser, and write it anew if it is right: go test ./drawing -update", golden)
	}
}

// words are all texts of a drawing, one line each.
func words(p *picture) string {
	var all []string
	for _, l := range p.labels {
		all = append(all, l.text)
	}
	return strings.ReplaceAll(strings.Join(all, "\n"), joined, " ")
}

func TestADrawingTellsEverythingOfTheNetwork(t *testing.T) {
	s, p := load(t, shop())
	text := words(layOut(newScene("shop", s, p)))
	for _, want := range []string{
		"AWS region eu-west-1", "VPC 10.0.0.0/16 and, for pods, 100.64.0.0/16", "Flow logs of it are kept for 30 days.", "Internet gateway",
		"Availability zone eu-west-1a", "Availability zone eu-west-1c",
		"Public subnet 10.0.32.0/20", "Private subnet 10.0.64.0/19", "Pods' subnet 100.64.128.0/18", "Control plane's subnet\n10.0.48.0/28",
		"Route 0.0.0.0/0 → internet gateway", "Route 0.0.0.0/0 → NAT gateway in eu-west-1a", "Route S3 → gateway endpoint", "NAT gateway\nwith a public address",
		"S3 gateway endpoint", "Interface endpoints of 2 AWS services\necr.api, sts",
		"EKS control plane shop, Kubernetes", "Control plane's interface", "From the internet: 203.0.113.0/24", "172.20.0.0/16",
		"kubectl and pulumi, from 203.0.113.0/24",
		"Nodes general\nm7i.large, m6i.large\n3 nodes to begin with, 2 to 6\nspot\nal2023-x86_64\nup to 110 pods on each",
		"Nodes edge\nt4g.medium\n1 node to begin with, 0 to 2\non demand\nal2023-arm64\nup to 110 pods on each, each with a public address",
		"Classic Load Balancer\ninternet-facing\nevery connection\n→ legacy\n2 pods of echo, target instance",
		"Network Load Balancer\ninternal: from inside the VPC alone\nevery connection\n→ reports\n2 pods of echo, target ip",
		"Application Load Balancer\ninternet-facing, group front\nshop.example.com/cart\n→ cart\n1 pod of echo, target ip\nshop.example.com/\n→ store",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
}

func TestADrawingTellsWhoReachesTheAPI(t *testing.T) {
	for _, test := range []struct {
		endpoint object
		flow     flow
		want     []string
	}{
		{object{"private": true}, byOther, []string{"from inside the VPC: by VPN", "From the internet: nobody reaches the API", "by its interfaces"}},
		{object{"proxy": "http://localhost:8888"}, byOther, []string{"kubectl and pulumi, by the proxy http://localhost:8888", "From the internet: nobody reaches the API"}},
		{object{"private": false, "public": true, "publicCidrs": []string{"0.0.0.0/0"}}, api, []string{"From the internet: 0.0.0.0/0", "nodes reach the API over the internet"}},
	} {
		k := shop()
		k["eksnet:cluster"] = object{"name": "shop", "endpoint": test.endpoint}
		s, p := load(t, k)
		drawn := layOut(newScene("shop", s, p))
		for _, want := range test.want {
			if !strings.Contains(strings.ReplaceAll(words(drawn), "\n", " "), want) {
				t.Errorf("%v: missing %q in\n%s", test.endpoint, want, words(drawn))
			}
		}
		from := slices.IndexFunc(drawn.lines, func(l line) bool { return l.points[0].x == margin+lane/2 })
		if from < 0 || drawn.lines[from].flow != test.flow {
			t.Errorf("%v: the operators' line is %v", test.endpoint, drawn.lines)
		}
	}
}

func TestWithoutNATNoLineLeavesAndTheDrawingSaysSo(t *testing.T) {
	k := shop()
	k["eksnet:network"] = object{"zones": []string{"eu-west-1a", "eu-west-1b"}, "nat": "none"}
	k["eksnet:nodeGroups"] = object{"general": object{"instanceTypes": []string{"m7i.large"}, "scaling": object{"min": 1, "desired": 1, "max": 1}}}
	s, p := load(t, k)
	drawn := layOut(newScene("shop", s, p))
	for _, l := range drawn.lines {
		if l.flow == leaving {
			t.Errorf("a line leaves: %v", l.points)
		}
	}
	if !strings.Contains(words(drawn), "No route to the internet") || strings.Contains(words(drawn), "with a public address") {
		t.Errorf("the drawing says\n%s", words(drawn))
	}
}

func TestTextsOfOthersCannotBreakTheDrawing(t *testing.T) {
	s, p := load(t, shop())
	s.Cluster.Name = `<script>&"'` + "\x00\xff"
	svg := SVG("<a>", s, p)
	if bytes.Contains(svg, []byte("<script")) {
		t.Error("markup of a name is markup of the drawing")
	}
	wellFormed(t, svg)
}

func wellFormed(t interface{ Error(...any) }, svg []byte) {
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Error(err)
			return
		}
	}
}

func TestADrawingIsReadToThoseWhoDoNotSeeIt(t *testing.T) {
	s, p := load(t, shop())
	svg := string(SVG("shop", s, p))
	for _, want := range []string{
		`role="img" aria-labelledby="title desc"`, `<title id="title">The network of stack shop in eu-west-1</title>`,
		"zone eu-west-1b with public subnet 10.0.96.0/20 and private subnet 10.0.64.0/19, which leaves by the NAT gateway in eu-west-1a",
		`<rect class="paper" width="`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("missing %q", want)
		}
	}
}

func TestWhatIsShortenedCanBeReadInFull(t *testing.T) {
	k := shop()
	host := strings.Repeat("a-department.", 8) + "example.com"
	k["eksnet:workloads"] = object{"store": object{"kind": "alb", "hosts": []any{host}, "paths": []any{"/" + strings.Repeat("x", 120)}}}
	s, p := load(t, k)
	if svg := string(SVG("shop", s, p)); !strings.Contains(svg, "…<title>"+host+"/"+strings.Repeat("x", 120)+"</title>") {
		t.Error("the host is shortened and nowhere in full")
	}
}

func TestTheLargestStackIsDrawnAtOnce(t *testing.T) {
	k := shop()
	groups, workloads := object{}, object{}
	for i := range 30 {
		groups[fmt.Sprint("group-", i)] = object{"instanceTypes": []string{"m7i.large"}, "scaling": object{"min": 0, "desired": 1, "max": 2}}
	}
	for i := range 100 {
		workloads[fmt.Sprint("workload-", i)] = object{"kind": "alb"}
	}
	k["eksnet:nodeGroups"], k["eksnet:workloads"] = groups, workloads
	s, p := load(t, k)
	if took := processor.Least(3, func() { SVG("shop", s, p) }); took > 200*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}
