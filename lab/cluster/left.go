package cluster

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"eksnet/lab/gateway"
)

// programKinds are the kinds of the objects that a stack, its release and the controllers create in a cluster.
var programKinds = []schema.GroupVersionResource{
	{Group: "", Version: "v1", Resource: "namespaces"},
	{Group: "", Version: "v1", Resource: "services"},
	{Group: "", Version: "v1", Resource: "serviceaccounts"},
	{Group: "", Version: "v1", Resource: "configmaps"},
	{Group: "", Version: "v1", Resource: "secrets"},
	{Group: "", Version: "v1", Resource: "pods"},
	{Group: "apps", Version: "v1", Resource: "deployments"},
	{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"},
	{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"},
	{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"},
	{Group: "networking.k8s.io", Version: "v1", Resource: "ingressclasses"},
	{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"},
	targetGroupBindings,
	{Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "ingressclassparams"},
	gateway.Gateways, gateway.Classes, gateway.Grants,
	{Group: "networking.istio.io", Version: "v1", Resource: "gateways"},
	{Group: "networking.istio.io", Version: "v1", Resource: "virtualservices"},
	{Group: "security.istio.io", Version: "v1", Resource: "peerauthentications"},
	{Group: "vpcresources.k8s.aws", Version: "v1beta1", Resource: "securitygrouppolicies"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings"},
	{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "mutatingwebhookconfigurations"},
	{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingwebhookconfigurations"},
	{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"},
	{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicybindings"},
}

// definitions are the custom resource definitions. Those of charts remain, as after helm uninstall
// (helm.sh/docs/chart_best_practices/custom_resource_definitions; Istio's are annotated to remain), and the program
// retains those of the Gateway API.
var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// retainedGroups are the API groups of these definitions: those of the load balancer controller end with k8s.aws. The
// names of the admission policy for definitions of the Gateway API, and of its binding, end with their group too.
var retainedGroups = []string{".k8s.aws", ".externaldns.k8s.io", ".gateway.networking.k8s.io"}

// istioGroups is the end of the API groups of Istio's definitions.
const istioGroups = ".istio.io"

const definitionKind = "CustomResourceDefinition"

// retainedKinds are the kinds that remain when their group is one of them.
var retainedKinds = []string{definitionKind, "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}

// bootstrapLabel is the label of the RBAC objects that the API server creates.
const bootstrapLabel = "kubernetes.io/bootstrapping"

// ownObjects are the other objects that the API server and the controller manager create in an empty cluster.
var ownObjects = []string{"default", "kube-system", "kube-public", "kube-node-lease", "kubernetes", "kube-root-ca.crt", "extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking"}

// objectsLeft returns the objects of a program, a release or a controller in the cluster, one line each.
func (f *Follower) objectsLeft(ctx context.Context) (lines []string, err error) {
	for _, kind := range slices.Concat(programKinds, gateway.Routes, gateway.Configurations, []schema.GroupVersionResource{definitions}) {
		objects, err := gateway.List(ctx, f.dynamic, kind)
		if err != nil {
			return nil, err
		}
		for i := range objects {
			if o := &objects[i]; !isOwn(o) {
				lines = append(lines, "in the cluster: "+objectName(o))
			}
		}
	}
	return lines, nil
}

// istioAuthority holds the ConfigMaps that istiod writes into namespaces: the certificate authority of the mesh, and
// the list of its revoked certificates. They remain in the namespaces of the cluster itself.
var istioAuthority = []string{"istio-ca-root-cert", "istio-ca-crl"}

// istioClasses are the GatewayClasses that istiod creates where it finds the definition.
var istioClasses = []string{"istio", "istio-remote"}

// isOwn reports whether an object is not of the program: the API server or the controller manager creates it, or it
// remains until the cluster is deleted.
func isOwn(o *unstructured.Unstructured) bool {
	return o.GetLabels()[bootstrapLabel] != "" || o.GetLabels()[ofEKS] != "" || slices.Contains(ownObjects, o.GetName()) ||
		o.GetKind() == definitionKind && strings.HasSuffix(o.GetName(), istioGroups) ||
		o.GetKind() == "GatewayClass" && slices.Contains(istioClasses, o.GetName()) ||
		slices.Contains(istioAuthority, o.GetName()) && slices.Contains(ownObjects, o.GetNamespace()) ||
		slices.Contains(retainedKinds, o.GetKind()) && slices.ContainsFunc(retainedGroups, func(group string) bool { return strings.HasSuffix(o.GetName(), group) })
}
