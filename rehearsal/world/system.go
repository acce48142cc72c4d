package world

const (
	daemonSetType  = "kubernetes:apps/v1:DaemonSet"
	deploymentType = "kubernetes:apps/v1:Deployment"
	nodeType       = "kubernetes:core/v1:Node"
)

// startCluster creates what EKS installs in a new cluster, and the access entry of its creator.
func (w *World) startCluster(cluster *Object) {
	w.admitCreator(cluster)
	for _, namespace := range []string{"default", "kube-system", "kube-public", "kube-node-lease"} {
		w.install(cluster.ID, "v1", "kubernetes:core/v1:Namespace", "Namespace", "", namespace, Properties{"status": map[string]any{"phase": "Active"}})
	}
	w.install(cluster.ID, "v1", "kubernetes:core/v1:Service", "Service", "default", "kubernetes", Properties{"spec": map[string]any{
		"type": "ClusterIP", "ports": []any{map[string]any{"name": "https", "port": 443.0, "protocol": "TCP"}}}})
	if cluster.at("bootstrapSelfManagedAddons") == false {
		return
	}
	for _, addon := range systemAddons {
		w.installAddon(cluster.ID, addon)
	}
}

// systemAddons are the add-ons that EKS installs at the creation of a cluster, self-managed.
var systemAddons = []string{"vpc-cni", "kube-proxy", "coredns"}

// workloads are the objects that run an add-on, by its name: type and name in kube-system.
var workloads = map[string]struct{ typ, name string }{
	"vpc-cni":                {daemonSetType, "aws-node"},
	"kube-proxy":             {daemonSetType, "kube-proxy"},
	"coredns":                {deploymentType, "coredns"},
	"eks-pod-identity-agent": {daemonSetType, "eks-pod-identity-agent"},
}

// workloadOf returns the object that runs an add-on in a cluster, nil if it is not installed.
func (w *World) workloadOf(cluster, addon string) *Object {
	load, known := workloads[addon]
	if !known {
		return nil
	}
	return w.find(cluster, load.typ, "kube-system/"+load.name)
}

// installAddon creates an add-on's objects in a cluster.
func (w *World) installAddon(cluster, addon string) {
	load, known := workloads[addon]
	if !known {
		return
	}
	labels := map[string]any{"k8s-app": load.name}
	if addon == "coredns" {
		labels = map[string]any{"k8s-app": "kube-dns"}
	}
	w.install(cluster, "v1", "kubernetes:core/v1:ServiceAccount", "ServiceAccount", "kube-system", load.name, nil)
	container := map[string]any{"name": load.name, "image": "eks/" + load.name}
	pod := map[string]any{"serviceAccountName": load.name, "priorityClassName": "system-node-critical", "containers": []any{container}}
	spec := map[string]any{"selector": map[string]any{"matchLabels": labels}}
	kind := "DaemonSet"
	if load.typ == daemonSetType {
		pod["hostNetwork"] = true
		pod["tolerations"] = []any{map[string]any{"operator": "Exists"}}
	} else {
		kind = "Deployment"
		// https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html: the add-on's default requests
		container["resources"] = map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "70Mi"}}
		spec["replicas"] = 2.0
		pod["tolerations"] = []any{
			map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"},
			map[string]any{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}}
		w.install(cluster, "v1", "kubernetes:core/v1:Service", "Service", "kube-system", "kube-dns", Properties{"spec": map[string]any{
			"type": "ClusterIP", "selector": labels, "ports": []any{map[string]any{"name": "dns", "port": 53.0, "protocol": "UDP"}}}})
	}
	spec["template"] = map[string]any{"metadata": map[string]any{"labels": labels}, "spec": pod}
	w.install(cluster, "apps/v1", load.typ, kind, "kube-system", load.name, Properties{"spec": spec})
}

// install creates an object of EKS in a cluster, unless it exists already.
func (w *World) install(cluster, version, typ, kind, namespace, name string, rest Properties) {
	id, metadata := name, map[string]any{"name": name}
	if namespace != "" {
		id, metadata["namespace"] = namespace+"/"+name, namespace
	}
	if w.find(cluster, typ, id) != nil {
		return
	}
	in := clone(rest)
	if in == nil {
		in = Properties{}
	}
	in["apiVersion"], in["kind"], in["metadata"] = version, kind, metadata
	w.put(&Object{Type: typ, ID: id, Cluster: cluster, Owner: "eks", Inputs: in, Outputs: clone(in)})
}

// uninstallAddon deletes an add-on's objects in a cluster.
func (w *World) uninstallAddon(cluster, addon string) {
	if o := w.workloadOf(cluster, addon); o != nil {
		w.drop(o)
	}
	load := workloads[addon]
	if o := w.find(cluster, "kubernetes:core/v1:ServiceAccount", "kube-system/"+load.name); o != nil {
		w.drop(o)
	}
	if dns := w.find(cluster, "kubernetes:core/v1:Service", "kube-system/kube-dns"); dns != nil && addon == "coredns" {
		w.drop(dns)
	}
}
