package world

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	loadBalancerType = "aws:lb/loadBalancer:LoadBalancer"
	listenerType     = "aws:lb/listener:Listener"
	listenerRuleType = "aws:lb/listenerRule:ListenerRule"
	targetGroupType  = "aws:lb/targetGroup:TargetGroup"
	classicType      = "aws:elb/loadBalancer:LoadBalancer"
)

const (
	createBalancerOp = "operation error Elastic Load Balancing v2: CreateLoadBalancer, api error "
	balancerDocs     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"
)

var (
	balancerName = rule("a load balancer's name has at most 32 letters, digits and -",
		createBalancerOp+"ValidationError: The load balancer name '%s' cannot be longer than '32' characters and contains only alphanumeric characters and hyphens",
		balancerDocs)
	balancerUnique = rule("a load balancer's name is unique in its region",
		createBalancerOp+"DuplicateLoadBalancerName: A load balancer with the same name '%s' exists, but with different settings",
		balancerDocs)
	balancerSubnets = rule("a load balancer's subnets exist, one in each zone",
		createBalancerOp+"InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone, and needs one: %v",
		balancerDocs)
	balancerZones = rule("an Application Load Balancer has at least two zones",
		createBalancerOp+"InvalidConfigurationRequest: At least two subnets in two different Availability Zones must be specified: %v",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html")
	balancerSpace = rule("a load balancer's subnets have eight free addresses",
		createBalancerOp+"InvalidSubnet: Not enough IP space available in %s. ELB requires at least 8 free IP addresses in each subnet.",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html")
	balancerPublic = rule("an internet-facing load balancer's subnets have a route to an internet gateway",
		createBalancerOp+"InvalidSubnet: VPC %s has no internet gateway (subnet %s has no route to one)",
		balancerDocs)
	balancerGroups = rule("a load balancer has at most five security groups, which exist",
		createBalancerOp+"InvalidConfigurationRequest: One or more security groups are invalid: %v",
		balancerDocs)
	balancerQuota = rule("a region has at most fifty load balancers of a type, and twenty Classic Load Balancers",
		"operation error Elastic Load Balancing: CreateLoadBalancer, api error TooManyLoadBalancers: The maximum number of load balancers of type %s has been reached",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
	balancerProtected = rule("a load balancer with deletion protection is not deleted",
		"operation error Elastic Load Balancing v2: DeleteLoadBalancer, api error OperationNotPermitted: Load balancer '%s' cannot be deleted because deletion protection is enabled",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html")
	balancerGroupsFixed = rule("a Network Load Balancer has security groups from its creation or never",
		"operation error Elastic Load Balancing v2: SetSecurityGroups, api error InvalidConfigurationRequest: You cannot add or remove the security groups of the Network Load Balancer '%s' that was created without or with them",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html")
	listenerPort = rule("a load balancer has at most one listener on a port",
		"operation error Elastic Load Balancing v2: CreateListener, api error DuplicateListener: A listener already exists on port %d of load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html")
	listenerQuota = rule("a load balancer has at most fifty listeners",
		"operation error Elastic Load Balancing v2: CreateListener, api error TooManyListeners: The maximum number of listeners has been reached on load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html")
	ruleQuota = rule("an Application Load Balancer has at most a hundred rules",
		"operation error Elastic Load Balancing v2: CreateRule, api error TooManyRules: The maximum number of rules has been reached on load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
)

// loadBalancer holds the parameters of a new load balancer. Controllers create them, the program never does.
type loadBalancer struct {
	name    string
	kind    string // "network", "application" or "classic"
	scheme  string // "internet-facing" or "internal"
	owner   string // the controller
	vpc     string
	subnets []string
	groups  []string
	// allocation IDs of Elastic IP addresses, one for each subnet of an internet-facing network load balancer
	addresses []string
	tags      map[string]any
}

var balancerForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// createLoadBalancer creates a load balancer with an interface in each of its subnets. Its outputs are those of its
// type, with "dnsName", "scheme", "vpcId", "subnets", "securityGroups" and "attributes".
func (w *World) createLoadBalancer(spec loadBalancer) (*Object, error) {
	typ := loadBalancerType
	if spec.kind == "classic" {
		typ = classicType
	}
	same := w.with(typ, "name", spec.name)
	if err := first(
		balancerName.when(!balancerForm.MatchString(spec.name), spec.name),
		balancerUnique.when(len(same) > 0, spec.name),
		w.balancerWithinQuota(typ, spec.kind),
		w.balancerFits(spec)); err != nil {
		return nil, err
	}
	unique := w.newID("")[1:17]
	o := &Object{Type: typ, Owner: spec.owner, ID: spec.name}
	if spec.kind != "classic" {
		o.ID = w.arn("elasticloadbalancing", "loadbalancer/"+familyOf(spec.kind)+"/"+spec.name+"/"+unique)
	}
	o.show(Properties{"name": spec.name, "arn": o.ID, "loadBalancerType": spec.kind, "scheme": spec.scheme, "vpcId": spec.vpc,
		"subnets": anyOf(spec.subnets), "securityGroups": anyOf(spec.groups), "attributes": map[string]any{}, "tags": spec.tags, "state": "active",
		"dnsName": w.balancerHost(spec, unique)})
	w.placeBalancer(o, spec, unique)
	w.put(o)
	if spec.kind == "classic" {
		w.behind(classicActive, "load balancer %s becomes usable", spec.name)
	} else {
		w.behind(balancerActive, "load balancer %s becomes active", spec.name)
	}
	return o, nil
}

// balancerHost returns a load balancer's DNS name. The name of a Network Load Balancer ends in the hexadecimal digits
// of its ARN, other names in decimal digits
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#dns-name and
// .../application/application-load-balancers.html).
func (w *World) balancerHost(spec loadBalancer, unique string) string {
	suffix, name := w.partition().dnsSuffix, strings.ToLower(spec.name)
	if spec.kind == "network" {
		return fmt.Sprintf("%s-%s.elb.%s.%s", name, unique, w.region, suffix)
	}
	if spec.scheme == "internal" {
		name = "internal-" + name
	}
	number, _ := strconv.ParseUint(unique[:8], 16, 32)
	return fmt.Sprintf("%s-%d.%s.elb.%s", name, number, w.region, suffix)
}

func familyOf(kind string) string {
	if kind == "application" {
		return "app"
	}
	return "net"
}

func (w *World) balancerWithinQuota(typ, kind string) error {
	most := 50
	if kind == "classic" {
		most = 20
	}
	return balancerQuota.when(len(w.all(typ, func(o *Object) bool { return o.text("loadBalancerType") == kind })) >= most, kind)
}

func (w *World) balancerFits(spec loadBalancer) error {
	known := !slices.ContainsFunc(spec.groups, func(g string) bool { return w.get(securityGroupType, g) == nil })
	return first(
		w.subnetsFit(spec),
		balancerSubnets.when(len(spec.subnets) == 0, spec.subnets),
		balancerZones.when(spec.kind == "application" && len(spec.subnets) < 2, spec.subnets),
		w.addressesFree(spec.addresses),
		balancerGroups.when(!known || len(spec.groups) > 5, spec.groups))
}

// subnetsFit refuses subnets in which a load balancer cannot have an interface.
func (w *World) subnetsFit(spec loadBalancer) error {
	zones := map[string]bool{}
	for _, id := range spec.subnets {
		subnet := w.get(subnetType, id)
		if err := balancerSubnets.when(subnet == nil || zones[subnet.text("availabilityZone")], spec.subnets); err != nil {
			return err
		}
		zones[subnet.text("availabilityZone")] = true
		if err := first(
			balancerSpace.when(w.subnetFree(subnet) < 8, id),
			balancerPublic.when(spec.scheme == "internet-facing" && w.egress(subnet).Gateway == nil, spec.vpc, id)); err != nil {
			return err
		}
	}
	return nil
}

// addressesFree refuses Elastic IP addresses that do not exist or are in use.
func (w *World) addressesFree(allocations []string) error {
	for i, id := range allocations {
		address := w.get(eipType, id)
		taken := id != "" && (address == nil || address.text("networkInterface") != "" || slices.Contains(allocations[:i], id))
		if err := elasticFree.when(taken, id); err != nil {
			return err
		}
	}
	return nil
}

// placeBalancer creates the interfaces of a load balancer in its subnets.
func (w *World) placeBalancer(o *Object, spec loadBalancer, unique string) {
	description := "ELB " + spec.name
	kind := "interface"
	if spec.kind != "classic" {
		description = "ELB " + familyOf(spec.kind) + "/" + spec.name + "/" + unique
	}
	if spec.kind == "network" {
		kind = "network_load_balancer"
	}
	o.set("description", description)
	o.set("interfaceType", kind)
	for i, id := range spec.subnets {
		w.placeIn(o, w.get(subnetType, id), elementAt(spec.addresses, i))
	}
}

// placeIn creates an interface of a load balancer in a subnet, with an Elastic IP address or, for an internet-facing
// load balancer without one, an address of AWS.
func (w *World) placeIn(o, subnet *Object, allocation string) {
	address, public := w.get(eipType, allocation), ""
	switch {
	case address != nil:
		public = address.text("publicIp")
	case o.text("scheme") == "internet-facing":
		public = w.publicAddress()
	}
	eni := w.attach(networkInterface{subnet: subnet, owner: "elb", description: o.text("description"), groups: o.texts("securityGroups"),
		public: public, kind: o.text("interfaceType"), managed: true})
	if address != nil {
		w.associate(address, eni, w.newID("eipassoc-"))
	}
}

func elementAt(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// setSecurityGroups changes the security groups of a load balancer's interfaces.
func (w *World) setSecurityGroups(o *Object, groups []string) error {
	had := len(o.texts("securityGroups")) > 0
	if err := balancerGroupsFixed.when(o.text("loadBalancerType") == "network" && had != (len(groups) > 0), o.ID); err != nil {
		return err
	}
	o.set("securityGroups", anyOf(groups))
	for _, eni := range w.interfacesOf(o.text("description")) {
		eni.set("securityGroups", anyOf(groups))
	}
	return nil
}

// deleteLoadBalancer deletes a load balancer with its listeners. Its interfaces remain for some minutes.
func (w *World) deleteLoadBalancer(o *Object) error {
	attributes := mapOf(o.at("attributes"))
	if err := balancerProtected.when(attributes["deletion_protection.enabled"] == "true", o.ID); err != nil {
		return err
	}
	for _, eni := range w.interfacesOf(o.text("description")) {
		if !lingering(eni) {
			w.linger(eni, balancerLingers)
		}
	}
	for _, listener := range w.with(listenerType, "loadBalancerArn", o.ID) {
		w.deleteListener(listener)
	}
	w.drop(o)
	return nil
}

// deleteListener deletes a listener with its rules.
func (w *World) deleteListener(o *Object) {
	for _, r := range w.with(listenerRuleType, "listenerArn", o.ID) {
		w.drop(r)
	}
	w.drop(o)
}

// createListener creates a listener of a load balancer that forwards to target groups.
func (w *World) createListener(balancer *Object, protocol string, port int, targetGroups, certificates []string) (*Object, error) {
	on := w.with(listenerType, "loadBalancerArn", balancer.ID)
	taken := slices.ContainsFunc(on, func(l *Object) bool { return l.number("port") == port })
	if err := first(
		listenerPort.when(taken, port, balancer.ID),
		listenerQuota.when(len(on) >= 50, balancer.ID),
		w.checkCertificates(protocol, certificates),
	); err != nil {
		return nil, err
	}
	o := &Object{Type: listenerType, Owner: balancer.Owner, ID: balancer.ID + "/" + w.newID("")[1:17]}
	o.show(Properties{"arn": o.ID, "loadBalancerArn": balancer.ID, "protocol": protocol, "port": port, "targetGroupArns": anyOf(targetGroups), "certificates": anyOf(certificates)})
	w.put(o)
	return o, nil
}

// deleteGroup deletes a security group that an actor created, with its rules.
func (w *World) deleteGroup(o *Object) error {
	c := &call{World: w}
	if err := removeGroup(c, o); err != nil {
		return err
	}
	w.drop(o)
	return nil
}
