package measure

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

// meshOf returns a measurement of a stack with workloads of a mesh, with their hosts and paths.
func meshOf() *Measurement {
	m := newMeasurement()
	add := func(name string, hosts []string, paths ...string) {
		m.Stack.Plan.Workloads = append(m.Stack.Plan.Workloads, rehearsed.Workload{Name: name,
			Workload: config.Workload{Kind: config.KindMesh, Hosts: hosts, Paths: paths}})
		m.Stack.Paths = append(m.Stack.Paths, path.Path{Workload: name, Source: path.Proxies, ClientAddressIn: path.ForwardedForHeader})
	}
	m.Stack.Plan = &rehearsed.Plan{}
	add("shop", []string{"shop.example.com"}, "/")
	add("cart", []string{"shop.example.com"}, "/cart")
	add("pay", []string{"*.example.com"}, "/pay")
	add("hello", nil, "/")
	return m
}

func TestARequestIsForTheWorkloadOfItsHostAndLongestPath(t *testing.T) {
	for request, want := range map[string]string{
		"shop.example.com/": "shop", "shop.example.com/cart": "cart", "shop.example.com/cart/1": "cart", "shop.example.com/cartoon": "shop",
		"any.example.com/pay/1": "pay", "any.example.com/": "", "example.org/": "hello", "shop.example.com/pay": "shop",
	} {
		host, rest, _ := strings.Cut(request, "/")
		if got := meshOf().meshWorkload(host, "/"+rest); got != want {
			t.Errorf("%s is for %q, want %q", request, got, want)
		}
	}
}

func TestRequestsToTheMeshAreForEachHostAndPathAndBesideThem(t *testing.T) {
	var got []string
	for _, r := range meshOf().meshRequests() {
		got = append(got, r.String()+" "+r.workload)
	}
	want := []string{
		"shop.example.com/ shop", "shop.example.com/below shop",
		"shop.example.com/cart cart", "shop.example.com/cart/below cart", "shop.example.com/cartbeside shop",
		"any.example.com/pay pay", "any.example.com/pay/below pay", "any.example.com/paybeside ",
		"other.example.org/ hello", "other.example.org/below hello",
	}
	if !slices.Equal(got, want) {
		t.Errorf("requests %q", got)
	}
}

func TestADifferenceOfARequestThroughTheGatewayIsReported(t *testing.T) {
	m := meshOf()
	f := &front{pods: []pod{podOn("one", "10.0.16.9")}, client: at("203.0.113.7")}
	arrived := func(workload, text string, sources ...string) meshArrival {
		a := meshArrival{at: pod{workload: workload, name: workload + "-1"}, text: text}
		for _, s := range sources {
			a.sources = append(a.sources, netip.MustParseAddr(s))
		}
		return a
	}
	const header = "GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"
	good := arrived("cart", header, "10.0.16.9", "127.0.0.6")
	toCart := meshRequest{"shop.example.com", "/cart", "cart"}
	if lines := f.compareMesh(m, toCart, http.StatusOK, []meshArrival{good}); len(lines) > 0 {
		t.Errorf("as predicted: %q", lines)
	}
	if lines := f.compareMesh(m, meshRequest{"any.example.com", "/", ""}, http.StatusNotFound, nil); len(lines) > 0 {
		t.Errorf("without a route: %q", lines)
	}
	for want, arrivals := range map[string][]meshArrival{
		"predicted a pod of cart, got status 200 at [pod shop/shop-1]": {arrived("shop", header, "10.0.16.9", "127.0.0.6")},
		"predicted a pod of cart, got status 200 at []":                nil,
		"which is no pod of the gateway":                               {arrived("cart", header, "10.0.16.1", "127.0.0.6")},
		"the application sees an unknown one":                          {arrived("cart", header, "10.0.16.9")},
		`the client's address is in "", predicted`:                     {arrived("cart", "GET / HTTP/1.1\r\n\r\n", "10.0.16.9", "127.0.0.6")},
	} {
		if lines := f.compareMesh(m, toCart, http.StatusOK, arrivals); len(lines) != 1 || !strings.Contains(lines[0], want) {
			t.Errorf("want %q, got %q", want, lines)
		}
	}
	if lines := f.compareMesh(m, meshRequest{"any.example.com", "/", ""}, http.StatusOK, []meshArrival{good}); len(lines) != 1 {
		t.Errorf("a request without a route that arrives: %q", lines)
	}
}
