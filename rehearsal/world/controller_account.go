package world

import (
	"crypto/sha256"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/rehearsal/world/lbc"
)

// controllerAccount implements lbc.Account and lbc.Cluster: what the controller reads while it builds a model.
type controllerAccount struct {
	*controller
	changed bool // whether it created the security group that load balancers share
}

const (
	describeSubnets = "operation error EC2: DescribeSubnets"
	describeGroups  = "operation error EC2: DescribeSecurityGroups"
)

func (a *controllerAccount) Subnets() []lbc.Subnet {
	var found []lbc.Subnet
	for _, o := range a.with(subnetType, "vpcId", a.vpc()) {
		s := subnetAsRead(o)
		s.Free = a.subnetFree(o)
		found = append(found, s)
	}
	return found
}

// SubnetsByID omits the number of free addresses, which the controller only reads of discovered subnets.
func (a *controllerAccount) SubnetsByID(ids []string) ([]lbc.Subnet, error) {
	var found []lbc.Subnet
	for _, id := range ids {
		o := a.get(subnetType, id)
		if err := subnetExists.when(o == nil, describeSubnets, id); err != nil {
			return nil, err
		}
		if o != nil {
			found = append(found, subnetAsRead(o))
		}
	}
	return found, nil
}

func subnetAsRead(o *Object) lbc.Subnet {
	return lbc.Subnet{ID: o.ID, Zone: o.text("availabilityZone"), CIDR: o.text("cidrBlock"), Tags: textMap(o.tags())}
}

func (a *controllerAccount) PublicSubnets() ([]string, error) {
	if err := a.mayAll("ec2:DescribeRouteTables"); err != nil {
		return nil, err
	}
	return ids(a.with(subnetType, "vpcId", a.vpc(), func(s *Object) bool { return a.egress(s).Gateway != nil })), nil
}

func (a *controllerAccount) SecurityGroups() []lbc.SecurityGroup {
	return groupsAsRead(a.with(securityGroupType, "vpcId", a.vpc()))
}

func (a *controllerAccount) SecurityGroupsByID(ids []string) ([]lbc.SecurityGroup, error) {
	var found []*Object
	for _, id := range ids {
		if o := a.get(securityGroupType, id); o != nil {
			found = append(found, o)
		}
	}
	return groupsAsRead(found), a.groupsExist(describeGroups, ids)
}

func groupsAsRead(objects []*Object) []lbc.SecurityGroup {
	var found []lbc.SecurityGroup
	for _, o := range objects {
		found = append(found, lbc.SecurityGroup{ID: o.ID, Tags: textMap(o.tags())})
	}
	return found
}

func (a *controllerAccount) LoadBalancer(tags map[string]string) *lbc.LoadBalancer {
	for _, prefix := range []string{servicePrefix, ingressPrefix} {
		s := stack{prefix, tags[stack{prefix: prefix}.tag()]}
		if o := a.balancerOf(s); s.id != "" && o != nil {
			return &lbc.LoadBalancer{Scheme: o.text("scheme"), Subnets: o.texts("subnets"), SecurityGroups: o.texts("securityGroups")}
		}
	}
	return nil
}

// Certificates returns none: ACM has issued no certificates in this account.
func (a *controllerAccount) Certificates() ([]lbc.Certificate, error) {
	return nil, first(a.mayAll("acm:ListCertificates"), a.reachesAddOn("acm", "certificate discovery"))
}

func (a *controllerAccount) BackendSecurityGroup() (string, error) {
	group, did, err := a.ensureSharedGroup()
	a.changed = a.changed || did
	return idOf(group), err
}

func (a *controllerAccount) CIDRs() []string {
	var found []string
	for _, o := range slices.Concat([]*Object{a.get(vpcType, a.vpc())}, a.with(secondaryType, "vpcId", a.vpc())) {
		if o != nil {
			found = append(found, o.text("cidrBlock"))
		}
	}
	return found
}

func (a *controllerAccount) Unknown(what string) error { return unmodelled("%s", what) }

func (a *controllerAccount) Service(namespace, name string) *corev1.Service {
	o := a.find(a.cluster, serviceType, identity(namespace, name))
	if o == nil {
		return nil
	}
	return serviceWithUID(o)
}

// serviceWithUID returns a Service with its UID, which is part of the names of its load balancer and target groups.
func serviceWithUID(o *Object) *corev1.Service {
	s := live[corev1.Service](o)
	s.UID = uidOf(o)
	return &s
}

// uidOf returns the UID of a Kubernetes object. Unlike on a real API server, an object that is created again has the
// same UID.
func uidOf(o *Object) types.UID {
	sum := sha256.Sum256([]byte(o.Cluster + "/" + o.Type + "/" + o.ID))
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]))
}
