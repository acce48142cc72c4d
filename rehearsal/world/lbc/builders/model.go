package builders

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"
	deploy "sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/tracking"
	awsmetrics "sigs.k8s.io/aws-load-balancer-controller/pkg/metrics/aws"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/core"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/ec2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2/k8s"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/wafv2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Model is what the controller deploys. Its resources are the library's own. The deployment of a resource sets its
// status, from which tokens in other resources are resolved.
type Model struct {
	LoadBalancers []*elbv2.LoadBalancer // one, or two where a network load balancer is in front
	// SecurityGroup is nil where the load balancer has none of the controller's.
	SecurityGroup *ec2.SecurityGroup
	Listeners     []*elbv2.Listener    // by port
	TargetGroups  []*elbv2.TargetGroup // by ID
	// WebACLs has the association of the load balancer with a web ACL, or with none in its place; it is empty where
	// the association does not change.
	WebACLs []*wafv2.WebACLAssociation

	stack    core.Stack
	tags     tracking.Provider
	rules    []*elbv2.ListenerRule
	bindings []*k8s.TargetGroupBindingResource
}

// HasWebACL reports whether the load balancer gets or keeps a web ACL of the model.
func (m *Model) HasWebACL() bool { return len(m.WebACLs) > 0 && m.WebACLs[0].Spec.WebACLARN != "" }

// failure is an error with the builder's text for an error of the Account or the Cluster.
type failure struct {
	text  string
	cause error
}

// Error has the cause's text too, which some builders leave out.
func (f *failure) Error() string {
	if strings.Contains(f.text, f.cause.Error()) {
		return f.text
	}
	return f.text + ": " + f.cause.Error()
}

func (f *failure) Unwrap() error { return f.cause }

// explain returns an error of the library, which wraps the error of the Account or the Cluster that it comes from.
func (a *answers) explain(err error) error {
	if err != nil && a.failed != nil {
		return &failure{err.Error(), a.failed}
	}
	return err
}

// model reads a stack that was built.
func (a *answers) model(stack core.Stack, tags tracking.Provider, err error) (*Model, error) {
	if err != nil {
		return nil, a.explain(err)
	}
	m := &Model{stack: stack, tags: tags}
	var groups []*ec2.SecurityGroup
	if err := errors.Join(stack.ListResources(&m.LoadBalancers), stack.ListResources(&groups), stack.ListResources(&m.Listeners),
		stack.ListResources(&m.TargetGroups), stack.ListResources(&m.rules), stack.ListResources(&m.bindings), stack.ListResources(&m.WebACLs)); err != nil || len(m.LoadBalancers) == 0 {
		return nil, err
	}
	if len(groups) > 0 {
		m.SecurityGroup = groups[0]
	}
	slices.SortFunc(m.LoadBalancers, func(a, b *elbv2.LoadBalancer) int { return cmp.Compare(a.ID(), b.ID()) })
	slices.SortFunc(m.Listeners, func(a, b *elbv2.Listener) int { return cmp.Compare(a.Spec.Port, b.Spec.Port) })
	slices.SortFunc(m.TargetGroups, func(a, b *elbv2.TargetGroup) int { return strings.Compare(a.ID(), b.ID()) })
	slices.SortFunc(m.rules, func(a, b *elbv2.ListenerRule) int { return cmp.Compare(a.Spec.Priority, b.Spec.Priority) })
	return m, nil
}

// Rules returns the rules of a listener by priority.
func (m *Model) Rules(l *elbv2.Listener) []*elbv2.ListenerRule {
	var found []*elbv2.ListenerRule
	for _, r := range m.rules {
		if slices.Contains(r.Spec.ListenerARN.Dependencies(), core.Resource(l)) {
			found = append(found, r)
		}
	}
	return found
}

// Tags returns all tags of a resource: those by which the controller finds it, and those of its spec.
func (m *Model) Tags(r core.Resource, spec map[string]string) map[string]string {
	return m.tags.ResourceTags(m.stack, r, spec)
}

// Binding returns the TargetGroupBinding of a target group with an ARN, as the controller creates it, without its
// finalizer.
func (m *Model) Binding(t *elbv2.TargetGroup) (*elbv2api.TargetGroupBinding, error) {
	at := slices.IndexFunc(m.bindings, func(b *k8s.TargetGroupBindingResource) bool { return b.ID() == t.ID() })
	if at < 0 {
		return nil, nil
	}
	var created created
	_, err := deploy.NewDefaultTargetGroupBindingManager(&created, m.tags, logr.Discard(), &created).Create(context.Background(), m.bindings[at])
	return created.binding, err
}

// created receives the TargetGroupBinding that is created.
type created struct {
	client.Client
	awsmetrics.TargetGroupCollector
	binding *elbv2api.TargetGroupBinding
}

func (c *created) Create(_ context.Context, o client.Object, _ ...client.CreateOption) error {
	c.binding, _ = o.(*elbv2api.TargetGroupBinding)
	return nil
}

func (*created) RegisterTargetGroupBinding(*elbv2api.TargetGroupBinding) {}

// Resolve returns the value of a token. Its resource must have a status.
func Resolve(token core.StringToken) (string, error) { return token.Resolve(context.Background()) }
