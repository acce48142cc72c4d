package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/gateway"
)

// patchManager is the field manager of patches.
const patchManager = "lab"

// deployPatch applies fields of a Gateway, and waits until the controller has deployed it with them, as Pulumi does.
func (l *Lab) deployPatch(ctx context.Context, fields *unstructured.Unstructured) error {
	client, err := l.clientFor(fields)
	if err != nil {
		return fmt.Errorf("%s: %w", objectName(fields), err)
	}
	if _, err := client.Apply(ctx, fields.GetName(), fields, metav1.ApplyOptions{FieldManager: patchManager}); err != nil {
		return fmt.Errorf("%s: %w", objectName(fields), err)
	}
	for late := time.After(addressTimeout); ; {
		found, err := client.Get(ctx, fields.GetName(), metav1.GetOptions{})
		if err == nil {
			err = gateway.Undeployed(found.Object)
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return errors.Join(fmt.Errorf("%s is not deployed after %s: %w; for the reason see the logs in %s", objectName(fields), addressTimeout, err, l.path("logs")),
				l.lastWarning(ctx, fields))
		case <-time.After(pollInterval):
		}
	}
}

// lastWarning returns the last warning among the events of an object, nil for none.
func (l *Lab) lastWarning(ctx context.Context, o *unstructured.Unstructured) error {
	selector := fmt.Sprintf("involvedObject.kind=%s,involvedObject.name=%s,type=Warning", o.GetKind(), o.GetName())
	events, err := l.client.CoreV1().Events(o.GetNamespace()).List(ctx, metav1.ListOptions{FieldSelector: selector})
	if err != nil {
		return err
	}
	var last metav1.Time
	for _, e := range events.Items {
		if !e.LastTimestamp.Before(&last) {
			last, err = e.LastTimestamp, fmt.Errorf("event %s: %s", e.Reason, e.Message)
		}
	}
	return err
}
