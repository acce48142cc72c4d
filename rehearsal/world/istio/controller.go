package istio

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/store"
)

// Owner owns what istiod creates.
const Owner = "istiod"

// pilot is the name of istiod's image in each registry.
const pilot = "pilot"

// watched are the types of objects that istiod acts on, and those that it needs to act.
var watched = map[string]bool{
	store.PodType: true, store.NodeType: true, store.DeploymentType: true, store.NamespaceType: true, store.ConfigMapType: true,
	store.ValidatingType: true, store.ClusterRoleType: true, store.ClusterBindingType: true, store.ServiceAccountType: true,
	store.CrdType: true, store.GatewayClassType: true, store.GatewayType: true, store.HTTPRouteType: true, store.ServiceType: true,
}

// Items returns the Deployments of istiod.
func Items(w *store.Account) []store.Key {
	var items []store.Key
	for _, o := range w.Lookup(store.DeploymentType, Owner, Owner, func(o *store.Object) []string {
		if podclient.ImageNamed(o, pilot) {
			return []string{Owner}
		}
		return nil
	}) {
		items = append(items, o.Key())
	}
	return items
}

// Watch adds the Deployments of istiod after a change of an object that it acts on or needs.
func Watch(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	if watched[changed.Type] {
		for _, item := range Items(w) {
			add(item)
		}
	}
	return true
}

// Act does what istiod does while a pod of it is ready: it lets the API server refuse objects if it cannot be called,
// writes the certificate authority of the mesh into each namespace, and programs the Gateways of its class.
func Act(w *store.Account, item store.Key) (bool, error) {
	deployment := w.Find(item.Cluster, store.DeploymentType, item.ID)
	if deployment == nil || kube.Deleting(deployment) {
		return false, nil
	}
	program, err := podclient.Running(w, Owner, deployment)
	if err != nil {
		return false, err
	}
	if err := program.CheckRights(
		kube.Access{Verb: "update", Group: "admissionregistration.k8s.io", Resource: "validatingwebhookconfigurations"},
		kube.Access{Verb: "create", Resource: "configmaps"},
	); err != nil {
		return false, err
	}
	changed := failClosed(w, item.Cluster)
	changed = writeRootCertificates(w, item.Cluster) || changed
	changed = createClasses(w, item.Cluster) || changed
	return reportGateways(w, item.Cluster) || changed, nil
}

// failClosed sets the failure policy of the webhooks that istiod serves, which its charts install as Ignore
// (pilot/pkg/webhooks/validation/controller).
func failClosed(w *store.Account, cluster string) bool {
	changed := false
	for _, o := range kube.ObjectsIn(w, cluster, store.ValidatingType) {
		var webhooks []any
		own := false
		for _, webhook := range store.ListOf(o.Outputs["webhooks"]) {
			entry := store.Clone(webhook)
			service := store.MapOf(store.Nested(entry, "clientConfig", "service"))
			if service["name"] == controlPlane && service["namespace"] == namespace && entry["failurePolicy"] != string(admissionv1.Fail) {
				entry["failurePolicy"], own = string(admissionv1.Fail), true
			}
			webhooks = append(webhooks, entry)
		}
		if own {
			o.Set("webhooks", webhooks)
			changed = true
		}
	}
	return changed
}

// withoutCertificate are the namespaces into which istiod writes nothing
// (pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go).
var withoutCertificate = map[string]bool{"kube-public": true, "kube-node-lease": true, "local-path-storage": true}

// authority holds the ConfigMaps that istiod writes, with their contents: the certificate authority of the mesh, and
// the list of its revoked certificates.
var authority = []struct {
	name string
	data map[string]any
}{{rootCertificate, map[string]any{"root-cert.pem": "authority"}}, {revokedList, map[string]any{"ca-crl.pem": ""}}}

// writeRootCertificates creates the ConfigMaps in each namespace that lacks them.
func writeRootCertificates(w *store.Account, cluster string) bool {
	changed := false
	for _, o := range kube.ObjectsIn(w, cluster, store.NamespaceType) {
		in := kube.Name(o)
		if withoutCertificate[in] || kube.Deleting(o) {
			continue
		}
		for _, c := range authority {
			id := kube.ObjectID(in, c.name)
			if w.Find(cluster, store.ConfigMapType, id) != nil {
				continue
			}
			w.Put(&store.Object{Type: store.ConfigMapType, ID: id, Cluster: cluster, Owner: Owner, Outputs: store.Properties{
				"apiVersion": "v1", "kind": "ConfigMap",
				"metadata": map[string]any{"name": c.name, "namespace": in, "labels": map[string]any{"istio.io/config": "true"}},
				"data":     store.Clone(c.data),
			}})
			changed = true
		}
	}
	return changed
}
