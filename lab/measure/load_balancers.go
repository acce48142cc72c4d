package measure

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/gateway"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	plan "eksnet/plan/balancer"
)

// requestsToLoadBalancer is the number of requests to each load balancer.
const requestsToLoadBalancer = 100

// front is the load balancer of a workload, as clients reach it.
type front struct {
	balancer.Spec
	workload  rehearsed.Workload
	predicted path.Path
	listener  plan.Listener
	pods      []pod
	share     share
	client    Endpoint
	// zones holds the zones of the nodes by name.
	zones map[string]string
}

// CheckLoadBalancers sends 100 requests to the load balancer of each workload, in turn to each of its zones: from the
// internet to an internet-facing one, and from the VPC to an internal one; to a dual-stack one over both families; and
// more to a workload that shares requests with others, so that it gets about 100. It compares the source address at the
// pods, what else carries the client's address, the pods, their zones, and how many requests arrived, with the
// prediction. It writes a table and a picture of each into the folder of results.
func (m *Measurement) CheckLoadBalancers(ctx context.Context) error {
	if err := os.RemoveAll(m.Results); err != nil {
		return err
	}
	var differences []string
	for _, predicted := range m.Stack.Paths {
		if !hasOwnBalancer(predicted) {
			continue
		}
		for _, ofFamily := range m.byFamily(predicted) {
			lines, err := m.checkLoadBalancer(ctx, ofFamily)
			if err != nil {
				return err
			}
			differences = append(differences, lines...)
		}
	}
	return joined(differences)
}

// hasOwnBalancer reports whether a load balancer sends to the pods of a workload. That of a mesh sends to its gateway.
func hasOwnBalancer(p path.Path) bool { return p.Balancer != nil && p.Through == "" }

