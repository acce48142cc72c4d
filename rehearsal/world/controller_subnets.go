package world

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

const subnetSource = controllerSource + "pkg/networking/subnet_resolver.go"

var (
	subnetsFound = rule("a load balancer has a subnet",
		`unable to resolve at least one subnet. Evaluated %d subnets: %d are tagged for other clusters, and %d have insufficient available IP addresses`, subnetSource)
	subnetsGiven = rule("subnets that are named for a load balancer exist",
		`failed to list subnets by names or IDs: couldn't find all subnets, want: [%s], found: []`, subnetSource)
	subnetsApart = rule("a load balancer has one subnet in each zone",
		`multiple subnets in same Availability Zone %s: [%s]`, subnetSource)
)

// minimalAddresses are the free addresses that a subnet needs for a load balancer.
const minimalAddresses = 8

func (c *controller) buildSubnets(m *balancerModel) error {
	if named := m.list(annotations.SvcLBSuffixSubnets); len(named) > 0 {
		found, err := c.namedSubnets(named)
		m.subnets = found
		return err
	}
	if standing := c.balancerOf(m.stack); standing != nil && standing.text("scheme") == m.scheme {
		for _, id := range standing.texts("subnets") {
			if subnet := c.get(subnetType, id); subnet != nil {
				m.subnets = append(m.subnets, subnet)
			}
		}
		return nil
	}
	found, err := c.discover(m.scheme)
	m.subnets = found
	return err
}

// namedSubnets are the subnets that a Service names, by id or by tag Name, in one zone each.
func (c *controller) namedSubnets(named []string) ([]*Object, error) {
	var found []*Object
	for _, nameOrID := range named {
		matches := c.with(subnetType, "vpcId", c.vpc(), func(s *Object) bool { return s.ID == nameOrID || s.tags()["Name"] == nameOrID })
		if err := subnetsGiven.when(len(matches) == 0, nameOrID); err != nil {
			return nil, err
		}
		found = append(found, matches...)
	}
	zones := map[string]bool{}
	for _, subnet := range found {
		zone := subnet.text("availabilityZone")
		if err := subnetsApart.when(zones[zone], zone, subnet.ID); err != nil {
			return nil, err
		}
		zones[zone] = true
	}
	return found, nil
}

// discover finds the subnets for a scheme by their role tags, or by their routes where no subnet has the tag; one for each
// zone, those tagged for this cluster first.
func (c *controller) discover(scheme string) ([]*Object, error) {
	candidates := c.tagged(scheme)
	if len(candidates) == 0 && c.arguments.gate("SubnetDiscoveryByReachability", true) {
		if err := c.mayAll("ec2:DescribeRouteTables"); err != nil {
			return nil, err
		}
		public := scheme == "internet-facing"
		candidates = c.with(subnetType, "vpcId", c.vpc(), func(s *Object) bool { return (c.egress(s).Gateway != nil) == public })
	}
	foreign, full := 0, 0
	byZone := map[string]*Object{}
	for _, subnet := range candidates {
		switch zone := subnet.text("availabilityZone"); {
		case c.arguments.gate("SubnetsClusterTagCheck", true) && c.foreign(subnet):
			foreign++
		case c.subnetFree(subnet) < minimalAddresses:
			full++
		case byZone[zone] == nil || (c.ours(subnet) && !c.ours(byZone[zone])):
			byZone[zone] = subnet
		}
	}
	var chosen []*Object
	for _, subnet := range byZone {
		chosen = append(chosen, subnet)
	}
	slices.SortFunc(chosen, func(a, b *Object) int { return strings.Compare(a.ID, b.ID) })
	return chosen, subnetsFound.when(len(chosen) == 0, len(candidates), foreign, full)
}

// tagged are the VPC's subnets with the role tag of a scheme.
func (c *controller) tagged(scheme string) []*Object {
	role := "kubernetes.io/role/internal-elb"
	if scheme == "internet-facing" {
		role = "kubernetes.io/role/elb"
	}
	return c.with(subnetType, "vpcId", c.vpc(), func(s *Object) bool {
		value, tagged := s.tags()[role]
		return tagged && (value == "" || value == "1")
	})
}

// ours tells whether a subnet carries the tag of the controller's cluster.
func (c *controller) ours(subnet *Object) bool {
	_, tagged := subnet.tags()["kubernetes.io/cluster/"+c.arguments["cluster-name"]]
	return tagged
}

// foreign tells whether a subnet carries the tags of other clusters only.
func (c *controller) foreign(subnet *Object) bool {
	for key := range subnet.tags() {
		if strings.HasPrefix(key, "kubernetes.io/cluster") {
			return !c.ours(subnet)
		}
	}
	return false
}
