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

	"eksnet/lab/rehearsed"
)

// createObjects creates the stack's objects and its releases in the order of the rehearsal.
func (l *Lab) createObjects(ctx context.Context) error {
	for i := 0; ; i++ {
		if i == l.Stack.Release.Place {
			if err := l.installRelease(ctx); err != nil {
				return err
			}
		}
		if err := l.installOtherReleases(ctx, i); err != nil {
			return err
		}
		if i == len(l.Stack.Objects) {
			break
		}
		if err := l.createObject(ctx, i); err != nil {
			return err
		}
	}
	l.logProgress("%d objects are created", len(l.Stack.Objects))
	return nil
}

// createObject creates an object of the stack by its position. Those after the controller's release may wait for it.
func (l *Lab) createObject(ctx context.Context, i int) error {
	o := l.Stack.Objects[i]
	if i >= l.Stack.Release.Place {
		if err := l.waitForGates(ctx, o); err != nil {
			return err
		}
	}
	return l.create(ctx, o)
}

// objectName returns the name of an object for errors.
func objectName(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}

// create creates an object. It retries for some seconds, because the API server has the endpoints of a webhook, and
// serves a kind of a new definition, only a moment later, as in any cluster.
func (l *Lab) create(ctx context.Context, o *unstructured.Unstructured) error {
	if fields, isPatch := rehearsed.PatchedObject(o); isPatch {
		return l.deployPatch(ctx, fields)
	}
	for late := time.After(5 * time.Second); ; {
		err := l.tryCreate(ctx, o)
		if err == nil || apierrors.IsAlreadyExists(err) {
			return nil
		}
		select {
		case <-late:
			return fmt.Errorf("%s: %w", objectName(o), err)
		case <-time.After(pollInterval):
			if !apierrors.IsInternalError(err) && !meta.IsNoMatchError(err) {
				return fmt.Errorf("%s: %w", objectName(o), err)
			}
		}
	}
}

func (l *Lab) tryCreate(ctx context.Context, o *unstructured.Unstructured) error {
	client, err := l.clientFor(o)
	if err == nil {
		_, err = client.Create(ctx, o, metav1.CreateOptions{})
	}
	return err
}

// clientFor returns a client for objects of an object's kind and namespace.
func (l *Lab) clientFor(o *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := l.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		l.mapper.Reset() // kinds of definitions that were created later are not in its cache
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return l.dynamic.Resource(mapping.Resource).Namespace(o.GetNamespace()), nil
	}
	return l.dynamic.Resource(mapping.Resource), nil
}
