package check

import (
	"fmt"
	"strconv"
	"strings"
)

// names tell ids, addresses and ports of one account by what they stand for.
type names struct {
	// subnets, groups, vpcs and instances are by id; targetGroups by ARN, told as the Service and port they are for.
	subnets, groups, vpcs, instances, targetGroups map[string]string
	// pods are by address: "pod of shop/shop".
	pods map[string]string
	// nodePorts are the numbers that Services have on nodes, by what they are for.
	nodePorts map[int]string
	// brought are what the operator has beside the stack, certificates and elastic addresses, as the stack file names them.
	brought map[string]string
}

// What a port of the nodes is for.
const (
	nodePort   = "node port"
	healthPort = "health check node port"
)

func newNames() *names {
	return &names{subnets: map[string]string{}, groups: map[string]string{}, vpcs: map[string]string{}, instances: map[string]string{},
		targetGroups: map[string]string{}, pods: map[string]string{}, nodePorts: map[int]string{}, brought: map[string]string{}}
}

// of are the names of ids, sorted; an id without a name is told as it is.
func of(names map[string]string, ids []string) []string {
	var list []string
	for _, id := range ids {
		list = append(list, one(names, id))
	}
	return sorted(list)
}

func one(names map[string]string, id string) string {
	if name, known := names[id]; known {
		return name
	}
	return id
}

// port tells a port; node ports are given by chance.
func (n *names) port(number int) string {
	if what, is := n.nodePorts[number]; is {
		return what
	}
	return strconv.Itoa(number)
}

// learnPorts notes a Service's ports on nodes; 0 is none.
func (n *names) learnPorts(health int, ports ...int) {
	for _, port := range ports {
		if port != 0 {
			n.nodePorts[port] = nodePort
		}
	}
	if health != 0 {
		n.nodePorts[health] = healthPort
	}
}

// bound is a bound of a range of ports. Which of the nodes' ports is the highest is chance.
func (n *names) bound(number int) string {
	if _, is := n.nodePorts[number]; is {
		return nodePort
	}
	return strconv.Itoa(number)
}

// servicePort tells a port of a Service.
func servicePort(protocol string, port, onNodes int, target any) string {
	by := ""
	if onNodes != 0 {
		by = " by a node port"
	}
	return fmt.Sprintf("%s %d%s to %v", protocol, port, by, target)
}

// target tells a target: an instance or a pod, and its port.
func (n *names) target(id string, port int) string {
	if pod, is := n.pods[id]; is {
		return fmt.Sprintf("%s:%s", pod, n.port(port))
	}
	return fmt.Sprintf("%s:%s", one(n.instances, id), n.port(port))
}

// rule tells who a security group lets in.
func (n *names) rule(protocol string, from, to int, who, description string) string {
	ports := n.bound(from)
	if from != to {
		ports += " to " + n.bound(to)
	}
	if protocol == "-1" {
		protocol, ports = "everything", ""
	}
	line := protocol
	if ports != "" {
		line += " " + ports
	}
	line += " from " + one(n.groups, who)
	if description != "" {
		line += " (" + description + ")"
	}
	return line
}

// healthTarget is a classic health check's, such as TCP:30080.
func (n *names) healthTarget(target string) string {
	protocol, rest, _ := strings.Cut(target, ":")
	port, path, _ := strings.Cut(rest, "/")
	number, _ := strconv.Atoi(port)
	if path != "" {
		path = "/" + path
	}
	return protocol + ":" + n.port(number) + path
}

// networking are the peers and ports of a TargetGroupBinding's spec.networking.
func (n *names) networking(spec any) (lines []string) {
	for _, rule := range within(spec, "ingress") {
		for _, peer := range within(rule, "from") {
			group, _ := field(peer, "securityGroup", "groupID").(string)
			network, _ := field(peer, "ipBlock", "cidr").(string)
			for _, port := range within(rule, "ports") {
				number := fmt.Sprint(field(port, "port"))
				if parsed, err := strconv.Atoi(number); err == nil {
					number = n.port(parsed)
				}
				lines = append(lines, fmt.Sprintf("%v %s from %s", field(port, "protocol"), number, one(n.groups, group+network)))
			}
		}
	}
	return sorted(lines)
}

// field is what is at the end of names of fields, nil where it is not.
func field(of any, names ...string) any {
	for _, name := range names {
		object, _ := of.(map[string]any)
		of = object[name]
	}
	return of
}

// within is a list that is a field.
func within(of any, name string) []any {
	list, _ := field(of, name).([]any)
	return list
}
