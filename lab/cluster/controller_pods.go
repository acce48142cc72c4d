package cluster

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// selectorOf selects the pods of a controller by the chart's label.
func selectorOf(name string) metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: nameLabel + "=" + name}
}

// stopControllerPods ends the containers of a controller, and starts none until startControllerPods.
func (l *Lab) stopControllerPods(ctx context.Context, name string) error {
	l.suspended.Store(imageOf(name), true)
	for _, n := range l.nodes {
		n.Kill(func(image string) bool { return imageName(image) == imageOf(name) })
	}
	return l.waitForController(ctx, name, func(d *appsv1.Deployment) bool { return d.Status.ReadyReplicas == 0 })
}

// startControllerPods replaces the pods of a controller, because the kubelet waits longer after each failure of one,
// and waits until they are ready.
func (l *Lab) startControllerPods(ctx context.Context, name string) error {
	l.suspended.Delete(imageOf(name))
	pods, err := l.client.CoreV1().Pods("").List(ctx, selectorOf(name))
	if err != nil {
		return err
	}
	for _, pod := range pods.Items {
		if err := l.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return l.waitForController(ctx, name, func(d *appsv1.Deployment) bool {
		return d.Status.ObservedGeneration == d.Generation && d.Status.ReadyReplicas == *d.Spec.Replicas
	})
}

// isSuspended reports whether the controller of an image has been stopped by stopControllerPods.
func (l *Lab) isSuspended(image string) bool {
	_, suspended := l.suspended.Load(image)
	return suspended
}

// waitForController waits until the Deployment of a controller meets a condition.
func (l *Lab) waitForController(ctx context.Context, name string, meets func(*appsv1.Deployment) bool) error {
	const limit = 90 * time.Second
	for late := time.After(limit); ; {
		list, err := l.client.AppsV1().Deployments("").List(ctx, selectorOf(name))
		if err == nil && len(list.Items) == 1 && meets(&list.Items[0]) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("%s has not changed its state after %s", name, limit)
		case <-time.After(pollInterval):
		}
	}
}

// controllerLog returns the logs of the current containers of a controller.
func (l *Lab) controllerLog(ctx context.Context, name string) (string, error) {
	list, err := l.client.CoreV1().Pods("").List(ctx, selectorOf(name))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, pod := range list.Items {
		stream, err := l.client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{}).Stream(ctx)
		if err != nil {
			continue // it has not started yet
		}
		_, err = io.Copy(&all, stream)
		stream.Close()
		if err != nil {
			return "", err
		}
	}
	return all.String(), nil
}
