package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
)

// trap is a rule of package lint with the check that its consequence is real.
type trap struct {
	rule string
	// sentence is what the check shows, and ipv6 what it shows in an IPv6 cluster, "" if the trap needs instance targets,
	// which such a cluster cannot have.
	sentence, ipv6 string
	check          func(*trapRun, context.Context) error
}

// allTraps are in an order: the controller adds readiness gates as soon as a load balancer has pods as targets.
func allTraps() []trap {
	const hairpin = "a target gets no answer from an internal NLB that preserves its address and selects it; other clients do, and it does if the NLB does not preserve it"
	const withoutBalancer = "a target in a zone without the load balancer is unused, and gets no traffic"
	const hidden = "in an ALB group, the first rule that matches gets the requests of later ones"
	return []trap{
		{"readiness-gate", "with instance targets alone, pods get no readiness gate; with ip targets they do",
			"without a load balancer, pods get no readiness gate; with ip targets they do", (*trapRun).checkReadinessGate},
		{"hairpin", hairpin, hairpin, (*trapRun).checkHairpin},
		{"proxy-protocol-health", "with the proxy protocol and policy Local no target becomes healthy, without it the node with the pod does", "", (*trapRun).checkProxiedHealth},
		{"health-port", "a UDP node port, and a port at which nothing listens, make no target healthy",
			"a UDP port of pods, and a port at which nothing listens, make no target healthy", (*trapRun).checkHealthPort},
		{"health-answer", "the kubelet's port makes no target healthy, as it rejects unauthenticated requests", "", (*trapRun).checkHealthAnswer},
		{"local-health", "with policy Local and a health check of kube-proxy itself, a node without a pod is healthy and drops connections", "", (*trapRun).checkLocalHealth},
		{"zone-without-balancer", withoutBalancer, withoutBalancer, (*trapRun).checkZoneWithoutBalancer},
		{"group-rule-hidden", hidden, hidden, (*trapRun).checkHiddenRule},
	}
}

// trapSuite creates what the plan refuses or warns of, and measures what the rules state.
func trapSuite(s *rehearsed.Stack) suite {
	run := &trapRun{}
	steps := []step{{"objects that the plan refuses or warns of are created beside those of the stack", run.begin}}
	for _, trap := range allTraps() {
		sentence := trap.sentence
		if s.Cluster.IPv6 {
			sentence = trap.ipv6
		}
		if sentence != "" {
			steps = append(steps, step{trap.rule + ": " + sentence, func(ctx context.Context, _ *suiteRun) error { return trap.check(run, ctx) }})
		}
	}
	if s.Cluster.IPv6 {
		steps = append(steps, step{"the controller creates no load balancer for a Service of an IPv6 cluster that is not dual-stack",
			func(ctx context.Context, _ *suiteRun) error { return run.checkOnlyDualStack(ctx) }})
	}
	return suite{title: "traps that the plan refuses or warns of", applies: hasTrapTemplate, steps: append(steps, step{"after their deletion the account is as before", run.end})}
}

// trapRun is a lab with the objects of the traps.
type trapRun struct {
	*suiteRun
	template trapTemplate
	before   *Snapshot
	created  []*unstructured.Unstructured
	// pod is the only one, and node runs it.
	pod  *corev1.Pod
	node rehearsed.Node
	// complete is when all load balancers with health checks had addresses.
	complete time.Time
}

// begin creates the pod, and the Services with instance targets where the cluster can have them.
func (t *trapRun) begin(ctx context.Context, run *suiteRun) (err error) {
	t.suiteRun = run
	if t.template, err = newTrapTemplate(t.stack); err != nil {
		return err
	}
	t.before = Rehearsed(t.stack)
	if err := errors.Join(checkPodsReady(ctx, run), t.waitForMatch(ctx, t.before)); err != nil {
		return err
	}
	of := t.template
	// The controller's webhook reads the class from a cache.
	if err := t.add(ctx, ingressClass(), of.copyNamespace(), of.copyDeployment()); err != nil {
		return err
	}
	if !of.ipv6 {
		if err := t.addInstanceTargets(ctx); err != nil {
			return err
		}
	}
	return t.waitForPod(ctx)
}

// addInstanceTargets creates the Services with instance targets.
func (t *trapRun) addInstanceTargets(ctx context.Context) error {
	of := t.template
	kubeProxy := map[string]string{"healthcheck-protocol": "http", "healthcheck-port": fmt.Sprint(awsdata.KubeProxyHealthPort), "healthcheck-path": "/healthz"}
	kubelet := map[string]string{"nlb-target-type": config.TargetInstance, "healthcheck-protocol": "https", "healthcheck-port": fmt.Sprint(awsdata.KubeletPort), "healthcheck-path": "/healthz"}
	return t.add(ctx,
		of.copyLocal("local", nil),
		of.copyLocal("proxied-local", map[string]string{"proxy-protocol": "*"}),
		of.copyLocal("local-of-proxy", kubeProxy),
		of.copyDatagrams("datagrams", nil),
		of.copyDatagrams("datagrams-of-proxy", kubeProxy),
		of.copyService("of-kubelet", kubelet))
}

// add creates objects, and waits until those with load balancers have addresses.
func (t *trapRun) add(ctx context.Context, objects ...*unstructured.Unstructured) error {
	for _, o := range objects {
		if err := t.create(ctx, o); err != nil {
			return err
		}
		t.created = append(t.created, o)
	}
	return waitFor(ctx, func() error {
		for _, o := range objects {
			if hasBalancer(o) {
				if err := t.checkAddress(ctx, o); err != nil {
					return err
				}
			}
		}
		return t.UpdateNetwork(ctx)
	})
}

func (t *trapRun) waitForPod(ctx context.Context) error {
	return waitFor(ctx, func() error {
		pods, err := t.cluster.CoreV1().Pods(trapName).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for _, p := range pods.Items {
			i := slices.IndexFunc(t.stack.Nodes, func(n rehearsed.Node) bool { return n.Name == p.Spec.NodeName })
			ready := slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
				return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
			})
			if i >= 0 && ready {
				t.pod, t.node = &p, t.stack.Nodes[i]
				return nil
			}
		}
		return fmt.Errorf("namespace %s has no ready pod", trapName)
	})
}

// end deletes the objects, and compares the account.
func (t *trapRun) end(ctx context.Context, _ *suiteRun) error {
	if err := t.removeAll(ctx, t.created); err != nil {
		return err
	}
	return t.waitForMatch(ctx, t.before)
}
