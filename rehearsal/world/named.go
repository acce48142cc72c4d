package world

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// NameByHand creates a Service with a load balancer and a name beside each such Service of a stack, as people do with
// kubectl, where ExternalDNS is installed. It returns the number of records that exist then in addition.
func (w *World) NameByHand() (records int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := len(w.All(store.RecordType))
	for _, item := range externaldns.Items(w.Account) {
		zones := externaldns.ZonesOf(w.Account, item)
		if len(zones) == 0 {
			continue
		}
		for i, o := range kube.ObjectsIn(w.Account, item.Cluster, store.ServiceType) {
			if s := kube.Live[corev1.Service](o); s.Spec.Type != corev1.ServiceTypeLoadBalancer || s.Spec.LoadBalancerClass == nil {
				continue
			}
			if err := w.copyWithName(o, fmt.Sprintf("by-hand-%d.%s", i, route53.ZoneOf(zones[0]).Name)); err != nil {
				return 0, err
			}
		}
	}
	w.Settle()
	return len(w.All(store.RecordType)) - before, nil
}

// copyWithName creates a copy of a Service with another name in DNS.
func (w *World) copyWithName(o *store.Object, name string) error {
	manifest := store.Clone(o.Inputs)
	metadata := store.MapOf(manifest["metadata"])
	annotations := maps.Clone(store.MapOf(metadata["annotations"]))
	if annotations == nil {
		annotations = map[string]any{}
	}
	delete(annotations, ccm.ServicePrefixes+"aws-load-balancer-eip-allocations") // which one load balancer can have
	annotations[awsdata.ExternalDNSHostname] = name
	metadata["annotations"], metadata["name"] = annotations, kube.Name(o)+"-by-hand"
	made := &store.Object{Type: store.ServiceType, Cluster: o.Cluster, Inputs: manifest}
	made.ID = kube.ObjectID(kube.Namespace(o), kube.Name(made))
	if err := kube.AcceptObject(w.Account, kube.BuiltinType(store.ServiceType), made); err != nil {
		return err
	}
	w.Put(made)
	return nil
}
