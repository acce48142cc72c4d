package check

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"eksnet/lab/account"
)

// bindings is the resource of TargetGroupBindings.
var bindings = schema.GroupVersionResource{Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "targetgroupbindings"}

// Observed returns the snapshot of the controllers' resources in moto and in the API server.
func Observed(ctx context.Context, lab Lab) (*Snapshot, error) {
	l, err := newObserver(ctx, lab)
	if err != nil {
		return nil, err
	}
	for _, look := range []func() error{l.readCluster, l.addSecurityGroups, l.addTargetGroups, l.addBalancers, l.addClassic, l.addObjects, l.addServices, l.addPods} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	return l.snapshot, nil
}

// observer takes the snapshot of a lab.
type observer struct {
	ctx     context.Context
	account *account.Account
	ec2     *ec2.Client
	elb     *elasticloadbalancing.Client
	elbv2   *elasticloadbalancingv2.Client
	wafv2   *wafv2.Client
	cluster kubernetes.Interface
	custom  dynamic.Interface

	names    *nameMap
	hosts    map[string]string                     // load balancers by DNS name
	bindings map[string]*unstructured.Unstructured // by ARN of the target group
	snapshot *Snapshot
}

func newObserver(ctx context.Context, lab Lab) (*observer, error) {
	cluster, err := kubernetes.NewForConfig(lab.Kubernetes())
	if err != nil {
		return nil, err
	}
	custom, err := dynamic.NewForConfig(lab.Kubernetes())
	if err != nil {
		return nil, err
	}
	config := lab.Account().Config()
	return &observer{ctx: ctx, account: lab.Account(), ec2: ec2.NewFromConfig(config), elb: elasticloadbalancing.NewFromConfig(config),
		elbv2: elasticloadbalancingv2.NewFromConfig(config), wafv2: wafv2.NewFromConfig(config), cluster: cluster, custom: custom,
		names: newNameMap(), hosts: map[string]string{}, bindings: map[string]*unstructured.Unstructured{}, snapshot: newSnapshot()}, nil
}

func ec2Tags(tags []ec2types.Tag) map[string]string {
	all := make(map[string]string, len(tags))
	for _, tag := range tags {
		all[*tag.Key] = *tag.Value
	}
	return all
}

// readCluster reads the names of pods, node ports and TargetGroupBindings.
func (l *observer) readCluster() error {
	pods, err := l.cluster.CoreV1().Pods("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, pod := range pods.Items {
		l.names.pods[pod.Status.PodIP] = podName(pod.Namespace, pod.Labels)
	}
	services, err := l.cluster.CoreV1().Services("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, service := range services.Items {
		l.names.addNodePorts(int(service.Spec.HealthCheckNodePort))
		for _, port := range service.Spec.Ports {
			l.names.addNodePorts(0, int(port.NodePort))
		}
	}
	list, err := l.custom.Resource(bindings).List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, b := range list.Items {
		arn, _, _ := unstructured.NestedString(b.Object, "spec", "targetGroupARN")
		name, _, _ := unstructured.NestedString(b.Object, "spec", "serviceRef", "name")
		port, _, _ := unstructured.NestedFieldNoCopy(b.Object, "spec", "serviceRef", "port")
		l.names.targetGroups[arn], l.bindings[arn] = fmt.Sprintf("%s/%s:%v", b.GetNamespace(), name, port), &b
	}
	return nil
}

func (l *observer) addSecurityGroups() error {
	list, err := l.ec2.DescribeSecurityGroups(l.ctx, &ec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: ptr("vpc-id"), Values: []string{l.account.VPC()}}}})
	if err != nil {
		return err
	}
	for _, group := range list.SecurityGroups {
		l.names.groups[*group.GroupId] = groupFor(*group.GroupName, stringValue(group.Description), ec2Tags(group.Tags))
	}
	for _, group := range list.SecurityGroups {
		if *group.GroupName == "default" {
			continue
		}
		g := Group{Description: nameFor(*group.Description, ec2Tags(group.Tags)), Tags: ec2Tags(group.Tags)}
		for _, permission := range group.IpPermissions {
			g.Rules = append(g.Rules, l.rules(permission)...)
		}
		slices.Sort(g.Rules)
		l.snapshot.Groups[l.names.groups[*group.GroupId]] = g
	}
	return nil
}

