package look_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"eksnet/acceptance/look"
	"eksnet/acceptance/memory"
)

// fault is something wrong in the cluster, and the difference that names it. The words BALANCER and POD with a number
// are addresses of the workload.
type fault struct {
	workload, want string
	cause          func(c *memory.Cluster, s look.Stack)
}

// The texts that are sent.
const (
	podText, sourceText = "/hostname", "/clientip"
	forwardedText       = "/header?key=X-Forwarded-For"
)

// withAnswer changes the answer to a text.
func withAnswer(text string, change func(answer string) string) func(*memory.Cluster, look.Stack) {
	return func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			if i := slices.Index(r.Texts, text); i >= 0 && i < len(a.Texts) {
				a.Texts[i] = change(a.Texts[i])
			}
		}
	}
}

// always returns one answer.
func always(answer string) func(string) string { return func(string) string { return answer } }

// withTargets changes the targets of a workload.
func withTargets(change func(all []look.Target) []look.Target) func(*memory.Cluster, look.Stack) {
	return func(c *memory.Cluster, _ look.Stack) {
		c.Targets = func(_ string, all []look.Target) []look.Target { return change(all) }
	}
}

var faults = map[string]fault{
	"a load balancer's address where the client's is expected": {"kept",
		"pods report the source address 10.40.1.200, which is the load balancer's; expected is the client's",
		withAnswer(sourceText, always("10.40.1.200:1"))},
	"the client's address where the load balancer's is expected": {"packets",
		"pods report the source address 198.51.100.7, which is the client's; expected is the load balancer's",
		withAnswer(sourceText, always("198.51.100.7:1"))},
	"a node's address behind policy Local": {"local-nodes",
		"pods report the source address 10.40.0.4, which is the node's; expected is the client's",
		withAnswer(sourceText, always("10.40.0.4:1"))},
	"no address at all": {"alone", `pods report the source address nonsense, which is no address: "nonsense"; expected is the load balancer's`,
		withAnswer(sourceText, always("nonsense"))},
	"no header with the client": {"alone",
		"12 of 12 requests do not have the client's address in the header X-Forwarded-For",
		withAnswer(forwardedText, always(""))},
	"a header that is not expected": {"packets",
		"120 of 120 requests have the client's address in the header X-Forwarded-For, which is not expected",
		withAnswer(forwardedText, always(memory.OutsideClient))},
	"no proxy protocol": {"proxied",
		"120 of 120 requests do not have the client's address in the proxy protocol, version 2",
		withAnswer("/proxied", always("10.40.0.200:1"))},
	"an answer of a stranger": {"packets", "stranger answered, which is no ready pod of the workload",
		withAnswer(podText, always("stranger"))},
	"a pod that gets nothing": {"alone", "none of 120 requests reached pod alone-2",
		withAnswer(podText, func(answer string) string { return strings.Replace(answer, "alone-2", "alone-1", 1) })},
	"zones that are crossed": {"packets", "requests to BALANCER 0 reached pods in 2 zones; expected is one, without cross-zone load balancing", func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, r look.Request, a *look.Answer) {
			if len(c.Scaled)%2 == 0 && strings.HasPrefix(r.Address, c.BalancerAddress("packets", 0)+":") {
				a.Texts[0] = "packets-1"
			}
			c.Scaled = append(c.Scaled, 0)
		}
	}},
	"zones that are not crossed": {"kept", "reached pods of one zone; pods are in 3",
		func(c *memory.Cluster, _ look.Stack) {
			c.Answer = func(_ string, r look.Request, a *look.Answer) {
				address := netip.MustParseAddrPort(r.Address).Addr().As4()
				a.Texts[0] = "kept-" + string('0'+rune(address[3]))
			}
		}},
	"requests that are lost": {"datagrams", "120 of 120 requests were not answered: i/o timeout",
		func(c *memory.Cluster, _ look.Stack) {
			sent := 0
			c.Answer = func(_ string, _ look.Request, a *look.Answer) {
				if sent++; sent > 3 {
					a.Error, a.Texts = "i/o timeout", nil
				}
			}
		}},
	"an address that does not answer": {"packets", "BALANCER 1 does not answer: refused",
		func(c *memory.Cluster, _ look.Stack) {
			c.Answer = func(_ string, r look.Request, a *look.Answer) {
				if strings.HasPrefix(r.Address, c.BalancerAddress("packets", 1)+":") {
					a.Error, a.Texts = "refused", nil
				}
			}
		}},
	"a zone without an address": {"packets", "the name of the load balancer has 2 of 3 addresses: one for each zone with pods is expected", func(c *memory.Cluster, _ look.Stack) {
		c.Addresses = func(all []string) []string { return all[1:] }
	}},
	"a name without addresses": {"packets", "packets.elb.test has no addresses: no such host; a new load balancer gets them some minutes after its name", func(c *memory.Cluster, _ look.Stack) {
		c.Refuse = refuse("resolve", errors.New("no such host"))
	}},
	"no redirect": {"secure", `port 80 does not redirect to port 443: location "", error ""`, func(c *memory.Cluster, _ look.Stack) {
		c.Answer = func(_ string, _ look.Request, a *look.Answer) { a.Location = "" }
	}},
	"an unhealthy target": {"packets", "target POD 0 is unhealthy (Target.Timeout), expected is healthy",
		withTargets(func(all []look.Target) []look.Target {
			all[0].State, all[0].Reason = look.Unhealthy, "Target.Timeout"
			return all
		})},
	"an unhealthy instance": {"classic", "target i-0 is unhealthy (Instance has failed), expected is healthy",
		withTargets(func(all []look.Target) []look.Target {
			all[0].State, all[0].Reason = look.Unhealthy, "Instance has failed"
			return all
		})},
	"a node that is healthy without a pod": {"local-nodes", "target i-2 is healthy, expected is unhealthy",
		func(c *memory.Cluster, s look.Stack) {
			w := s.Spec.Workloads["local-nodes"]
			w.Replicas, c.Numbers["local-nodes"] = 2, 2
			s.Spec.Workloads["local-nodes"] = w
			c.Targets = func(_ string, all []look.Target) []look.Target {
				all[2].State, all[2].Reason = look.Healthy, ""
				return all
			}
		}},
	"a missing target": {"packets", "pod POD 0 is no target of the load balancer",
		withTargets(func(all []look.Target) []look.Target { return all[1:] })},
	"a missing node": {"nodes", "node i-0 is no target of the load balancer",
		withTargets(func(all []look.Target) []look.Target { return all[1:] })},
	"a foreign target": {"packets", "target 10.40.9.9 is healthy, and is no pod of the workload",
		withTargets(func(all []look.Target) []look.Target {
			return append(all, look.Target{ID: "10.40.9.9", Port: 8080, State: look.Healthy})
		})},
	"a target with another port": {"packets", "target POD 0 has port 80, expected 8080",
		withTargets(func(all []look.Target) []look.Target { all[0].Port = 80; return all })},
	"no binding": {"packets", "there is no TargetGroupBinding for Service packets-nlb",
		func(c *memory.Cluster, _ look.Stack) {
			c.Bind = func(string, []look.Binding) []look.Binding { return nil }
		}},
	"a binding of another type": {"packets",
		"TargetGroupBinding k8s-packets has targets of type instance, expected ip", func(c *memory.Cluster, _ look.Stack) {
			c.Bind = func(_ string, all []look.Binding) []look.Binding { all[0].TargetType = "instance"; return all }
		}},
	"a pod without an endpoint": {"packets", "pod packets-0 is ready, and POD 0 is not in the EndpointSlices of Service packets-nlb", func(c *memory.Cluster, _ look.Stack) {
		c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint { return all[1:] }
	}},
	"an endpoint without a pod": {"packets", "the EndpointSlices of Service packets-nlb have 4 ready endpoints, and 3 pods are ready", func(c *memory.Cluster, _ look.Stack) {
		c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint {
			return append(all, look.Endpoint{Address: netip.MustParseAddr("10.40.9.9"), Port: 8080, Ready: true})
		}
	}},
	"an endpoint with another port": {"packets",
		"the EndpointSlices of Service packets-nlb have port 81, expected 8080", func(c *memory.Cluster, _ look.Stack) {
			c.Slices = func(_ string, all []look.Endpoint) []look.Endpoint { all[0].Port = 81; return all }
		}},
	"too few pods": {"packets", "2 pods are ready, expected 3",
		func(c *memory.Cluster, _ look.Stack) { c.Numbers["packets"] = 2 }},
}

func refuse(call string, err error) func(string) error {
	return func(called string) error {
		if called == call {
			return err
		}
		return nil
	}
}

func TestEachDifferenceIsNamed(t *testing.T) {
	for name, f := range faults {
		c, s, o := newCluster(t)
		withEveryPod(c, s)
		o.Workloads = []string{f.workload}
		f.cause(c, s)
		want := strings.NewReplacer("BALANCER 0", c.BalancerAddress(f.workload, 0), "BALANCER 1", c.BalancerAddress(f.workload, 1),
			"POD 0", c.PodAddress(f.workload, 0).String()).Replace(f.want)
		result := run(t, c, s, o)
		if !result.Differs() || !slices.ContainsFunc(result.Workloads[0].Differences, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("%s: %q, missing %q", name, result.Workloads[0].Differences, want)
		}
	}
}
