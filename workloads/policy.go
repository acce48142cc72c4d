package workloads

import (
	"fmt"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// PolicyArgs holds the spec and wires of a sample NetworkPolicy.
type PolicyArgs struct {
	Spec config.Workload
	// Application is the server.
	Application *Application
}

// Policy is a sample NetworkPolicy. Two clients connect to the server every few seconds, and the policy allows only one
// of them. `kubectl logs` of a client shows the results, and a client is ready only while it gets the expected result.
type Policy struct{ pulumi.ResourceState }

// NewPolicy registers the server's Service, the NetworkPolicy and the two clients.
func NewPolicy(ctx *pulumi.Context, name string, args *PolicyArgs, opts ...pulumi.ResourceOption) (*Policy, error) {
	p := &Policy{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Policy", name, p, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(p)
	app, err := findApp(args.Spec)
	if err != nil {
		return nil, err
	}
	s := &policySample{app: app, port: balancer.ApplicationOf(args.Spec).TCP, image: args.Spec.Image, server: args.Application, service: name + "-policy", namespace: args.Application.Namespace}
	if err := s.addService(ctx, in); err != nil {
		return nil, err
	}
	allowed := newPolicyClient(name+"-allowed", s.connectCommand())
	// If the policy drops the packets, the connection times out. Other failures, such as DNS errors or a missing
	// server, do not show that the policy works.
	denied := newPolicyClient(name+"-denied", []string{"/bin/sh", "-c", s.connectLine() + " 2>&1 | grep -q TIMEOUT"})
	if err := s.addPolicy(ctx, name, allowed, in); err != nil {
		return nil, err
	}
	for _, c := range []policyClient{allowed, denied} {
		if err := s.addClient(ctx, c, in); err != nil {
			return nil, fmt.Errorf("client %s: %w", c.name, err)
		}
	}
	component.Outputs(ctx, p, pulumi.Map{})
	return p, nil
}

// policySample holds the values that the objects of one sample share.
type policySample struct {
	app     app
	port    int
	image   string
	server  *Application
	service string
	// namespace is the server's namespace as an output of the last registered object. The clients use it, so that the
	// Service and the policy are created before them and deleted after them.
	namespace pulumi.StringOutput
}

// policyClient is a Deployment of a pod that connects to the server.
type policyClient struct {
	name   string
	labels pulumi.StringMap
	// probeCommand is the command that succeeds while the client has the expected result.
	probeCommand []string
}

func newPolicyClient(name string, probeCommand []string) policyClient {
	return policyClient{name, pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(name)}, probeCommand}
}

// connectCommand returns agnhost's command that succeeds if the server accepts a connection, and otherwise prints
// TIMEOUT, REFUSED, DNS or OTHER (github.com/kubernetes/kubernetes, test/images/agnhost/connect).
func (s *policySample) connectCommand() []string {
	return []string{"/agnhost", "connect", fmt.Sprintf("%s:%d", s.service, s.port), "--timeout=2s"}
}

// connectLine returns the same command for a shell.
func (s *policySample) connectLine() string { return strings.Join(s.connectCommand(), " ") }

func (s *policySample) meta(name string) *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Namespace: s.namespace, Name: pulumi.String(name)}
}

// addService registers the server's Service, with the same port number as the container: the CNI's network policy agent
// does not support different ones (docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html, considerations).
func (s *policySample) addService(ctx *pulumi.Context, in pulumi.ResourceOption) error {
	service, err := corev1.NewService(ctx, s.service, &corev1.ServiceArgs{
		Metadata: s.meta(s.service),
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: s.server.Labels,
			Ports: corev1.ServicePortArray{&corev1.ServicePortArgs{
				Name: pulumi.String(portName), Port: pulumi.Int(s.port), TargetPort: pulumi.String(portName),
			}},
		},
	}, in)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	s.namespace = service.Metadata.Namespace().Elem()
	return nil
}

// addPolicy registers the NetworkPolicy, which allows one client and denies all other pods. Probes from the pod's node
// are always allowed (kubernetes.io/docs/concepts/services-networking/network-policies).
func (s *policySample) addPolicy(ctx *pulumi.Context, name string, allowed policyClient, in pulumi.ResourceOption) error {
	policy, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
		Metadata: s.meta(name),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: s.server.Labels},
			PolicyTypes: pulumi.StringArray{pulumi.String("Ingress")},
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{&networkingv1.NetworkPolicyIngressRuleArgs{
				From: networkingv1.NetworkPolicyPeerArray{&networkingv1.NetworkPolicyPeerArgs{
					PodSelector: &metav1.LabelSelectorArgs{MatchLabels: allowed.labels},
				}},
				Ports: networkingv1.NetworkPolicyPortArray{&networkingv1.NetworkPolicyPortArgs{
					Protocol: pulumi.String("TCP"), Port: pulumi.Int(s.port),
				}},
			}},
		},
	}, in)
	if err != nil {
		return fmt.Errorf("network policy: %w", err)
	}
	s.namespace = policy.Metadata.Namespace().Elem()
	return nil
}

// addClient registers a client. The agent enforces a policy some seconds after pods start, so the probe command runs
// periodically and must succeed twice.
func (s *policySample) addClient(ctx *pulumi.Context, c policyClient, in pulumi.ResourceOption) error {
	meta := s.meta(c.name)
	meta.Labels = c.labels
	loop := fmt.Sprintf("while true; do if why=$(%s 2>&1); then echo connected; else echo \"not connected: $why\"; fi; sleep 5; done", s.connectLine())
	_, err := appsv1.NewDeployment(ctx, c.name, &appsv1.DeploymentArgs{
		Metadata: meta,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: c.labels},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: c.labels},
				Spec: &corev1.PodSpecArgs{
					AutomountServiceAccountToken: pulumi.Bool(false),
					SecurityContext:              s.app.pods,
					// A shell as the first process ignores SIGTERM.
					TerminationGracePeriodSeconds: pulumi.Int(1),
					Containers: corev1.ContainerArray{&corev1.ContainerArgs{
						Name:    pulumi.String("client"),
						Image:   pulumi.String(s.image),
						Command: pulumi.ToStringArray([]string{"/bin/sh", "-c", loop}),
						ReadinessProbe: &corev1.ProbeArgs{
							Exec:             &corev1.ExecActionArgs{Command: pulumi.ToStringArray(c.probeCommand)},
							PeriodSeconds:    pulumi.Int(5),
							TimeoutSeconds:   pulumi.Int(5),
							SuccessThreshold: pulumi.Int(2),
						},
						Resources: &corev1.ResourceRequirementsArgs{
							Requests: pulumi.ToStringMap(balancer.ClientRequests.Quantities()),
							Limits:   pulumi.ToStringMap(map[string]string{"memory": "64Mi"}),
						},
						SecurityContext: s.app.container,
					}},
				},
			},
		},
	}, in)
	return err
}
