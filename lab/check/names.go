package check

import (
	"fmt"
	"strconv"
	"strings"
)

// nameMap maps the controllers' IDs, addresses and ports to names that are the same in each run. The stack's own
// resources have the same IDs in moto as in the rehearsal.
type nameMap struct {
	// groups are by ID. targetGroups are by ARN; their names are Service and port.
	groups, targetGroups map[string]string
	// pods are by address, such as "pod of shop/shop".
	pods map[string]string
	// nodePorts maps the numbers of node ports to their purpose.
	nodePorts map[int]string
}

// Purposes of node ports.
const (
	nodePort   = "node port"
	healthPort = "health check node port"
)

func newNameMap() *nameMap {
	return &nameMap{groups: map[string]string{}, targetGroups: map[string]string{}, pods: map[string]string{}, nodePorts: map[int]string{}}
}

// namesOf returns the sorted names of IDs.
func namesOf(names map[string]string, ids []string) []string {
	var list []string
	for _, id := range ids {
		list = append(list, nameOf(names, id))
	}
	return sortedCopy(list)
}

// nameOf returns the name of an ID, or the ID if it has no name.
func nameOf(names map[string]string, id string) string {
	if name, known := names[id]; known {
		return name
	}
	return id
}

// port returns the name of a port. Kubernetes allocates node ports at random, so their name is their purpose.
func (n *nameMap) port(number int) string {
	if what, is := n.nodePorts[number]; is {
		return what
	}
	return strconv.Itoa(number)
}

// addNodePorts adds a Service's node ports; 0 is none.
func (n *nameMap) addNodePorts(health int, ports ...int) {
	for _, port := range ports {
		if port != 0 {
			n.nodePorts[port] = nodePort
		}
	}
	if health != 0 {
		n.nodePorts[health] = healthPort
	}
}

// bound returns the name of a bound of a port range. Which node port is the highest is random.
func (n *nameMap) bound(number int) string {
	if _, is := n.nodePorts[number]; is {
		return nodePort
	}
	return strconv.Itoa(number)
}

// servicePort describes a port of a Service.
func servicePort(protocol string, port, onNodes int, target any) string {
	by := ""
	if onNodes != 0 {
		by = " through a node port"
	}
	return fmt.Sprintf("%s %d%s to %v", protocol, port, by, target)
}

// target describes a target: an instance or a pod, and its port.
func (n *nameMap) target(id string, port int) string {
	if pod, is := n.pods[id]; is {
		return fmt.Sprintf("%s:%s", pod, n.port(port))
	}
	return fmt.Sprintf("%s:%s", id, n.port(port))
}

// cutTarget returns the ID and the port of a target. The ID may be an IPv6 address.
func cutTarget(target string) (id, port string) {
	end := max(0, strings.LastIndex(target, ":"))
	return target[:end], strings.TrimPrefix(target[end:], ":")
}

// rule describes an ingress rule of a security group.
func (n *nameMap) rule(protocol string, from, to int, who, description string) string {
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
	line += " from " + nameOf(n.groups, who)
	if description != "" {
		line += " (" + description + ")"
	}
	return line
}

// healthTarget describes the target of a Classic Load Balancer's health check, such as TCP:30080.
func (n *nameMap) healthTarget(target string) string {
	protocol, rest, _ := strings.Cut(target, ":")
	port, path, _ := strings.Cut(rest, "/")
	number, _ := strconv.Atoi(port)
	if path != "" {
		path = "/" + path
	}
	return protocol + ":" + n.port(number) + path
}

// networking describes the peers and ports of a TargetGroupBinding's spec.networking, one line each.
func (n *nameMap) networking(spec any) (lines []string) {
	for _, rule := range listField(spec, "ingress") {
		for _, peer := range listField(rule, "from") {
			group, _ := field(peer, "securityGroup", "groupID").(string)
			network, _ := field(peer, "ipBlock", "cidr").(string)
			for _, port := range listField(rule, "ports") {
				number := fmt.Sprint(field(port, "port"))
				if parsed, err := strconv.Atoi(number); err == nil {
					number = n.port(parsed)
				}
				lines = append(lines, fmt.Sprintf("%v %s from %s", field(port, "protocol"), number, nameOf(n.groups, group+network)))
			}
		}
	}
	return sortedCopy(lines)
}

// field returns a nested field of an object, nil if there is none.
func field(object any, path ...string) any {
	for _, name := range path {
		fields, _ := object.(map[string]any)
		object = fields[name]
	}
	return object
}

// listField returns a field that is a list.
func listField(object any, name string) []any {
	list, _ := field(object, name).([]any)
	return list
}
