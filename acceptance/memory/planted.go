package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"eksnet/acceptance/audit"
	"eksnet/internal/leftover"
)

// Planted is a random account with leftovers of a stack and with resources of others.
type Planted struct {
	*Account
	Scope audit.Scope
	// Own are the IDs of the stack's resources, and Others those of everything else.
	Own, Others []string
	// Data are the stack's resources with data, and Shared those that another cluster of the name may own.
	Data, Shared []string

	random *rand.Rand
	number int
}

// The subjects of the account. The others have names that contain the stack's, or the cluster's own name.
var (
	subject = leftover.Subject{Stack: "dev-ap-northeast-2", Cluster: "dev", Owner: "dev"}
	others  = []leftover.Subject{
		{Stack: "dev-ap-northeast-22", Cluster: "dev2", Owner: "dev2"},
		{Stack: "dev-ap-northeast", Cluster: "de", Owner: "de"},
		{Stack: "my-dev-ap-northeast-2", Cluster: "my-dev", Owner: "my-dev"},
		{Stack: "prod-eu-west-1", Cluster: "prod", Owner: "prod"},
	}
)

// Plant returns the account of a seed.
func Plant(seed uint64) *Planted {
	p := &Planted{Account: &Account{Stale: map[leftover.Tag][]string{}}, random: rand.New(rand.NewPCG(seed, 0)),
		Scope: audit.Scope{Subject: subject, Domains: []string{"example.com"}, Names: []string{"echo.example.com"}}}
	p.Who.Account, p.Who.ARN = "111122223333", "arn:aws:iam::111122223333:user/operator"
	rival := p.chance(0.2)
	p.stack(subject, true)
	own := len(p.Items)
	for _, other := range others {
		if p.chance(0.5) {
			p.stack(other, false)
		}
	}
	if rival { // a cluster of the same name, of another tool
		p.stack(leftover.Subject{Cluster: subject.Cluster, Owner: "other"}, false)
	}
	if p.chance(0.1) { // another stack had a cluster of this name
		p.add("vol-", Item{Resource: leftover.Resource{Type: leftover.VolumeType, Tags: tags(leftover.Subject{Stack: "dev-two"}, "kubernetes.io/cluster/dev", "owned")}})
		rival = true
	}
	p.strangers()
	for i, item := range p.Items {
		if i < own {
			p.Own = append(p.Own, item.ID)
			kind, _ := leftover.KindOf(item.Type)
			if kind.HoldsData && item.With == "" {
				p.Data = append(p.Data, item.ID)
			}
			if key, _ := subject.Match(item.Resource); rival && item.VPC == "" && item.With == "" && key.NamesCluster() {
				p.Shared = append(p.Shared, item.ID)
			}
		} else {
			p.Others = append(p.Others, item.ID)
		}
	}
	p.random.Shuffle(len(p.Items), func(i, j int) { p.Items[i], p.Items[j] = p.Items[j], p.Items[i] })
	return p
}

func (p *Planted) chance(share float64) bool { return p.random.Float64() < share }

// add adds an item with an ID of its own.
func (p *Planted) add(prefix string, item Item) *Item {
	p.number++
	item.ID = fmt.Sprintf("%s%04x", prefix, p.number)
	if item.ARN == "" {
		item.ARN = "arn:aws:test:ap-northeast-2:111122223333:" + item.ID
	}
	if item.Size == 0 {
		item.Size = 1
	}
	p.Items = append(p.Items, &item)
	return p.Items[len(p.Items)-1]
}

