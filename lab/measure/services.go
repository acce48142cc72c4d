package measure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/config"
	"eksnet/path"
)

// CheckPodToPod sends a request from a pod of another workload, on another node where there is one, to each pod. The
// packet must carry the address of the pod that sent it.
func (m *Measurement) CheckPodToPod(ctx context.Context) error {
	var differences []string
	for _, predicted := range m.serving() {
		pods, err := m.pods(ctx, predicted.Workload)
		if err != nil {
			return err
		}
		for _, to := range pods {
			from, err := m.otherPod(ctx, to)
			if err != nil {
				return err
			}
			port := netip.AddrPortFrom(to.Address, uint16(predicted.Pod.Port))
			differences = append(differences, differs(ctx, from, predicted.Pod.Protocol, port, []pod{to}, from.Address, to.String())...)
		}
	}
	return joined(differences)
}

// differs sends a request that must arrive at one of the pods with a source address.
func differs(ctx context.Context, from pod, protocol string, to netip.AddrPort, pods []pod, want netip.Addr, name string) []string {
	arrived, err := request(ctx, from.Endpoint, protocol, to, pods, answerTimeout)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("%s to %s: %v", from, name, err)}
	case arrived.source != want:
		return []string{fmt.Sprintf("%s to %s: source %s, predicted %s", from, name, arrived.source, want)}
	}
	return nil
}

// otherPod returns a pod of another workload, on another node if there is one.
func (m *Measurement) otherPod(ctx context.Context, than pod) (found pod, err error) {
	for _, w := range m.Stack.Paths {
		if w.Workload == than.workload {
			continue
		}
		pods, err := m.pods(ctx, w.Workload)
		if err != nil {
			return pod{}, err
		}
		for _, p := range pods {
			if p.node != than.node {
				return p, nil
			}
			found = p
		}
	}
	if found.name != "" {
		return found, nil
	}
	// The stack has one workload.
	pods, err := m.pods(ctx, than.workload)
	if err != nil {
		return pod{}, err
	}
	i := slices.IndexFunc(pods, func(p pod) bool { return p.name != than.name })
	if i < 0 {
		return pod{}, fmt.Errorf("%s is the only pod", than)
	}
	return pods[i], nil
}

// services returns the Services that select the pods of a workload.
func (m *Measurement) services(ctx context.Context, workload string) ([]corev1.Service, error) {
	list, err := m.Cluster.CoreV1().Services(workload).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list.Items, func(s corev1.Service) bool { return len(s.Spec.Selector) == 0 }), nil
}

// CheckClusterIP sends a request from a pod to the address of each Service. The packet must carry the address of the
// pod that sent it.
func (m *Measurement) CheckClusterIP(ctx context.Context) error {
	var differences []string
	err := m.eachPort(ctx, func(predicted path.Path, pods []pod, s *corev1.Service, port corev1.ServicePort) error {
		address, err := netip.ParseAddr(s.Spec.ClusterIP)
		if err != nil {
			return nil // it is headless
		}
		from, err := m.otherPod(ctx, pods[0])
		if err != nil {
			return err
		}
		if from.workload == predicted.Workload { // a pod that reaches itself by its Service is translated
			return nil
		}
		name := fmt.Sprintf("Service %s/%s, port %d", s.Namespace, s.Name, port.Port)
		differences = append(differences, differs(ctx, from, string(port.Protocol), netip.AddrPortFrom(address, uint16(port.Port)), pods, from.Address, name)...)
		return nil
	})
	return errors.Join(err, joined(differences))
}

