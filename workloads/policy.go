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

// PolicyArgs are the spec and wires of a sample of a NetworkPolicy.
type PolicyArgs struct {
	Spec config.Workload
	// Application is the server.
	Application *Application
}

// Policy is a NetworkPolicy at work: of two clients that ask the server every few seconds it lets one in. `kubectl logs` of either tells
// what came of it, and each is ready only while it fares as it should.
type Policy struct{ pulumi.ResourceState }

// NewPolicy registers the server's Service, the policy and the two clients.
func NewPolicy(ctx *pulumi.Context, name string, args *PolicyArgs, opts ...pulumi.ResourceOption) (*Policy, error) {
	p := &Policy{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Policy", name, p, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(p)
	app, err := appOf(args.Spec)
	if err != nil {
		return nil, err
	}
	s := &sample{app: app, port: balancer.ApplicationOf(args.Spec).TCP, image: args.Spec.Image, server: args.Application, service: name + "-policy", namespace: args.Application.Namespace}
	if err := s.serve(ctx, in); err != nil {
		return nil, err
	}
	allowed := clientOf(name+"-allowed", s.connect())
	// Packets that a policy drops are never answered. Another failure, of DNS or of a server that is not there, proves nothing.
	denied := clientOf(name+"-denied", []string{"/bin/sh", "-c", s.ask() + " 2>&1 | grep -q TIMEOUT"})
	if err := s.permit(ctx, name, allowed, in); err != nil {
		return nil, err
	}
	for _, c := range []client{allowed, denied} {
		if err := s.run(ctx, c, in); err != nil {
			return nil, fmt.Errorf("client %s: %w", c.name, err)
		}
	}
	component.Outputs(ctx, p, pulumi.Map{})
	return p, nil
}

// sample is what the objects of one policy share.
type sample struct {
	app     app
	port    int
	image   string
	server  *Application
	service string
	// namespace is the server's as the last object in it tells it: clients have a Service to ask and a policy over it from their
	// first moment to their last.
	namespace pulumi.StringOutput
}

// client is a pod that asks the server.
type client struct {
	name   string
	labels pulumi.StringMap
	// proof is the command that succeeds while the client fares as it should.
	proof []string
}

func clientOf(name string, proof []string) client {
	return client{name, pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(name)}, proof}
}

// connect is agnhost's command that succeeds if the server takes a connection, and otherwise says why not: TIMEOUT, REFUSED, DNS or OTHER
// (github.com/kubernetes/kubernetes, test/images/agnhost/connect).
func (s *sample) connect() []string {
	return []string{"/agnhost", "connect", fmt.Sprintf("%s:%d", s.service, s.port), "--timeout=2s"}
}

// ask is the same for a shell.
func (s *sample) ask() string { return strings.Join(s.connect(), " ") }

func (s *sample) meta(name string) *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Namespace: s.namespace, Name: pulumi.String(name)}
}

// serve registers the server's Service, on the container's own port: the CNI's agent knows no other
// (docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html, considerations).
func (s *sample) serve(ctx *pulumi.Context, in pulumi.ResourceOption) error {
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

// permit registers the policy: to the server comes one client and nobody else. Its node, which probes it, comes in any case
// (kubernetes.io/docs/concepts/services-networking/network-policies).
func (s *sample) permit(ctx *pulumi.Context, name string, allowed client, in pulumi.ResourceOption) error {
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

// run registers a client. The agent enforces a policy some seconds after pods start, so the proof is asked for again and again, and counts
// once it held twice.
func (s *sample) run(ctx *pulumi.Context, c client, in pulumi.ResourceOption) error {
	meta := s.meta(c.name)
	meta.Labels = c.labels
	loop := fmt.Sprintf("while true; do if why=$(%s 2>&1); then echo connected; else echo \"not connected: $why\"; fi; sleep 5; done", s.ask())
	_, err := appsv1.NewDeployment(ctx, c.name, &appsv1.DeploymentArgs{
		Metadata: meta,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: c.labels},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: c.labels},
				Spec: &corev1.PodSpecArgs{
					AutomountServiceAccountToken: pulumi.Bool(false),
					SecurityContext:              s.app.pods,
					// A shell that is the first process does not hear that it should end.
					TerminationGracePeriodSeconds: pulumi.Int(1),
					Containers: corev1.ContainerArray{&corev1.ContainerArgs{
						Name:    pulumi.String("client"),
						Image:   pulumi.String(s.image),
						Command: pulumi.ToStringArray([]string{"/bin/sh", "-c", loop}),
						ReadinessProbe: &corev1.ProbeArgs{
							Exec:             &corev1.ExecActionArgs{Command: pulumi.ToStringArray(c.proof)},
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
