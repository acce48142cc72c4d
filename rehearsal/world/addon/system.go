package addon

import (
	"cmp"
	_ "embed"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// System installs what EKS installs in a new cluster.
type System struct{}

// Launch creates what EKS installs in a new cluster, and the access entry of its creator.
func (System) Launch(w *store.Account, cluster *store.Object) {
	eks.CreateCreatorEntry(w, cluster)
	for _, namespace := range []string{"default", "kube-system", "kube-public", "kube-node-lease"} {
		install(w, cluster.ID, "v1", "kubernetes:core/v1:Namespace", "Namespace", "", namespace, store.Properties{"status": map[string]any{"phase": "Active"}})
	}
	install(w, cluster.ID, "v1", "kubernetes:core/v1:Service", "Service", "default", "kubernetes", store.Properties{"spec": map[string]any{
		"type": "ClusterIP", "ports": []any{map[string]any{"name": "https", "port": 443.0, "protocol": "TCP"}}}})
	for _, d := range definitions {
		install(w, cluster.ID, "apiextensions.k8s.io/v1", store.CrdType, "CustomResourceDefinition", "", d.plural+"."+d.group, d.spec())
	}
	if addons := eks.ClusterOf(cluster).SystemAddons; addons != nil && !*addons {
		return
	}
	for _, addon := range SystemAddons {
		installAddon(w, cluster.ID, addon, defaultVersion(addon, cluster))
	}
}

// definition is a CustomResourceDefinition. Without a schema, it accepts all fields.
type definition struct{ group, version, kind, plural, scope, schema string }

//go:embed security_group_policy.yaml
var securityGroupPolicySchema string

// definitions are those that each cluster has: of the VPC CNI and of the controllers in EKS's control plane for
// interfaces of pods and for network policies (docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html,
// docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html).
var definitions = []definition{
	{"crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", "eniconfigs", "Cluster", ""},
	{"networking.k8s.aws", "v1alpha1", "PolicyEndpoint", "policyendpoints", "Namespaced", ""},
	{"vpcresources.k8s.aws", "v1alpha1", "CNINode", "cninodes", "Cluster", ""},
	{"vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies", "Namespaced", securityGroupPolicySchema},
}

func (d definition) spec() store.Properties {
	schema := map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}
	if d.schema != "" {
		schema = map[string]any{}
		if err := yaml.Unmarshal([]byte(d.schema), &schema); err != nil {
			panic("the schema of " + d.kind + ": " + err.Error())
		}
	}
	return store.Properties{"spec": map[string]any{"group": d.group, "scope": d.scope,
		"names": map[string]any{"kind": d.kind, "listKind": d.kind + "List", "plural": d.plural, "singular": strings.ToLower(d.kind)},
		"versions": []any{map[string]any{"name": d.version, "served": true, "storage": true,
			"schema": map[string]any{"openAPIV3Schema": schema}}}}}
}

// SystemAddons are the add-ons that EKS installs at the creation of a cluster, self-managed.
var SystemAddons = []string{"vpc-cni", "kube-proxy", "coredns"}

// repositories are those of the images of add-ons in EKS's registries
// (docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html).
var repositories = map[string]string{"vpc-cni": "amazon-k8s-cni", "kube-proxy": "eks/kube-proxy", "coredns": "eks/coredns",
	"eks-pod-identity-agent": "eks/eks-pod-identity-agent", "metrics-server": "eks/metrics-server"}

// image returns the image of an add-on. That of kube-proxy is the minimal variant
// (docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html).
func image(region, addon, version string) string {
	if addon == "kube-proxy" {
		version = strings.Replace(version, "-eksbuild", "-minimal-eksbuild", 1)
	}
	return node.EKSRegistry(region) + "/" + repositories[addon] + ":" + version
}

