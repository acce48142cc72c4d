package kube

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/store"
)

// No packet is sent. The result of one command is computed: agnhost's, which checks whether a server accepts a
// connection (https://github.com/kubernetes/kubernetes/blob/master/test/images/agnhost/connect/connect.go). A probe
// with it succeeds if the connection is accepted, or if it times out and the probe expects TIMEOUT.
const agnhostConnect = "https://github.com/kubernetes/kubernetes/blob/master/test/images/agnhost/connect/connect.go"

var (
	FlowTaken = store.NewRule("a client whose probe needs a connection reaches a server that accepts it",
		"Readiness probe failed: connection to %s: %s", agnhostConnect)
	FlowDropped = store.NewRule("a client whose probe needs a timeout is blocked by a policy that is enforced",
		"Readiness probe failed: connection to %s: %s, where TIMEOUT is expected", agnhostConnect)
)

var connectCommand = regexp.MustCompile(`/agnhost connect (([a-z0-9.-]+):([0-9]+))`)

// AsksWell refuses a pod whose readiness probe expects another result of a connection.
func AsksWell(w *store.Account, pod *store.Object, spec *corev1.PodSpec) error {
	for i := range spec.Containers {
		probe := spec.Containers[i].ReadinessProbe
		if probe == nil || probe.Exec == nil {
			continue
		}
		command := strings.Join(probe.Exec.Command, " ")
		found := connectCommand.FindStringSubmatch(command)
		if found == nil {
			continue
		}
		port, _ := strconv.Atoi(found[3])
		answer := connectToService(w, pod, found[2], port)
		kept := strings.Contains(command, "TIMEOUT")
		if err := store.First(
			FlowTaken.When(!kept && answer != "", found[1], answer),
			FlowDropped.When(kept && answer != "TIMEOUT", found[1], store.OrText(answer, "connected"))); err != nil {
			return err
		}
	}
	return nil
}

// connectToService returns the error of agnhost for a connection to a Service in the pod's namespace, "" for none.
func connectToService(w *store.Account, pod *store.Object, name string, port int) string {
	if err := Resolves(w, pod.Cluster, name); err != nil {
		return "DNS: " + err.Error()
	}
	o := w.Find(pod.Cluster, store.ServiceType, Identity(Namespace(pod), name))
	if o == nil {
		return fmt.Sprintf("DNS: lookup %s: no such host", name)
	}
	service := Live[corev1.Service](o)
	for _, p := range service.Spec.Ports {
		if int(p.Port) == port {
			return connectToPods(w, pod, &service, p.TargetPort)
		}
	}
	return "TIMEOUT" // a Service's address has no other ports
}

// connectToPods returns the error of the first of a Service's pods that does not accept the connection, "" if all do.
func connectToPods(w *store.Account, from *store.Object, service *corev1.Service, target intstr.IntOrString) string {
	answer := "REFUSED" // without endpoints kube-proxy refuses the connection
	for _, o := range InNamespace(w, from.Cluster, store.PodType, Namespace(from), PodReady) {
		if !HasLabels(o, service.Spec.Selector) {
			continue
		}
		pod := Live[corev1.Pod](o)
		if !policyLetsIn(w, from, o, containerPort(&pod.Spec, target)) {
			return "TIMEOUT"
		}
		answer = ""
	}
	return answer
}

// HasLabels reports whether an object has all labels of a selector; an empty one selects nothing.
func HasLabels(o *store.Object, selector map[string]string) bool {
	labels := Labels(o)
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

// containerPort returns the number of a port that may be named.
func containerPort(spec *corev1.PodSpec, port intstr.IntOrString) int {
	for _, container := range spec.Containers {
		for _, p := range container.Ports {
			if port.Type == intstr.String && p.Name == port.StrVal {
				return int(p.ContainerPort)
			}
		}
	}
	return port.IntValue()
}
