package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"

	"eksnet/lab/rehearsed"
)

const (
	// patience is how long something may take that goes by itself.
	patience = 60 * time.Second
	// pace is how often it is looked for.
	pace = 200 * time.Millisecond
	// quiet is how long nothing may have happened where nothing should.
	quiet = 5 * time.Second
)

// trial is a lab that runs, and the stack that was rehearsed.
type trial struct {
	Lab
	stack *rehearsed.Stack
	// all are the stack's objects with the lab's ids, in the order in which they are made.
	all     []*unstructured.Unstructured
	cluster kubernetes.Interface
	objects dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
}

func newTrial(lab Lab, stack *rehearsed.Stack) (*trial, error) {
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
	all, err := lab.Account().Translated(stack.Objects)
	return &trial{Lab: lab, stack: stack, all: all, cluster: cluster, objects: objects, mapper: mapper}, err
}

// eventually waits until a condition holds, and ends with what it said last.
func eventually(ctx context.Context, holds func() error) error {
	for late := time.After(patience); ; {
		err := holds()
		if err == nil {
			return nil
		}
		select {
		case <-late:
			return fmt.Errorf("after %s: %w", patience, err)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pace):
		}
	}
}

// wait is a pause that a stopped lab ends.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// title tells an object: "Service shop/shop-nlb".
func title(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}

// balanced tells whether a load balancer is made for an object.
func balanced(o *unstructured.Unstructured) bool {
	kind, _, _ := unstructured.NestedString(o.Object, "spec", "type")
	return o.GetKind() == "Ingress" || o.GetKind() == "Service" && kind == string(corev1.ServiceTypeLoadBalancer)
}

// balanced are the stack's objects that load balancers are made for.
func (t *trial) balanced() []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(t.all), func(o *unstructured.Unstructured) bool { return !balanced(o) })
}

func (t *trial) resource(o *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := t.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title(o), err)
	}
	if o.GetNamespace() == "" {
		return t.objects.Resource(mapping.Resource), nil
	}
	return t.objects.Resource(mapping.Resource).Namespace(o.GetNamespace()), nil
}

func (t *trial) create(ctx context.Context, objects ...*unstructured.Unstructured) error {
	for _, o := range objects {
		resource, err := t.resource(o)
		if err != nil {
			return err
		}
		if _, err := resource.Create(ctx, o, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("%s: %w", title(o), err)
		}
	}
	return nil
}

// get is an object as it stands, nil for one that is gone.
func (t *trial) get(ctx context.Context, o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
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

// markDeleted asks for objects to go, as Pulumi does: with what belongs to them.
func (t *trial) markDeleted(ctx context.Context, objects ...*unstructured.Unstructured) error {
	foreground := metav1.DeletePropagationForeground
	for _, o := range objects {
		resource, err := t.resource(o)
		if err != nil {
			return err
		}
		if err := resource.Delete(ctx, o.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("%s: %w", title(o), err)
		}
	}
	return nil
}

// allGone waits until none of some objects is there.
func (t *trial) allGone(ctx context.Context, objects []*unstructured.Unstructured) error {
	return eventually(ctx, func() error {
		for _, o := range objects {
			if err := t.gone(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *trial) gone(ctx context.Context, o *unstructured.Unstructured) error {
	found, err := t.get(ctx, o)
	if err != nil || found == nil {
		return err
	}
	return fmt.Errorf("%s is still there, held by %s", title(o), strings.Join(found.GetFinalizers(), " "))
}

// addressed refuses while an object has no address.
func (t *trial) addressed(ctx context.Context, o *unstructured.Unstructured) error {
	found, err := t.get(ctx, o)
	if err != nil {
		return err
	}
	if found != nil {
		if at, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress"); len(at) > 0 {
			return nil
		}
	}
	return fmt.Errorf("%s has no address", title(o))
}

// allAddressed waits until every object that should have an address has one.
func allAddressed(ctx context.Context, t *trial) error {
	return eventually(ctx, func() error {
		for _, o := range t.balanced() {
			if err := t.addressed(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// told waits until an event of an object says something.
func (t *trial) told(ctx context.Context, o *unstructured.Unstructured, words string) error {
	return eventually(ctx, func() error {
		events, err := t.cluster.CoreV1().Events(o.GetNamespace()).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + o.GetName()})
		if err != nil {
			return err
		}
		last := "nothing"
		for _, event := range events.Items {
			if strings.Contains(event.Message, words) {
				return nil
			}
			last = event.Reason + ": " + event.Message
		}
		return fmt.Errorf("no event of %s says %q; the last says %s", title(o), words, last)
	})
}

// logged waits until the load balancer controller writes something into its log. What it does for an object that is deleted it tells nowhere
// else.
func (t *trial) logged(ctx context.Context, words string) error {
	return eventually(ctx, func() error {
		log, err := t.Log(rehearsed.LoadBalancerController)
		if err == nil && !strings.Contains(log, words) {
			err = fmt.Errorf("the controller's log says nowhere %q", words)
		}
		return err
	})
}

// matches waits until the controllers have made what a picture shows.
func (t *trial) matches(ctx context.Context, wanted *Picture) error {
	return eventually(ctx, func() error {
		made, err := Made(ctx, t)
		if err != nil {
			return err
		}
		return listed(Differences(wanted, made))
	})
}

// listed is one error of many lines, nil for none.
func listed(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%d differences:\n      %s", len(lines), strings.Join(lines, "\n      "))
}
