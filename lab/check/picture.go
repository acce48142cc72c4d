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
	// Instances and Health are a Classic one's.
	Instances []string          `json:"instances"`
	Health    map[string]string `json:"health check"`
}

// Listener is one port of a load balancer.
type Listener struct {
	Protocol string `json:"protocol"`
	// Default is where requests go that no rule takes: a target group, or an answer of the load balancer's own.
	Default string            `json:"default"`
	Tags    map[string]string `json:"tags"`
	Rules   map[string]Rule   `json:"rules"` // by priority
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

func newPicture() *Picture {
	return &Picture{Balancers: map[string]Balancer{}, Targets: map[string]Target{}, Groups: map[string]Group{}, Objects: map[string]Object{}}
}

// Differences tells, a line each, where what the controllers made is not what the rehearsal made. Of attributes those are compared that
// the rehearsal set: AWS has a value for every other.
func Differences(rehearsed, made *Picture) []string {
	var lines []string
	compare("", generic(rehearsed), generic(made), &lines)
	return lines
}

func generic(p *Picture) (value any) {
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		panic(err) // a Picture is texts, lists and maps
	}
	return value
}

func compare(path string, rehearsed, made any, lines *[]string) {
	left, isMap := rehearsed.(map[string]any)
	right, areMaps := made.(map[string]any)
	if !isMap || !areMaps {
		if text(rehearsed) != text(made) {
			*lines = append(*lines, fmt.Sprintf("%s: rehearsed %s, made %s", strings.TrimPrefix(path, " › "), text(rehearsed), text(made)))
		}
		return
	}
	keys := slices.Collect(maps.Keys(left))
	for key := range right {
		if _, both := left[key]; !both && !strings.HasSuffix(path, "attributes") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		compare(path+" › "+key, left[key], right[key], lines)
	}
}

// text is a value as JSON; nothing, an empty list and an empty map are the same.
func text(value any) string {
	content, _ := json.Marshal(value)
	switch string(content) {
	case "null", "[]", "{}", `""`:
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

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
