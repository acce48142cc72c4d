package check

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// trapName is the name of the namespace, the Deployment and the IngressClass of the traps.
const trapName = "traps"

// Targets are checked each trapInterval seconds, and change their state after trapThreshold checks.
const trapInterval, trapThreshold = 5, 2

// serviceAnnotation is the prefix of annotations of the load balancer controller for Services.
const serviceAnnotation = "service.beta.kubernetes.io/aws-load-balancer-"

// trapTemplate is a workload of the stack, from whose objects those of the traps are copied.
type trapTemplate struct {
	namespace, deployment, service *unstructured.Unstructured
	// subnets are those of its load balancer.
	subnets []rehearsed.Subnet
	// ipv6 reports whether the cluster's family is IPv6: load balancers are dual-stack, and have ip targets alone.
	ipv6 bool
}

// hasTrapTemplate reports whether the traps can be created.
func hasTrapTemplate(s *rehearsed.Stack) bool {
	_, err := newTrapTemplate(s)
	return err == nil
}

// newTrapTemplate returns the workload with an NLB and application echo that is in most zones.
func newTrapTemplate(s *rehearsed.Stack) (t trapTemplate, err error) {
	workloads := slices.DeleteFunc(slices.Clone(s.Plan.Workloads), func(w rehearsed.Workload) bool {
		return w.Kind != config.KindNLB || w.App != config.AppEcho || w.Protocol != config.ProtocolTCP
	})
	if len(workloads) == 0 {
		return t, errors.New("the stack has no workload of kind nlb with application echo and protocol TCP")
	}
	t.ipv6 = s.Cluster.IPv6
	w := slices.MaxFunc(workloads, func(a, b rehearsed.Workload) int { return cmp.Compare(len(a.Zones), len(b.Zones)) })
	for _, o := range s.Objects {
		switch objectTitle(o) {
		case "Namespace " + w.Name:
			t.namespace = o
		case "Deployment " + w.Name + "/" + w.Name:
			t.deployment = o
		case w.AddressOf:
			t.service = o
		}
	}
	if t.namespace == nil || t.deployment == nil || t.service == nil {
		return t, fmt.Errorf("workload %s lacks a Namespace, a Deployment or a Service", w.Name)
	}
	for _, id := range strings.Split(t.service.GetAnnotations()[serviceAnnotation+"subnets"], ",") {
		i := slices.IndexFunc(s.Network.Subnets, func(n rehearsed.Subnet) bool { return n.ID == id })
		if i < 0 {
			return t, fmt.Errorf("%s: unknown subnet %q", w.AddressOf, id)
		}
		t.subnets = append(t.subnets, s.Network.Subnets[i])
	}
	return t, nil
}

// labels are those of the pods.
var trapLabels = map[string]any{"app.kubernetes.io/name": trapName}

// copyNamespace returns the namespace, in which the controller adds readiness gates to new pods.
func (t trapTemplate) copyNamespace() *unstructured.Unstructured {
	o := t.namespace.DeepCopy()
	o.SetName(trapName)
	o.SetLabels(map[string]string{"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"})
	return o
}

// copyDeployment returns a Deployment with one pod, so that a node and a zone have none.
func (t trapTemplate) copyDeployment() *unstructured.Unstructured {
	o := t.deployment.DeepCopy()
	o.SetName(trapName)
	o.SetNamespace(trapName)
	set(o, int64(1), "spec", "replicas")
	set(o, trapLabels, "spec", "selector", "matchLabels")
	set(o, trapLabels, "spec", "template", "metadata", "labels")
	unstructured.RemoveNestedField(o.Object, "spec", "template", "spec", "topologySpreadConstraints")
	return o
}

