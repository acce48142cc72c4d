package measure

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

// fixedNetwork is a network without namespaces.
type fixedNetwork struct{ Network }

func (fixedNetwork) Pod(string, string) (process.NetworkNamespace, bool) { return "", false }
func (fixedNetwork) Node(string) process.NetworkNamespace                { return "" }
func (fixedNetwork) Router() process.NetworkNamespace                    { return "" }
func (fixedNetwork) Client() Endpoint                                    { return at("10.0.32.250") }
func (fixedNetwork) Other() Endpoint                                     { return at("198.18.0.10") }
func (fixedNetwork) Internet() Endpoint                                  { return at("192.0.2.80") }

func at(address string) Endpoint { return Endpoint{Address: netip.MustParseAddr(address)} }

// newMeasurement returns a measurement of two nodes and a NAT gateway.
func newMeasurement() *Measurement {
	s := &rehearsed.Stack{ElasticIPs: []rehearsed.Address{{ID: "eipalloc-1", PublicIP: "198.51.100.1"}, {ID: "eipalloc-2", PublicIP: "198.51.100.2"}}}
	s.Network.NATGateways = []rehearsed.NATGateway{{ID: "nat-1", Allocation: "eipalloc-1"}}
	s.Nodes = []rehearsed.Node{{Name: "one", Interfaces: []rehearsed.Interface{{PrivateIP: "10.0.0.5", PublicIP: "203.0.113.5"}}},
		{Name: "two", Interfaces: []rehearsed.Interface{{PrivateIP: "10.0.64.5"}}}}
	return &Measurement{Stack: s, Network: fixedNetwork{}}
}

func podOn(node, address string) pod {
	return pod{workload: "echo", name: "echo-" + node, node: node, Endpoint: at(address)}
}

func TestASourceAddressIsNamedAsInThePrediction(t *testing.T) {
	m := newMeasurement()
	for address, want := range map[string]path.Address{
		"10.0.16.1": path.Pods, "10.0.0.5": path.Nodes, "203.0.113.5": path.NodesPublic, "198.51.100.1": path.Gateways,
		"198.51.100.2": "an unknown one", // an Elastic IP that is no NAT gateway's
		"10.0.64.5":    "an unknown one", // another node's
	} {
		if got := m.addressName(podOn("one", "10.0.16.1"), netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
}

func TestARequestHasItsWord(t *testing.T) {
	for protocol, want := range map[string]string{"TCP": "GET /?word HTTP/1.1", "UDP": "echo word"} {
		if got := requestText(protocol, "word"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", protocol, got, want)
		}
	}
}
