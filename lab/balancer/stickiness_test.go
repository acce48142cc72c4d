package balancer

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestStickinessBySourceAddressSendsAClientToOneTarget(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one", "two", "three")
	spec := newSpec(Network, "TCP").change(func(g *TargetGroup) { g.Stickiness.Type = sourceIP })
	spec.CrossZone = true
	b := v.start(spec)
	counts := v.count(12, publicA+":80")
	if len(counts) != 1 {
		t.Fatalf("12 connections of one client: %v", counts)
	}
	var selected string
	for selected = range counts {
	}
	if err := b.Update(spec.without(selected)); err != nil {
		t.Fatal(err)
	}
	if counts := v.count(12, publicA+":80"); len(counts) != 1 || counts[selected] > 0 {
		t.Errorf("after %s was deregistered: %v", selected, counts)
	}
}

// cookiesOf returns the Cookie header for the cookies of a response.
func cookiesOf(header http.Header) string {
	var all []string
	for _, c := range (&http.Response{Header: header}).Cookies() {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

func TestTheCookieOfAnApplicationLoadBalancerSelectsItsTargetUntilItExpires(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "one", "two", "three")
	spec := newSpec(Application, "HTTP").change(func(g *TargetGroup) {
		g.Stickiness = Stickiness{Type: balancerCookie, Duration: time.Hour}
	})
	b := v.start(spec)
	client := v.client(publicA + ":80")
	_, first, header := v.get(client, "http://a/")
	cookies := cookiesOf(header)
	if !strings.Contains(cookies, "AWSALB=") || !strings.Contains(cookies, "AWSALBCORS=") {
		t.Fatalf("cookies %q", cookies)
	}
	target, _, _ := strings.Cut(first, " ")
	if got := v.targetsOfRequests(client, "Cookie", cookies); len(got) != 1 || got[target] == 0 {
		t.Errorf("with the cookie of %s: %v", target, got)
	}
	if got := v.targetsOfRequests(client); len(got) != 3 {
		t.Errorf("without a cookie: %v", got)
	}
	expired := spec.change(func(g *TargetGroup) { g.Stickiness.Duration = -time.Second })
	if err := b.Update(expired); err != nil {
		t.Fatal(err)
	}
	if got := v.targetsOfRequests(client, "Cookie", cookies); len(got) != 3 {
		t.Errorf("with a cookie that has expired: %v", got)
	}
}

// targetsOfRequests returns the number of requests by target.
func (v testVPC) targetsOfRequests(client *http.Client, headers ...string) map[string]int {
	counts := map[string]int{}
	for range 9 {
		_, body, _ := v.get(client, "http://a/", headers...)
		target, _, _ := strings.Cut(body, " ")
		counts[target]++
	}
	return counts
}

func TestACookieOfTheApplicationMakesItsRequestsSticky(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(func(name string, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		}
		describeRequest(name, w, r)
	}, "one", "two", "three")
	v.start(newSpec(Application, "HTTP").change(func(g *TargetGroup) {
		g.Stickiness = Stickiness{Type: appCookie, Cookie: "session", Duration: time.Hour}
	}))
	client := v.client(publicA + ":80")
	if _, _, header := v.get(client, "http://a/"); len(header.Values("Set-Cookie")) > 0 {
		t.Errorf("without a cookie of the application: %q", header.Values("Set-Cookie"))
	}
	_, first, header := v.get(client, "http://a/login")
	target, _, _ := strings.Cut(first, " ")
	if got := v.targetsOfRequests(client, "Cookie", cookiesOf(header)); len(got) != 1 || got[target] == 0 {
		t.Errorf("with both cookies of %s: %v", target, got)
	}
	own := strings.TrimPrefix(cookiesOf(header), "session=1; ")
	if got := v.targetsOfRequests(client, "Cookie", own); len(got) != 3 {
		t.Errorf("with the cookie of the load balancer alone: %v", got)
	}
}