func (l *observer) rules(p ec2types.IpPermission) (rules []string) {
	add := func(who, description *string) {
		rules = append(rules, l.names.rule(*p.IpProtocol, intValue(p.FromPort), intValue(p.ToPort), *who, stringValue(description)))
	}
	for _, r := range p.IpRanges {
		add(r.CidrIp, r.Description)
	}
	for _, r := range p.Ipv6Ranges {
		add(r.CidrIpv6, r.Description)
	}
	for _, list := range p.PrefixListIds {
		add(list.PrefixListId, list.Description)
	}
	for _, pair := range p.UserIdGroupPairs {
		add(pair.GroupId, pair.Description)
	}
	return rules
}

// addObjects adds the Services, Ingresses and objects of the Gateway API that have addresses, finalizers or conditions.
func (l *observer) addObjects() error {
	add := func(kind string, o metav1.Object, hosts []string) {
		made := Object{Finalizers: finalizersOf(o)}
		for _, host := range hosts {
			made.Address = addressText(l.hosts, host)
		}
		if made.Address != "" || len(made.Finalizers) > 0 {
			l.snapshot.Objects[kind+" "+o.GetNamespace()+"/"+o.GetName()] = made
		}
	}
	services, err := l.cluster.CoreV1().Services("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, service := range services.Items {
		var hosts []string
		for _, ingress := range service.Status.LoadBalancer.Ingress {
			hosts = append(hosts, ingress.Hostname)
		}
		add("Service", &service, hosts)
	}
	ingresses, err := l.cluster.NetworkingV1().Ingresses("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, ingress := range ingresses.Items {
		var hosts []string
		for _, at := range ingress.Status.LoadBalancer.Ingress {
			hosts = append(hosts, at.Hostname)
		}
		add("Ingress", &ingress, hosts)
	}
	return l.addGatewayObjects()
}

func (l *observer) addServices() error {
	list, err := l.cluster.CoreV1().Services("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, s := range list.Items {
		var ports []string
		for _, port := range s.Spec.Ports {
			ports = append(ports, servicePort(string(port.Protocol), int(port.Port), int(port.NodePort), port.TargetPort.String()))
		}
		l.snapshot.addService(s.Namespace+"/"+s.Name, string(s.Spec.Type), string(s.Spec.ExternalTrafficPolicy), ports, int(s.Spec.HealthCheckNodePort))
	}
	return nil
}

// addPods adds pods with readiness gates, with a proxy, and with a branch interface.
func (l *observer) addPods() error {
	list, err := l.cluster.CoreV1().Pods("").List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, pod := range list.Items {
		l.snapshot.addProxied(podName(pod.Namespace, pod.Labels), &pod)
		status := map[corev1.PodConditionType]string{}
		for _, condition := range pod.Status.Conditions {
			status[condition.Type] = string(condition.Status)
		}
		gates := map[string]string{}
		for _, gate := range pod.Spec.ReadinessGates {
			gates[gateFor(string(gate.ConditionType))] = status[gate.ConditionType]
		}
		l.snapshot.addPod(podName(pod.Namespace, pod.Labels), gates, status[corev1.PodReady] == string(corev1.ConditionTrue))
	}
	return l.addBranches(list.Items)
}

// finalizersOf returns the finalizers of controllers, without Kubernetes' own for foreground deletion.
func finalizersOf(o metav1.Object) []string {
	return sortedCopy(slices.DeleteFunc(slices.Clone(o.GetFinalizers()), func(f string) bool { return f == metav1.FinalizerDeleteDependents }))
}

func ptr[T any](v T) *T { return &v }

// stringValue and intValue return the values of pointers in the SDK, "" and 0 for nil.
func stringValue(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func intValue(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func intText(n *int32) string { return strconv.Itoa(intValue(n)) }
