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

// rehearsedSuite checks the rehearsed stack without changes.
func rehearsedSuite() suite {
	return suite{title: "the rehearsed stack", steps: []step{
		{"each Service, Ingress and Gateway gets an address", waitForAddresses},
		{"the controllers' resources equal those of the rehearsal, field by field", checkAsRehearsed},
		{"the controllers' resources are as planned", checkAsPlanned},
		{"the names of the plan are aliases of the load balancers of their workloads", checkPlannedNames},
		{"programs that read the cluster may make their calls, and no others", checkProgramRights},
		{"scaling to 3, 5 and 2 pods updates the targets", checkScaling},
		{"without the controller, deleted objects keep finalizers and load balancers, and new ones are refused", checkWithoutController},
		{"after a restart the controller completes the deletion", checkDeletionAfterRestart},
		{"created again, all resources equal those of the rehearsal", checkCreateAgain},
		{"after a destroy in the stack's order the account is as before the first load balancer", checkDestroy},
	}}
}

func checkAsRehearsed(ctx context.Context, t *suiteRun) error {
	return t.waitForMatch(ctx, Rehearsed(t.stack))
}

func checkAsPlanned(ctx context.Context, t *suiteRun) error {
	made, err := Observed(ctx, t)
	if err != nil {
		return err
	}
	return joinLines(Unplanned(t.stack, made))
}

// scaledTogether is the number of Deployments that are scaled at once. The lab's nodes have only the addresses that the
// rehearsal's CNI had allocated for pods and in reserve.
const scaledTogether = 10

// checkScaling scales the Deployments behind load balancers, some at a time, and finally back to the planned number.
func checkScaling(ctx context.Context, t *suiteRun) error {
	wanted := Rehearsed(t.stack)
	balanced := slices.DeleteFunc(slices.Clone(t.stack.Plan.Workloads), func(w rehearsed.Workload) bool { return !w.Balanced() })
	for turn := range slices.Chunk(balanced, scaledTogether) {
		for _, replicas := range []int{3, 5, 2} {
			for _, w := range turn {
				if err := t.scaleDeployment(ctx, w, replicas); err != nil {
					return err
				}
				if group := wanted.groupOf(w); w.Target == config.TargetIP {
					target := wanted.Targets[group]
					target.Targets = slices.Repeat(target.Targets[:1], replicas)
					wanted.Targets[group] = target
				}
			}
			if err := t.waitForMatch(ctx, wanted); err != nil {
				return fmt.Errorf("with %d pods: %w", replicas, err)
			}
		}
	}
	for _, w := range balanced {
		if err := t.scaleDeployment(ctx, w, w.Replicas); err != nil {
			return err
		}
	}
	return t.waitForMatch(ctx, Rehearsed(t.stack))
}

func (t *suiteRun) scaleDeployment(ctx context.Context, w rehearsed.Workload, replicas int) error {
	patch := fmt.Sprintf(`{"spec":{"replicas":%d}}`, replicas)
	if _, err := t.cluster.AppsV1().Deployments(w.Name).Patch(ctx, w.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("scaling Deployment %s: %w", w.Name, err)
	}
	return nil
}

// groupOf returns the target group of a workload; its port may be a number or a name.
func (p *Snapshot) groupOf(w rehearsed.Workload) string {
	for group := range p.Targets {
		if strings.HasPrefix(group, serviceOf(w)+":") {
			return group
		}
	}
	return ""
}

// ofController returns the objects for which the load balancer controller creates load balancers.
func (t *suiteRun) ofController() []*unstructured.Unstructured {
	return slices.DeleteFunc(t.balanced(), func(o *unstructured.Unstructured) bool {
		class, _, _ := unstructured.NestedString(o.Object, "spec", "loadBalancerClass")
		return o.GetKind() == "Service" && class == ""
	})
}

func checkWithoutController(ctx context.Context, t *suiteRun) error {
	if err := t.StopController(ctx, rehearsed.LoadBalancerController); err != nil {
		return err
	}
	before, err := Observed(ctx, t)
	if err != nil {
		return err
	}
	if err := t.startDelete(ctx, t.ofController()...); err != nil {
		return err
	}
	if err := pause(ctx, quietPeriod); err != nil {
		return err
	}
	after, err := Observed(ctx, t)
	if err != nil {
		return err
	}
	return errors.Join(joinLines(Differences(before, after)), t.checkRefused(ctx))
}

// checkRefused checks that an Ingress is refused without the controller's validating webhook.
func (t *suiteRun) checkRefused(ctx context.Context) error {
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
		"metadata": map[string]any{"name": "later", "namespace": "default"},
		"spec": map[string]any{"ingressClassName": "alb", "defaultBackend": map[string]any{
			"service": map[string]any{"name": "later", "port": map[string]any{"number": int64(80)}}}},
	}}
	err := t.create(ctx, o)
	if err == nil {
		return errors.New("an Ingress is accepted without the webhook")
	}
	if !strings.Contains(err.Error(), "vingress.elbv2.k8s.aws") {
		return fmt.Errorf("an Ingress is refused for another reason than the webhook: %w", err)
	}
	return nil
}

func checkDeletionAfterRestart(ctx context.Context, t *suiteRun) error {
	if err := t.StartController(ctx, rehearsed.LoadBalancerController); err != nil {
		return err
	}
	if err := t.waitForDeletion(ctx, t.ofController()); err != nil {
		return err
	}
	return t.waitForMatch(ctx, Left(t.stack))
}

func checkCreateAgain(ctx context.Context, t *suiteRun) error {
	if err := t.create(ctx, t.ofController()...); err != nil {
		return err
	}
	// In moto a target is healthy as soon as it is registered. The controller then updates the readiness gates of
	// existing pods from outdated pod objects, and its patch does not set a gate to true that it has just set to false.
	// On AWS the first health check takes longer.
	if err := errors.Join(waitForAddresses(ctx, t), t.restartGated(ctx)); err != nil {
		return err
	}
	return t.waitForMatch(ctx, Rehearsed(t.stack))
}

// checkDestroy deletes the stack's objects in reverse order. The release is stopped only after the deletion of all
// objects that are created after it.
func checkDestroy(ctx context.Context, t *suiteRun) error {
	if err := t.destroy(ctx); err != nil {
		return err
	}
	return t.waitForMatch(ctx, Before(t.stack))
}

func (t *suiteRun) destroy(ctx context.Context) error {
	behind, before := t.stack.Objects[t.stack.Release.Place:], t.stack.Objects[:t.stack.Release.Place]
	if err := t.removeAll(ctx, behind); err != nil {
		return err
	}
	if err := t.StopController(ctx, rehearsed.LoadBalancerController); err != nil {
		return err
	}
	return t.removeAll(ctx, before)
}

// removeAll deletes objects from the last to the first: consecutive objects of one kind in parallel, as the engine
// does, and each such group before the next.
func (t *suiteRun) removeAll(ctx context.Context, objects []*unstructured.Unstructured) error {
	for end := len(objects); end > 0; {
		begin := end - 1
		for begin > 0 && objects[begin-1].GetKind() == objects[end-1].GetKind() {
			begin--
		}
		if err := t.startDelete(ctx, objects[begin:end]...); err != nil {
			return err
		}
		if err := t.waitForDeletion(ctx, objects[begin:end]); err != nil {
			return err
		}
		end = begin
	}
	return nil
}
