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

var updateGolden = flag.Bool("update", false, "rewrite the golden drawing")

// keys holds the values of a stack file by key.
type keys map[string]any

type object = map[string]any

// loadStack loads and plans a stack as the command does. Problems of the plan are ignored, because it can be drawn.
func loadStack(t interface {
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

// shopStack returns a stack that uses all features.
func shopStack() keys {
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

func TestTheSamePlanIsDrawnTheSame(t *testing.T) {
	s, p := loadStack(t, shopStack())
	got := SVG("shop", s, p)
	const golden = "testdata/shop.svg"
	if *updateGolden {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the drawing differs from %s; look at it in a browser, and if it is right rewrite the file: go test ./drawing -update", golden)
	}
}

// textsOf returns all texts of a drawing, one per line.
func textsOf(p *picture) string {
	var all []string
	for _, l := range p.labels {
		all = append(all, l.text)
	}
	return strings.ReplaceAll(strings.Join(all, "\n"), noBreakSpace, " ")
}

func TestADrawingShowsEveryPartOfTheNetwork(t *testing.T) {
	s, p := loadStack(t, shopStack())
	text := textsOf(layOut(newScene("shop", s, p)))
	for _, want := range []string{
		"AWS region eu-west-1", "VPC 10.0.0.0/16 and, for pods, 100.64.0.0/16", "Its flow logs are kept for 30 days.", "Internet gateway",
		"Availability zone eu-west-1a", "Availability zone eu-west-1c",
		"Public subnet 10.0.32.0/20", "Private subnet 10.0.64.0/19", "Pod subnet 100.64.128.0/18", "Control plane subnet 10.0.48.0/28",
		"Route 0.0.0.0/0 → internet gateway", "Route 0.0.0.0/0 → NAT gateway in eu-west-1a", "Route S3 → gateway endpoint", "NAT gateway\nwith its own public address",
		"S3 gateway endpoint", "Interface endpoints of 2 AWS services\necr.api, sts",
		"EKS control plane shop, Kubernetes", "Control plane interface", "From the internet: 203.0.113.0/24", "172.20.0.0/16",
		"kubectl and pulumi, from 203.0.113.0/24",
		"Nodes general\nm7i.large, m6i.large\n3 nodes initially, 2 to 6\nspot\nal2023-x86_64\nup to 110 pods on each",
		"Nodes edge\nt4g.medium\n1 node initially, 0 to 2\non demand\nal2023-arm64\nup to 110 pods on each, each with a public address",
		"Classic Load Balancer\ninternet-facing\nevery connection\n→ legacy\n2 pods of echo, target instance",
		"Network Load Balancer\ninternal: from inside the VPC only\nevery connection\n→ reports\n2 pods of echo, target ip",
		"Application Load Balancer\ninternet-facing, group front\nshop.example.com/cart\n→ cart\n1 pod of echo, target ip\nshop.example.com/\n→ store",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
}

func TestADrawingShowsFromWhereTheAPIIsReachable(t *testing.T) {
	for _, test := range []struct {
		endpoint object
		flow     flow
		want     []string
	}{
		{object{"private": true}, privateAPIFlow, []string{"from inside the VPC: over a VPN", "From the internet: the API is not reachable", "through its interfaces"}},
		{object{"proxy": "http://localhost:8888"}, privateAPIFlow, []string{"kubectl and pulumi, through the proxy http://localhost:8888", "From the internet: the API is not reachable"}},
		{object{"private": false, "public": true, "publicCidrs": []string{"0.0.0.0/0"}}, apiFlow, []string{"From the internet: 0.0.0.0/0", "nodes reach the API over the internet"}},
	} {
		k := shopStack()
		k["eksnet:cluster"] = object{"name": "shop", "endpoint": test.endpoint}
		s, p := loadStack(t, k)
		drawn := layOut(newScene("shop", s, p))
		for _, want := range test.want {
			if !strings.Contains(strings.ReplaceAll(textsOf(drawn), "\n", " "), want) {
				t.Errorf("%v: missing %q in\n%s", test.endpoint, want, textsOf(drawn))
			}
		}
		from := slices.IndexFunc(drawn.lines, func(l line) bool { return l.points[0].x == margin+lane/2 })
		if from < 0 || drawn.lines[from].flow != test.flow {
			t.Errorf("%v: the operators' line is %v", test.endpoint, drawn.lines)
		}
	}
}

func TestADrawingShowsTheWorkloadsBehindTheGatewayOfAMesh(t *testing.T) {
	meshed := shopStack()
	meshed["eksnet:addons"] = object{"istio": object{}}
	meshed["eksnet:workloads"] = object{
		"orders": object{"kind": "mesh", "hosts": []any{"shop.example.com"}, "paths": []any{"/orders"}, "replicas": 3},
		"hello":  object{"kind": "mesh", "app": "nginx"},
	}
	s, p := loadStack(t, meshed)
	text := textsOf(layOut(newScene("shop", s, p)))
	for _, want := range []string{"→ istio-ingress", "→ orders", "3 pods of echo with a proxy", "→ hello", "2 pods of nginx with a proxy"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing does not contain %q:\n%s", want, text)
		}
	}
	if words := strings.Join(strings.Fields(text), " "); !strings.Contains(words, "shop.example.com, /orders") || !strings.Contains(words, "any host, /, through the gateway") {
		t.Errorf("the drawing does not contain the hosts and paths:\n%s", text)
	}
}

func TestWithoutNATTheDrawingShowsNoEgress(t *testing.T) {
	k := shopStack()
	k["eksnet:network"] = object{"zones": []string{"eu-west-1a", "eu-west-1b"}, "nat": "none"}
	k["eksnet:nodeGroups"] = object{"general": object{"instanceTypes": []string{"m7i.large"}, "scaling": object{"min": 1, "desired": 1, "max": 1}}}
	s, p := loadStack(t, k)
	drawn := layOut(newScene("shop", s, p))
	for _, l := range drawn.lines {
		if l.flow == egressFlow {
			t.Errorf("an egress line: %v", l.points)
		}
	}
	if !strings.Contains(textsOf(drawn), "No route to the internet") || strings.Contains(textsOf(drawn), "public address") {
		t.Errorf("the drawing's texts are\n%s", textsOf(drawn))
	}
}

func TestTheDrawingOfAnIPv6ClusterHasRangesAndRoutesOfBothFamilies(t *testing.T) {
	k := shopStack()
	k["eksnet:network"] = object{"zones": []string{"eu-west-1a", "eu-west-1b"}, "ipFamily": "ipv6"}
	for _, workload := range []string{"legacy", "packets"} {
		delete(k["eksnet:workloads"].(object), workload)
	}
	s, p := loadStack(t, k)
	texts := textsOf(layOut(newScene("shop", s, p)))
	for _, want := range []string{"10.0.0.0/16 and an IPv6 /56", "IPv6: /64 number 64 of the /56", "Route ::/0 → egress-only gateway", "Route ::/0 → internet gateway", "an IPv6 range that EKS assigns"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not in the drawing's texts\n%s", want, texts)
		}
	}
}

func TestMarkupInNamesIsEscaped(t *testing.T) {
	s, p := loadStack(t, shopStack())
	s.Cluster.Name = `<script>&"'` + "\x00\xff"
	svg := SVG("<a>", s, p)
	if bytes.Contains(svg, []byte("<script")) {
		t.Error("markup in a name is not escaped")
	}
	checkWellFormed(t, svg)
}

func checkWellFormed(t interface{ Error(...any) }, svg []byte) {
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Error(err)
			return
		}
	}
}

