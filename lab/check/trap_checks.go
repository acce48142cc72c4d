package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// checkReadinessGate asks the API server for the pod as it would create it, before and after load balancers have pods
// as targets.
func (t *trapRun) checkReadinessGate(ctx context.Context) error {
	if gates, err := t.gatesOfNewPod(ctx); err != nil || gates > 0 {
		return errors.Join(err, fmt.Errorf("without a load balancer with ip targets, a new pod has %d readiness gates", gates))
	}
	of := t.template
	if err := t.add(ctx, append(t.datagramsToPods(),
		of.copyService("preserved", map[string]string{"nlb-target-type": config.TargetIP, "target-group-attributes": awsdata.PreserveClientIP + "=true"}),
		of.copyService("not-preserved", map[string]string{"nlb-target-type": config.TargetIP, "target-group-attributes": awsdata.PreserveClientIP + "=false"}),
		of.copyService("closed", map[string]string{"nlb-target-type": config.TargetIP, "healthcheck-port": fmt.Sprint(closedPort)}),
		of.copyService("another-zone", map[string]string{"nlb-target-type": config.TargetIP, "subnets": t.subnetOfAnotherZone()}))...,
	); err != nil {
		return err
	}
	t.complete = time.Now()
	if gates, err := t.gatesOfNewPod(ctx); err != nil || gates == 0 {
		return errors.Join(err, errors.New("with ip targets, a new pod has no readiness gate"))
	}
	return nil
}

// datagramsToPods returns the UDP Services of an IPv6 cluster, which have ip targets: one with the default health
// check, and one whose health check uses a TCP port of the pods.
func (t *trapRun) datagramsToPods() []*unstructured.Unstructured {
	if !t.template.ipv6 {
		return nil
	}
	return []*unstructured.Unstructured{t.template.copyDatagrams("datagrams", nil),
		t.template.copyDatagrams("datagrams-of-tcp", map[string]string{"healthcheck-port": fmt.Sprint(echoPort)})}
}

// gatesOfNewPod returns the number of readiness gates that a new pod of the Deployment would get.
func (t *trapRun) gatesOfNewPod(ctx context.Context) (int, error) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "new", Labels: t.pod.Labels}, Spec: corev1.PodSpec{Containers: t.pod.Spec.Containers}}
	for i := range pod.Spec.Containers {
		pod.Spec.Containers[i].VolumeMounts = nil
	}
	created, err := t.cluster.CoreV1().Pods(trapName).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return 0, err
	}
	return len(created.Spec.ReadinessGates), nil
}

// subnetOfAnotherZone returns a subnet outside of the zone of the pod.
func (t *trapRun) subnetOfAnotherZone() string {
	for _, s := range t.template.subnets {
		if s.Zone != t.node.Zone {
			return s.ID
		}
	}
	return ""
}

// checkHairpin sends requests to the load balancers' addresses in the pod's zone, where the pod is the only target.
func (t *trapRun) checkHairpin(ctx context.Context) error {
	inside, found := t.Measurement().Pod(trapName, t.pod.Name)
	if !found {
		return fmt.Errorf("pod %s has no network namespace", t.pod.Name)
	}
	outside := t.Measurement().Client().Network
	for _, service := range []string{"preserved", "not-preserved"} {
		if err := t.waitForStates(ctx, service, healthy); err != nil {
			return err
		}
	}
	for _, request := range []struct {
		service, from string
		network       process.NetworkNamespace
		answered      bool
	}{
		{"preserved", "the target", inside, false},
		{"preserved", "another client", outside, true},
		{"not-preserved", "the target", inside, true},
	} {
		if err := t.checkAnswer(ctx, request.network, request.service, t.node.Zone, request.answered); err != nil {
			return fmt.Errorf("request of %s: %w", request.from, err)
		}
	}
	return nil
}

func (t *trapRun) checkProxiedHealth(ctx context.Context) error {
	local := func(id string) types.TargetHealthStateEnum {
		if id == t.node.InstanceID {
			return types.TargetHealthStateEnumHealthy
		}
		return types.TargetHealthStateEnumUnhealthy
	}
	return errors.Join(t.waitForStates(ctx, "local", local), t.checkNoneHealthy(ctx, "proxied-local"))
}

