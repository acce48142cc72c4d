package kube

import (
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"eksnet/rehearsal/world/store"
)

// kubernetesType is one resource type of the API server.
type kubernetesType struct {
	Typ        string // the Pulumi token
	group      string
	version    string
	Kind       string
	plural     string // in URLs and errors
	Namespaced bool
	// empty returns a new value to decode into; nil for a custom resource, which its definition's schema describes.
	empty func() any
}

// apiVersion returns the group and version in the form of manifests.
func (t *kubernetesType) apiVersion() string {
	if t.group == "" {
		return t.version
	}
	return t.group + "/" + t.version
}

// resource returns the plural with the group, in the form of errors: deployments.apps.
func (t *kubernetesType) resource() string {
	if t.group == "" {
		return t.plural
	}
	return t.plural + "." + t.group
}

// title returns the kind with the group, in the form of validation errors: Deployment.apps.
func (t *kubernetesType) title() string {
	if t.group == "" {
		return t.Kind
	}
	return t.Kind + "." + t.group
}

// builtinTypes are the types that every simulated API server serves.
var builtinTypes = []*kubernetesType{
	apiType[corev1.Namespace]("", "v1", "Namespace", "namespaces", false),
	apiType[corev1.Node]("", "v1", "Node", "nodes", false),
	apiType[corev1.Pod]("", "v1", "Pod", "pods", true),
	apiType[corev1.Service]("", "v1", "Service", "services", true),
	apiType[corev1.ServiceAccount]("", "v1", "ServiceAccount", "serviceaccounts", true),
	apiType[corev1.ConfigMap]("", "v1", "ConfigMap", "configmaps", true),
	apiType[corev1.Secret]("", "v1", "Secret", "secrets", true),
	apiType[appsv1.Deployment]("apps", "v1", "Deployment", "deployments", true),
	apiType[networkingv1.Ingress]("networking.k8s.io", "v1", "Ingress", "ingresses", true),
	apiType[networkingv1.IngressClass]("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false),
	apiType[networkingv1.NetworkPolicy]("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true),
	apiType[rbacv1.Role]("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
	apiType[rbacv1.RoleBinding]("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
	apiType[rbacv1.ClusterRole]("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false),
	apiType[rbacv1.ClusterRoleBinding]("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false),
	apiType[policyv1.PodDisruptionBudget]("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true),
	apiType[autoscalingv2.HorizontalPodAutoscaler]("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
	apiType[admissionregistrationv1.MutatingWebhookConfiguration]("admissionregistration.k8s.io", "v1",
		"MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false),
	apiType[admissionregistrationv1.ValidatingWebhookConfiguration]("admissionregistration.k8s.io", "v1",
		"ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
	apiType[admissionregistrationv1.ValidatingAdmissionPolicy]("admissionregistration.k8s.io", "v1",
		"ValidatingAdmissionPolicy", "validatingadmissionpolicies", false),
	apiType[admissionregistrationv1.ValidatingAdmissionPolicyBinding]("admissionregistration.k8s.io", "v1",
		"ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", false),
	apiType[apiextensionsv1.CustomResourceDefinition]("apiextensions.k8s.io", "v1",
		"CustomResourceDefinition", "customresourcedefinitions", false),
}

func apiType[T any](group, version, kind, plural string, namespaced bool) *kubernetesType {
	return &kubernetesType{
		Typ: tokenOf(group, version, kind), group: group, version: version, Kind: kind, plural: plural, Namespaced: namespaced,
		empty: func() any { return new(T) },
	}
}

// tokenOf returns the Pulumi type of a group, version and kind.
func tokenOf(group, version, kind string) string {
	if group == "" {
		group = "core"
	}
	return "kubernetes:" + group + "/" + version + ":" + kind
}

// BuiltinType returns the type of a Pulumi token that every API server serves, nil for another.
func BuiltinType(typ string) *kubernetesType {
	for _, t := range builtinTypes {
		if t.Typ == typ {
			return t
		}
	}
	return nil
}

// ServedType returns the type that a cluster serves for an apiVersion and kind, including its custom resources; nil if
// it serves none.
func ServedType(w *store.Account, cluster, apiVersion, kind string) *kubernetesType {
	group, version, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group, version = "", apiVersion
	}
	if t := BuiltinType(tokenOf(group, version, kind)); t != nil {
		return t
	}
	for _, o := range ObjectsIn(w, cluster, store.CrdType) {
		spec := Live[apiextensionsv1.CustomResourceDefinition](o).Spec
		if spec.Group != group || spec.Names.Kind != kind {
			continue
		}
		for _, v := range spec.Versions {
			if v.Served && v.Name == version {
				return &kubernetesType{
					Typ: tokenOf(group, version, kind), group: group, version: version, Kind: kind,
					plural: spec.Names.Plural, Namespaced: spec.Scope == apiextensionsv1.NamespaceScoped,
				}
			}
		}
	}
	return nil
}

// ObjectsIn returns the objects of a type in a cluster that satisfy the conditions, by ID.
func ObjectsIn(w *store.Account, cluster, typ string, conditions ...func(*store.Object) bool) []*store.Object {
	return w.All(typ, append(conditions, InCluster(cluster))...)
}

// InNamespace returns the objects of a type in a namespace of a cluster that satisfy the conditions, by ID.
func InNamespace(w *store.Account, cluster, typ, namespace string, conditions ...func(*store.Object) bool) []*store.Object {
	return store.Filter(w.Lookup(typ, "namespace", namespace, namespaceOf), append(conditions, InCluster(cluster)))
}

// namespaceOf returns the index value of an object by its namespace.
func namespaceOf(o *store.Object) []string { return []string{Namespace(o)} }

// InCluster returns a condition on the cluster of an object.
func InCluster(cluster string) func(*store.Object) bool {
	return func(o *store.Object) bool { return o.Cluster == cluster }
}
