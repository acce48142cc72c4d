package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"

	"eksnet/lab/gateway"
	"eksnet/lab/rehearsed"
)

const (
	// timeout is the time within which controllers must act.
	timeout = 60 * time.Second
	// pollInterval is the interval between two observations.
	pollInterval = 200 * time.Millisecond
	// quietPeriod is the time for which nothing may change if nothing should.
	quietPeriod = 5 * time.Second
)

// suiteRun is a running lab with the rehearsed stack.
type suiteRun struct {
	Lab
	stack   *rehearsed.Stack
	cluster kubernetes.Interface
	objects dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	notes   []string // what the current step measured
}

// note adds a line to what the current step measured, which is printed after it.
func (t *suiteRun) note(format string, values ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, values...))
}

func newSuiteRun(lab Lab, stack *rehearsed.Stack) (*suiteRun, error) {
	cluster, err := kubernetes.NewForConfig(lab.Kubernetes())
	if err != nil {
		return nil, err
	}
	objects, err := dynamic.NewForConfig(lab.Kubernetes())
	if err != nil {
		return nil, err
	}
	known, err := discovery.NewDiscoveryClientForConfig(lab.Kubernetes())
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(known))
	return &suiteRun{Lab: lab, stack: stack, cluster: cluster, objects: objects, mapper: mapper}, nil
}

// waitFor waits until a condition returns nil, and returns its last error after a timeout.
func waitFor(ctx context.Context, holds func() error) error {
	return waitWithin(ctx, timeout, holds)
}

// waitWithin waits until a condition returns nil, and returns its last error after a time.
func waitWithin(ctx context.Context, timeout time.Duration, holds func() error) error {
	for late := time.After(timeout); ; {
		err := holds()
		if err == nil {
			return nil
		}
		select {
		case <-late:
			return fmt.Errorf("after %s: %w", timeout, err)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollInterval):
		}
	}
}

// pause waits for a duration, or until the lab is stopped.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// objectTitle returns the title of an object, such as "Service shop/shop-nlb".
func objectTitle(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}

// hasBalancer reports whether a controller creates a load balancer for an object.
func hasBalancer(o *unstructured.Unstructured) bool {
	kind, _, _ := unstructured.NestedString(o.Object, "spec", "type")
	return o.GetKind() == "Ingress" || gateway.IsGateway(o) || o.GetKind() == "Service" && kind == string(corev1.ServiceTypeLoadBalancer)
}

// balanced returns the stack's objects with load balancers.
func (t *suiteRun) balanced() []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(t.stack.Objects), func(o *unstructured.Unstructured) bool { return !hasBalancer(o) })
}

func (t *suiteRun) resource(o *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := t.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		t.mapper.Reset() // kinds of definitions that were created later are not in its cache
		mapping, err = t.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", objectTitle(o), err)
	}
	if o.GetNamespace() == "" {
		return t.objects.Resource(mapping.Resource), nil
	}
	return t.objects.Resource(mapping.Resource).Namespace(o.GetNamespace()), nil
}

func (t *suiteRun) create(ctx context.Context, objects ...*unstructured.Unstructured) error {
	for _, o := range objects {
		resource, err := t.resource(o)
		if err != nil {
			return err
		}
		if _, err := resource.Create(ctx, o, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("%s: %w", objectTitle(o), err)
		}
	}
	return nil
}

// get returns the current object, nil for a deleted one.
func (t *suiteRun) get(ctx context.Context, o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	resource, err := t.resource(o)
	if err != nil {
		return nil, err
	}
	found, err := resource.Get(ctx, o.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// startDelete requests the deletion of objects with foreground propagation, as Pulumi does.
func (t *suiteRun) startDelete(ctx context.Context, objects ...*unstructured.Unstructured) error {
	foreground := metav1.DeletePropagationForeground
	for _, o := range objects {
		if _, isPatch := rehearsed.PatchedObject(o); isPatch {
			continue // fields go with the object that has them
		}
		resource, err := t.resource(o)
		if err != nil {
			return err
		}
		if err := resource.Delete(ctx, o.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("%s: %w", objectTitle(o), err)
		}
	}
	return nil
}

// waitForDeletion waits until all of the objects are deleted.
func (t *suiteRun) waitForDeletion(ctx context.Context, objects []*unstructured.Unstructured) error {
	return waitFor(ctx, func() error {
		for _, o := range objects {
			if err := t.checkDeleted(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *suiteRun) checkDeleted(ctx context.Context, o *unstructured.Unstructured) error {
	if _, isPatch := rehearsed.PatchedObject(o); isPatch {
		return nil
	}
	found, err := t.get(ctx, o)
	if err != nil || found == nil {
		return err
	}
	return fmt.Errorf("%s still exists, with the finalizers %s", objectTitle(o), strings.Join(found.GetFinalizers(), " "))
}

// checkAddress returns an error if an object has no address.
func (t *suiteRun) checkAddress(ctx context.Context, o *unstructured.Unstructured) error {
	found, err := t.get(ctx, o)
	if err != nil {
		return err
	}
	if found != nil {
		if at, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress"); len(at) > 0 || gateway.Host(found.Object) != "" {
			return nil
		}
	}
	return fmt.Errorf("%s has no address", objectTitle(o))
}

// waitForAddresses waits until every object with a load balancer has an address.
func waitForAddresses(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		for _, o := range t.balanced() {
			if err := t.checkAddress(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// waitForEvent waits for an event of an object with a text.
func (t *suiteRun) waitForEvent(ctx context.Context, o *unstructured.Unstructured, words string) error {
	return waitFor(ctx, func() error {
		events, err := t.cluster.CoreV1().Events(o.GetNamespace()).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + o.GetName()})
		if err != nil {
			return err
		}
		last := "none"
		for _, event := range events.Items {
			if strings.Contains(event.Message, words) {
				return nil
			}
			last = event.Reason + ": " + event.Message
		}
		return fmt.Errorf("no event of %s contains %q; the last event: %s", objectTitle(o), words, last)
	})
}

// waitForLog waits for a text in the load balancer controller's log. For an object in deletion the controller reports
// errors nowhere else.
func (t *suiteRun) waitForLog(ctx context.Context, words string) error {
	return waitFor(ctx, func() error {
		log, err := t.Log(rehearsed.LoadBalancerController)
		if err == nil && !strings.Contains(log, words) {
			err = fmt.Errorf("the controller's log does not contain %q", words)
		}
		return err
	})
}

// waitForMatch waits until the controllers' resources match a snapshot.
func (t *suiteRun) waitForMatch(ctx context.Context, wanted *Snapshot) error {
	return waitFor(ctx, func() error {
		made, err := Observed(ctx, t)
		if err != nil {
			return err
		}
		return joinLines(Differences(wanted, made))
	})
}

// joinLines returns an error with all lines, nil for none.
func joinLines(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%d differences:\n      %s", len(lines), strings.Join(lines, "\n      "))
}
