package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// asItIs is the stack as it was rehearsed.
func asItIs() course {
	return course{title: "the stack as it was rehearsed", promises: []promise{
		{"each Service and Ingress gets an address", allAddressed},
		{"what the controllers made is what the rehearsal's world made, field by field", asRehearsed},
		{"and what the plan says", asPlanned},
		{"scaling to 3, 5 and 2 pods moves the targets", scales},
		{"without the controller deleted objects keep finalizers and load balancers, and none is accepted", heldWithoutController},
		{"the controller comes back, and the deletion ends, but for the security group that its load balancers shared", endsWithController},
		{"made again, all is as the rehearsal's world made it, and the group is in use again", makesAgain},
		{"destroyed in the stack's order, the account is as it was before the first load balancer", destroys},
	}}
}

func asRehearsed(ctx context.Context, t *trial) error { return t.matches(ctx, Rehearsed(t.stack)) }

func asPlanned(ctx context.Context, t *trial) error {
	made, err := Made(ctx, t)
	if err != nil {
		return err
	}
	return listed(Unplanned(t.stack, made))
}

// together is how many Deployments are scaled at once. The lab's nodes have the addresses that the CNI held for the pods of the rehearsal
// and in reserve, and get no more.
const together = 10

// scales changes the Deployments behind load balancers, some at a time, and in the end back to what is planned.
func scales(ctx context.Context, t *trial) error {
	wanted := Rehearsed(t.stack)
	balanced := slices.DeleteFunc(slices.Clone(t.stack.Plan.Workloads), func(w rehearsed.Workload) bool { return !w.Balanced() })
	for turn := range slices.Chunk(balanced, together) {
		for _, replicas := range []int{3, 5, 2} {
			for _, w := range turn {
				if err := t.scale(ctx, w, replicas); err != nil {
					return err
				}
				if group := wanted.groupOf(w); w.Target == config.TargetIP {
					target := wanted.Targets[group]
					target.Targets = slices.Repeat(target.Targets[:1], replicas)
					wanted.Targets[group] = target
				}
			}
			if err := t.matches(ctx, wanted); err != nil {
				return fmt.Errorf("with %d pods: %w", replicas, err)
			}
		}
	}
	for _, w := range balanced {
		if err := t.scale(ctx, w, w.Replicas); err != nil {
			return err
		}
	}
	return t.matches(ctx, Rehearsed(t.stack))
}

func (t *trial) scale(ctx context.Context, w rehearsed.Workload, replicas int) error {
	patch := fmt.Sprintf(`{"spec":{"replicas":%d}}`, replicas)
	if _, err := t.cluster.AppsV1().Deployments(w.Name).Patch(ctx, w.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("scaling Deployment %s: %w", w.Name, err)
	}
	return nil
}

// groupOf is the target group of a workload, whether its port is told by number or by name.
func (p *Picture) groupOf(w rehearsed.Workload) string {
	_, object, _ := strings.Cut(w.AddressOf, " ")
	for group := range p.Targets {
		if strings.HasPrefix(group, object+":") {
			return group
		}
	}
	return ""
}

// ofController are the objects that the load balancer controller makes load balancers for.
func (t *trial) ofController() []*unstructured.Unstructured {
	return slices.DeleteFunc(t.balanced(), func(o *unstructured.Unstructured) bool {
		class, _, _ := unstructured.NestedString(o.Object, "spec", "loadBalancerClass")
		return o.GetKind() == "Service" && class == ""
	})
}

func heldWithoutController(ctx context.Context, t *trial) error {
	if err := t.StopController(ctx); err != nil {
		return err
	}
	before, err := Made(ctx, t)
	if err != nil {
		return err
	}
	if err := t.markDeleted(ctx, t.ofController()...); err != nil {
		return err
	}
	if err := wait(ctx, quiet); err != nil {
		return err
	}
	after, err := Made(ctx, t)
	if err != nil {
		return err
	}
	return errors.Join(listed(Differences(before, after)), t.refused(ctx))
}

// refused tries to make an Ingress, which the controller's webhook reviews.
func (t *trial) refused(ctx context.Context) error {
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
		"metadata": map[string]any{"name": "later", "namespace": "default"},
		"spec": map[string]any{"ingressClassName": "alb", "defaultBackend": map[string]any{
			"service": map[string]any{"name": "later", "port": map[string]any{"number": int64(80)}}}},
	}}
	err := t.create(ctx, o)
	if err == nil {
		return errors.New("an Ingress is accepted that no webhook reviewed")
	}
	if !strings.Contains(err.Error(), "vingress.elbv2.k8s.aws") {
		return fmt.Errorf("an Ingress is refused, and not for its webhook: %w", err)
	}
	return nil
}

func endsWithController(ctx context.Context, t *trial) error {
	if err := t.StartController(ctx); err != nil {
		return err
	}
	if err := t.allGone(ctx, t.ofController()); err != nil {
		return err
	}
	return t.matches(ctx, Left(t.stack))
}

func makesAgain(ctx context.Context, t *trial) error {
	if err := t.create(ctx, t.ofController()...); err != nil {
		return err
	}
	// Moto finds a target healthy in the moment in which it is registered. The controller then tells pods that stood before so while it still
	// sees them as they were, and what it writes does not open a gate that it has just closed. On AWS the first check takes longer.
	if err := errors.Join(allAddressed(ctx, t), t.restartGated(ctx)); err != nil {
		return err
	}
	return t.matches(ctx, Rehearsed(t.stack))
}

// destroys removes the stack's objects the other way round. The release stands until the last object that is made after it is gone.
func destroys(ctx context.Context, t *trial) error {
	if err := t.destroy(ctx); err != nil {
		return err
	}
	return t.matches(ctx, Before(t.stack))
}

func (t *trial) destroy(ctx context.Context) error {
	behind, before := t.all[t.stack.Release.Place:], t.all[:t.stack.Release.Place]
	// One at a time: of two load balancers that end in the same moment each may take the other for a user of the group that they share,
	// and none removes it (aws-load-balancer-controller, pkg/networking/backend_sg_provider.go, Release).
	for place := len(behind) - 1; place >= 0; place-- {
		if err := t.removeAll(ctx, behind[place:place+1]); err != nil {
			return err
		}
	}
	if err := t.StopController(ctx); err != nil {
		return err
	}
	return t.removeAll(ctx, before)
}

// removeAll removes objects from the last to the first: those of one kind that were made after one another at once, as the engine does,
// and gone before the next.
func (t *trial) removeAll(ctx context.Context, objects []*unstructured.Unstructured) error {
	for end := len(objects); end > 0; {
		begin := end - 1
		for begin > 0 && objects[begin-1].GetKind() == objects[end-1].GetKind() {
			begin--
		}
		if err := t.markDeleted(ctx, objects[begin:end]...); err != nil {
			return err
		}
		if err := t.allGone(ctx, objects[begin:end]); err != nil {
			return err
		}
		end = begin
	}
	return nil
}
