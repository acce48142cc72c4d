// Package balancer forwards packets as the load balancers of AWS do: Classic, Network and Application Load Balancers,
// each in a network namespace of its own.
package balancer

import (
	"crypto/tls"
	"net/netip"
	"time"
)

// Kinds of load balancers.
const (
	Classic     = "classic"
	Network     = "network"
	Application = "application"
)

// Spec describes a load balancer.
type Spec struct {
	// ID is its ARN, or the name of a Classic Load Balancer.
	ID, Name, Kind, DNSName string
	Internal                bool
	// DualStack reports whether the load balancer has IPv6 addresses beside its IPv4 addresses.
	DualStack bool
	// CrossZone is the load balancer's attribute. That of a target group takes precedence.
	CrossZone      bool
	Zones          []Zone
	SecurityGroups []string
	Listeners      []Listener
	// TargetGroups holds the target groups of all listeners by ID. A Classic Load Balancer has one for each listener.
	TargetGroups map[string]TargetGroup
	IdleTimeout  time.Duration
	// ForwardedFor is append, preserve or remove, for X-Forwarded-For of an Application Load Balancer.
	ForwardedFor string
}

// Zone is an availability zone of a load balancer, with its network interface.
type Zone struct {
	Name, Subnet string
	// Address is the private address of the interface, Public its public one, invalid for none. IPv6 is the IPv6 address
	// of a dual-stack load balancer, invalid otherwise.
	Address, Public, IPv6 netip.Addr
}

// Listener is a listener. Protocol is TCP, UDP, TCP_UDP, TLS, HTTP, HTTPS or SSL.
type Listener struct {
	Port         int
	Protocol     string
	Certificates []tls.Certificate
	// Rules are in the order of their priorities. Default applies if none matches.
	Rules   []Rule
	Default Action
}

// Rule is a rule of an Application Load Balancer: all conditions that are set must match, each by one of its values.
type Rule struct {
	Hosts, Paths, Methods []string
	Sources               []netip.Prefix
	Headers               map[string][]string
	Query                 []QueryCondition
	Action                Action
}

// QueryCondition matches a key and value of the query. An empty key matches any.
type QueryCondition struct{ Key, Value string }

// Action is what a listener does: exactly one of the fields is set.
type Action struct {
	// Forward holds the weights of target groups by ID.
	Forward  map[string]int
	Redirect *Redirect
	Fixed    *FixedResponse
}

// Redirect has the values of a redirect action, in which #{host}, #{path}, #{port}, #{protocol} and #{query} are
// replaced.
type Redirect struct {
	Protocol, Host, Port, Path, Query string
	Status                            int
}

// FixedResponse is the response of a fixed-response action.
type FixedResponse struct {
	Status            int
	ContentType, Body string
}

// TargetGroup is a target group. Protocol is TCP, UDP, TCP_UDP, TLS, HTTP or HTTPS.
type TargetGroup struct {
	ID, Protocol string
	Targets      []Target
	Check        HealthCheck
	// PreserveClient keeps the address of the client; ProxyProtocol is the version of the header, 0 for none.
	PreserveClient bool
	ProxyProtocol  int
	// CrossZone overrides that of the load balancer if it is not nil.
	CrossZone           *bool
	DeregistrationDelay time.Duration
	// TerminateDeregistered closes connections of a Network Load Balancer at the end of the deregistration delay. Other
	// kinds always do.
	TerminateDeregistered bool
	// KeepUnhealthy keeps TCP connections of a Network Load Balancer to targets that become unhealthy: its attribute
	// target_health_state.unhealthy.connection_termination.enabled is false.
	KeepUnhealthy bool
	// Algorithm of an Application Load Balancer is round_robin, least_outstanding_requests or weighted_random.
	Algorithm string
	// SlowStart is the time in which a new target of an Application Load Balancer gets less than its share, 0 for none.
	SlowStart  time.Duration
	Stickiness Stickiness
	// InDNS must hold for a zone to be in the answers for the DNS name, and Routed for healthy targets alone to be used.
	InDNS, Routed Minimum
}

// Stickiness sends the requests of a client to one target. Type is source_ip, lb_cookie or app_cookie, and "" for none.
// Cookie is the name of the application's cookie.
type Stickiness struct {
	Type, Cookie string
	Duration     time.Duration
}

// Minimum is the number and the percentage of targets that must be healthy. 0 counts as one target.
type Minimum struct{ Count, Percentage int }

// Target is a registered target.
type Target struct {
	Address netip.AddrPort
	Zone    string
}

// HealthCheck is a health check. Protocol is TCP, SSL, HTTP or HTTPS, and Port 0 is the port of the target.
type HealthCheck struct {
	Protocol, Path     string
	Port               int
	Interval, Timeout  time.Duration
	Healthy, Unhealthy int
	// Codes are the accepted status codes, such as 200-399 or 200,302.
	Codes string
}

// Health is the health of a target, in the words of DescribeTargetHealth.
type Health struct{ State, Reason string }
