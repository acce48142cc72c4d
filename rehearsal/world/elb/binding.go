package elb

import (
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// BindingOfTargetGroup returns the binding of a target group, nil if there is none.
func BindingOfTargetGroup(w *store.Account, arn string) *store.Object {
	bindings := w.Lookup(store.BindingType, "targetGroup", arn, func(o *store.Object) []string {
		return []string{bindingOf(o).Spec.TargetGroupARN}
	})
	return store.FirstOf(store.Filter(bindings, []func(*store.Object) bool{func(b *store.Object) bool { return !kube.Deleting(b) }}))
}

// bindingOf returns a TargetGroupBinding as the API's type.
func bindingOf(o *store.Object) elbv2api.TargetGroupBinding {
	return kube.Live[elbv2api.TargetGroupBinding](o)
}
