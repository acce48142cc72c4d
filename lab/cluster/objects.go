package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// objects makes the stack's objects in its order, and the release in its place among them.
func (l *Lab) objects(ctx context.Context) error {
	place := l.Stack.Release.Place
	for _, o := range l.account.Objects[:place] {
		if err := l.create(ctx, o); err != nil {
			return err
		}
	}
	if err := l.install(ctx); err != nil {
		return err
	}
	for _, o := range l.account.Objects[place:] {
		if err := l.gated(ctx, o); err != nil {
			return err
		}
		if err := l.create(ctx, o); err != nil {
			return err
		}
	}
	l.say("%d objects are made", len(l.account.Objects))
	return nil
}

// gateLabel is a namespace's whose pods wait until their load balancer finds them healthy.
const gateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

// gated waits, ahead of a Deployment whose pods get readiness gates, until the load balancers of its namespace have addresses, as Pulumi does:
// a pod that comes before gets no gate.
func (l *Lab) gated(ctx context.Context, o *unstructured.Unstructured) error {
	if o.GetKind() != "Deployment" {
		return nil
	}
	namespace, err := l.client.CoreV1().Namespaces().Get(ctx, o.GetNamespace(), metav1.GetOptions{})
	if err != nil || namespace.Labels[gateLabel] != "enabled" {
		return err
	}
	_, err = l.waitForAddresses(ctx, func(a Address) bool { return a.Namespace == o.GetNamespace() })
	return err
}

// name tells an object in errors.
func name(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}

// create makes an object. The API server sees the endpoints of a webhook a moment after its pods are ready, as in any cluster; until then it
// is asked again.
func (l *Lab) create(ctx context.Context, o *unstructured.Unstructured) error {
	client, err := l.clientFor(o)
	if err != nil {
		return fmt.Errorf("%s: %w", name(o), err)
	}
	for late := time.After(5 * time.Second); ; {
		_, err := client.Create(ctx, o, metav1.CreateOptions{})
		if err == nil || apierrors.IsAlreadyExists(err) {
			return nil
		}
		select {
		case <-late:
			return fmt.Errorf("%s: %w", name(o), err)
		case <-time.After(pace):
			if !apierrors.IsInternalError(err) {
				return fmt.Errorf("%s: %w", name(o), err)
			}
		}
	}
}

// clientFor asks for objects of a kind, in their namespace.
func (l *Lab) clientFor(o *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := l.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return l.dynamic.Resource(mapping.Resource).Namespace(o.GetNamespace()), nil
	}
	return l.dynamic.Resource(mapping.Resource), nil
}
