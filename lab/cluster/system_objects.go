package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// createSystemObjects creates the objects that EKS installs in kube-system, as far as the stack's cluster has them, and
// waits until each node has a kube-proxy. The other pods are ready some seconds later.
func (l *Lab) createSystemObjects(ctx context.Context) error {
	var all []*unstructured.Unstructured
	for daemonSet, objects := range map[string]func(image string) ([]*unstructured.Unstructured, error){
		"kube-proxy": l.kubeProxyObjects, "aws-node": l.cniObjects} {
		image := l.Stack.SystemImage(daemonSet)
		if image == "" {
			continue
		}
		made, err := objects(image)
		if err != nil {
			return fmt.Errorf("%s: %w", daemonSet, err)
		}
		all = append(all, made...)
	}
	for _, o := range all {
		if err := l.create(ctx, o); err != nil {
			return err
		}
	}
	if err := l.createCoreDNS(ctx); err != nil {
		return err
	}
	return l.waitForKubeProxy(ctx)
}

// waitForKubeProxy waits until kube-proxy is ready on all nodes, if the stack's cluster has it.
func (l *Lab) waitForKubeProxy(ctx context.Context) error {
	const name, limit = "kube-proxy", 60 * time.Second
	for late := time.After(limit); l.Stack.SystemImage(name) != ""; {
		d, err := l.client.AppsV1().DaemonSets(metav1.NamespaceSystem).Get(ctx, name, metav1.GetOptions{})
		if err == nil && d.Status.NumberReady == int32(len(l.nodes)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return errors.Join(err, fmt.Errorf("kube-proxy is ready on %d of %d nodes after %s: see kubectl -n kube-system "+
				"describe pods -l k8s-app=kube-proxy", d.Status.NumberReady, len(l.nodes), limit))
		case <-time.After(pollInterval):
		}
	}
	return nil
}

// decodeObjects returns the objects of a manifest.
func decodeObjects(manifest string) (objects []*unstructured.Unstructured, err error) {
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(manifest), 4096)
	for {
		o := &unstructured.Unstructured{}
		switch err := decoder.Decode(&o.Object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return nil, err
		case o.Object != nil:
			objects = append(objects, o)
		}
	}
}

// setImages sets the images of containers by their names without registry and tag.
func setImages(objects []*unstructured.Unstructured, images map[string]string) error {
	for _, o := range objects {
		pod, found, err := unstructured.NestedMap(o.Object, "spec", "template", "spec")
		if err != nil || !found {
			continue
		}
		for _, container := range containersOf(pod) {
			image, _ := container["image"].(string)
			if image, known := images[imageName(image)]; known {
				container["image"] = image
			}
		}
		if err := unstructured.SetNestedMap(o.Object, pod, "spec", "template", "spec"); err != nil {
			return err
		}
	}
	return nil
}

// containersOf returns the containers of a pod, with those that initialize it.
func containersOf(pod map[string]any) (all []map[string]any) {
	for _, field := range []string{"initContainers", "containers"} {
		list, _ := pod[field].([]any)
		for _, entry := range list {
			if container, is := entry.(map[string]any); is {
				all = append(all, container)
			}
		}
	}
	return all
}
