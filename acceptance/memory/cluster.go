package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"eksnet/acceptance/look"
	"eksnet/config"
	"eksnet/internal/leftover"
	"eksnet/plan/balancer"
)

// OutsideClient is the address of clients of load balancers in memory, if they are not internal.
const OutsideClient = "198.51.100.7"

// Cluster is a cluster in memory with the load balancers of a stack. They forward as those of AWS do, in turn to the
// targets that each can reach. The hooks change what it returns.
type Cluster struct {
	Spec *config.Stack
	// NodeList has a node in each zone.
	NodeList []look.Node
	// Numbers are how many pods a workload has, and Scaled the numbers to which it was scaled.
	Numbers map[string]int
	Scaled  []int
	// Answer changes the answer to a request, Targets the targets of a workload, Slices the endpoints of a Service, and
	// Bind the bindings of a namespace. Nil changes nothing.
	Answer  func(workload string, r look.Request, a *look.Answer)
	Targets func(workload string, all []look.Target) []look.Target
	Slices  func(service string, all []look.Endpoint) []look.Endpoint
	Bind    func(namespace string, all []look.Binding) []look.Binding
	// Addresses changes the addresses of a name.
	Addresses func(all []string) []string
	// Stale is how many times a name still has the addresses of zones in which no target can serve.
	Stale int
	// Refuse returns the error of a call, nil to accept it.
	Refuse func(call string) error

	// mutex is for Numbers, Stale and turns: requests are sent while pods are scaled.
	mutex sync.Mutex
	turns map[string]int
}

// NewCluster returns the cluster of a stack.
func NewCluster(s *config.Stack) *Cluster {
	c := &Cluster{Spec: s, Numbers: map[string]int{}, turns: map[string]int{}}
	for i, zone := range s.Network.Zones {
		c.NodeList = append(c.NodeList,
			look.Node{Name: fmt.Sprintf("node-%d", i), Zone: zone, Instance: fmt.Sprintf("i-%d", i), Ready: true,
				Addresses: []netip.Addr{c.address(i, 4)}})
	}
	for name, w := range s.Workloads {
		c.Numbers[name] = w.LeastPods()
	}
	return c
}

// address returns an address of the VPC.
func (c *Cluster) address(third, fourth int) netip.Addr {
	vpc := netip.MustParsePrefix(c.Spec.Network.CIDR).Addr().As4()
	return netip.AddrFrom4([4]byte{vpc[0], vpc[1], byte(third), byte(fourth)})
}

func (c *Cluster) number(workload string) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.Numbers[workload]
}

func (c *Cluster) refused(call string) error {
	if c.Refuse == nil {
		return nil
	}
	return c.Refuse(call)
}

// Nodes implements look.Cluster.
func (c *Cluster) Nodes(context.Context) ([]look.Node, error) {
	return slices.Clone(c.NodeList), c.refused("nodes")
}

// Pods implements look.Cluster.
func (c *Cluster) Pods(_ context.Context, _, workload string) (all []look.Pod, err error) {
	for i := range c.number(workload) {
		node := i % len(c.NodeList)
		all = append(all, look.Pod{Name: fmt.Sprintf("%s-%d", workload, i), Node: c.NodeList[node].Name, Ready: true,
			Addresses: []netip.Addr{c.PodAddress(workload, i)}})
	}
	return all, c.refused("pods")
}

// PodAddress returns the address of a pod of a workload, by its number.
func (c *Cluster) PodAddress(workload string, pod int) netip.Addr {
	return c.address(pod%len(c.NodeList), 20+c.position(workload)*5+pod)
}

// BalancerAddress returns the address that the load balancer of a workload has in a zone, by the zone's number.
func (c *Cluster) BalancerAddress(workload string, zone int) string {
	return fmt.Sprintf("203.0.%d.%d", c.position(workload), zone)
}

// position returns the place of a workload among all, by name.
func (c *Cluster) position(workload string) int {
	return slices.Index(slices.Sorted(maps.Keys(c.Spec.Workloads)), workload)
}

// workloadOf returns the workload of a Service.
func (c *Cluster) workloadOf(service string) (string, config.Workload) {
	for name, w := range c.Spec.Workloads {
		if service == name+"-"+w.Kind || service == name && w.IsGateway() {
			return name, w
		}
	}
	return "", config.Workload{}
}

// ports are where the applications listen.
var ports = map[string]int{config.AppEcho: 8080, config.AppNginx: 8080, config.App2048: 80}

// Endpoints implements look.Cluster.
func (c *Cluster) Endpoints(ctx context.Context, _, service string) (all []look.Endpoint, err error) {
	name, w := c.workloadOf(service)
	pods, err := c.Pods(ctx, name, name)
	for _, pod := range pods {
		all = append(all, look.Endpoint{Address: pod.Addresses[0], Port: ports[w.App], Ready: true})
	}
	if c.Slices != nil {
		all = c.Slices(service, all)
	}
	return all, err
}

