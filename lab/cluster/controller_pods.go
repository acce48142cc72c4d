package cluster

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/build"
)

// controllerSelector selects the load balancer controller's pods by the chart's label.
const controllerSelector = "app.kubernetes.io/name=" + build.LoadBalancerController

// stopControllerPods ends the controller's containers, and starts none until startControllerPods.
func (l *Lab) stopControllerPods(ctx context.Context) error {
	l.suspended.Store(true)
	for _, n := range l.nodes {
		n.Kill(func(image string) bool { return imageName(image) == build.LoadBalancerController })
	}
	return l.waitForController(ctx, func(d *appsv1.Deployment) bool { return d.Status.ReadyReplicas == 0 })
}

// startControllerPods replaces the controller's pods, because the kubelet waits longer after each failure of one, and
// waits until they are ready.
func (l *Lab) startControllerPods(ctx context.Context) error {
	l.suspended.Store(false)
	pods := l.client.CoreV1().Pods(l.Stack.Release.Namespace)
	if err := pods.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: controllerSelector}); err != nil {
		return err
	}
	return l.waitForController(ctx, func(d *appsv1.Deployment) bool {
		return d.Status.ObservedGeneration == d.Generation && d.Status.ReadyReplicas == *d.Spec.Replicas
	})
}

// waitForController waits until the Deployments of the controller meet a condition.
func (l *Lab) waitForController(ctx context.Context, meets func(*appsv1.Deployment) bool) error {
	const limit = 90 * time.Second
	for late := time.After(limit); ; {
		list, err := l.client.AppsV1().Deployments(l.Stack.Release.Namespace).List(ctx, metav1.ListOptions{LabelSelector: controllerSelector})
		if err == nil && len(list.Items) == 1 && meets(&list.Items[0]) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("the load balancer controller has not changed its state after %s", limit)
		case <-time.After(pollInterval):
		}
	}
}

// controllerLog returns the logs of the controller's current containers.
func (l *Lab) controllerLog(ctx context.Context) (string, error) {
	pods := l.client.CoreV1().Pods(l.Stack.Release.Namespace)
	list, err := pods.List(ctx, metav1.ListOptions{LabelSelector: controllerSelector})
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, pod := range list.Items {
		stream, err := pods.GetLogs(pod.Name, &corev1.PodLogOptions{}).Stream(ctx)
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
