package world

import (
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const webhookSource = "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook"

var (
	webhookServed = rule("a webhook with the failure policy Fail has a ready pod",
		`Internal error occurred: failed calling webhook %q: failed to call webhook: Post "https://%s.%s.svc:443%s?timeout=10s": no endpoints available for service %q`,
		webhookSource+"; aws-load-balancer-controller#2894")
	webhookReached = rule("the control plane can reach a webhook with the failure policy Fail",
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
func (w *World) webhooks(cluster, typ string) []webhook {
	var found []webhook
	for _, o := range w.in(cluster, typ) {
		if typ == mutatingType {
			configuration := live[admissionv1.MutatingWebhookConfiguration](o)
			for _, h := range configuration.Webhooks {
				found = append(found, webhook{o.name(), h.Name, h.ClientConfig, h.Rules, h.FailurePolicy, h.NamespaceSelector, h.ObjectSelector})
			}
			continue
		}
		configuration := live[admissionv1.ValidatingWebhookConfiguration](o)
		for _, h := range configuration.Webhooks {
			found = append(found, webhook{o.name(), h.Name, h.ClientConfig, h.Rules, h.FailurePolicy, h.NamespaceSelector, h.ObjectSelector})
		}
	}
	return found
}

// mutate calls the mutating webhooks that match a new object.
func (w *World) mutate(t *kubernetesType, o *Object, operation admissionv1.OperationType) error {
	return w.callWebhooks(t, o, mutatingType, operation)
}

// review calls the validating webhooks that match an object.
func (w *World) review(t *kubernetesType, o *Object, operation admissionv1.OperationType) error {
	return w.callWebhooks(t, o, validatingType, operation)
}

func (w *World) callWebhooks(t *kubernetesType, o *Object, typ string, operation admissionv1.OperationType) error {
	for _, h := range w.webhooks(o.Cluster, typ) {
		if err := w.callWebhook(&h, t, o, operation); err != nil {
			return err
		}
	}
	return nil
}

// callWebhook calls a webhook if it matches.
func (w *World) callWebhook(h *webhook, t *kubernetesType, o *Object, operation admissionv1.OperationType) error {
	if !h.matches(t, operation) || !accepts(h.objects, o.labels()) {
		return nil
	}
	if t.namespaced && !accepts(h.namespaces, w.namespaceLabels(o.Cluster, o.namespace())) {
		return nil
	}
	if err := w.answers(o.Cluster, h); err != nil {
		if h.policy != nil && *h.policy == admissionv1.Ignore {
			return nil
		}
		return err
	}
	return w.webhookEffect(h, o)
}

// refuser returns the configuration whose webhook refuses an update of an object, such as one that removes its
// finalizers; "" for none.
func (w *World) refuser(o *Object) string {
	t := w.served(o.Cluster, o.text("apiVersion"), o.text("kind"))
	if t == nil {
		return ""
	}
	for _, h := range w.webhooks(o.Cluster, validatingType) {
		if w.callWebhook(&h, t, o, admissionv1.Update) != nil {
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

// answers returns why a call of a webhook would fail: its Service has no ready pod, or the control plane cannot reach
// its port.
func (w *World) answers(cluster string, h *webhook) error {
	service := h.client.Service
	if service == nil {
		return nil
	}
	path := ""
	if service.Path != nil {
		path = *service.Path
	}
	o := w.find(cluster, serviceType, identity(service.Namespace, service.Name))
	var pods []*Object
	if o != nil {
		pods = w.endpoints(o)
	}
	if err := webhookServed.when(len(pods) == 0, h.name, service.Name, service.Namespace, path, service.Name); err != nil || len(pods) == 0 {
		return err
	}
	port := targetPortOf(o, pods[0])
	node := w.find(cluster, nodeType, pods[0].text("spec.nodeName"))
	open := node != nil && w.controlPlaneReaches(cluster, node, port)
	return webhookReached.when(!open, h.name, service.Name, service.Namespace, path, port)
}

// targetPortOf returns the pod port of a Service's first port.
func targetPortOf(service, pod *Object) int {
	for _, port := range listOf(service.at("spec.ports")) {
		name, named := port["targetPort"].(string)
		if !named {
			return integer(port["targetPort"])
		}
		for _, container := range listOf(pod.at("spec.containers")) {
			for _, p := range listOf(container["ports"]) {
				if p["name"] == name {
					return integer(p["containerPort"])
				}
			}
		}
	}
	return 0
}

// webhookEffect does what the load balancer controller's webhooks do, by the path in their configuration. Those without
// a case accept every object.
func (w *World) webhookEffect(h *webhook, o *Object) error {
	if h.client.Service == nil || h.client.Service.Path == nil {
		return nil
	}
	switch *h.client.Service.Path {
	case "/mutate-v1-service":
		w.stampClass(o)
	case "/mutate-v1-pod":
		w.injectGates(o)
	case "/validate-networking-v1-ingress":
		return w.admitIngress(o)
	}
	return nil
}

// stampClass sets the controller's class on a Service of type LoadBalancer, unless it has one: from then on the
// controller reconciles the Service, even if it was intended for another one (aws-load-balancer-controller,
// webhooks/core/service_mutator.go).
func (w *World) stampClass(o *Object) {
	spec := mapOf(o.Outputs["spec"])
	if class, _ := spec["loadBalancerClass"].(string); spec["type"] == "LoadBalancer" && class == "" {
		spec["loadBalancerClass"] = w.controllerOf(o.Cluster).class()
	}
}

// controllerArguments are the command line flags of the load balancer controller.
type controllerArguments map[string]string

// argumentsOf reads the arguments of a Deployment's first container.
func argumentsOf(d *appsv1.Deployment) controllerArguments {
	arguments := controllerArguments{}
	if len(d.Spec.Template.Spec.Containers) == 0 {
		return arguments
	}
	for _, argument := range d.Spec.Template.Spec.Containers[0].Args {
		flag, value, _ := strings.Cut(strings.TrimPrefix(argument, "--"), "=")
		arguments[flag] = value
	}
	return arguments
}

// on returns a boolean flag or its default.
func (a controllerArguments) on(flag string, otherwise bool) bool {
	if value, err := strconv.ParseBool(a[flag]); err == nil {
		return value
	}
	return otherwise
}

// or returns a flag's value or its default.
func (a controllerArguments) or(flag, otherwise string) string {
	if value := a[flag]; value != "" {
		return value
	}
	return otherwise
}