// eachPort calls a function for each port of the Services of workloads that serve.
func (m *Measurement) eachPort(ctx context.Context, call func(path.Path, []pod, *corev1.Service, corev1.ServicePort) error) error {
	for _, predicted := range m.serving() {
		pods, err := m.pods(ctx, predicted.Workload)
		if err != nil {
			return err
		}
		services, err := m.services(ctx, predicted.Workload)
		if err != nil {
			return err
		}
		for _, s := range services {
			for _, port := range s.Spec.Ports {
				if err := call(predicted, pods, &s, port); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// CheckNodePorts sends requests to the node ports of workloads with instance targets, on each node, and compares the
// pods at which they arrive and the source address with the prediction. A node without a pod must not answer with
// policy Local.
func (m *Measurement) CheckNodePorts(ctx context.Context) error {
	var differences []string
	err := m.eachPort(ctx, func(predicted path.Path, pods []pod, s *corev1.Service, port corev1.ServicePort) error {
		if port.NodePort == 0 || predicted.Target == nil || predicted.Target.Type != config.TargetInstance {
			return nil
		}
		differences = append(differences, m.nodePortDifferences(ctx, predicted, pods, s, port)...)
		return nil
	})
	return errors.Join(err, joined(differences))
}

// nodePortDifferences sends a request to a node port on each node.
func (m *Measurement) nodePortDifferences(ctx context.Context, predicted path.Path, pods []pod, s *corev1.Service, port corev1.ServicePort) (differences []string) {
	for _, n := range m.Stack.Nodes {
		to, timeout := netip.AddrPortFrom(nodeAddress(n), uint16(port.NodePort)), answerTimeout
		if !answers(predicted, pods, n.Name) {
			timeout = silence
		}
		arrived, err := request(ctx, m.Client(), string(port.Protocol), to, pods, timeout)
		if line := m.nodePortDifference(predicted, pods, n.Name, to.Addr(), arrived, err); line != "" {
			differences = append(differences, fmt.Sprintf("node port %s of Service %s/%s: %s", to, s.Namespace, s.Name, line))
		}
	}
	return differences
}

// answers reports whether a node is predicted to answer at a node port.
func answers(predicted path.Path, pods []pod, node string) bool {
	return predicted.KubeProxy != path.LocalPod || slices.ContainsFunc(pods, func(p pod) bool { return p.node == node })
}

// nodePortDifference compares one request with the prediction, and returns "" if they agree.
func (m *Measurement) nodePortDifference(predicted path.Path, pods []pod, node string, address netip.Addr, arrived arrival, err error) string {
	expected := answers(predicted, pods, node)
	switch {
	case !expected && errors.Is(err, errNoAnswer):
		return ""
	case !expected && err == nil:
		return fmt.Sprintf("arrived at %s; predicted: no answer from a node without a pod", arrived.at)
	case err != nil:
		return err.Error()
	case predicted.KubeProxy == path.LocalPod && arrived.at.node != node:
		return fmt.Sprintf("arrived at %s on node %s; predicted: a pod on the same node", arrived.at, arrived.at.node)
	case predicted.KubeProxy == path.LocalPod && arrived.source != m.Client().ofFamily(address):
		return fmt.Sprintf("source %s, predicted the client's, %s", arrived.source, m.Client().ofFamily(address))
	case predicted.KubeProxy == path.AnyPod && arrived.source != address:
		return fmt.Sprintf("source %s, predicted the node's, %s", arrived.source, address)
	}
	return ""
}

// CheckHealthPorts requests the health check node port of each Service with policy Local on each node: 200 with a ready
// pod on the node, 503 without one.
func (m *Measurement) CheckHealthPorts(ctx context.Context) error {
	var differences []string
	err := m.eachPort(ctx, func(_ path.Path, pods []pod, s *corev1.Service, port corev1.ServicePort) error {
		if port.Port == s.Spec.Ports[0].Port {
			differences = append(differences, m.healthPortDifferences(ctx, pods, s)...)
		}
		return nil
	})
	return errors.Join(err, joined(differences))
}

// healthPortDifferences requests the health check node port of a Service on each node, if it has one.
func (m *Measurement) healthPortDifferences(ctx context.Context, pods []pod, s *corev1.Service) (differences []string) {
	if s.Spec.HealthCheckNodePort == 0 {
		return nil
	}
	for _, n := range m.Stack.Nodes {
		want := http.StatusServiceUnavailable
		if slices.ContainsFunc(pods, func(p pod) bool { return p.node == n.Name }) {
			want = http.StatusOK
		}
		url := fmt.Sprintf("http://%s/healthz", netip.AddrPortFrom(nodeAddress(n), uint16(s.Spec.HealthCheckNodePort)))
		switch got, err := m.status(ctx, url); {
		case err != nil:
			differences = append(differences, fmt.Sprintf("Service %s/%s: %v, predicted status %d", s.Namespace, s.Name, err, want))
		case got != want:
			differences = append(differences, fmt.Sprintf("%s of Service %s/%s: status %d, predicted %d", url, s.Namespace, s.Name, got, want))
		}
	}
	return differences
}

// status requests a URL from the client in the VPC.
func (m *Measurement) status(ctx context.Context, url string) (int, error) {
	client := m.Client().Network.HTTPClient()
	client.Timeout = answerTimeout
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}
