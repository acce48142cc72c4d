package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"eksnet/lab/gateway"
)

// Snapshot holds the controllers' resources in a form in which two accounts can be compared: they are identified by
// names, and values that differ in each run, such as their IDs and node ports, are replaced by their purpose. The
// stack's own resources have the same IDs in both accounts.
type Snapshot struct {
	// Balancers are by the object that they are created for: "Service shop/shop-nlb", "Ingress alone/alone-alb", "Gateway
	// web/web", "group demo".
	Balancers map[string]Balancer `json:"load balancers"`
	// Targets holds the target groups and their TargetGroupBindings, by Service and port: "shop/shop-alb:80".
	Targets map[string]Target `json:"target groups"`
	// Groups holds the security groups by name.
	Groups map[string]Group `json:"security groups"`
	// Objects holds the Services, Ingresses and objects of the Gateway API with addresses, finalizers or conditions.
	Objects map[string]Object `json:"objects"`
	// Services holds the Services with an external traffic policy, by namespace and name.
	Services map[string]Service `json:"services"`
	// Pods holds the pods with readiness gates, by application.
	Pods map[string]Pod `json:"pods with readiness gates"`
	// Proxied holds the pods with a proxy of Istio, by application.
	Proxied map[string]Proxied `json:"pods with proxies"`
	// Branches holds the security groups of pods with a branch interface, by application: one text for each set of them.
	Branches map[string][]string `json:"security groups of pods"`
}

// Balancer is a load balancer of any kind.
type Balancer struct {
	Kind        string              `json:"kind"` // "network", "application" or "classic"
	Name        string              `json:"name"`
	Scheme      string              `json:"scheme"`
	AddressType string              `json:"address type"`
	Subnets     []string            `json:"subnets"`
	Groups      []string            `json:"security groups"`
	Tags        map[string]string   `json:"tags"`
	Attributes  map[string]string   `json:"attributes"`
	Listeners   map[string]Listener `json:"listeners"` // by port
	// ElasticIPs holds allocation IDs by subnet.
	ElasticIPs map[string]string `json:"Elastic IPs"`
	// WebACL is the ARN of the web ACL, "" for none.
	WebACL string `json:"web ACL"`
	// Instances, Health and ProxyProtocol are those of a Classic Load Balancer.
	Instances     []string          `json:"instances"`
	Health        map[string]string `json:"health check"`
	ProxyProtocol bool              `json:"proxy protocol"`
}

// Listener is a listener of a load balancer.
type Listener struct {
	Protocol string `json:"protocol"`
	// Default describes the default action: a target group, a redirect, or a fixed response.
	Default string `json:"default"`
	// Certificates holds ARNs, the default one first; Policy is the TLS security policy.
	Certificates []string          `json:"certificates"`
	Policy       string            `json:"TLS policy"`
	Tags         map[string]string `json:"tags"`
	Rules        map[string]Rule   `json:"rules"` // by priority
}

// Rule is a rule of an Application Load Balancer's listener.
type Rule struct {
	Hosts []string `json:"hosts"`
	Paths []string `json:"paths"`
	// Forward describes the action: a target group, several with their weights, or a redirect.
	Forward string            `json:"forward"`
	Tags    map[string]string `json:"tags"`
}

// Target is a target group and its TargetGroupBinding.
type Target struct {
	Name       string            `json:"name"`
	Type       string            `json:"type"` // "ip" or "instance"
	Protocol   string            `json:"protocol"`
	Version    string            `json:"version of HTTP"`
	Port       string            `json:"port"`
	Health     map[string]string `json:"health check"`
	Attributes map[string]string `json:"attributes"`
	Tags       map[string]string `json:"tags"`
	// Targets describes each target, such as "pod of shop/shop:8080" or "i-0abc…:node port".
	Targets []string `json:"targets"`
	Binding Binding  `json:"binding"`
}

// Binding is a TargetGroupBinding.
type Binding struct {
	Labels      map[string]string `json:"labels"`
	Finalizers  []string          `json:"finalizers"`
	Type        string            `json:"type"`
	AddressType string            `json:"address type"`
	VPC         string            `json:"VPC"`
	// Networking are the peers that reach the targets, with protocol and port.
	Networking []string `json:"networking"`
}

// Group is a security group with its ingress rules.
type Group struct {
	Description string            `json:"description"`
	Tags        map[string]string `json:"tags"`
	Rules       []string          `json:"rules"`
}

// Object is a Service, an Ingress, or an object of the Gateway API.
type Object struct {
	// Address describes the host name in the status by its load balancer.
	Address    string   `json:"address"`
	Finalizers []string `json:"finalizers"`
	// Conditions holds the status and reason of each condition of an object of the Gateway API, those of a route by the
	// listener of the Gateway: "web/web http Accepted".
	Conditions map[string]string `json:"conditions"`
}

// Service is a Service with an external traffic policy.
type Service struct {
	Type string `json:"type"`
	// Policy is Local, with which a node forwards only to its own pods, or Cluster.
	Policy string `json:"traffic policy"`
	// Ports describes the ports, such as "TCP 80 through a node port to http", and for Local "health check on a node
	// port".
	Ports []string `json:"ports"`
}