// byFamily returns the path of each family of clients of a workload: if it has a dual-stack load balancer, of IPv6
// clients and of IPv4 clients. A family of which it allows none of the lab's clients is omitted, unless that is so for
// both: the lab's other network has no IPv6.
func (m *Measurement) byFamily(predicted path.Path) (all []path.Path) {
	if !predicted.Balancer.DualStack {
		return []path.Path{predicted}
	}
	ofIPv4 := predicted
	ofIPv4.Source, ofIPv4.SourceOfIPv4 = predicted.SourceOfIPv4, ""
	for _, p := range []path.Path{predicted, ofIPv4} {
		if _, err := m.clientOf(p); err == nil {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return []path.Path{ofIPv4}
	}
	return all
}

// isOverIPv6 reports whether a path is that of IPv6 clients.
func isOverIPv6(predicted path.Path) bool { return predicted.SourceOfIPv4 != "" }

// resultName returns the name of a path in files and messages: that of its workload, with the family of IPv6 clients.
func resultName(predicted path.Path) string {
	if isOverIPv6(predicted) {
		return predicted.Workload + "-ipv6"
	}
	return predicted.Workload
}

// checkLoadBalancer sends requests to the load balancer of a workload from clients of one family, and returns the
// differences from the prediction.
func (m *Measurement) checkLoadBalancer(ctx context.Context, predicted path.Path) ([]string, error) {
	name := resultName(predicted)
	f, err := m.front(ctx, predicted)
	if err != nil {
		return []string{fmt.Sprintf("workload %s: %v", name, err)}, nil
	}
	r, err := m.sendRequests(ctx, f, requestsToLoadBalancer)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, line := range r.Differences {
		lines = append(lines, fmt.Sprintf("workload %s, %s load balancer %s: %s", name, f.Kind, f.Name, line))
	}
	return lines, errors.Join(m.writeResult(name+".txt", r.Text()), m.writeResult(name+".svg", r.SVG()))
}

// front returns the load balancer of a workload.
func (m *Measurement) front(ctx context.Context, predicted path.Path) (*front, error) {
	if isOverIPv6(predicted) {
		predicted = m.byFamily(predicted)[0]
	}
	f := &front{predicted: predicted, zones: map[string]string{}}
	for _, n := range m.Stack.Nodes {
		f.zones[n.Name] = n.Zone
	}
	isPredicted := func(w rehearsed.Workload) bool { return w.Name == predicted.Workload }
	i := slices.IndexFunc(m.Stack.Plan.Workloads, isPredicted)
	if i < 0 {
		return nil, errors.New("it is not in the plan")
	}
	f.workload = m.Stack.Plan.Workloads[i]
	host, err := m.hostName(ctx, f.workload.AddressOf)
	if err != nil {
		return nil, err
	}
	var found bool
	if f.Spec, found = m.LoadBalancer(host); !found {
		return nil, fmt.Errorf("no load balancer %q runs", host)
	}
	if f.pods, err = m.pods(ctx, predicted.Workload); err != nil {
		return nil, err
	}
	if f.share, err = m.shareOf(ctx, f.workload); err != nil {
		return nil, err
	}
	if f.client, err = m.clientOf(predicted); err != nil {
		return nil, err
	}
	// Of an HTTP and an HTTPS listener, the first may redirect to the second.
	f.listener = predicted.Balancer.Listeners[len(predicted.Balancer.Listeners)-1]
	return f, nil
}

// hostName returns the name of the load balancer in the status of an object such as Service shop/shop-nlb or Gateway
// shop/shop.
func (m *Measurement) hostName(ctx context.Context, object string) (string, error) {
	kind, rest, _ := strings.Cut(object, " ")
	namespace, name, _ := strings.Cut(rest, "/")
	if kind == gateway.Kind {
		found, err := m.Dynamic.Resource(gateway.Gateways).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil && gateway.Host(found.Object) != "" {
			return gateway.Host(found.Object), nil
		}
		return "", errors.Join(err, fmt.Errorf("%s has no address", object))
	}
	if kind == "Ingress" {
		ingress, err := m.Cluster.NetworkingV1().Ingresses(namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil && len(ingress.Status.LoadBalancer.Ingress) > 0 {
			return ingress.Status.LoadBalancer.Ingress[0].Hostname, nil
		}
		return "", errors.Join(err, fmt.Errorf("%s has no address", object))
	}
	service, err := m.Cluster.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err == nil && len(service.Status.LoadBalancer.Ingress) > 0 {
		return service.Status.LoadBalancer.Ingress[0].Hostname, nil
	}
	return "", errors.Join(err, fmt.Errorf("%s has no address", object))
}

// clientOf returns a client whose requests the load balancer of a path accepts.
func (m *Measurement) clientOf(predicted path.Path) (Endpoint, error) {
	all := m.Outside()
	if predicted.Balancer.Scheme == config.Internal {
		all = []Endpoint{m.Client(), m.Client().overIPv6(), m.Other()}
	}
	for _, client := range all {
		if !client.Address.IsValid() || client.Address.Is6() != isOverIPv6(predicted) {
			continue
		}
		if len(predicted.Clients) == 0 || slices.ContainsFunc(predicted.Clients, func(text string) bool {
			allowed, err := netip.ParsePrefix(text)
			return err == nil && allowed.Contains(client.Address)
		}) {
			return client, nil
		}
	}
	ranges := strings.Join(predicted.Clients, ", ")
	return Endpoint{}, fmt.Errorf("none of the lab's clients has an address in %s", ranges)
}

// answeringZones returns the zones that answer, as the DNS name has only those with healthy targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html). Each zone in which the
// prediction has a target must answer.
func (f *front) answeringZones(ctx context.Context, s *series) (zones []balancer.Zone, lines []string) {
	for _, z := range f.Zones {
		timeout, expected := silence, f.hasTargetIn(z.Name)
		if expected {
			timeout = answerTimeout
		}
		switch _, err := f.send(ctx, s, z, timeout); {
		case err == nil:
			zones = append(zones, z)
		case expected:
			lines = append(lines, fmt.Sprintf("zone %s (%s): %v", z.Name, z.EntryFor(f.client.Address), err))
		}
	}
	return zones, lines
}

// hasTargetIn reports whether the load balancer's address in a zone has a target that forwards to a pod.
func (f *front) hasTargetIn(zone string) bool {
	if f.predicted.Zones.ToTarget {
		return true
	}
	if f.predicted.KubeProxy == path.AnyPod {
		for _, of := range f.zones {
			if of == zone {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(f.pods, func(p pod) bool { return f.zones[p.node] == zone })
}

// request returns the request of a workload: for an Application Load Balancer with its first host and path.
func (f *front) request(word string) string {
	if f.listener.Protocol == config.ProtocolUDP {
		return requestText(config.ProtocolUDP, word)
	}
	return f.getRequest(f.firstPath() + "?" + word)
}

// firstPath returns the first path of the workload's rules.
func (f *front) firstPath() string {
	if len(f.workload.Paths) > 0 {
		return f.workload.Paths[0]
	}
	return "/"
}

// getRequest returns a request for a path, with the first host of the workload's rules.
func (f *front) getRequest(at string) string {
	host := "lab"
	if len(f.workload.Hosts) > 0 {
		host = strings.Replace(f.workload.Hosts[0], "*", "any", 1)
	}
	return "GET " + at + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"
}

func unique(lines []string) (all []string) {
	for _, line := range lines {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}
