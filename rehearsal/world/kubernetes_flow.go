package world

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// No packet is sent. The result of one command is computed: agnhost's, which checks whether a server accepts a
// connection (https://github.com/kubernetes/kubernetes/blob/master/test/images/agnhost/connect/connect.go). A probe
// with it succeeds if the connection is accepted, or if it times out and the probe expects TIMEOUT.
const agnhostConnect = "https://github.com/kubernetes/kubernetes/blob/master/test/images/agnhost/connect/connect.go"

var (
	flowTaken = rule("a client whose probe needs a connection reaches a server that accepts it",
		"Readiness probe failed: connection to %s: %s", agnhostConnect)
	flowDropped = rule("a client whose probe needs a timeout is blocked by a policy that is enforced",
		"Readiness probe failed: connection to %s: %s, where TIMEOUT is expected", agnhostConnect)
)

var connectCommand = regexp.MustCompile(`/agnhost connect (([a-z0-9.-]+):([0-9]+))`)

// asksWell refuses a pod whose readiness probe expects another result of a connection.
func (w *World) asksWell(pod *Object, spec *corev1.PodSpec) error {
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
		answer := w.connectToService(pod, found[2], port)
		kept := strings.Contains(command, "TIMEOUT")
		if err := first(
			flowTaken.when(!kept && answer != "", found[1], answer),
			flowDropped.when(kept && answer != "TIMEOUT", found[1], orText(answer, "connected"))); err != nil {
			return err
		}
	}
	return nil
}

// connectToService returns the error of agnhost for a connection to a Service in the pod's namespace, "" for none.
func (w *World) connectToService(pod *Object, name string, port int) string {
	if err := w.resolves(pod.Cluster, name); err != nil {
		return "DNS: " + err.Error()
	}
	o := w.find(pod.Cluster, serviceType, identity(pod.namespace(), name))
	if o == nil {
		return fmt.Sprintf("DNS: lookup %s: no such host", name)
	}
	service := live[corev1.Service](o)
	for _, p := range service.Spec.Ports {
		if int(p.Port) == port {
			return w.connectToPods(pod, &service, p.TargetPort)
		}
	}
	return "TIMEOUT" // a Service's address has no other ports
}

// connectToPods returns the error of the first of a Service's pods that does not accept the connection, "" if all do.
func (w *World) connectToPods(from *Object, service *corev1.Service, target intstr.IntOrString) string {
	answer := "REFUSED" // without endpoints kube-proxy refuses the connection
	for _, o := range w.inNamespace(from.Cluster, podType, from.namespace(), podReady) {
		if !hasLabels(o, service.Spec.Selector) {
			continue
		}
		pod := live[corev1.Pod](o)
		if !w.policyLetsIn(from, o, containerPort(&pod.Spec, target)) {
			return "TIMEOUT"
		}
		answer = ""
	}
	return answer
}

func hasLabels(o *Object, selector map[string]string) bool {
	for key, value := range selector {
		if o.labels()[key] != value {
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
