package cluster

import (
	"context"
	_ "embed"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

//go:embed coredns.yaml
var coreDNSManifest string

// createCoreDNS creates the objects of EKS's add-on CoreDNS, if the stack's cluster has it. They are ready some seconds
// later.
func (l *Lab) createCoreDNS(ctx context.Context) error {
	installed := l.Stack.CoreDNS()
	if installed == nil {
		return nil
	}
	objects, err := coreDNSObjects(installed)
	if err != nil {
		return fmt.Errorf("CoreDNS: %w", err)
	}
	address, err := serviceAddress(l.Stack, dnsService)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if o.GetKind() == "Service" {
			if err := unstructured.SetNestedField(o.Object, address, "spec", "clusterIP"); err != nil {
				return err
			}
		}
		if err := l.create(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// coreDNSObjects returns the objects of the manifest. Its Deployment has the image of the add-on, and the settings of
// its configuration that are in the rehearsed one.
func coreDNSObjects(installed *rehearsed.Object) ([]*unstructured.Unstructured, error) {
	objects, err := decodeObjects(coreDNSManifest)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if o.GetKind() == "Deployment" {
			if err := configureCoreDNS(o, installed); err != nil {
				return nil, err
			}
		}
	}
	return objects, setImages(objects, map[string]string{"coredns": rehearsed.Image(installed)})
}

// configureCoreDNS sets what the add-on's configuration determines.
func configureCoreDNS(deployment *unstructured.Unstructured, installed *rehearsed.Object) error {
	for _, path := range [][]string{{"spec", "replicas"}, {"spec", "template", "spec", "tolerations"}, {"spec", "template", "spec", "nodeSelector"},
		{"spec", "template", "spec", "affinity"}, {"spec", "template", "spec", "topologySpreadConstraints"}} {
		value, found, err := unstructured.NestedFieldCopy(installed.Inputs, path...)
		if err != nil {
			return err
		}
		if !found || value == nil {
			continue
		}
		if number, is := value.(float64); is {
			value = int64(number)
		}
		if err := unstructured.SetNestedField(deployment.Object, value, path...); err != nil {
			return err
		}
	}
	return nil
}
