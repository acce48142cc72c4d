package plan

import (
	"slices"
	"strconv"

	"eksnet/config"
)

// Served is where the pods of an application listen.
type Served struct {
	// TCP is the port of requests, UDP that of packets, 0 for none.
	TCP, UDP int
	// Further are other TCP ports.
	Further []int
	// Health is the path that answers 200 once the application can serve.
	Health string
}

// String are the TCP ports, as a message offers them.
func (s Served) String() string {
	text := strconv.Itoa(s.TCP)
	for _, port := range s.Further {
		text += " or " + strconv.Itoa(port)
	}
	return text
}

func (s Served) tcp(port int) bool { return port == s.TCP || slices.Contains(s.Further, port) }

// Serves is where the pods of a workload listen. Package workloads makes them so.
func Serves(w config.Workload) Served { return served[w.App] }

var served = map[string]Served{
	config.AppEcho:  {TCP: 8080, UDP: 8080, Health: "/healthz"},
	config.App2048:  {TCP: 80, Health: "/"},
	config.AppNginx: {TCP: 8080, Further: []int{8081}, Health: "/healthz"},
}

// Listener is a port on which a load balancer takes connections.
type Listener struct {
	Port int `json:"port"`
	// Protocol is TCP, UDP, TLS, HTTP or HTTPS.
	Protocol string `json:"protocol"`
	// Redirect sends everybody to the listener for HTTPS.
	Redirect bool `json:"redirect"`
}

// Listeners are those of a workload's load balancer; of an ALB that several share, those that the workload asks for.
func Listeners(w config.Workload) []Listener {
	switch {
	case w.Kind == config.KindCLB:
		return []Listener{{Port: 80, Protocol: config.ProtocolTCP}}
	case w.Kind == config.KindNLB && w.Protocol == config.ProtocolTLS:
		return []Listener{{Port: 443, Protocol: config.ProtocolTLS}}
	case w.Kind == config.KindNLB && w.Protocol == config.ProtocolUDP:
		return []Listener{{Port: 80, Protocol: config.ProtocolUDP}}
	case w.Kind == config.KindNLB:
		return []Listener{{Port: 80, Protocol: config.ProtocolTCP}}
	case w.Kind == config.KindALB && w.Certificate != "":
		return []Listener{{Port: 80, Protocol: "HTTP", Redirect: redirects(w)}, {Port: 443, Protocol: "HTTPS"}}
	case w.Kind == config.KindALB:
		return []Listener{{Port: 80, Protocol: "HTTP"}}
	}
	return nil
}

// redirects tells whether a workload's port 80 leads to 443.
func redirects(w config.Workload) bool {
	return w.Kind == config.KindALB && w.Certificate != "" && (w.Redirect == nil || *w.Redirect)
}

// Preserves tells whether a workload's NLB leaves the client's address on the packets: AWS's default is so for nodes and for UDP
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
func Preserves(w config.Workload) bool {
	switch {
	case w.Kind != config.KindNLB:
		return false
	case w.PreserveClientAddress != nil:
		return *w.PreserveClientAddress
	default:
		return w.Target == config.TargetInstance || w.Protocol == config.ProtocolUDP
	}
}

// truth reads an attribute as the controllers do.
func truth(value string) bool {
	yes, err := strconv.ParseBool(value)
	return err == nil && yes
}
