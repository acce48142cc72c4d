package kube

import (
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

const webhookSource = "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook"

var (
	WebhookServed = store.NewRule("a webhook with the failure policy Fail has a ready pod",
		`Internal error occurred: failed calling webhook %q: failed to call webhook: Post "https://%s.%s.svc:443%s?timeout=10s": no endpoints available for service %q`,
		webhookSource+"; aws-load-balancer-controller#2894")
	WebhookReached = store.NewRule("the control plane can reach a webhook with the failure policy Fail",
		`Internal error occurred: failed calling webhook %q: failed to call webhook: Post "https://%s.%s.svc:443%s?timeout=10s": context deadline exceeded: no security group of the nodes lets the control plane in on port %d`,
		webhookSource+"; terraform-aws-eks-blueprints#1843")
)

// webhook is one entry of a validating or mutating webhook configuration.
type webhook struct {
	of         string // the configuration's name
	name       string
	client     admissionv1.WebhookClientConfig
	rules      []admissionv1.RuleWithOperations
	policy     *admissionv1.FailurePolicyType
	namespaces *metav1.LabelSelector
	objects    *metav1.LabelSelector
}

// webhooks returns the entries of a cluster's configurations of one type.
func webhooks(w *store.Account, cluster, typ string) []webhook {
	var found []webhook
	for _, o := range ObjectsIn(w, cluster, typ) {
		if typ == store.MutatingType {
			configuration := Live[admissionv1.MutatingWebhookConfiguration](o)
			for _, h := range configuration.Webhooks {
				found = append(found, webhook{Name(o), h.Name, h.ClientConfig, h.Rules, h.FailurePolicy, h.NamespaceSelector, h.ObjectSelector})
			}
			continue
		}
		configuration := Live[admissionv1.ValidatingWebhookConfiguration](o)
		for _, h := range configuration.Webhooks {
			found = append(found, webhook{Name(o), h.Name, h.ClientConfig, h.Rules, h.FailurePolicy, h.NamespaceSelector, h.ObjectSelector})
		}
	}
	return found
}

// CallMutatingWebhooks calls the mutating webhooks that match a new object.
func CallMutatingWebhooks(w *store.Account, t *kubernetesType, o *store.Object, operation admissionv1.OperationType) error {
	return callWebhooks(w, t, o, store.MutatingType, operation)
}

// CallValidatingWebhooks calls the validating webhooks that match an object.
func CallValidatingWebhooks(w *store.Account, t *kubernetesType, o *store.Object, operation admissionv1.OperationType) error {
	return callWebhooks(w, t, o, store.ValidatingType, operation)
}

func callWebhooks(w *store.Account, t *kubernetesType, o *store.Object, typ string, operation admissionv1.OperationType) error {
	for _, h := range webhooks(w, o.Cluster, typ) {
		if err := callWebhook(w, &h, t, o, operation); err != nil {
			return err
		}
	}
	return nil
}

// callWebhook calls a webhook if it matches.
func callWebhook(w *store.Account, h *webhook, t *kubernetesType, o *store.Object, operation admissionv1.OperationType) error {
	if !h.matches(t, operation) || !accepts(h.objects, Labels(o)) {
		return nil
	}
	if t.Namespaced && !accepts(h.namespaces, NamespaceLabels(w, o.Cluster, Namespace(o))) {
		return nil
	}
	if err := checkCall(w, o.Cluster, h); err != nil {
		if h.policy != nil && *h.policy == admissionv1.Ignore {
			return nil
		}
		return err
	}
	if h.client.Service == nil || h.client.Service.Path == nil {
		return nil
	}
	return controllers.CallWebhook(w, *h.client.Service.Path, o)
}

// RefusingWebhook returns the configuration whose webhook refuses an update of an object, such as one that removes its
// finalizers; "" for none.
func RefusingWebhook(w *store.Account, o *store.Object) string {
	t := ServedType(w, o.Cluster, o.Text("apiVersion"), o.Text("kind"))
	if t == nil {
		return ""
	}
	for _, h := range webhooks(w, o.Cluster, store.ValidatingType) {
		if callWebhook(w, &h, t, o, admissionv1.Update) != nil {
			return h.of
		}
	}
	return ""
}

func (h *webhook) matches(t *kubernetesType, operation admissionv1.OperationType) bool {
	return slices.ContainsFunc(h.rules, func(r admissionv1.RuleWithOperations) bool {
		return (slices.Contains(r.Operations, operation) || slices.Contains(r.Operations, admissionv1.OperationAll)) &&
			(slices.Contains(r.APIGroups, t.group) || slices.Contains(r.APIGroups, "*")) &&
			(slices.Contains(r.Resources, t.plural) || slices.Contains(r.Resources, "*"))
	})
}

// accepts reports whether a webhook's selector matches an object; no selector matches all.
func accepts(selector *metav1.LabelSelector, have labels.Set) bool {
	if selector == nil {
		return true
	}
	matches, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && matches.Matches(have)
}

// checkCall returns why a call of a webhook would fail: its Service has no ready pod, or the control plane cannot reach
// its port.
func checkCall(w *store.Account, cluster string, h *webhook) error {
	service := h.client.Service
	if service == nil {
		return nil
	}
	path := ""
	if service.Path != nil {
		path = *service.Path
	}
	o := w.Find(cluster, store.ServiceType, ObjectID(service.Namespace, service.Name))
	var pods []*store.Object
	if o != nil {
		pods = Endpoints(w, o)
	}
	if err := WebhookServed.When(len(pods) == 0, h.name, service.Name, service.Namespace, path, service.Name); err != nil || len(pods) == 0 {
		return err
	}
	served, pod := Live[corev1.Service](o), Live[corev1.Pod](pods[0])
	port := targetPortOf(&served, &pod, service.Port)
	node := w.Find(cluster, store.NodeType, pod.Spec.NodeName)
	open := node != nil && eks.ControlPlaneReaches(w, cluster, node, port)
	return WebhookReached.When(!open, h.name, service.Name, service.Namespace, path, port)
}

// targetPortOf returns the pod port of the port of a Service that a webhook names, 443 by default, 0 for a Service
// without it (https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/mutating-webhook-configuration-v1).
func targetPortOf(service *corev1.Service, pod *corev1.Pod, named *int32) int {
	called := int32(443)
	if named != nil {
		called = *named
	}
	for _, port := range service.Spec.Ports {
		if port.Port == called {
			return ContainerPort(&pod.Spec, port.TargetPort)
		}
	}
	return 0
}