func (t *trapRun) checkHealthPort(ctx context.Context) error {
	checked := "datagrams-of-proxy"
	if t.template.ipv6 {
		checked = "datagrams-of-tcp"
	}
	return errors.Join(t.waitForStates(ctx, checked, healthy), t.checkNoneHealthy(ctx, "datagrams"), t.checkNoneHealthy(ctx, "closed"))
}

func (t *trapRun) checkHealthAnswer(ctx context.Context) error {
	client := t.Measurement().Client().Network.HTTPClient()
	client.Timeout = answerTimeout
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("https://%s:%d/healthz", t.node.Interfaces[0].PrivateIP, awsdata.KubeletPort), nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("the kubelet's status is %d, expected %d", response.StatusCode, http.StatusUnauthorized)
	}
	return t.checkNoneHealthy(ctx, "of-kubelet")
}

// checkNoneHealthy checks that all targets of a Service are unhealthy after the time in which they could have become
// healthy.
func (t *trapRun) checkNoneHealthy(ctx context.Context, service string) error {
	if err := pause(ctx, time.Until(t.complete.Add((trapThreshold+1)*trapInterval*time.Second))); err != nil {
		return err
	}
	return t.waitForStates(ctx, service, func(string) types.TargetHealthStateEnum { return types.TargetHealthStateEnumUnhealthy })
}

// checkLocalHealth sends a request to a zone whose nodes are healthy and have no pod.
func (t *trapRun) checkLocalHealth(ctx context.Context) error {
	if err := t.waitForStates(ctx, "local-of-proxy", healthy); err != nil {
		return err
	}
	client := t.Measurement().Client().Network
	i := slices.IndexFunc(t.stack.Nodes, func(n rehearsed.Node) bool { return n.Zone != t.node.Zone })
	if i < 0 {
		return errors.New("all nodes are in one zone")
	}
	// The zone of the pod may have other nodes.
	answered := waitFor(ctx, func() error { return t.checkAnswer(ctx, client, "local-of-proxy", t.node.Zone, true) })
	return errors.Join(answered, t.checkAnswer(ctx, client, "local-of-proxy", t.stack.Nodes[i].Zone, false))
}

func (t *trapRun) checkZoneWithoutBalancer(ctx context.Context) error {
	if err := t.waitForStates(ctx, "another-zone", func(string) types.TargetHealthStateEnum { return types.TargetHealthStateEnumUnused }); err != nil {
		return err
	}
	return t.checkAnswer(ctx, t.Measurement().Client().Network, "another-zone", "", false)
}

// checkHiddenRule creates a group in which the rule for all paths precedes one for a path, and follows another. The
// backend of the latter two does not answer.
func (t *trapRun) checkHiddenRule(ctx context.Context) error {
	of := t.template
	if err := t.add(ctx, closedService("closed-alb"),
		of.ingress("all", "/", "not-preserved", 2), of.ingress("hidden", "/hidden", "closed-alb", 3), of.ingress("shown", "/shown", "closed-alb", 1)); err != nil {
		return err
	}
	client := t.Measurement().Client().Network
	return waitFor(ctx, func() error {
		for path, answered := range map[string]bool{"/hidden": true, "/shown": false} {
			got, err := t.status(ctx, client, "Ingress "+trapName+"/all", "", path)
			if err != nil {
				return err
			}
			if isAnswer := got < http.StatusInternalServerError; isAnswer != answered {
				return fmt.Errorf("%s: status %d; expected from a backend that answers: %t", path, got, answered)
			}
		}
		return nil
	})
}

// checkOnlyDualStack creates a Service with an IPv4 load balancer.
func (t *trapRun) checkOnlyDualStack(ctx context.Context) error {
	o := t.template.copyService("only-ipv4", map[string]string{"nlb-target-type": config.TargetIP, "ip-address-type": "ipv4"})
	if err := t.create(ctx, o); err != nil {
		return err
	}
	t.created = append(t.created, o)
	if err := t.waitForEvent(ctx, o, "lb not dual-stack"); err != nil {
		return err
	}
	found, err := t.get(ctx, o)
	if err != nil || found == nil {
		return errors.Join(err, fmt.Errorf("%s does not exist", objectTitle(o)))
	}
	if addresses, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress"); len(addresses) > 0 {
		return fmt.Errorf("%s has addresses %v", objectTitle(o), addresses)
	}
	return nil
}
