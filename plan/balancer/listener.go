package balancer

import "eksnet/config"

// Listener is a port on which a load balancer takes connections.
type Listener struct {
	Port int `json:"port"`
	// Protocol is TCP, UDP, TLS, HTTP or HTTPS.
	Protocol string `json:"protocol"`
	// Redirect sends everybody to the listener for HTTPS.
	Redirect bool `json:"redirect"`
}

// ListenersOf returns those of a workload's load balancer; of an ALB that several share, those that the workload asks
// for.
func ListenersOf(w config.Workload) []Listener {
	switch {
	case w.Kind == config.KindCLB:
		return []Listener{{Port: w.Port, Protocol: config.ProtocolTCP}}
	case w.Kind == config.KindNLB:
		return []Listener{{Port: w.Port, Protocol: w.Protocol}}
	case w.Kind == config.KindALB && w.Certificate != "":
		return []Listener{{Port: config.HTTPPort, Protocol: "HTTP", Redirect: Redirects(w)}, {Port: config.HTTPSPort, Protocol: "HTTPS"}}
	case w.Kind == config.KindALB:
		return []Listener{{Port: config.HTTPPort, Protocol: "HTTP"}}
	}
	return nil
}

// Redirects reports whether a workload's port 80 redirects to 443.
func Redirects(w config.Workload) bool {
	return w.Kind == config.KindALB && w.Certificate != "" && w.Redirect != nil && *w.Redirect
}

// PreservesClientAddress reports whether a workload's NLB leaves the client's address on the packets.
func PreservesClientAddress(w config.Workload) bool {
	return w.Kind == config.KindNLB && w.PreserveClientAddress != nil && *w.PreserveClientAddress
}