func TestADrawingHasATextDescriptionForScreenReaders(t *testing.T) {
	s, p := loadStack(t, shopStack())
	svg := string(SVG("shop", s, p))
	for _, want := range []string{
		`role="img" aria-labelledby="title desc"`, `<title id="title">The network of stack shop in eu-west-1</title>`,
		"zone eu-west-1b with public subnet 10.0.96.0/20 and private subnet 10.0.64.0/19, whose egress is the NAT gateway in eu-west-1a",
		`<rect class="paper" width="`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("missing %q", want)
		}
	}
}

func TestAShortenedTextHasATooltipWithTheWholeText(t *testing.T) {
	k := shopStack()
	host := strings.Repeat("a-department.", 8) + "example.com"
	k["eksnet:workloads"] = object{"store": object{"kind": "alb", "hosts": []any{host}, "paths": []any{"/" + strings.Repeat("x", 120)}}}
	s, p := loadStack(t, k)
	if svg := string(SVG("shop", s, p)); !strings.Contains(svg, "…<title>"+host+"/"+strings.Repeat("x", 120)+"</title>") {
		t.Error("no tooltip has the whole host")
	}
}

func TestAStackOf100WorkloadsIsDrawnIn200Milliseconds(t *testing.T) {
	k := shopStack()
	groups, workloads := object{}, object{}
	for i := range 30 {
		groups[fmt.Sprint("group-", i)] = object{"instanceTypes": []string{"m7i.large"}, "scaling": object{"min": 0, "desired": 1, "max": 2}}
	}
	for i := range 100 {
		workloads[fmt.Sprint("workload-", i)] = object{"kind": "alb"}
	}
	k["eksnet:nodeGroups"], k["eksnet:workloads"] = groups, workloads
	s, p := loadStack(t, k)
	if took := processor.Least(3, func() { SVG("shop", s, p) }); took > 200*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}
