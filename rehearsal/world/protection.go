package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// protection is the attribute of a load balancer that AWS does not delete while it is true.
const protection = "deletion_protection.enabled"

// protectionAnnotation is where a Service or an Ingress has the attributes of its load balancer.
func protectionAnnotation(o *Object) string {
	if o.Type == ingressType {
		return "alb.ingress.kubernetes.io/load-balancer-attributes"
	}
	return "service.beta.kubernetes.io/aws-load-balancer-attributes"
}

// heldByProtection reports whether the controller keeps an object because its load balancer has deletion protection.
func heldByProtection(held error) bool {
	var refusal *Refusal
	return errors.As(held, &refusal) && slices.Contains([]Rule{serviceModelled, groupModelled}, Rule{refusal.Rule()}) &&
		strings.Contains(refusal.Error(), "deletion_protection is enabled, cannot delete the ")
}

// protected is what remains of an object whose load balancer has deletion protection. Without its finalizers the object
// would go and the load balancer stay, so protection is switched off instead; then the controller deletes both.
func (w *World) protected(o *Object, held error) Leftover {
	command := kubectl("annotate", o, "--overwrite", protectionAnnotation(o)+"="+unprotected(o))
	return Leftover{Type: o.Type, ID: o.ID, Name: nameOf(o), Owner: o.Owner, Reason: held.Error(), Remove: command,
		Advice: fmt.Sprintf("set %s to \"false\" in the stack file, run up, which ends with an error because this %s is being deleted, and then destroy; or without an up: %s, then destroy",
			protection, lastOf(o.Type, ":"), command)}
}

// unprotected are the attributes of an object's load balancer, as its annotation has them, without protection.
func unprotected(o *Object) string {
	attributes := map[string]string{}
	for _, pair := range strings.Split(o.meta().GetAnnotations()[protectionAnnotation(o)], ",") {
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

// annotate is `kubectl annotate --overwrite`.
func (w *World) annotate(o *Object, annotation string) error {
	key, value, ok := strings.Cut(annotation, "=")
	if !ok {
		return unmodelled("the annotation %q", annotation)
	}
	if err := w.reviewedByHand(o); err != nil {
		return err
	}
	annotations := map[string]any{}
	for name, text := range o.meta().GetAnnotations() {
		annotations[name] = text
	}
	annotations[key] = value
	o.set("metadata.annotations", annotations)
	w.settle()
	return nil
}
