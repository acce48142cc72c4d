package elb

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

const (
	createBalancerOp = "operation error Elastic Load Balancing v2: CreateLoadBalancer, api error "
	balancerDocs     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"
)

var (
	BalancerName = store.NewRule("a load balancer's name has at most 32 letters, digits and -",
		createBalancerOp+"ValidationError: The load balancer name '%s' cannot be longer than '32' characters and contains only alphanumeric characters and hyphens",
		balancerDocs)
	BalancerUnique = store.NewRule("a load balancer's name is unique in its region",
		createBalancerOp+"DuplicateLoadBalancerName: A load balancer with the same name '%s' exists, but with different settings",
		balancerDocs)
	BalancerSubnets = store.NewRule("a load balancer's subnets exist, one in each zone",
		createBalancerOp+"InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone, and needs one: %v",
		balancerDocs)
	BalancerZones = store.NewRule("an Application Load Balancer has at least two zones",
		createBalancerOp+"InvalidConfigurationRequest: At least two subnets in two different Availability Zones must be specified: %v",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html")
	BalancerSpace = store.NewRule("a load balancer's subnets have eight free addresses",
		createBalancerOp+"InvalidSubnet: Not enough IP space available in %s. ELB requires at least 8 free IP addresses in each subnet.",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html")
	BalancerPublic = store.NewRule("an internet-facing load balancer's subnets have a route to an internet gateway",
		createBalancerOp+"InvalidSubnet: VPC %s has no internet gateway (subnet %s has no route to one)",
		balancerDocs)
	BalancerDualStack = store.NewRule("a dual-stack load balancer's subnets have IPv6 networks",
		createBalancerOp+"ValidationError: You must specify subnets with an associated IPv6 CIDR block: %s",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#ip-address-type; https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type")
	BalancerIPv6Public = store.NewRule("an internet-facing dual-stack load balancer's subnets have an IPv6 route to an internet gateway",
		createBalancerOp+"InvalidSubnet: VPC %s has no internet gateway (subnet %s has no route for ::/0 to one)",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type")
	BalancerGroups = store.NewRule("a load balancer has at most five security groups, which exist",
		createBalancerOp+"InvalidConfigurationRequest: One or more security groups are invalid: %v",
		balancerDocs)
	BalancerQuota = store.NewRule("a region has at most fifty load balancers of a type, and twenty Classic Load Balancers",
		"operation error Elastic Load Balancing: CreateLoadBalancer, api error TooManyLoadBalancers: The maximum number of load balancers of type %s has been reached",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
	BalancerProtected = store.NewRule("a load balancer with deletion protection is not deleted",
		"operation error Elastic Load Balancing v2: DeleteLoadBalancer, api error OperationNotPermitted: Load balancer '%s' cannot be deleted because deletion protection is enabled",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html")
	BalancerGroupsFixed = store.NewRule("a Network Load Balancer has security groups from its creation or never",
		"operation error Elastic Load Balancing v2: SetSecurityGroups, api error InvalidConfigurationRequest: You cannot add or remove the security groups of the Network Load Balancer '%s' that was created without or with them",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html")
)

// The types of load balancers.
const (
	Network     = awsdata.NetworkLoadBalancer
	Application = awsdata.ApplicationLoadBalancer
	Classic     = "classic"
)

// LoadBalancer is a Network or an Application Load Balancer, and what a Classic Load Balancer has in common with them.
type LoadBalancer struct {
	Name           string            `json:"name"`
	Kind           string            `json:"loadBalancerType"` // Network, Application or Classic
	Scheme         string            `json:"scheme"`           // "internet-facing" or "internal"
	VPC            string            `json:"vpcId"`
	DNSName        string            `json:"dnsName"`
	AddressType    string            `json:"ipAddressType"`
	Subnets        []string          `json:"subnets"`
	SecurityGroups []string          `json:"securityGroups"`
	Attributes     map[string]string `json:"attributes"`
	WebACL         string            `json:"webAclArn"` // "" for none
	// Description and InterfaceKind are those of its network interfaces.
	Description   string `json:"description"`
	InterfaceKind string `json:"interfaceType"`
}

// LoadBalancerOf returns the properties of a load balancer of any type.
func LoadBalancerOf(o *store.Object) *LoadBalancer {
	if o.Type == store.ClassicType {
		return &ClassicLoadBalancerOf(o).LoadBalancer
	}
	return store.Decode[LoadBalancer](o)
}

// DualStack is the address type of a load balancer with addresses of both families.
const DualStack = "dualstack"

// DeletionProtection is the attribute of a load balancer that is not deleted.
const DeletionProtection = "deletion_protection.enabled"

// IsProtected reports whether a load balancer has deletion protection.
func (b *LoadBalancer) IsProtected() bool { return b.Attributes[DeletionProtection] == "true" }

// LoadBalancerSpec holds the parameters of a new load balancer. Controllers create them, the program never does.
type LoadBalancerSpec struct {
	Name    string
	Kind    string // Network, Application or Classic
	Scheme  string // "internet-facing" or "internal"
	Owner   string // the controller
	VPC     string
	Subnets []string
	// DNSName is that of a load balancer that another AWS has created, otherwise "".
	DNSName string
	// AddressType is ipv4, also if it is "", or DualStack.
	AddressType string
	Groups      []string
	// Addresses are allocation IDs of Elastic IP addresses, one for each subnet of an internet-facing network load
	// balancer
	Addresses []string
	Tags      map[string]any
}

var balancerForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// CreateLoadBalancer creates a load balancer with an interface in each of its subnets.
func CreateLoadBalancer(w *store.Account, spec LoadBalancerSpec) (*store.Object, error) {
	typ := store.LoadBalancerType
	if spec.Kind == Classic {
		typ = store.ClassicType
	}
	same := w.With(typ, "name", spec.Name)
	if err := store.First(
		BalancerName.When(!balancerForm.MatchString(spec.Name), spec.Name),
		BalancerUnique.When(len(same) > 0, spec.Name),
		checkBalancerQuota(w, typ, spec.Kind),
		checkBalancer(w, spec)); err != nil {
		return nil, err
	}
	unique := w.NewID("")[1:17]
	o := &store.Object{Type: typ, Owner: spec.Owner, ID: spec.Name}
	description, interfaceKind := "ELB "+spec.Name, "interface"
	if spec.Kind != Classic {
		path := FamilyOf(spec.Kind) + "/" + spec.Name + "/" + unique
		o.ID, description = w.ARN("elasticloadbalancing", "loadbalancer/"+path), "ELB "+path
	}
	if spec.Kind == Network {
		interfaceKind = "network_load_balancer"
	}
	o.Show(store.Properties{"name": spec.Name, "arn": o.ID, "loadBalancerType": spec.Kind, "scheme": spec.Scheme, "vpcId": spec.VPC,
		"subnets": store.AnyOf(spec.Subnets), "securityGroups": store.AnyOf(spec.Groups), "attributes": map[string]any{}, "tags": spec.Tags, "state": "active",
		"dnsName": cmp.Or(spec.DNSName, balancerHost(w, spec, unique)), "description": description, "interfaceType": interfaceKind})
	if spec.AddressType != "" {
		o.Set("ipAddressType", spec.AddressType)
	}
	b := LoadBalancerOf(o)
	for i, id := range spec.Subnets {
		createInterface(w, b, w.Get(store.SubnetType, id), elementAt(spec.Addresses, i))
	}
	w.Put(o)
	if spec.Kind == Classic {
		w.Behind(classicActive, "load balancer %s becomes usable", spec.Name)
	} else {
		w.Behind(BalancerActive, "load balancer %s becomes active", spec.Name)
	}
	return o, nil
}

// balancerHost returns a load balancer's DNS name. The name of a Network Load Balancer ends in the hexadecimal digits
// of its ARN, other names in decimal digits
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#dns-name and
// .../application/application-load-balancers.html).
func balancerHost(w *store.Account, spec LoadBalancerSpec, unique string) string {
	suffix, name := w.Partition().DNSSuffix, strings.ToLower(spec.Name)
	if spec.Kind == Network {
		return fmt.Sprintf("%s-%s.elb.%s.%s", name, unique, w.Region, suffix)
	}
	if spec.Scheme == "internal" {
		name = "internal-" + name
	}
	number, _ := strconv.ParseUint(unique[:8], 16, 32)
	return fmt.Sprintf("%s-%d.%s.elb.%s", name, number, w.Region, suffix)
}

// FamilyOf returns the part of an ARN for a type of load balancer.
func FamilyOf(kind string) string {
	if kind == Application {
		return "app"
	}
	return "net"
}

func checkBalancerQuota(w *store.Account, typ, kind string) error {
	most := 50
	if kind == Classic {
		most = 20
	}
	return BalancerQuota.When(len(w.With(typ, "loadBalancerType", kind)) >= most, kind)
}

// checkBalancer refuses subnets, addresses and security groups that a new load balancer cannot have.
func checkBalancer(w *store.Account, spec LoadBalancerSpec) error {
	unknown := slices.ContainsFunc(spec.Groups, func(g string) bool { return w.Get(store.SecurityGroupType, g) == nil })
	return store.First(
		checkSubnets(w, spec),
		BalancerSubnets.When(len(spec.Subnets) == 0, spec.Subnets),
		BalancerZones.When(spec.Kind == Application && len(spec.Subnets) < 2, spec.Subnets),
		checkAddresses(w, spec.Addresses),
		BalancerGroups.When(unknown || len(spec.Groups) > 5, spec.Groups))
}

// checkSubnets refuses subnets in which a load balancer cannot have an interface.
func checkSubnets(w *store.Account, spec LoadBalancerSpec) error {
	zones := map[string]bool{}
	for _, id := range spec.Subnets {
		subnet, zone := w.Get(store.SubnetType, id), zoneOfSubnet(w, id)
		if err := BalancerSubnets.When(subnet == nil || zones[zone], spec.Subnets); err != nil {
			return err
		}
		zones[zone] = true
		if err := store.First(
			BalancerSpace.When(ec2.SubnetFree(w, subnet) < 8, id),
			BalancerPublic.When(spec.Scheme == "internet-facing" && ec2.EgressPathOf(w, subnet).Gateway == nil, spec.VPC, id),
			checkDualStack(w, spec, subnet)); err != nil {
			return err
		}
	}
	return nil
}

// checkDualStack refuses a subnet in which a dual-stack load balancer has no IPv6 address, or none that clients reach.
func checkDualStack(w *store.Account, spec LoadBalancerSpec, subnet *store.Object) error {
	if spec.AddressType != DualStack {
		return nil
	}
	return store.First(
		BalancerDualStack.When(ec2.SubnetOf(subnet).IPv6CIDR == "", subnet.ID),
		BalancerIPv6Public.When(spec.Scheme == "internet-facing" && !ec2.AcceptsIPv6(w, subnet), spec.VPC, subnet.ID))
}

// checkAddresses refuses Elastic IP addresses that do not exist or are in use.
func checkAddresses(w *store.Account, allocations []string) error {
	for i, id := range allocations {
		address := w.Get(store.EipType, id)
		taken := id != "" && (address == nil || ec2.AddressOf(address).Interface != "" || slices.Contains(allocations[:i], id))
		if err := ElasticFree.When(taken, id); err != nil {
			return err
		}
	}
	return nil
}

// createInterface creates an interface of a load balancer in a subnet, with an Elastic IP address or, for an
// internet-facing load balancer without one, an address of AWS.
func createInterface(w *store.Account, b *LoadBalancer, subnet *store.Object, allocation string) {
	address, public := w.Get(store.EipType, allocation), ""
	switch {
	case address != nil:
		public = ec2.AddressOf(address).PublicIP
	case b.Scheme == "internet-facing":
		public = ec2.PublicAddress(w)
	}
	eni := ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: "elb", Description: b.Description, Groups: b.SecurityGroups,
		Public: public, Kind: b.InterfaceKind, IPv6: b.AddressType == DualStack, Managed: true})
	if address != nil {
		ec2.AssociateAddress(w, address, eni, w.NewID("eipassoc-"))
	}
}

func elementAt(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// SetSecurityGroups changes the security groups of a load balancer's interfaces.
func SetSecurityGroups(w *store.Account, o *store.Object, groups []string) error {
	b := LoadBalancerOf(o)
	had, has := len(b.SecurityGroups) > 0, len(groups) > 0
	if err := BalancerGroupsFixed.When(b.Kind == Network && had != has, o.ID); err != nil {
		return err
	}
	o.Set("securityGroups", store.AnyOf(groups))
	for _, eni := range ec2.InterfacesOf(w, b.Description) {
		eni.Set("securityGroups", store.AnyOf(groups))
	}
	return nil
}

// DeleteLoadBalancer deletes a load balancer with its listeners. Its interfaces remain for some minutes.
func DeleteLoadBalancer(w *store.Account, o *store.Object) error {
	b := LoadBalancerOf(o)
	if err := BalancerProtected.When(b.IsProtected(), o.ID); err != nil {
		return err
	}
	for _, eni := range ec2.InterfacesOf(w, b.Description) {
		if !ec2.IsLingering(eni) {
			ec2.KeepLingering(w, eni, BalancerLingers)
		}
	}
	for _, listener := range w.With(store.ListenerType, "loadBalancerArn", o.ID) {
		DeleteListener(w, listener)
	}
	w.Drop(o)
	return nil
}

// DeleteGroup deletes a security group that an actor created, with its rules.
func DeleteGroup(w *store.Account, o *store.Object) error {
	c := &store.Call{Account: w}
	if err := ec2.RemoveSecurityGroup(c, o); err != nil {
		return err
	}
	w.Drop(o)
	return nil
}

// What AWS does after a call (medians of published logs). Interfaces of a load balancer remain for some minutes at
// worst (https://github.com/hashicorp/terraform-provider-aws/issues/40).
const (
	BalancerLingers = time.Minute
	BalancerActive  = 150 * time.Second
	classicActive   = 5 * time.Second
)
