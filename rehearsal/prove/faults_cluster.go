package prove

import (
	"errors"
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/world"
)

const (
	clusterType    = "aws:eks/cluster:Cluster"
	nodeGroupType  = "aws:eks/nodeGroup:NodeGroup"
	attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	oidcType       = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	logGroupType   = "aws:cloudwatch/logGroup:LogGroup"
	releaseType    = "kubernetes:helm.sh/v3:Release"
	deploymentType = "kubernetes:apps/v1:Deployment"
	serviceType    = "kubernetes:core/v1:Service"
	namespaceType  = "kubernetes:core/v1:Namespace"
	ingressType    = "kubernetes:networking.k8s.io/v1:Ingress"
	egressOnlyType = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	configMapType  = "kubernetes:core/v1:ConfigMap"
)

// controllerName is the end of the names of the load balancer controller's resources.
const controllerName = "-lbc"

// clusterFaults returns the faults of the cluster and of its workloads.
func clusterFaults() []fault {
	return []fault{
		{name: "the cluster is deleted", happen: deleteCluster, deleteUnreachable: true},
		{name: "the cluster's endpoint does not respond for a while", happen: disconnectEndpoint, remedy: reconnectEndpoint},
		{name: "the cluster's endpoint never responds again", happen: disconnectEndpoint, deleteUnreachable: true},
		{name: "the controller is scaled to zero", happen: scaleController(0)},
		{name: "the controller is scaled to zero for a while", happen: scaleController(0), remedy: scaleController(2)},
		{name: "the controller's release is uninstalled by hand", happen: uninstallController},
		{name: "the controller's webhook for Services is on and no controller pod is ready", happen: breakWebhook},
		{name: "the controller's policy is detached", happen: detachPolicy(controllerName)},
		{name: "the cluster's OIDC provider is deleted", happen: deleteResource(oidcType, "")},
		{name: "nodes are scaled to zero", happen: scaleNodesToZero},
		{name: "nodes are scaled to zero for a while", happen: scaleNodesToZero, remedy: restoreNodes},
		{name: "the CNI's policy is detached", happen: detachPolicy("-vpc-cni"), clean: hasNoCNIInterface},
		{name: "a Service for the controller is created by hand", happen: createService("default", "service.k8s.aws/nlb")},
		{name: "a Service for the cloud controller is created by hand", happen: createService("default", "")},
		{name: "a Service is created by hand in a namespace of the stack", happen: createService("", "service.k8s.aws/nlb")},
		{name: "an Ingress is created by hand", happen: createIngress("default")},
		{name: "an Ingress is created by hand in a namespace of the stack", happen: createIngress("")},
		{name: "another controller's finalizer is on a namespace of the stack", happen: addNamespaceFinalizer},
		{name: "another controller's object with a finalizer is in a namespace of the stack", happen: createGuardedConfigMap},
	}
}

func deleteCluster(s *faultyStack) error {
	for _, group := range s.findAll(nodeGroupType, "") {
		if err := s.aws.Delete(nodeGroupType, string(group.ID)); err != nil {
			return err
		}
	}
	return s.remove(s.aws, clusterType, "")
}

func disconnectEndpoint(s *faultyStack) error {
	cluster, err := s.id(clusterType, "")
	s.world.CutOff(cluster)
	return err
}

func reconnectEndpoint(s *faultyStack) error {
	cluster, err := s.id(clusterType, "")
	s.world.Reconnect(cluster)
	return err
}

// scaleController scales the load balancer controller with kubectl.
func scaleController(replicas int) func(*faultyStack) error {
	return func(s *faultyStack) error {
		release, err := s.id(releaseType, controllerName)
		if err != nil {
			return err
		}
		o, err := s.kube.Read(deploymentType, release)
		if err != nil {
			return err
		}
		_, err = s.kube.Update(deploymentType, release, withValue(o.Inputs, float64(replicas), "spec", "replicas").(world.Properties))
		return err
	}
}

func uninstallController(s *faultyStack) error { return s.remove(s.kube, releaseType, controllerName) }

// breakWebhook turns the controller's webhook for Services on and then scales the controller to zero.
func breakWebhook(s *faultyStack) error {
	release, err := s.findFirst(releaseType, controllerName)
	if err != nil {
		return err
	}
	o, err := s.kube.Read(releaseType, string(release.ID))
	if err != nil {
		return err
	}
	if _, err := s.kube.Update(releaseType, o.ID, withValue(o.Inputs, true, "values", "enableServiceMutatorWebhook").(world.Properties)); err != nil {
		return err
	}
	if err := scaleController(0)(s); err != nil {
		return err
	}
	if createService("default", "")(s) == nil {
		return errors.New("the webhook admits a Service")
	}
	return nil
}

// detachPolicy detaches the policy of a role of the stack.
func detachPolicy(role string) func(*faultyStack) error { return deleteResource(attachmentType, role) }

// hasNoCNIInterface reports whether all pods have addresses of their nodes' own interfaces, which EC2 deletes with the
// node. Those that the CNI created it must delete itself, which takes its policy.
func hasNoCNIInterface(s *faultyStack) bool { return s.world.CountCNIInterfaces() == 0 }

// deleteResource deletes a resource of the stack on AWS.
func deleteResource(typ, name string) func(*faultyStack) error {
	return func(s *faultyStack) error { return s.remove(s.aws, typ, name) }
}

// scaleNodesToZero scales all node groups to zero, and restoreNodes to the sizes in the stack file.
func scaleNodesToZero(s *faultyStack) error {
	return s.scale(func(scaling any) any { return withValue(withValue(scaling, 0.0, "minSize"), 0.0, "desiredSize") })
}

