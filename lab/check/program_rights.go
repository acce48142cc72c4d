package check

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
)

// call is a call of the API server in all namespaces, such as list pods.
type call struct{ verb, group, resource, subresource string }

func (c call) String() string {
	text := c.verb + " " + c.resource
	if c.subresource != "" {
		text += "/" + c.subresource
	}
	if c.group != "" {
		text += "." + c.group
	}
	return text
}

// programCalls are the calls of a program that reads the cluster.
type programCalls struct {
	// image is the last element of the repository of its image.
	image string
	calls []call
	// more are calls that its rights allow, but that it does not make: those of a chart that is not the stack's.
	more []call
}

// programsWithRights are the programs whose rights are compared with their calls.
var programsWithRights = []programCalls{
	// codeberg.org/hjacobs/kube-ops-view, kube_ops_view/kubernetes.py, and deploy/rbac.yaml for metrics.
	{image: "kube-ops-view", calls: []call{
		{verb: "list", resource: "nodes"}, {verb: "list", resource: "pods"},
		{verb: "get", group: "metrics.k8s.io", resource: "nodes"}, {verb: "list", group: "metrics.k8s.io", resource: "nodes"},
		{verb: "get", group: "metrics.k8s.io", resource: "pods"}, {verb: "list", group: "metrics.k8s.io", resource: "pods"}}},
	// github.com/aws/amazon-vpc-cni-k8s v1.23.2: it lists and watches pods with a cache (pkg/k8sapi/k8sutils.go), and
	// reads the metrics of each through the API server (cmd/cni-metrics-helper/metrics/metrics.go). Its chart allows more.
	{image: "cni-metrics-helper", calls: []call{
		{verb: "list", resource: "pods"}, {verb: "watch", resource: "pods"}, {verb: "get", resource: "pods", subresource: "proxy"}},
		more: []call{{verb: "get", resource: "pods"}, {verb: "list", resource: "pods", subresource: "proxy"},
			{verb: "watch", resource: "pods", subresource: "proxy"}}},
}

// verbs are the verbs of requests for resources
// (kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb).
var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

// checkProgramRights asks the API server for each call of the programs whether their service accounts may make it, and
// for each other call that they may not.
func checkProgramRights(ctx context.Context, t *suiteRun) error {
	deployments, err := t.cluster.AppsV1().Deployments("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	possible, err := t.possibleCalls()
	if err != nil {
		return err
	}
	for _, d := range deployments.Items {
		for _, p := range programsWithRights {
			if !runsImage(&d, p.image) {
				continue
			}
			allowed, err := t.allowedCalls(ctx, &d, slices.Concat(possible, p.calls))
			if err != nil {
				return err
			}
			if err := p.compare(allowed); err != nil {
				return fmt.Errorf("service account %s/%s of %s: %w", d.Namespace, d.Spec.Template.Spec.ServiceAccountName, p.image, err)
			}
			t.note("%s may make its %d calls, and %d others of %d", p.image, len(p.calls), len(p.more), len(possible))
		}
	}
	return nil
}

func runsImage(d *appsv1.Deployment, name string) bool {
	image, _, _ := strings.Cut(d.Spec.Template.Spec.Containers[0].Image, "@")
	image, _, _ = strings.Cut(path.Base(image), ":")
	return image == name
}

// possibleCalls returns each verb of each resource and subresource of the API server.
func (t *suiteRun) possibleCalls() (calls []call, err error) {
	_, lists, err := t.cluster.Discovery().ServerGroupsAndResources()
	if err != nil && !discovery.IsGroupDiscoveryFailedError(err) {
		return nil, err
	}
	for _, list := range lists {
		group, _, found := strings.Cut(list.GroupVersion, "/")
		if !found {
			group = "" // v1
		}
		for _, r := range list.APIResources {
			resource, subresource, _ := strings.Cut(r.Name, "/")
			for _, verb := range verbs {
				calls = append(calls, call{verb, group, resource, subresource})
			}
		}
	}
	slices.SortFunc(calls, func(a, b call) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(calls), nil
}

// allowedCalls returns the calls that the service account of a Deployment may make, without those that each service
// account may make.
func (t *suiteRun) allowedCalls(ctx context.Context, d *appsv1.Deployment, calls []call) (allowed []call, err error) {
	for _, c := range calls {
		may, err := t.mayCall(ctx, d.Namespace, d.Spec.Template.Spec.ServiceAccountName, c)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		if anyone, err := t.mayCall(ctx, d.Namespace, "without-rights", c); err != nil {
			return nil, err
		} else if !anyone {
			allowed = append(allowed, c)
		}
	}
	return allowed, nil
}

func (t *suiteRun) mayCall(ctx context.Context, namespace, account string, c call) (bool, error) {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:   "system:serviceaccount:" + namespace + ":" + account,
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: c.verb, Group: c.group, Version: "*", Resource: c.resource,
			Subresource: c.subresource}}}
	made, err := t.cluster.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("access review: %w", err)
	}
	return made.Status.Allowed, nil
}

// compare returns an error with the calls that are not allowed, and the allowed calls that the program does not make.
func (p programCalls) compare(allowed []call) error {
	var lines []string
	for _, c := range slices.Concat(p.calls, p.more) {
		if !slices.Contains(allowed, c) {
			lines = append(lines, c.String()+" is not allowed")
		}
	}
	for _, c := range allowed {
		if !slices.Contains(p.calls, c) && !slices.Contains(p.more, c) {
			lines = append(lines, c.String()+" is allowed, and not a call of the program")
		}
	}
	return joinLines(lines)
}
