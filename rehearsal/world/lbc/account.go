package lbc

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	elbv2gw "sigs.k8s.io/aws-load-balancer-controller/apis/gateway/v1beta1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwalpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"
	gwbeta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// controllerAccount implements builders.Account and builders.Cluster, which the controller reads while it builds a
// model.
type controllerAccount struct {
	*Controller
	changed bool // whether it created the security group that load balancers share
}

const (
	describeSubnets = "operation error EC2: DescribeSubnets"
	describeGroups  = "operation error EC2: DescribeSecurityGroups"
)

func (a *controllerAccount) Subnets() []builders.Subnet {
	var found []builders.Subnet
	for _, o := range a.With(store.SubnetType, "vpcId", a.vpc()) {
		s := builderSubnet(o)
		s.Free = ec2.SubnetFree(a.Controller.Account, o)
		found = append(found, s)
	}
	return found
}

// SubnetsByID omits the number of free addresses, which the controller reads for discovered subnets only.
func (a *controllerAccount) SubnetsByID(ids []string) ([]builders.Subnet, error) {
	var found []builders.Subnet
	for _, id := range ids {
		o := a.Get(store.SubnetType, id)
		if err := ec2.SubnetExists.When(o == nil, describeSubnets, id); err != nil {
			return nil, err
		}
		if o != nil {
			found = append(found, builderSubnet(o))
		}
	}
	return found, nil
}

// builderSubnet returns a subnet as the model builders read it.
func builderSubnet(o *store.Object) builders.Subnet {
	s := builders.Subnet{ID: o.ID, Zone: ec2.SubnetOf(o).Zone, Tags: elb.StringsOf(o.Tags())}
	if cidr := ec2.SubnetOf(o).CIDR; cidr.IsValid() {
		s.CIDR = cidr.String()
	}
	s.IPv6CIDR = ec2.SubnetOf(o).IPv6CIDR
	return s
}

func (a *controllerAccount) PublicSubnets() ([]string, error) {
	if err := a.checkAllAllowed("ec2:DescribeRouteTables"); err != nil {
		return nil, err
	}
	return store.IDs(a.With(store.SubnetType, "vpcId", a.vpc(), func(s *store.Object) bool { return ec2.EgressPathOf(a.Controller.Account, s).Gateway != nil })), nil
}

func (a *controllerAccount) SecurityGroups() []builders.SecurityGroup {
	return builderGroups(a.With(store.SecurityGroupType, "vpcId", a.vpc()))
}

func (a *controllerAccount) SecurityGroupsByID(ids []string) ([]builders.SecurityGroup, error) {
	var found []*store.Object
	for _, id := range ids {
		if o := a.Get(store.SecurityGroupType, id); o != nil {
			found = append(found, o)
		}
	}
	return builderGroups(found), ec2.CheckSecurityGroups(a.Controller.Account, describeGroups, ids)
}

// builderGroups returns security groups as the model builders read them.
func builderGroups(objects []*store.Object) []builders.SecurityGroup {
	var found []builders.SecurityGroup
	for _, o := range objects {
		found = append(found, builders.SecurityGroup{ID: o.ID, Tags: elb.StringsOf(o.Tags())})
	}
	return found
}

func (a *controllerAccount) LoadBalancer(tags map[string]string) *builders.LoadBalancer {
	for _, prefix := range store.StackPrefixes {
		s := Stack{prefix, tags[Stack{prefix: prefix}.tag()]}
		if o := a.balancerOf(s); s.id != "" && o != nil {
			b := elb.LoadBalancerOf(o)
			return &builders.LoadBalancer{Scheme: b.Scheme, Subnets: slices.Clone(b.Subnets), SecurityGroups: slices.Clone(b.SecurityGroups)}
		}
	}
	return nil
}

// Certificates returns none: ACM has issued no certificates in this account.
func (a *controllerAccount) Certificates() ([]builders.Certificate, error) {
	return nil, store.First(a.checkAllAllowed("acm:ListCertificates"), a.checkAddOnEndpoint("acm", "certificate discovery"))
}

func (a *controllerAccount) BackendSecurityGroup() (string, error) {
	id, created, err := a.ensureSharedGroup()
	a.changed = a.changed || created
	return id, err
}

