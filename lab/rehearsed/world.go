package rehearsed

import (
	"slices"
	"strings"
)

// Type tokens of objects in the simulated account.
const (
	LoadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	Listener            = "aws:lb/listener:Listener"
	ListenerRule        = "aws:lb/listenerRule:ListenerRule"
	TargetGroup         = "aws:lb/targetGroup:TargetGroup"
	ClassicLoadBalancer = "aws:elb/loadBalancer:LoadBalancer"
	SecurityGroupType   = "aws:ec2/securityGroup:SecurityGroup"
	SecurityGroupRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
	TargetGroupBinding  = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	ElasticIP           = "aws:ec2/eip:Eip"
	NetworkInterface    = "aws:ec2/networkInterface:NetworkInterface"
	Pod                 = "kubernetes:core/v1:Pod"
	Service             = "kubernetes:core/v1:Service"
	Ingress             = "kubernetes:networking.k8s.io/v1:Ingress"
	Gateway             = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	BalancerSettings    = "kubernetes:gateway.k8s.aws/v1beta1:LoadBalancerConfiguration"
)

// GatewayTypes are the types of the objects of the Gateway API that the load balancer controller writes to: conditions,
// addresses or finalizers.
var GatewayTypes = []string{
	Gateway, BalancerSettings,
	"kubernetes:gateway.networking.k8s.io/v1:GatewayClass",
	"kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
	"kubernetes:gateway.networking.k8s.io/v1:GRPCRoute",
	"kubernetes:gateway.networking.k8s.io/v1:TLSRoute",
	"kubernetes:gateway.networking.k8s.io/v1alpha2:TCPRoute",
	"kubernetes:gateway.networking.k8s.io/v1alpha2:UDPRoute",
	"kubernetes:gateway.k8s.aws/v1beta1:TargetGroupConfiguration",
	"kubernetes:gateway.k8s.aws/v1beta1:ListenerRuleConfiguration",
}

const (
	releaseType    = "kubernetes:helm.sh/v3:Release"
	clusterType    = "aws:eks/cluster:Cluster"
	vpcType        = "aws:ec2/vpc:Vpc"
	natGatewayType = "aws:ec2/natGateway:NatGateway"
	instanceType   = "aws:ec2/instance:Instance"
)

// Owners of load balancers and their resources, of records, and of trunk and branch interfaces.
const (
	LoadBalancerController = "aws-load-balancer-controller"
	CloudController        = "aws-cloud-controller"
	ExternalDNS            = "external-dns"
	ResourceController     = "vpc-resource-controller"
)

// World is everything in the simulated account and its clusters.
type World struct {
	Account, Region string
	Objects         []*Object
}

// Object is an object in the simulated account.
type Object struct {
	Type    string
	ID      string
	Cluster string
	// Owner is the actor that created the object, "" for the program.
	Owner   string
	Inputs  map[string]any
	Outputs map[string]any
}

// All returns the objects of a type that meet all conditions, sorted by ID.
func (w *World) All(typ string, conditions ...func(*Object) bool) []*Object {
	var found []*Object
	for _, o := range w.Objects {
		if o.Type == typ && !slices.ContainsFunc(conditions, func(is func(*Object) bool) bool { return !is(o) }) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b *Object) int { return strings.Compare(a.ID, b.ID) })
	return found
}

// Find returns the object of a type with an ID, nil for none.
func (w *World) Find(typ, id string) *Object {
	for _, o := range w.Objects {
		if o.Type == typ && o.ID == id {
			return o
		}
	}
	return nil
}

// At returns the value of an output, such as spec.ports, or else of an input of this name, or else nil.
func (o *Object) At(path string) any {
	if o == nil {
		return nil
	}
	if value := valueAt(o.Outputs, path); value != nil {
		return value
	}
	return valueAt(o.Inputs, path)
}

func valueAt(value any, path string) any {
	for _, key := range strings.Split(path, ".") {
		object, is := value.(map[string]any)
		if !is {
			return nil
		}
		value = object[key]
	}
	return value
}

// Text returns a string, "" for none.
func (o *Object) Text(path string) string { text, _ := o.At(path).(string); return text }

// Number returns an integer, 0 for none.
func (o *Object) Number(path string) int { number, _ := o.At(path).(float64); return int(number) }

// Flag reports whether a value is true.
func (o *Object) Flag(path string) bool { flag, _ := o.At(path).(bool); return flag }

// Texts returns a list of strings.
func (o *Object) Texts(path string) []string {
	list, _ := o.At(path).([]any)
	var texts []string
	for _, value := range list {
		if text, is := value.(string); is {
			texts = append(texts, text)
		}
	}
	return texts
}

// Items returns a list of objects.
func (o *Object) Items(path string) []map[string]any {
	list, _ := o.At(path).([]any)
	var items []map[string]any
	for _, value := range list {
		if item, is := value.(map[string]any); is {
			items = append(items, item)
		}
	}
	return items
}

// Map returns a map of strings, such as tags or labels.
func (o *Object) Map(path string) map[string]string {
	object, _ := o.At(path).(map[string]any)
	values := make(map[string]string, len(object))
	for key, value := range object {
		if text, is := value.(string); is {
			values[key] = text
		}
	}
	return values
}
