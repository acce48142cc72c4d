package world

import (
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/cnimetrics"
	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/store"
)

// controller is a controller that a stack installs, and that creates no load balancers.
type controller struct {
	// checkStart refuses a pod of the controller that would exit at once. Other pods start.
	checkStart func(w *store.Account, node *store.Object, spec *corev1.PodSpec) error
	// problems returns what installed ones cannot do.
	problems func(w *store.Account) []string
}

var controllers = []controller{
	{cnimetrics.CheckStart, cnimetrics.Problems},
	{istio.CheckStart, istio.Problems},
}
