package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Picture is what controllers made, told so that two accounts compare: things have the names that people know them by, and what differs
// from run to run, such as ids and node ports, is told by what it stands for.
type Picture struct {
	// Balancers are by what they were made for: "Service shop/shop-nlb", "Ingress alone/alone-alb", "group demo".
	Balancers map[string]Balancer `json:"load balancers"`
	// Targets are target groups and their bindings, by the Service and its port: "shop/shop-alb:80".
	Targets map[string]Target `json:"target groups"`
	// Groups are security groups, by name.
	Groups map[string]Group `json:"security groups"`
	// Objects are the Services and Ingresses that have an address.
	Objects map[string]Object `json:"objects"`
	// Services are those that nodes have ports for, by namespace and name.
	Services map[string]Service `json:"services"`
	// Pods are those that wait for their load balancers, by application.
	Pods map[string]Pod `json:"pods with readiness gates"`
}

// Balancer is a load balancer, Classic ones among them.
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
	// ElasticIPs are allocation ids, by subnet.
	ElasticIPs map[string]string `json:"elastic addresses"`
	// Instances, Health and ProxyProtocol are a Classic one's.
	Instances     []string          `json:"instances"`
	Health        map[string]string `json:"health check"`
	ProxyProtocol bool              `json:"proxy protocol"`
}

// Listener is one port of a load balancer.
type Listener struct {
	Protocol string `json:"protocol"`
	// Default is where requests go that no rule takes: a target group, a redirect, or an answer of the load balancer's own.
	Default string `json:"default"`
	// Certificates are ARNs, the default one first; Policy tells the versions of TLS that clients may speak.
	Certificates []string          `json:"certificates"`
	Policy       string            `json:"TLS policy"`
	Tags         map[string]string `json:"tags"`
	Rules        map[string]Rule   `json:"rules"` // by priority
}

// Rule is one rule of an Application Load Balancer's listener.
type Rule struct {
	Hosts   []string          `json:"hosts"`
	Paths   []string          `json:"paths"`
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
	// Targets are "pod of shop/shop:8080" or "ip-10-0-0-5…:node port", one for each.
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

// Group is a security group with what it lets in.
type Group struct {
	Description string            `json:"description"`
	Tags        map[string]string `json:"tags"`
	Rules       []string          `json:"rules"`
}

// Object is a Service or an Ingress.
type Object struct {
	// Address tells whose name stands in its status.
	Address    string   `json:"address"`
	Finalizers []string `json:"finalizers"`
}

// Service is what nodes do with packets for it.
type Service struct {
	Type string `json:"type"`
	// Policy is Local where a node sends on to its own pods alone, and Cluster.
	Policy string `json:"traffic policy"`
	// Ports are such as "TCP 80 by a node port to http", and of Local "health check on a node port".
	Ports []string `json:"ports"`
}

// Pod is what all pods of an application have.
type Pod struct {
	// Gates are what they wait for, each with its status; Ready that there are some and all are.
	Gates map[string]string `json:"gates"`
	Ready bool              `json:"ready"`
}

func newPicture() *Picture {
	return &Picture{Balancers: map[string]Balancer{}, Targets: map[string]Target{}, Groups: map[string]Group{}, Objects: map[string]Object{},
		Services: map[string]Service{}, Pods: map[string]Pod{}}
}

// service tells a Service by its ports, "" where nodes have none for it.
func (p *Picture) service(id, kind, policy string, ports []string, health int) {
	if policy == "" {
		return // nodes know nothing of it
	}
	if health != 0 {
		ports = append(ports, "health check on a node port")
	}
	p.Services[id] = Service{Type: kind, Policy: policy, Ports: sorted(ports)}
}

// pod adds one to those of its application.
func (p *Picture) pod(name string, gates map[string]string, ready bool) {
	if len(gates) == 0 {
		return
	}
	told, before := p.Pods[name]
	if !before {
		told = Pod{Gates: map[string]string{}, Ready: true}
	}
	for gate, status := range gates {
		if standing := told.Gates[gate]; standing == "" || standing == "True" {
			told.Gates[gate] = status
		}
	}
	told.Ready = told.Ready && ready
	p.Pods[name] = told
}

// Differences tells, a line each, where what the controllers made is not what the rehearsal made. An attribute that the rehearsal did not
// set must have the value that AWS gives it.
func Differences(rehearsed, made *Picture) []string {
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
		panic(err) // what is compared is texts, numbers, lists and maps
	}
	return value
}

// compare adds a line for each difference. Side is what the expected one comes from.
func compare(path, side string, expected, made any, lines *[]string) {
	left, isMap := expected.(map[string]any)
	right, areMaps := made.(map[string]any)
	if !isMap || !areMaps {
		if text(expected) != text(made) {
			*lines = append(*lines, fmt.Sprintf("%s: %s %s, made %s", strings.TrimPrefix(path, " › "), side, text(expected), text(made)))
		}
		return
	}
	keys := slices.Collect(maps.Keys(left))
	for key := range right {
		if _, both := left[key]; !both && !(strings.HasSuffix(path, "attributes") && isUsual(key, right[key])) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		compare(path+" › "+key, side, left[key], right[key], lines)
	}
}

// text is a value as JSON; nothing, an empty list and an empty map are the same.
func text(value any) string {
	content, _ := json.Marshal(value)
	switch string(content) {
	case "null", "[]", "{}", `""`, "false":
		return "nothing"
	}
	return string(content)
}

// Names that are made from an object's UID differ from run to run.
var (
	hashed  = regexp.MustCompile(`^(k8s-.*-)[0-9a-f]{10}$`)
	fromUID = regexp.MustCompile(`\ba[0-9a-f]{31}\b`)
)

func withoutUID(name string) string {
	return fromUID.ReplaceAllString(hashed.ReplaceAllString(name, "${1}…"), "a…")
}

// stackOf is what a load balancer, a target group or a security group was made for, by its tags; "" for what no controller made.
func stackOf(tags map[string]string) string {
	if id := tags["service.k8s.aws/stack"]; id != "" {
		return "Service " + id
	}
	if id := tags["kubernetes.io/service-name"]; id != "" {
		return "Service " + id
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

// nameFor is a name as it compares: what is made for a Service is named after its UID, what is made for Ingresses is not.
func nameFor(name string, tags map[string]string) string {
	if strings.HasPrefix(stackOf(tags), "Service ") || fromUID.MatchString(name) {
		return withoutUID(name)
	}
	return name
}

// groupFor is a security group's name as it compares. That of a Classic Load Balancer is told apart by its description alone.
func groupFor(name, description string, tags map[string]string) string {
	told := nameFor(name, tags)
	if _, service, found := strings.Cut(description, " ("); found && fromUID.MatchString(name) {
		told += " (" + service
	}
	return told
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
