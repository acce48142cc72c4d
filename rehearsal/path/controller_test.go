package path_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/ingress"
	model "sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"eksnet/rehearsal/world/lbc/builders"
)

// controllerModel is the load balancer controller's model of a workload.
type controllerModel struct {
	balancer  *model.LoadBalancer
	listeners []*model.Listener
	rules     []*model.ListenerRule
	targets   []*model.TargetGroup
}

// modelOfService returns the controller's model of a Service.
func modelOfService(s *corev1.Service) (controllerModel, error) {
	return readModel(newController(backendServices{}).Service(s))
}

// modelOfIngresses returns its model of one Ingress or of a group.
func modelOfIngresses(group string, all ...workloadObjects) (controllerModel, error) {
	backends := backendServices{}
	g := ingress.Group{ID: ingress.NewGroupIDForExplicitGroup(group)}
	for _, o := range all {
		backends[types.NamespacedName{Namespace: o.service.Namespace, Name: o.service.Name}] = o.service
		g.Members = append(g.Members, ingress.ClassifiedIngress{Ing: o.ingress})
		if group == "" {
			g.ID = ingress.NewGroupIDForImplicitGroup(types.NamespacedName{Namespace: o.ingress.Namespace, Name: o.ingress.Name})
		}
	}
	return readModel(newController(backends).Ingresses(g))
}

// modelOf returns its model of a workload.
func modelOf(o workloadObjects, group string) (controllerModel, error) {
	if o.ingress == nil {
		return modelOfService(o.service)
	}
	return modelOfIngresses(group, o)
}

func readModel(m *builders.Model, err error) (controllerModel, error) {
	if err != nil || m == nil {
		return controllerModel{}, fmt.Errorf("the controller makes nothing: %w", err)
	}
	read := controllerModel{balancer: m.LoadBalancers[0], listeners: m.Listeners, targets: m.TargetGroups}
	for _, l := range m.Listeners {
		read.rules = append(read.rules, m.Rules(l)...)
	}
	return read, nil
}

// newController returns a controller with the default settings of the chart.
func newController(backends backendServices) *builders.Controller {
	settings, err := builders.Parse([]string{"--cluster-name=dev", "--tolerate-non-existent-backend-service=false"})
	if err != nil {
		panic(err)
	}
	return &builders.Controller{Settings: settings, VPC: "vpc-1", Account: account{}, Cluster: backends}
}

// account has a subnet in each zone, which is found by tag or by id, and no load balancer.
type account struct{ builders.Account }

func (account) Subnets() []builders.Subnet {
	var all []builders.Subnet
	for _, zone := range []string{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"} {
		all = append(all, builders.Subnet{ID: "subnet-" + zone, Zone: zone, CIDR: "10.0.0.0/24", Free: 100,
			Tags: map[string]string{"kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1"}})
	}
	return all
}

func (a account) SubnetsByID(ids []string) (found []builders.Subnet, err error) {
	for _, id := range ids {
		for _, s := range a.Subnets() {
			if s.ID == id {
				found = append(found, s)
			}
		}
	}
	return found, nil
}

func (account) SecurityGroupsByID(ids []string) (found []builders.SecurityGroup, err error) {
	for _, id := range ids {
		found = append(found, builders.SecurityGroup{ID: id})
	}
	return found, nil
}

func (account) LoadBalancer(map[string]string) *builders.LoadBalancer { return nil }

func (account) BackendSecurityGroup() (string, error) { return "sg-shared", nil }

// backendServices are the Services that Ingresses route to.
type backendServices map[types.NamespacedName]*corev1.Service

func (s backendServices) Read(into client.Object, namespace, name string) bool {
	found := s[types.NamespacedName{Namespace: namespace, Name: name}]
	wanted, is := into.(*corev1.Service)
	if !is || found == nil {
		return false
	}
	found.DeepCopyInto(wanted)
	return true
}

func (backendServices) Items(string, string) []client.Object { return nil }
