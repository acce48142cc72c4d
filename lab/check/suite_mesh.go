package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/lab/rehearsed"
)

// meshSuite checks what istiod does in the cluster of a stack with a mesh.
func meshSuite() suite {
	return suite{title: "with istiod stopped and started", applies: hasMesh, steps: []step{
		{"istiod has injected the proxies of the rehearsal into the pods of the mesh, and into no others", checkProxied},
		{"istiod has written its certificate authority into its webhooks, and they refuse what they cannot check", checkFailClosed},
		{"istiod refuses an object of Istio that is not valid", checkValidation},
		{"without istiod new pods of the mesh and objects of Istio are refused, other pods are not, and pods can be deleted", checkWithoutIstiod},
		{"after a restart of istiod deleted pods are created again, with proxies", checkIstiodAgain},
		{"a pod without a proxy is noticed", checkPlantedPod},
	}}
}

func hasMesh(s *rehearsed.Stack) bool {
	return s.ReleaseOf(charts.Istiod) != nil && len(meshWorkloads(s)) > 0
}

// meshWorkloads returns the workloads of the mesh.
func meshWorkloads(s *rehearsed.Stack) []rehearsed.Workload {
	return slices.DeleteFunc(slices.Clone(s.Plan.Workloads), func(w rehearsed.Workload) bool { return w.Kind != config.KindMesh })
}

// onlyProxied returns a snapshot with the pods with proxies alone.
func (p *Snapshot) onlyProxied() *Snapshot {
	only := newSnapshot()
	only.Proxied = p.Proxied
	return only
}

// proxiedDifferences compares the pods with proxies with those of the rehearsal.
func (t *suiteRun) proxiedDifferences(ctx context.Context) ([]string, error) {
	made, err := Observed(ctx, t)
	if err != nil {
		return nil, err
	}
	return Differences(Rehearsed(t.stack).onlyProxied(), made.onlyProxied()), nil
}

func checkProxied(ctx context.Context, t *suiteRun) error {
	expected := Rehearsed(t.stack).Proxied
	for _, w := range append(meshWorkloads(t.stack), rehearsed.Workload{Name: config.IstioGatewayName}) {
		if _, found := expected[podName(w.Name, map[string]string{nameLabel: w.Name})]; !found {
			return fmt.Errorf("the pods of %s have no proxy in the rehearsal", w.Name)
		}
	}
	return waitFor(ctx, func() error {
		lines, err := t.proxiedDifferences(ctx)
		return errors.Join(err, joinLines(lines))
	})
}

// nameLabel is the label with the name of an application.
const nameLabel = "app.kubernetes.io/name"