// tags returns the tags that a stack's own resources have. A cluster of another tool has no tag of a stack.
func tags(s leftover.Subject, more ...string) map[string]string {
	all := map[string]string{}
	if s.Stack != "" {
		all[leftover.StackTag] = s.Stack
	} else {
		all["kubernetes.io/cluster/"+s.Cluster] = "owned"
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// only returns tags without that of the stack.
func only(pairs ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// stack adds a random part of what a stack and its controllers leave.
func (p *Planted) stack(s leftover.Subject, own bool) {
	p.global(s)
	if own && p.chance(0.2) {
		return // the VPC is deleted already
	}
	vpc := p.add("vpc-", Item{Resource: leftover.Resource{Type: leftover.VPCType, Tags: tags(s)}})
	vpc.VPC = vpc.ID
	in := func(typ string, tags map[string]string, needs ...*Item) Item {
		item := Item{Resource: leftover.Resource{Type: typ, VPC: vpc.ID, Tags: tags}, Needs: []string{vpc.ID}}
		for _, other := range needs {
			item.Needs = append(item.Needs, other.ID)
		}
		return item
	}
	gateway := p.add("igw-", in(leftover.GatewayType, tags(s)))
	subnet := p.add("subnet-", in(leftover.SubnetType, tags(s)))
	if p.chance(0.5) {
		p.add("scr-", Item{Resource: leftover.Resource{Type: leftover.ReservationType, VPC: vpc.ID, Tags: tags(s)}, With: subnet.ID})
		p.add("rtb-", in(leftover.RouteTableType, tags(s)))
		p.add("eigw-", in(leftover.EgressGatewayType, tags(s)))
	}
	p.egress(s, vpc, subnet, gateway, in)
	p.controllers(s, vpc, subnet, gateway, in)
	p.cluster(s, subnet, in)
}

// egress adds a NAT gateway with its address and interface, and endpoints.
func (p *Planted) egress(s leftover.Subject, vpc, subnet, gateway *Item, in func(string, map[string]string, ...*Item) Item) {
	if p.chance(0.5) {
		address := p.add("eipalloc-", Item{Resource: leftover.Resource{Type: leftover.AddressType, Tags: tags(s)}, Needs: []string{gateway.ID}})
		nat := in(leftover.NATGatewayType, tags(s), subnet, address)
		nat.Delay = 4
		made := p.add("nat-", nat)
		p.managed("Interface for NAT Gateway "+made.ID, vpc, made, 0, subnet, gateway)
	}
	if p.chance(0.4) {
		group := p.add("sg-", in(leftover.SecurityGroupType, tags(s)))
		endpoint := in(leftover.EndpointType, tags(s))
		if p.chance(0.3) {
			endpoint.Tags, group.Tags = only("GuardDutyManaged", "true"), only("GuardDutyManaged", "true")
		}
		endpoint.Delay = 2
		made := p.add("vpce-", endpoint)
		p.managed("VPC Endpoint Interface "+made.ID, vpc, made, 1, subnet, group)
	}
	if p.chance(0.4) {
		p.add("fl-", Item{Resource: leftover.Resource{Type: leftover.FlowLogType, Tags: tags(s)}})
	}
}

// managed adds an interface that AWS deletes with another resource.
func (p *Planted) managed(description string, vpc, owner *Item, linger int, needs ...*Item) {
	item := Item{Resource: leftover.Resource{Type: leftover.InterfaceType, VPC: vpc.ID, Description: description, Ending: "its service deletes it"}, With: owner.ID, Linger: linger}
	for _, other := range needs {
		item.Needs = append(item.Needs, other.ID)
	}
	p.add("eni-", item)
}

// controllers adds what the load balancer controller, the cloud controller and the CNI leave.
func (p *Planted) controllers(s leftover.Subject, vpc, subnet, gateway *Item, in func(string, map[string]string, ...*Item) Item) {
	shared := p.add("sg-", in(leftover.SecurityGroupType, tags(s)))
	for range p.random.IntN(3) {
		mine := only("elbv2.k8s.aws/cluster", s.Cluster, "service.k8s.aws/stack", "echo/echo")
		front := p.add("sg-", in(leftover.SecurityGroupType, mine, shared))
		group := p.add("arn:tg/", in(leftover.TargetGroupType, mine))
		group.Needs = nil // a target group does not prevent the deletion of its VPC
		balancer := p.add("arn:lb/", in(leftover.LoadBalancerType, mine, group))
		balancer.Needs = []string{group.ID}
		p.managed("ELB net/"+balancer.ID, vpc, balancer, 1+p.random.IntN(5), subnet, front, shared, gateway)
		if p.chance(0.3) { // groups that reference each other
			shared.Needs = append(shared.Needs, front.ID)
		}
	}
	if p.chance(0.5) {
		group := p.add("sg-", in(leftover.SecurityGroupType, only("kubernetes.io/cluster/"+s.Cluster, "owned")))
		group.Name = "k8s-elb-a0123456789abcdef0123456789abcde"
		classic := p.add("a", Item{Resource: leftover.Resource{Type: leftover.ClassicType, VPC: vpc.ID, Tags: only("kubernetes.io/cluster/"+s.Cluster, "owned")}})
		p.managed("ELB "+classic.ID, vpc, classic, 3, subnet, group, gateway)
	}
	for range p.random.IntN(3) {
		p.add("eni-", in(leftover.InterfaceType, only("cluster.k8s.amazonaws.com/name", s.Cluster), subnet, shared))
	}
	if p.chance(0.3) {
		old := p.add("eni-", in(leftover.InterfaceType, only("node.k8s.amazonaws.com/instance_id", "i-1"), subnet))
		old.Description = "aws-K8S-i-1"
	}
}

// cluster adds the control plane, node groups and nodes.
func (p *Planted) cluster(s leftover.Subject, subnet *Item, in func(string, map[string]string, ...*Item) Item) {
	group := p.add("sg-", in(leftover.SecurityGroupType, only("kubernetes.io/cluster/"+s.Cluster, "owned")))
	group.Name = "eks-cluster-sg-" + s.Cluster + "-123456789"
	if !p.chance(0.4) || s.Stack == "" { // EKS has one cluster of a name
		return
	}
	plane := in(leftover.ClusterType, tags(s))
	plane.Name, plane.Delay, plane.State = s.Cluster, 6, "ACTIVE"
	plane.Successor = &Item{Resource: leftover.Resource{Type: leftover.LogGroupType, ID: "/aws/eks/" + s.Cluster + "/cluster", Name: "/aws/eks/" + s.Cluster + "/cluster"}}
	if p.Find(plane.Successor.ID) != nil {
		plane.Successor = nil
	}
	cluster := p.add("cluster-", plane)
	p.managed("Amazon EKS "+s.Cluster, p.Find(group.VPC), cluster, 0, subnet, group)
	if p.chance(0.7) {
		nodes := in(leftover.NodeGroupType, tags(s), cluster)
		nodes.Delay = 3
		made := p.add("nodes-", nodes)
		scaling := p.add("eks-", Item{Resource: leftover.Resource{Type: leftover.ScalingGroupType, Tags: only("eks:cluster-name", s.Cluster)}, With: made.ID})
		instance := p.add("i-", Item{Resource: leftover.Resource{Type: leftover.InstanceType, VPC: group.VPC, Tags: tags(s)}, With: scaling.ID})
		p.add("vol-", Item{Resource: leftover.Resource{Type: leftover.VolumeType, Tags: tags(s), Ending: "EC2 deletes it with the instance"}, With: instance.ID})
		p.managed("", p.Find(group.VPC), instance, 0, subnet, group)
	}
}

// global adds what is in no VPC.
func (p *Planted) global(s leftover.Subject) {
	if s.Stack != "" && p.chance(0.6) {
		policy := p.add("arn:policy/", Item{Resource: leftover.Resource{Type: leftover.PolicyType, Name: s.Cluster + "-lbc", Tags: tags(s)}})
		p.add("role-", Item{Resource: leftover.Resource{Type: leftover.RoleType, Name: s.Cluster + "-lbc", Tags: tags(s), Relation: "its name begins with the cluster's"}, Needs: []string{policy.ID}})
		p.add("arn:oidc/", Item{Resource: leftover.Resource{Type: leftover.OIDCProviderType, Tags: tags(s)}})
		key := p.add("key-", Item{Resource: leftover.Resource{Type: leftover.KeyType, Tags: tags(s)}, Delay: 100})
		p.add("alias/", Item{Resource: leftover.Resource{Type: leftover.AliasType, Tags: tags(s)}, Needs: []string{key.ID}})
		p.add("lt-", Item{Resource: leftover.Resource{Type: leftover.TemplateType, Tags: tags(s)}})
	}
	for _, typ := range []string{leftover.VolumeType, leftover.SnapshotType} {
		if p.chance(0.4) {
			p.add(strings.ToLower(typ[len("aws:ebs/"):][:3])+"-", Item{Resource: leftover.Resource{Type: typ, Tags: only("kubernetes.io/cluster/"+s.Cluster, "owned")}})
		}
	}
	if name := "/aws/eks/" + s.Cluster + "/cluster"; p.chance(0.5) && p.Find(name) == nil {
		group := p.add("", Item{Resource: leftover.Resource{Type: leftover.LogGroupType, Name: name}})
		group.ID, group.ARN = name, "arn:aws:logs:ap-northeast-2:111122223333:log-group:"+name
	}
	if p.chance(0.4) {
		text := `"heritage=external-dns,external-dns/owner=` + s.Owner + `,external-dns/resource=service/echo/web"`
		for range 2 {
			p.add("record-", Item{Resource: leftover.Resource{Type: leftover.RecordType, Name: "web.example.com", Description: text, Fields: map[string]string{"zone": "Z1"}}})
		}
	}
	if s.Stack == "" {
		return
	}
	if p.chance(0.3) {
		zone := p.add("Z-", Item{Resource: leftover.Resource{Type: leftover.HostedZoneType, Name: "example.com", Tags: tags(s)}})
		p.add("record-", Item{Resource: leftover.Resource{Type: leftover.RecordType, Name: "echo.example.com", Fields: map[string]string{"zone": zone.ID}}, Needs: []string{zone.ID}})
	}
}

// strangers adds resources of other owners, some of them in the stack's VPC or related to its resources.
func (p *Planted) strangers() {
	p.add("sg-", Item{Resource: leftover.Resource{Type: leftover.SecurityGroupType, VPC: "vpc-default", Tags: only("Name", "eks-cluster-sg-dev-1"), Name: "eks-cluster-sg-dev-1"}})
	p.add("", Item{Resource: leftover.Resource{Type: leftover.LogGroupType, Name: "/aws/eks/dev/cluster-copy"}}).ID = "/aws/eks/dev/cluster-copy"
	p.add("role-", Item{Resource: leftover.Resource{Type: leftover.RoleType, Name: "dev-ops", Relation: "its name begins with the cluster's"}})
	p.add("vol-", Item{Resource: leftover.Resource{Type: leftover.VolumeType, Tags: only("kubernetes.io/cluster/dev", "shared")}})
	var vpc, subnet, group, policy *Item
	for _, item := range p.Items {
		if item.Tags[leftover.StackTag] == subject.Stack {
			switch item.Type {
			case leftover.VPCType:
				vpc = item
			case leftover.SubnetType:
				subnet = item
			case leftover.SecurityGroupType:
				group = item
			case leftover.PolicyType:
				policy = item
			}
		}
	}
	if vpc != nil && p.chance(0.15) { // a database in the stack's subnet
		p.add("eni-", Item{Resource: leftover.Resource{Type: leftover.InterfaceType, VPC: vpc.ID, Description: "RDSNetworkInterface"}, Needs: []string{subnet.ID, vpc.ID}})
	}
	if group != nil && p.chance(0.15) { // a rule of a group by hand
		p.add("sg-", Item{Resource: leftover.Resource{Type: leftover.SecurityGroupType, VPC: vpc.ID, Tags: only("Name", "by hand"), Name: "by hand"}, Needs: []string{vpc.ID, group.ID}})
	}
	if policy != nil && p.chance(0.15) {
		p.add("role-", Item{Resource: leftover.Resource{Type: leftover.RoleType, Name: "of-others"}, Needs: []string{policy.ID}})
	}
}

// Undeletable are the stack's resources that a sweep leaves: those with data, shared ones, and what others or these
// need.
func (p *Planted) Undeletable(data bool) []string {
	left := slices.Clone(p.Shared)
	if !data {
		left = append(left, p.Data...)
	}
	for again := true; again; {
		again = false
		for _, item := range p.Items {
			if !slices.Contains(p.Others, item.ID) && !slices.Contains(left, item.ID) {
				continue
			}
			for _, id := range item.Needs {
				revoked := item.Type == leftover.SecurityGroupType && strings.HasPrefix(id, "sg-") && slices.Contains(p.Own, item.ID)
				if !revoked && slices.Contains(p.Own, id) && !slices.Contains(left, id) {
					left, again = append(left, id), true
				}
			}
		}
	}
	return left
}