// Pod combines the readiness of all pods of an application.
type Pod struct {
	// Gates holds the status of each readiness gate; Ready reports whether all pods are ready.
	Gates map[string]string `json:"gates"`
	Ready bool              `json:"ready"`
}

func newSnapshot() *Snapshot {
	return &Snapshot{Balancers: map[string]Balancer{}, Targets: map[string]Target{}, Groups: map[string]Group{}, Objects: map[string]Object{},
		Services: map[string]Service{}, Pods: map[string]Pod{}, Proxied: map[string]Proxied{}, Branches: map[string][]string{}}
}

// addService adds a Service unless it has no external traffic policy.
func (p *Snapshot) addService(id, kind, policy string, ports []string, health int) {
	if policy == "" {
		return // no traffic from outside the cluster
	}
	if health != 0 {
		ports = append(ports, "health check on a node port")
	}
	p.Services[id] = Service{Type: kind, Policy: policy, Ports: sortedCopy(ports)}
}

// addPod adds a pod to those of its application.
func (p *Snapshot) addPod(name string, gates map[string]string, ready bool) {
	if len(gates) == 0 {
		return
	}
	pod, exists := p.Pods[name]
	if !exists {
		pod = Pod{Gates: map[string]string{}, Ready: true}
	}
	for gate, status := range gates {
		if current := pod.Gates[gate]; current == "" || current == "True" {
			pod.Gates[gate] = status
		}
	}
	pod.Ready = pod.Ready && ready
	p.Pods[name] = pod
}

// addBranch adds the security groups of a pod's branch interface to those of its application.
func (p *Snapshot) addBranch(name string, groups []string) {
	if text := strings.Join(groups, ", "); !slices.Contains(p.Branches[name], text) {
		p.Branches[name] = sortedCopy(append(p.Branches[name], text))
	}
}

// Differences returns a line for each difference between the rehearsal's resources and the controllers'. An attribute
// that the rehearsal does not set must have AWS's default.
func Differences(rehearsed, made *Snapshot) []string {
	var lines []string
	compare("", "rehearsed", generic(rehearsed), generic(made), &lines)
	return lines
}

func generic(p any) (value any) {
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		panic(err) // values are strings, numbers, lists and maps
	}
	return value
}

// compare appends a line for each difference. side is the origin of the expected value.
func compare(path, side string, expected, made any, lines *[]string) {
	left, isMap := expected.(map[string]any)
	right, areMaps := made.(map[string]any)
	if !isMap || !areMaps {
		if toText(expected) != toText(made) {
			*lines = append(*lines, fmt.Sprintf("%s: %s %s, observed %s", strings.TrimPrefix(path, " › "), side, toText(expected), toText(made)))
		}
		return
	}
	keys := slices.Collect(maps.Keys(left))
	for key := range right {
		if _, both := left[key]; !both && !(strings.HasSuffix(path, "attributes") && isDefault(key, right[key])) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		compare(path+" › "+key, side, left[key], right[key], lines)
	}
}

// toText returns a value as JSON; null, "", false, an empty list and an empty map are equal.
func toText(value any) string {
	content, _ := json.Marshal(value)
	switch string(content) {
	case "null", "[]", "{}", `""`, "false":
		return "nothing"
	}
	return string(content)
}

// Names that contain an object's UID or its hash differ in each run.
var (
	hashedName = regexp.MustCompile(`^(k8s-.*-)[0-9a-f]{10}$`)
	fromUID    = regexp.MustCompile(`\ba[0-9a-f]{31}\b`)
)

func withoutUID(name string) string {
	return fromUID.ReplaceAllString(hashedName.ReplaceAllString(name, "${1}…"), "a…")
}

// stackOf returns the object or group for which a load balancer, target group or security group was created, by its
// tags; "" for a resource that no controller created.
func stackOf(tags map[string]string) string {
	if id := tags["service.k8s.aws/stack"]; id != "" {
		return "Service " + id
	}
	if id := tags["kubernetes.io/service-name"]; id != "" {
		return "Service " + id
	}
	for _, class := range []string{"alb", "nlb"} {
		if id := tags["gateway.k8s.aws."+class+"/stack"]; id != "" {
			return "Gateway " + id
		}
	}
	switch id := tags["ingress.k8s.aws/stack"]; {
	case id == "":
		return ""
	case strings.Contains(id, "/"):
		return "Ingress " + id
	default:
		return "group " + id
	}
}

// nameFor returns a comparable name: names of resources for a Service or a Gateway contain a UID or hash, those for
// Ingresses do not.
func nameFor(name string, tags map[string]string) string {
	if kind, _, _ := strings.Cut(stackOf(tags), " "); kind == "Service" || kind == gateway.Kind || fromUID.MatchString(name) {
		return withoutUID(name)
	}
	return name
}

// groupFor returns a comparable name of a security group. Those of Classic Load Balancers differ only in their
// descriptions.
func groupFor(name, description string, tags map[string]string) string {
	result := nameFor(name, tags)
	if _, service, found := strings.Cut(description, " ("); found && fromUID.MatchString(name) {
		result += " (" + service
	}
	return result
}

func sortedCopy(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
