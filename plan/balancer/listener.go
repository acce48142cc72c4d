package balancer

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// Listener is a port on which a load balancer takes connections.
type Listener struct {
	Port int `json:"port"`
	// Protocol is TCP, UDP, TLS, HTTP or HTTPS.
	Protocol string `json:"protocol"`
	// Redirect sends everybody to the listener for HTTPS.
	Redirect bool `json:"redirect"`
}

// Encrypted reports whether clients use TLS, for which the listener has certificates.
func (l Listener) Encrypted() bool { return l.Protocol == config.ProtocolTLS || l.Protocol == "HTTPS" }

// Name returns the name of the listener in a Gateway, such as http-80.
func (l Listener) Name() string { return fmt.Sprintf("%s-%d", strings.ToLower(l.Protocol), l.Port) }

// ListenersOf returns those of a workload's load balancer; of an ALB that several share, those that the workload asks
// for.
func ListenersOf(w config.Workload) []Listener {
	switch {
	case w.Kind == config.KindCLB:
		return []Listener{{Port: w.Port, Protocol: config.ProtocolTCP}}
	case w.IsNLB():
		return []Listener{{Port: w.Port, Protocol: w.Protocol}}
	case w.IsALB() && w.Certificate != "":
		return []Listener{{Port: config.HTTPPort, Protocol: "HTTP", Redirect: Redirects(w)}, {Port: config.HTTPSPort, Protocol: "HTTPS"}}
	case w.IsALB():
		return []Listener{{Port: config.HTTPPort, Protocol: "HTTP"}}
	}
	return nil
}

// Redirects reports whether a workload's port 80 redirects to 443.
func Redirects(w config.Workload) bool {
	return w.IsALB() && w.Certificate != "" && w.Redirect != nil && *w.Redirect
}

// PreservesClientAddress reports whether a workload's NLB leaves the client's address on the packets.
func PreservesClientAddress(w config.Workload) bool {
	return w.IsNLB() && w.PreserveClientAddress != nil && *w.PreserveClientAddress
}