// copyService returns a Service with an internal NLB. The annotations have no prefix.
func (t trapTemplate) copyService(name string, annotations map[string]string) *unstructured.Unstructured {
	all := map[string]string{"scheme": "internal", "healthcheck-interval": fmt.Sprint(trapInterval), "healthcheck-timeout": fmt.Sprint(trapInterval),
		"healthcheck-healthy-threshold": fmt.Sprint(trapThreshold), "healthcheck-unhealthy-threshold": fmt.Sprint(trapThreshold), "subnets": t.service.GetAnnotations()[serviceAnnotation+"subnets"]}
	if t.ipv6 {
		all["ip-address-type"] = dualStack
	}
	maps.Copy(all, annotations)
	o := t.service.DeepCopy()
	o.SetName(name)
	o.SetNamespace(trapName)
	prefixed := map[string]string{}
	for key, value := range all {
		prefixed[serviceAnnotation+key] = value
	}
	o.SetAnnotations(prefixed)
	set(o, trapLabels, "spec", "selector")
	set(o, all["nlb-target-type"] == config.TargetInstance, "spec", "allocateLoadBalancerNodePorts")
	unstructured.RemoveNestedField(o.Object, "spec", "externalTrafficPolicy")
	unstructured.RemoveNestedField(o.Object, "spec", "loadBalancerSourceRanges")
	return o
}

// copyLocal returns such a Service with instance targets and traffic policy Local.
func (t trapTemplate) copyLocal(name string, annotations map[string]string) *unstructured.Unstructured {
	all := map[string]string{"nlb-target-type": config.TargetInstance}
	maps.Copy(all, annotations)
	o := t.copyService(name, all)
	set(o, config.PolicyLocal, "spec", "externalTrafficPolicy")
	return o
}

// copyDatagrams returns such a Service with protocol UDP. It has instance targets, or in an IPv6 cluster ip targets,
// whose port serves UDP alone, and prefixes for source NAT, which a dual-stack NLB needs for UDP
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations).
func (t trapTemplate) copyDatagrams(name string, annotations map[string]string) *unstructured.Unstructured {
	all, port := map[string]string{"nlb-target-type": config.TargetInstance}, echoPort
	if t.ipv6 {
		all, port = map[string]string{"nlb-target-type": config.TargetIP, "enable-prefix-for-ipv6-source-nat": "on"}, echoUDPPort
	}
	maps.Copy(all, annotations)
	o := t.copyService(name, all)
	set(o, []any{map[string]any{"name": "udp", "port": int64(80), "protocol": config.ProtocolUDP, "targetPort": int64(port)}}, "spec", "ports")
	return o
}

// echoPort is the port of the pods, and echoUDPPort the one at which they serve UDP alone, the default of agnhost's
// netexec.
const echoPort, echoUDPPort = 8080, 8081

// dualStack is the value of annotations for load balancers with addresses of both families.
const dualStack = "dualstack"

// closedService returns a Service without a load balancer, to a port at which the pods do not listen.
func closedService(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": name, "namespace": trapName},
		"spec": map[string]any{"selector": trapLabels, "ports": []any{map[string]any{"port": int64(80), "targetPort": int64(closedPort)}}}}}
}

// closedPort is a port at which no pod and no node listens.
const closedPort = 9

// ingressClass returns a class of the load balancer controller; not every stack has one.
func ingressClass() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": map[string]any{"name": trapName},
		"spec": map[string]any{"controller": "ingress.k8s.aws/alb"}}}
}

// ingress returns a member of the group of an internal ALB, which forwards a path and all below to a Service.
func (t trapTemplate) ingress(name, path, service string, order int) *unstructured.Unstructured {
	const annotation = "alb.ingress.kubernetes.io/"
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
		"metadata": map[string]any{"name": name, "namespace": trapName, "annotations": map[string]any{
			annotation + "group.name": trapName, annotation + "group.order": fmt.Sprint(order), annotation + "scheme": "internal", annotation + "target-type": config.TargetIP,
			annotation + "subnets": t.service.GetAnnotations()[serviceAnnotation+"subnets"]}},
		"spec": map[string]any{"ingressClassName": trapName, "rules": []any{map[string]any{"http": map[string]any{"paths": []any{map[string]any{
			"path": path, "pathType": "Prefix", "backend": map[string]any{"service": map[string]any{"name": service, "port": map[string]any{"number": int64(80)}}}}}}}}}}}
	if t.ipv6 {
		set(o, dualStack, "metadata", "annotations", annotation+"ip-address-type")
	}
	return o
}

// set sets a nested field of an object of the program, whose fields above it are objects.
func set(o *unstructured.Unstructured, value any, path ...string) {
	if err := unstructured.SetNestedField(o.Object, value, path...); err != nil {
		panic(fmt.Sprintf("%s: %v", objectTitle(o), err))
	}
}
