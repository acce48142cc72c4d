package balancer

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestPatternsMatchAsThoseOfAWS(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"/", "/", true}, {"/", "/a", false}, {"/*", "/", true}, {"/*", "/a/b", true}, {"/cart", "/cart/", false},
		{"/img/*/pics", "/img/a/b/pics", true}, {"/img/*/pics", "/img/pics", false}, {"*/status", "/a/status", true},
		{"*/status", "/a/status/b", false}, {"/a?c", "/abc", true}, {"/a?c", "/ac", false}, {"/a?c", "/a/c", true},
		{"/Cart", "/cart", false}, {"*ab*ab", "xabab", true}, {"*ab*ab", "xab", false}, {"", "", true}, {"", "/", false},
		{"/[a]", "/[a]", true}, {"/[a]", "/a", false},
	} {
		if got := matchesPattern(c.pattern, c.text); got != c.want {
			t.Errorf("pattern %q, path %q: %t", c.pattern, c.text, got)
		}
	}
}

func TestARuleMatchesIfAllOfItsConditionsDo(t *testing.T) {
	get := func(method, url string, header http.Header) *http.Request {
		r := httptest.NewRequest(method, url, nil)
		r.RemoteAddr, r.Header = "203.0.113.7:1234", header
		return r
	}
	for _, c := range []struct {
		what    string
		rule    Rule
		request *http.Request
		want    bool
	}{
		{"a host in another case, with a port", Rule{Hosts: []string{"*.Example.com"}},
			get("GET", "http://shop.example.COM:8080/", nil), true},
		{"another host", Rule{Hosts: []string{"*.example.com"}}, get("GET", "http://example.com/", nil), false},
		{"one of two hosts, but another path", Rule{Hosts: []string{"a", "b"}, Paths: []string{"/x"}},
			get("GET", "http://b/y", nil), false},
		{"a path with a query", Rule{Paths: []string{"/x"}}, get("GET", "http://b/x?y", nil), true},
		{"an encoded path", Rule{Paths: []string{"/a%20b"}}, get("GET", "http://b/a%20b", nil), true},
		{"a method", Rule{Methods: []string{"GET", "HEAD"}}, get("HEAD", "http://b/", nil), true},
		{"another method", Rule{Methods: []string{"GET"}}, get("POST", "http://b/", nil), false},
		{"a source", Rule{Sources: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}},
			get("GET", "http://b/", nil), true},
		{"another source", Rule{Sources: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
			get("GET", "http://b/", nil), false},
		{"a header", Rule{Headers: map[string][]string{"User-agent": {"*chrome*"}}},
			get("GET", "http://b/", http.Header{"User-Agent": {"x Chrome y"}}), true},
		{"one of two headers", Rule{Headers: map[string][]string{"A": {"1"}, "B": {"1"}}},
			get("GET", "http://b/", http.Header{"A": {"1"}}), false},
		{"a value of the query", Rule{Query: []QueryCondition{{"v", "1"}}}, get("GET", "http://b/?V=1", nil), true},
		{"any key of the query", Rule{Query: []QueryCondition{{"", "*x*"}}}, get("GET", "http://b/?a=1&b=axe", nil), true},
		{"another value of the query", Rule{Query: []QueryCondition{{"v", "1"}}},
			get("GET", "http://b/?v=2&w=1", nil), false},
		{"no condition", Rule{}, get("GET", "http://b/", nil), true},
	} {
		if got := c.rule.Matches(c.request); got != c.want {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}

func TestARedirectKeepsWhatItDoesNotChange(t *testing.T) {
	for _, c := range []struct {
		redirect  Redirect
		url, want string
	}{
		{Redirect{Protocol: "HTTPS", Port: "443"}, "http://a.b:80/x/y?q=1", "https://a.b:443/x/y?q=1"},
		{Redirect{Host: "www.#{host}", Path: "/new/#{path}", Query: "#{query}&more=1"}, "http://a.b/x?q=1",
			"http://www.a.b:80/new/x?q=1&more=1"},
		{Redirect{Protocol: "#{protocol}"}, "http://a.b/a%2Fb", "http://a.b:80/a%2Fb"},
	} {
		recorder := httptest.NewRecorder()
		c.redirect.Status = 301
		c.redirect.write(recorder, httptest.NewRequest("GET", c.url, nil), "http", 80)
		if got := recorder.Header().Get("Location"); got != c.want || recorder.Code != 301 {
			t.Errorf("%s redirects to %s (%d), want %s", c.url, got, recorder.Code, c.want)
		}
	}
}

func TestStatusCodesAreRangesAndLists(t *testing.T) {
	for codes, want := range map[string][3]bool{"200": {true, false, false}, "200-399": {true, true, false},
		"200,404": {true, false, true}, "302, 400-404": {false, true, true}, "": {}} {
		if got := [3]bool{acceptsStatus(codes, 200), acceptsStatus(codes, 302), acceptsStatus(codes, 404)}; got != want {
			t.Errorf("%q accepts 200, 302, 404: %v", codes, got)
		}
	}
}