// checkFailClosed compares the authority in each webhook that calls istiod with that of the mesh.
func checkFailClosed(ctx context.Context, t *suiteRun) error {
	root, err := t.cluster.CoreV1().ConfigMaps(config.IstioNamespace).Get(ctx, "istio-ca-root-cert", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return waitFor(ctx, func() error {
		calls, err := t.callsOfIstiod(ctx)
		if err != nil {
			return err
		}
		var lines []string
		for _, c := range calls {
			if c.authority != root.Data["root-cert.pem"] {
				lines = append(lines, c.name+" has another certificate authority than the mesh")
			}
			if c.policy != "Fail" {
				lines = append(lines, c.name+" has failure policy "+c.policy)
			}
		}
		if len(lines) == 0 {
			t.notes = []string{fmt.Sprintf("%d webhooks", len(calls))}
		}
		return joinLines(lines)
	})
}

// webhookCall is a webhook by which the API server calls istiod.
type webhookCall struct{ name, policy, authority string }

// callsOfIstiod returns the webhooks that call istiod, which there must be of both kinds.
func (t *suiteRun) callsOfIstiod(ctx context.Context) (calls []webhookCall, err error) {
	mutating, err := t.cluster.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, configuration := range mutating.Items {
		for _, w := range configuration.Webhooks {
			if s := w.ClientConfig.Service; s != nil && s.Name == charts.Istiod && s.Namespace == config.IstioNamespace {
				calls = append(calls, webhookCall{configuration.Name + " " + w.Name, string(*w.FailurePolicy), string(w.ClientConfig.CABundle)})
			}
		}
	}
	injecting := len(calls)
	validating, err := t.cluster.AdmissionregistrationV1().ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, configuration := range validating.Items {
		for _, w := range configuration.Webhooks {
			if s := w.ClientConfig.Service; s != nil && s.Name == charts.Istiod && s.Namespace == config.IstioNamespace {
				calls = append(calls, webhookCall{configuration.Name + " " + w.Name, string(*w.FailurePolicy), string(w.ClientConfig.CABundle)})
			}
		}
	}
	if injecting == 0 || injecting == len(calls) {
		return nil, fmt.Errorf("%d webhooks of istiod inject proxies, and %d validate objects", injecting, len(calls)-injecting)
	}
	return calls, nil
}

// tryCreate sends an object to the API server, which calls its webhooks and stores nothing.
func (t *suiteRun) tryCreate(ctx context.Context, o *unstructured.Unstructured) error {
	resource, err := t.resource(o)
	if err == nil {
		_, err = resource.Create(ctx, o, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	}
	return err
}

// checkRefusedBy returns an error unless an object is refused with these words.
func (t *suiteRun) checkRefusedBy(ctx context.Context, o *unstructured.Unstructured, words string) error {
	switch err := t.tryCreate(ctx, o); {
	case err == nil:
		return fmt.Errorf("%s is accepted", objectTitle(o))
	case !strings.Contains(err.Error(), words):
		return fmt.Errorf("%s is refused for another reason than %q: %w", objectTitle(o), words, err)
	}
	return nil
}

// tried returns an object of a name that no other has.
func tried(version, kind, namespace string, spec map[string]any) *unstructured.Unstructured {
	o := newObject(version, kind, namespace, "tried", nil)
	o.Object["spec"] = spec
	return o
}

// triedPod returns a pod without a proxy.
func triedPod(namespace string) *unstructured.Unstructured {
	return tried("v1", "Pod", namespace, map[string]any{"containers": []any{map[string]any{"name": "tried", "image": "tried"}}})
}

// triedGateway returns a Gateway of Istio for a host.
func triedGateway(host string) *unstructured.Unstructured {
	return tried("networking.istio.io/v1", "Gateway", metav1.NamespaceDefault, map[string]any{
		"selector": map[string]any{"app": "tried"},
		"servers": []any{map[string]any{"hosts": []any{host},
			"port": map[string]any{"number": int64(80), "name": "http", "protocol": "HTTP"}}}})
}

func checkValidation(ctx context.Context, t *suiteRun) error {
	if err := t.tryCreate(ctx, triedGateway("tried.example.com")); err != nil {
		return fmt.Errorf("a valid object is refused: %w", err)
	}
	return t.checkRefusedBy(ctx, triedGateway("not a host"), "denied the request")
}

// checkWithoutIstiod stops istiod, and deletes a pod of the first workload of the mesh.
func checkWithoutIstiod(ctx context.Context, t *suiteRun) error {
	if err := t.StopController(ctx, charts.Istiod); err != nil {
		return err
	}
	w := meshWorkloads(t.stack)[0]
	err := waitFor(ctx, func() error { // until the API server has the endpoints of istiod's Service
		return errors.Join(t.checkRefusedBy(ctx, triedPod(w.Name), `failed calling webhook "namespace.sidecar-injector.istio.io"`),
			t.checkRefusedBy(ctx, triedGateway("tried.example.com"), `failed calling webhook "validation.istio.io"`))
	})
	if err != nil {
		return err
	}
	if err := t.tryCreate(ctx, triedPod(metav1.NamespaceDefault)); err != nil {
		return fmt.Errorf("a pod outside of the mesh is refused: %w", err)
	}
	if err := t.deletePod(ctx, w.Name); err != nil {
		return err
	}
	if err := t.waitForPods(ctx, w, w.Replicas-1); err != nil {
		return err
	}
	if err := pause(ctx, quietPeriod); err != nil {
		return err
	}
	return t.waitForPods(ctx, w, w.Replicas-1)
}

// waitForPods waits until a workload has a number of pods.
func (t *suiteRun) waitForPods(ctx context.Context, w rehearsed.Workload, count int) error {
	return waitFor(ctx, func() error {
		pods, err := t.podsOf(ctx, w.Name)
		if err == nil && len(pods) != count {
			err = fmt.Errorf("workload %s has %d pods, and not %d", w.Name, len(pods), count)
		}
		return err
	})
}

func checkIstiodAgain(ctx context.Context, t *suiteRun) error {
	if err := t.StartController(ctx, charts.Istiod); err != nil {
		return err
	}
	return waitWithin(ctx, replacementPatience, func() error {
		for _, w := range meshWorkloads(t.stack) {
			if err := t.checkRolledOut(ctx, w.Name); err != nil {
				return err
			}
		}
		lines, err := t.proxiedDifferences(ctx)
		return errors.Join(err, joinLines(lines))
	})
}

// replacementPatience is the time in which pods that were refused are created: the ReplicaSet controller waits longer
// after each refusal.
const replacementPatience = 2 * timeout

// injectionLabel is the label of namespaces in which istiod injects proxies.
const injectionLabel = "istio-injection"

// checkPlantedPod replaces a pod of the mesh by one without a proxy, which must be reported, and restores it.
func checkPlantedPod(ctx context.Context, t *suiteRun) error {
	w := meshWorkloads(t.stack)[0]
	label := func(value string) error {
		patch := fmt.Sprintf(`{"metadata":{"labels":{%q:%s}}}`, injectionLabel, value)
		_, err := t.cluster.CoreV1().Namespaces().Patch(ctx, w.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	replace := func() error {
		before, err := t.podsOf(ctx, w.Name)
		if err != nil {
			return err
		}
		return errors.Join(t.restartDeployment(ctx, w.Name), waitWithin(ctx, replacementPatience, func() error {
			return errors.Join(t.checkRolledOut(ctx, w.Name), t.checkNoneOf(ctx, w.Name, before))
		}))
	}
	if err := errors.Join(label("null"), replace()); err != nil {
		return err
	}
	lines, err := t.proxiedDifferences(ctx)
	if err == nil && len(lines) == 0 {
		err = fmt.Errorf("pods of %s without a proxy are not reported", w.Name)
	}
	return errors.Join(err, label(`"enabled"`), replace(), checkProxied(ctx, t))
}

// checkNoneOf returns an error if a workload still has one of some pods.
func (t *suiteRun) checkNoneOf(ctx context.Context, workload string, before []corev1.Pod) error {
	pods, err := t.podsOf(ctx, workload)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if slices.ContainsFunc(before, func(old corev1.Pod) bool { return old.UID == pod.UID }) {
			return fmt.Errorf("pod %s/%s is not replaced yet", workload, pod.Name)
		}
	}
	return nil
}