func (a *controllerAccount) CIDRs() []string {
	var found []string
	if vpc := a.Get(store.VPCType, a.vpc()); vpc != nil {
		for _, network := range ec2.NetworksOf(a.Controller.Account, vpc) {
			found = append(found, network.String())
		}
	}
	return found
}

func (a *controllerAccount) IPv6CIDR() string {
	if vpc := a.Get(store.VPCType, a.vpc()); vpc != nil {
		return ec2.VPCOf(vpc).IPv6CIDR
	}
	return ""
}

func (a *controllerAccount) Unknown(what string) error { return store.Unmodelled("%s", what) }

// resourceReader reads the objects of one type.
type resourceReader struct {
	typ  string
	read func(*store.Object) client.Object
}

// readerOf returns the reader of an API type.
func readerOf[T any, P interface {
	*T
	client.Object
}](typ string) resourceReader {
	return resourceReader{typ, func(o *store.Object) client.Object {
		value := kube.Live[T](o)
		read, _ := P(&value).DeepCopyObject().(client.Object)
		read.SetUID(uidOf(o))
		read.SetResourceVersion(versionOf(o))
		return read
	}}
}

// readers are the types that the model builders read, by kind.
var readers = map[string]resourceReader{
	"Service":                   readerOf[corev1.Service](store.ServiceType),
	"Namespace":                 readerOf[corev1.Namespace](store.NamespaceType),
	"GatewayClass":              readerOf[gwv1.GatewayClass](store.GatewayClassType),
	"Gateway":                   readerOf[gwv1.Gateway](store.GatewayType),
	"ListenerSet":               readerOf[gwv1.ListenerSet](store.ListenerSetType),
	"HTTPRoute":                 readerOf[gwv1.HTTPRoute](store.HTTPRouteType),
	"GRPCRoute":                 readerOf[gwv1.GRPCRoute](store.GRPCRouteType),
	"TLSRoute":                  readerOf[gwv1.TLSRoute](store.TLSRouteType),
	"TCPRoute":                  readerOf[gwalpha2.TCPRoute](store.TCPRouteType),
	"UDPRoute":                  readerOf[gwalpha2.UDPRoute](store.UDPRouteType),
	"ReferenceGrant":            readerOf[gwbeta1.ReferenceGrant](store.ReferenceGrantType),
	"LoadBalancerConfiguration": readerOf[elbv2gw.LoadBalancerConfiguration](store.BalancerConfigurationType),
	"TargetGroupConfiguration":  readerOf[elbv2gw.TargetGroupConfiguration](store.TargetConfigurationType),
	"ListenerRuleConfiguration": readerOf[elbv2gw.ListenerRuleConfiguration](store.ListenerRuleConfigurationType),
}

func (a *controllerAccount) Read(into client.Object, namespace, name string) bool {
	reader, known := readers[reflect.TypeOf(into).Elem().Name()]
	if !known {
		return false
	}
	o := a.Find(a.cluster, reader.typ, kube.ObjectID(namespace, name))
	if o == nil {
		return false
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(reader.read(o)).Elem())
	return true
}

func (a *controllerAccount) Items(kind, namespace string) []client.Object {
	reader, known := readers[kind]
	if !known {
		return nil
	}
	var found []client.Object
	for _, o := range kube.ObjectsIn(a.Controller.Account, a.cluster, reader.typ) {
		if namespace == "" || kube.Namespace(o) == namespace {
			found = append(found, reader.read(o))
		}
	}
	return found
}

// versionOf returns the resource version of an object, which changes with its spec only.
func versionOf(o *store.Object) string {
	sum := sha256.Sum256([]byte(kube.CompactJSON(o.Outputs["spec"])))
	return fmt.Sprint(binary.BigEndian.Uint32(sum[:]))
}

// serviceWithUID returns a Service with its UID, which is part of the names of its load balancer and target groups.
func serviceWithUID(o *store.Object) *corev1.Service {
	s := kube.Live[corev1.Service](o)
	s.UID = uidOf(o)
	return &s
}

// uidOf returns the UID of a Kubernetes object. Unlike on a real API server, an object that is created again has the
// same UID.
func uidOf(o *store.Object) types.UID {
	sum := sha256.Sum256([]byte(o.Cluster + "/" + o.Type + "/" + o.ID))
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]))
}