// installAddon creates an add-on's objects in a cluster.
func installAddon(w *store.Account, cluster, addon, version string) {
	load, known := kube.Workloads[addon]
	if !known {
		return
	}
	labels := map[string]any{"k8s-app": load.Name}
	if addon == "coredns" {
		labels = map[string]any{"k8s-app": "kube-dns"}
	}
	install(w, cluster, "v1", "kubernetes:core/v1:ServiceAccount", "ServiceAccount", "kube-system", load.Name, nil)
	container := map[string]any{"name": load.Name, "image": image(w.Region, addon, version)}
	pod := map[string]any{"serviceAccountName": load.Name, "priorityClassName": "system-node-critical", "containers": []any{container}}
	spec := map[string]any{"selector": map[string]any{"matchLabels": labels}}
	kind := "DaemonSet"
	switch {
	case load.Typ == store.DaemonSetType:
		pod["hostNetwork"] = true
		pod["tolerations"] = []any{map[string]any{"operator": "Exists"}}
	case addon == "metrics-server":
		kind = "Deployment"
		configureMetricsServer(container, spec, pod)
		installMetricsService(w, cluster, labels)
	default:
		kind = "Deployment"
		// https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html: the add-on's default requests
		container["resources"] = map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "70Mi"}}
		spec["replicas"] = 2.0
		pod["tolerations"] = []any{
			map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"},
			map[string]any{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}}
		install(w, cluster, "v1", "kubernetes:core/v1:Service", "Service", "kube-system", "kube-dns", store.Properties{"spec": map[string]any{
			"type": "ClusterIP", "selector": labels, "ports": []any{map[string]any{"name": "dns", "port": 53.0, "protocol": "UDP"}}}})
	}
	if addon == "kube-proxy" {
		install(w, cluster, "v1", store.ConfigMapType, "ConfigMap", "kube-system", proxyConfiguration, store.Properties{"data": proxyMode("")})
	}
	spec["template"] = map[string]any{"metadata": map[string]any{"labels": labels}, "spec": pod}
	install(w, cluster, "apps/v1", load.Typ, kind, "kube-system", load.Name, store.Properties{"spec": spec})
}

// proxyConfiguration is the ConfigMap with the configuration of kube-proxy.
const proxyConfiguration = "kube-proxy-config"

// proxyMode returns the part of the configuration that the add-on's configuration changes
// (docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html).
func proxyMode(mode string) map[string]any {
	return map[string]any{"config": fmt.Sprintf("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: %q\n", cmp.Or(mode, "iptables"))}
}

// install creates an object of EKS in a cluster, unless it exists already.
func install(w *store.Account, cluster, version, typ, kind, namespace, name string, rest store.Properties) {
	id, metadata := name, map[string]any{"name": name}
	if namespace != "" {
		id, metadata["namespace"] = namespace+"/"+name, namespace
	}
	if w.Find(cluster, typ, id) != nil {
		return
	}
	in := store.Clone(rest)
	if in == nil {
		in = store.Properties{}
	}
	in["apiVersion"], in["kind"], in["metadata"] = version, kind, metadata
	w.Put(&store.Object{Type: typ, ID: id, Cluster: cluster, Owner: "eks", Inputs: in, Outputs: store.Clone(in)})
}

// uninstallAddon deletes an add-on's objects in a cluster.
func uninstallAddon(w *store.Account, cluster, addon string) {
	if o := kube.WorkloadOf(w, cluster, addon); o != nil {
		w.Drop(o)
	}
	load := kube.Workloads[addon]
	if o := w.Find(cluster, "kubernetes:core/v1:ServiceAccount", "kube-system/"+load.Name); o != nil {
		w.Drop(o)
	}
	if configuration := w.Find(cluster, store.ConfigMapType, "kube-system/"+proxyConfiguration); configuration != nil && addon == "kube-proxy" {
		w.Drop(configuration)
	}
	if metrics := w.Find(cluster, store.ServiceType, "kube-system/"+kube.MetricsServer); metrics != nil && addon == kube.MetricsServer {
		w.Drop(metrics)
	}
	if dns := w.Find(cluster, "kubernetes:core/v1:Service", "kube-system/kube-dns"); dns != nil && addon == "coredns" {
		w.Drop(dns)
	}
}