func restoreNodes(s *faultyStack) error { return s.scale(func(scaling any) any { return scaling }) }

func (s *faultyStack) scale(to func(scaling any) any) error {
	for _, group := range s.findAll(nodeGroupType, "") {
		err := updateInputs(s.aws, nodeGroupType, string(group.ID), world.Properties{"scalingConfig": to(group.Inputs["scalingConfig"])})
		if err != nil {
			return err
		}
	}
	return nil
}

// createService creates a Service of type LoadBalancer with kubectl; the namespace "" is the stack's own. In another
// namespace it also creates pods, with an image of the stack's own pods, which the nodes can pull.
func createService(namespace, class string) func(*faultyStack) error {
	return func(s *faultyStack) error {
		if class == "" && s.isIPv6() {
			return fmt.Errorf("a Classic Load Balancer in an IPv6 cluster: %w", errAbsent)
		}
		labels := world.Properties{"app": "by-hand"}
		if namespace == "" {
			own, err := s.id(namespaceType, "")
			if err != nil {
				return err
			}
			return s.apply(serviceType, own, "by-hand", loadBalancerSpec(labels, class))
		}
		own, err := s.findFirst(deploymentType, "")
		if err != nil {
			return err
		}
		container := world.Properties{"name": "web", "image": imageOf(own)}
		return errors.Join(
			s.apply(deploymentType, namespace, "by-hand", world.Properties{"replicas": 1.0, "selector": world.Properties{"matchLabels": labels},
				"template": world.Properties{"metadata": world.Properties{"labels": labels}, "spec": world.Properties{"containers": []any{container}}}}),
			s.apply(serviceType, namespace, "by-hand", loadBalancerSpec(labels, class)))
	}
}

// createIngress creates an Ingress of class alb with kubectl, and a Service for it without pods. The namespace "" is
// the stack's own.
func createIngress(namespace string) func(*faultyStack) error {
	return func(s *faultyStack) error {
		if namespace == "" {
			own, err := s.id(namespaceType, "")
			if err != nil {
				return err
			}
			namespace = own
		}
		backend := world.Properties{"service": world.Properties{"name": "by-hand", "port": world.Properties{"number": 80.0}}}
		return errors.Join(
			s.apply(serviceType, namespace, "by-hand", world.Properties{"type": "NodePort", "selector": world.Properties{"app": "by-hand"},
				"ports": []any{world.Properties{"port": 80.0, "protocol": "TCP"}}}),
			s.apply(ingressType, namespace, "by-hand", world.Properties{"ingressClassName": "alb", "defaultBackend": backend}))
	}
}

// imageOf returns the image of a Deployment's first container.
func imageOf(deployment apitype.ResourceV3) any {
	var at any = deployment.Inputs
	for _, key := range []string{"spec", "template", "spec"} {
		at = at.(map[string]any)[key]
	}
	containers := at.(map[string]any)["containers"].([]any)
	return containers[0].(map[string]any)["image"]
}

// loadBalancerSpec returns the spec of a Service of type LoadBalancer.
func loadBalancerSpec(labels world.Properties, class string) world.Properties {
	spec := world.Properties{"type": "LoadBalancer", "selector": labels, "ports": []any{world.Properties{"port": 80.0, "protocol": "TCP"}}}
	if class != "" {
		spec["loadBalancerClass"] = class
	}
	return spec
}

// apply creates an object as kubectl does, without waiting for it.
func (s *faultyStack) apply(typ, namespace, name string, spec world.Properties) error {
	group := map[string][2]string{serviceType: {"v1", "Service"}, deploymentType: {"apps/v1", "Deployment"}, configMapType: {"v1", "ConfigMap"},
		ingressType: {"networking.k8s.io/v1", "Ingress"}}[typ]
	annotations := world.Properties{"pulumi.com/skipAwait": "true"}
	if s.isIPv6() {
		maps.Copy(annotations, dualStackAnnotations)
	}
	manifest := world.Properties{"apiVersion": group[0], "kind": group[1], "metadata": world.Properties{"name": name, "namespace": namespace,
		"annotations": annotations}}
	if spec != nil {
		manifest["spec"] = spec
	}
	if _, err := s.kube.Create(typ, manifest); err != nil {
		return fmt.Errorf("%s %s: %w", group[1], name, err)
	}
	return nil
}

// isIPv6 reports whether the stack has an IPv6 cluster.
func (s *faultyStack) isIPv6() bool { return len(s.findAll(egressOnlyType, "")) > 0 }

// dualStackAnnotations are the annotations without which the controller creates no load balancer for a Service or an
// Ingress of an IPv6 cluster.
var dualStackAnnotations = world.Properties{
	"service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack", "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
	"alb.ingress.kubernetes.io/ip-address-type": "dualstack", "alb.ingress.kubernetes.io/target-type": "ip",
}

const foreignFinalizer = "example.com/guard"

func addNamespaceFinalizer(s *faultyStack) error {
	own, err := s.id(namespaceType, "")
	if err != nil {
		return err
	}
	o, err := s.kube.Read(namespaceType, own)
	if err != nil {
		return err
	}
	_, err = s.kube.Update(namespaceType, own, withValue(o.Inputs, []any{foreignFinalizer}, "metadata", "finalizers").(world.Properties))
	return err
}

func createGuardedConfigMap(s *faultyStack) error {
	own, err := s.id(namespaceType, "")
	if err != nil {
		return err
	}
	_, err = s.kube.Create(configMapType, world.Properties{"apiVersion": "v1", "kind": "ConfigMap", "metadata": world.Properties{
		"name": "guarded", "namespace": own, "finalizers": []any{foreignFinalizer}}})
	return err
}
