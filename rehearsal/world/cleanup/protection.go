package cleanup

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
)

// protection is the attribute of a load balancer that AWS does not delete while it is true.
const protection = "deletion_protection.enabled"

// protectionAnnotation is where a Service or an Ingress has the attributes of its load balancer.
func protectionAnnotation(o *store.Object) string {
	if o.Type == store.IngressType {
		return "alb.ingress.kubernetes.io/load-balancer-attributes"
	}
	return "service.beta.kubernetes.io/aws-load-balancer-attributes"
}

// heldByProtection reports whether the controller keeps an object because its load balancer has deletion protection.
func heldByProtection(held error) bool {
	var refusal *store.Refusal
	return errors.As(held, &refusal) && slices.Contains([]store.Rule{lbc.ServiceModelled, lbc.GroupModelled, lbc.GatewayModelled}, store.Rule{Rule: refusal.Rule()}) &&
		(strings.Contains(refusal.Error(), "deletion_protection is enabled, cannot delete the ") || strings.Contains(refusal.Error(), "because deletion protection is enabled"))
}

// protected is what remains of an object whose load balancer has deletion protection. Without its finalizers the object
// would go and the load balancer stay, so protection is switched off instead; then the controller deletes both.
func protected(w *store.Account, o *store.Object, held error) Leftover {
	command := eks.Kubectl("annotate", o, "--overwrite", protectionAnnotation(o)+"="+unprotected(o))
	if configuration := lbc.ConfigurationWith(w, o, protection); configuration != nil {
		command = eks.Kubectl("patch", configuration, "--type=merge", "--patch", "'"+unprotectedConfiguration(configuration)+"'")
	}
	return Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: held.Error(), Remove: command,
		Advice: fmt.Sprintf("set %s to \"false\" in the stack file, run up, which ends with an error because this %s is being deleted, and then destroy; or without an up: %s, then destroy",
			protection, store.LastOf(o.Type, ":"), command)}
}

// unprotected are the attributes of an object's load balancer, as its annotation has them, without protection.
func unprotected(o *store.Object) string {
	attributes := map[string]string{}
	for _, pair := range strings.Split(kube.Meta(o).GetAnnotations()[protectionAnnotation(o)], ",") {
		if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
			attributes[key] = value
		}
	}
	attributes[protection] = "false"
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		pairs = append(pairs, key+"="+attributes[key])
	}
	return strings.Join(pairs, ",")
}

// unprotectedConfiguration is the patch of a LoadBalancerConfiguration that switches protection off. A merge patch
// replaces a list, so it has all attributes.
func unprotectedConfiguration(o *store.Object) string {
	var attributes []any
	for _, attribute := range store.ListOf(store.Nested(o.Outputs, "spec", "loadBalancerAttributes")) {
		changed := map[string]any{"key": attribute["key"], "value": attribute["value"]}
		if attribute["key"] == protection {
			changed["value"] = "false"
		}
		attributes = append(attributes, changed)
	}
	return kube.CompactJSON(map[string]any{"spec": map[string]any{"loadBalancerAttributes": attributes}})
}

// PatchObject is `kubectl patch --type=merge` of fields below spec.
func PatchObject(w *store.Account, o *store.Object, patch string) error {
	var parsed struct{ Spec map[string]any }
	if err := json.Unmarshal([]byte(patch), &parsed); err != nil || len(parsed.Spec) == 0 {
		return store.Unmodelled("the patch %q", patch)
	}
	if err := ReviewedByHand(w, o); err != nil {
		return err
	}
	for field, value := range parsed.Spec {
		o.SetAt(value, "spec", field)
	}
	w.Settle()
	return nil
}

// AnnotateObject is `kubectl annotate --overwrite`.
func AnnotateObject(w *store.Account, o *store.Object, annotation string) error {
	key, value, ok := strings.Cut(annotation, "=")
	if !ok {
		return store.Unmodelled("the annotation %q", annotation)
	}
	if err := ReviewedByHand(w, o); err != nil {
		return err
	}
	annotations := map[string]any{}
	for name, text := range kube.Meta(o).GetAnnotations() {
		annotations[name] = text
	}
	annotations[key] = value
	o.SetAt(annotations, "metadata", "annotations")
	w.Settle()
	return nil
}

// ReviewedByHand passes an operator's update through the webhooks.
func ReviewedByHand(w *store.Account, o *store.Object) error {
	if t := kube.ServedType(w, o.Cluster, o.Text("apiVersion"), o.Text("kind")); t != nil {
		return kube.CallValidatingWebhooks(w, t, o, admissionv1.Update)
	}
	return nil
}
