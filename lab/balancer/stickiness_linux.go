package balancer

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Types of stickiness.
const (
	sourceIP       = "source_ip"
	balancerCookie = "lb_cookie"
	appCookie      = "app_cookie"
)

// Names of cookies of an Application Load Balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions).
const (
	balancerCookieName = "AWSALB"
	corsCookieName     = "AWSALBCORS"
	appCookieName      = "AWSALBAPP-0"
)

// stickyTarget returns the target that a client's requests go to, nil if any target is right.
func (b *Balancer) stickyTarget(g TargetGroup, targets []*target, c caller) *target {
	switch {
	case g.Stickiness.Type == sourceIP:
		return targetOfAddress(targets, c.address)
	case g.Stickiness.Type == "" || c.request == nil:
		return nil
	}
	address, issued := readCookie(g, c.request)
	if time.Since(issued) > g.Stickiness.Duration {
		return nil
	}
	i := slices.IndexFunc(targets, func(t *target) bool { return t.key.address == address })
	if i < 0 {
		return nil
	}
	return targets[i]
}

// targetOfAddress returns the same target for an address as long as that target is among them
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#sticky-sessions).
func targetOfAddress(targets []*target, address netip.Addr) (selected *target) {
	var highest uint64
	for _, t := range targets {
		hash := fnv.New64a()
		fmt.Fprint(hash, address, t.key.address)
		if sum := hash.Sum64(); selected == nil || sum > highest {
			selected, highest = t, sum
		}
	}
	return selected
}

// readCookie returns the target in a request's cookie of the load balancer, and when it was issued. That of an
// application counts only together with the application's own.
func readCookie(g TargetGroup, r *http.Request) (address netip.AddrPort, issued time.Time) {
	name := balancerCookieName
	if g.Stickiness.Type == appCookie {
		name = appCookieName
		if _, err := r.Cookie(g.Stickiness.Cookie); err != nil {
			return address, issued
		}
	}
	cookie, err := r.Cookie(name)
	if err != nil {
		return address, issued
	}
	value, _ := base64.RawURLEncoding.DecodeString(cookie.Value)
	group, rest, _ := strings.Cut(string(value), " ")
	at, since, _ := strings.Cut(rest, " ")
	seconds, err := strconv.ParseInt(since, 10, 64)
	if err != nil || group != g.ID {
		return address, issued
	}
	address, _ = netip.ParseAddrPort(at)
	return address, time.Unix(seconds, 0)
}

// setCookies adds the cookies of the load balancer to a response of the target. AWS encrypts their values.
func (a *assignment) setCookies(r *http.Response) {
	now := time.Now()
	value := base64.RawURLEncoding.EncodeToString(
		fmt.Appendf(nil, "%s %s %d", a.key.group, a.key.address, now.Unix()))
	add := func(c http.Cookie) {
		const validity = 7 * 24 * time.Hour
		c.Value, c.Path, c.Expires = value, "/", now.Add(validity)
		r.Header.Add("Set-Cookie", c.String())
	}
	switch a.group.Stickiness.Type {
	case balancerCookie:
		add(http.Cookie{Name: balancerCookieName})
		add(http.Cookie{Name: corsCookieName, SameSite: http.SameSiteNoneMode, Secure: r.Request.URL.Scheme == "https"})
	case appCookie:
		isNamed := func(c *http.Cookie) bool { return c.Name == a.group.Stickiness.Cookie }
		if slices.ContainsFunc(r.Cookies(), isNamed) {
			add(http.Cookie{Name: appCookieName})
		}
	}
}