// Bindings implements look.Cluster.
func (c *Cluster) Bindings(_ context.Context, namespace string) (all []look.Binding, err error) {
	w := c.Spec.Workloads[namespace]
	if w.Kind != config.KindCLB {
		service := namespace + "-" + w.Kind
		if w.IsGateway() {
			service = namespace
		}
		all = append(all, look.Binding{Name: "k8s-" + namespace, Service: service, TargetGroup: "arn:" + namespace,
			TargetType: w.Target})
	}
	if c.Bind != nil {
		all = c.Bind(namespace, all)
	}
	return all, c.refused("bindings")
}

// HostName implements look.Cluster.
func (c *Cluster) HostName(_ context.Context, e look.Entry) (string, error) {
	for _, name := range slices.Sorted(maps.Keys(c.Spec.Workloads)) {
		if w := c.Spec.Workloads[name]; name == e.Namespace || w.IsGateway() && w.Group == e.Name {
			return name + ".elb.test", c.refused("host name")
		}
	}
	return "", c.refused("host name")
}

// Replicas implements look.Cluster.
func (c *Cluster) Replicas(_ context.Context, namespace, _ string) (int, error) {
	return c.number(namespace), c.refused("replicas")
}

// Scale implements look.Cluster.
func (c *Cluster) Scale(ctx context.Context, namespace, _ string, replicas int) error {
	if err := errors.Join(ctx.Err(), c.refused("scale")); err != nil {
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Numbers[namespace], c.Scaled = replicas, append(c.Scaled, replicas)
	return nil
}

// TargetHealth implements look.Balancers.
func (c *Cluster) TargetHealth(ctx context.Context, targetGroup string) (all []look.Target, err error) {
	name := strings.TrimPrefix(targetGroup, "arn:")
	w := c.Spec.Workloads[name]
	pods, err := c.Pods(ctx, name, name)
	if w.Target == config.TargetIP {
		for _, pod := range pods {
			t := look.Target{ID: pod.Addresses[0].String(), Port: ports[w.App], State: look.Healthy}
			if len(w.Zones) > 0 && !slices.Contains(w.Zones, c.zoneOf(pod)) {
				t.State, t.Reason = look.Unused, "Target.NotInUse"
			}
			all = append(all, t)
		}
	} else {
		all = c.instances(w, pods)
	}
	if c.Targets != nil {
		all = c.Targets(name, all)
	}
	return all, errors.Join(err, c.refused("target health"))
}

// zoneOf returns the zone of a pod.
func (c *Cluster) zoneOf(pod look.Pod) string {
	i := slices.IndexFunc(c.NodeList, func(n look.Node) bool { return n.Name == pod.Node })
	return c.NodeList[i].Zone
}

// instances returns the nodes as targets. With policy Local those without a pod are unhealthy.
func (c *Cluster) instances(w config.Workload, pods []look.Pod) (all []look.Target) {
	for _, node := range c.NodeList {
		t := look.Target{ID: node.Instance, Port: 30080, State: look.Healthy}
		if w.TrafficPolicy == config.PolicyLocal && !slices.ContainsFunc(pods, func(p look.Pod) bool { return p.Node == node.Name }) {
			t.State, t.Reason = look.Unhealthy, "Target.FailedHealthChecks"
		}
		all = append(all, t)
	}
	return all
}

// InstanceHealth implements look.Balancers.
func (c *Cluster) InstanceHealth(ctx context.Context, host string) (all []look.Target, err error) {
	name := strings.TrimSuffix(host, ".elb.test")
	pods, err := c.Pods(ctx, name, name)
	if all = c.instances(c.Spec.Workloads[name], pods); c.Targets != nil {
		all = c.Targets(name, all)
	}
	return all, err
}

// Resolve implements look.Client: a load balancer has an address in each zone, without zones in which no target can
// serve. While Stale is above 0 it has those too, and decreases.
func (c *Cluster) Resolve(ctx context.Context, host string) (all []string, err error) {
	name := strings.TrimSuffix(host, ".elb.test")
	pods, err := c.Pods(ctx, name, name)
	c.mutex.Lock()
	stale := c.Stale > 0
	c.Stale--
	c.mutex.Unlock()
	zones := c.Spec.Workloads[name].Zones
	for zone, node := range c.NodeList {
		if len(zones) > 0 && !slices.Contains(zones, node.Zone) {
			continue
		}
		if _, found := c.choose(name, c.Spec.Workloads[name], slices.Clone(pods), zone); found || stale {
			all = append(all, c.BalancerAddress(name, zone))
		}
	}
	if c.Addresses != nil {
		all = c.Addresses(all)
	}
	return all, errors.Join(err, c.refused("resolve"))
}

// Send implements look.Client.
func (c *Cluster) Send(ctx context.Context, r look.Request) (look.Answer, error) {
	address, err := netip.ParseAddrPort(r.Address)
	if err != nil {
		return look.Answer{}, err
	}
	bytes := address.Addr().As16() // an IPv6 address of a load balancer ends as its IPv4 address
	index, zone := int(bytes[14]), int(bytes[15])
	name := c.shareRequest(slices.Sorted(maps.Keys(c.Spec.Workloads))[index])
	w := c.Spec.Workloads[name]
	a := look.Answer{Client: OutsideClient}
	if w.Scheme == config.Internal {
		a.Client = c.address(250, 9).String()
	}
	pods, err := c.Pods(ctx, name, name)
	if err != nil {
		return a, err
	}
	if w.Certificate != "" && !r.TLS {
		a.Location, a.Texts = "https://"+r.Host+"/", []string{""}
	} else {
		c.answer(&a, name, w, r, pods, zone)
	}
	if c.Answer != nil {
		c.Answer(name, r, &a)
	}
	return a, errors.Join(ctx.Err(), c.refused("send"))
}

// shareRequest returns the workload that gets the next request to the load balancer of a workload: one of those with
// which it shares requests by weights, or itself.
func (c *Cluster) shareRequest(workload string) string {
	members, all := balancer.WeightedSet(c.Spec.Workloads, workload), 0
	if len(members) < 2 {
		return workload
	}
	for _, m := range members {
		all += *m.Weight
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := "shared by " + members[0].Name
	turn := c.turns[key] % all
	c.turns[key]++
	for _, m := range members {
		if turn -= *m.Weight; turn < 0 {
			return m.Name
		}
	}
	return workload
}

// choose returns the next pod that requests to a zone of the load balancer reach.
func (c *Cluster) choose(name string, w config.Workload, pods []look.Pod, zone int) (look.Pod, bool) {
	anyPod := w.IsALB() || w.CrossZone || w.Target == config.TargetInstance && w.TrafficPolicy != config.PolicyLocal
	reachable := slices.DeleteFunc(pods, func(p look.Pod) bool { return !anyPod && p.Node != c.NodeList[zone].Name })
	if len(reachable) == 0 {
		return look.Pod{}, false
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := fmt.Sprint(name, zone)
	c.turns[key]++
	return reachable[c.turns[key]%len(reachable)], true
}

// answer adds the answers to the texts of a connection. An ALB chooses a pod for each of them, the others one for all.
func (c *Cluster) answer(a *look.Answer, name string, w config.Workload, r look.Request, pods []look.Pod, zone int) {
	var pod look.Pod
	for i, text := range r.Texts {
		if i == 0 || w.IsALB() {
			chosen, found := c.choose(name, w, slices.Clone(pods), zone)
			if !found {
				a.Error = "i/o timeout"
				return
			}
			pod = chosen
		}
		a.Texts = append(a.Texts, c.answerTo(text, w, pod, zone, a.Client))
	}
}

// answerTo returns what a pod answers to a text.
func (c *Cluster) answerTo(text string, w config.Workload, pod look.Pod, zone int, client string) string {
	source := c.address(zone, 200).String() // the load balancer's
	switch {
	case w.Target == config.TargetInstance && w.TrafficPolicy != config.PolicyLocal:
		source = c.NodeList[zone].Addresses[0].String()
	case w.PreserveClientAddress != nil && *w.PreserveClientAddress:
		source = client
	}
	switch text {
	case "/hostname", "hostname":
		return pod.Name
	case "/clientip", "clientip":
		return net.JoinHostPort(source, "40000")
	case "/proxied":
		return net.JoinHostPort(client, "50000")
	case "/header?key=X-Forwarded-For":
		if w.IsALB() {
			return "192.0.2.1, " + client
		}
		return ""
	}
	return text
}

// TargetHealth implements look.Balancers for an account without load balancers.
func (a *Account) TargetHealth(ctx context.Context, targetGroup string) ([]look.Target, error) {
	if a.Cluster == nil {
		return nil, a.refused("elasticloadbalancing:DescribeTargetHealth", leftover.Resource{})
	}
	return a.Cluster.TargetHealth(ctx, targetGroup)
}

// InstanceHealth implements look.Balancers.
func (a *Account) InstanceHealth(ctx context.Context, host string) ([]look.Target, error) {
	if a.Cluster == nil {
		return nil, a.refused("elasticloadbalancing:DescribeInstanceHealth", leftover.Resource{})
	}
	return a.Cluster.InstanceHealth(ctx, host)
}
