package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/config"
	"eksnet/path"
)

// unusedClass is a class of load balancers that no controller has, so that a Service with it has node ports alone.
const unusedClass = "eksnet.example/none"

// programTime is the time within which kube-proxy must have the rules of a new Service.
const programTime = 15 * time.Second

// CheckPolicies creates a Service with node ports for each traffic policy, because many stacks have none, and compares
// on each node what its node port and its health check node port do with the prediction for that policy.
func (m *Measurement) CheckPolicies(ctx context.Context) error {
	predicted, pods, err := m.fewestPods(ctx)
	if err != nil {
		return err
	}
	for policy, hop := range map[corev1.ServiceExternalTrafficPolicy]path.Hop{
		corev1.ServiceExternalTrafficPolicyCluster: path.AnyPod, corev1.ServiceExternalTrafficPolicyLocal: path.LocalPod} {
		predicted.KubeProxy = hop
		if err := m.checkPolicy(ctx, predicted, pods, policy); err != nil {
			return fmt.Errorf("traffic policy %s: %w", policy, err)
		}
	}
	return nil
}

// fewestPods returns the workload that serves TCP with the fewest pods, so that some nodes have none.
func (m *Measurement) fewestPods(ctx context.Context) (fewest path.Path, pods []pod, err error) {
	for _, predicted := range m.serving() {
		if predicted.Pod.Protocol != config.ProtocolTCP {
			continue
		}
		found, err := m.pods(ctx, predicted.Workload)
		if err != nil {
			return fewest, nil, err
		}
		if pods == nil || len(found) < len(pods) {
			fewest, pods = predicted, found
		}
	}
	if pods == nil {
		return fewest, nil, errors.New("the stack has no workload that serves TCP")
	}
	return fewest, pods, nil
}

func (m *Measurement) checkPolicy(ctx context.Context, predicted path.Path, pods []pod, policy corev1.ServiceExternalTrafficPolicy) (err error) {
	services, err := m.services(ctx, predicted.Workload)
	if err != nil {
		return err
	}
	if len(services) == 0 {
		return fmt.Errorf("workload %s has no Service", predicted.Workload)
	}
	api, class := m.Cluster.CoreV1().Services(predicted.Workload), unusedClass
	s, err := api.Create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{GenerateName: "policy-"}, Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, LoadBalancerClass: &class, ExternalTrafficPolicy: policy, Selector: services[0].Spec.Selector,
		Ports: []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt(predicted.Pod.Port)}}}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.Delete(ctx, s.Name, metav1.DeleteOptions{})) }()
	if (s.Spec.HealthCheckNodePort != 0) != (policy == corev1.ServiceExternalTrafficPolicyLocal) || s.Spec.Ports[0].NodePort == 0 {
		return fmt.Errorf("node ports %d and, for health checks, %d", s.Spec.Ports[0].NodePort, s.Spec.HealthCheckNodePort)
	}
	for late := time.Now().Add(programTime); ; time.Sleep(200 * time.Millisecond) {
		differences := slices.Concat(m.nodePortDifferences(ctx, predicted, pods, s, s.Spec.Ports[0]), m.healthPortDifferences(ctx, pods, s))
		if len(differences) == 0 || ctx.Err() != nil || time.Now().After(late) {
			return joined(differences)
		}
	}
}
