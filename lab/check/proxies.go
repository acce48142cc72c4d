package check

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/lab/rehearsed"
)

// proxyContainer is the name of the container of a proxy of Istio.
const proxyContainer = "istio-proxy"

// Proxied describes the pods of an application that have a proxy: what istiod's webhook has made of the pod template.
type Proxied struct {
	// Containers are by the order in which they start and their name: "1 istio-init".
	Containers map[string]Container `json:"containers"`
	// Labels are those of Istio.
	Labels map[string]string `json:"labels"`
	// Volumes holds the names of the volumes, without that of the pod's own token.
	Volumes []string `json:"volumes"`
}

// Container is a container of a pod with a proxy.
type Container struct {
	Image string `json:"image"`
	// Restart is Always for a container that starts before the application and runs beside it.
	Restart  string            `json:"restart policy"`
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits"`
	Ports    []string          `json:"ports"`
	// Probes describes each probe: "readiness /healthz/ready on 15021".
	Probes []string `json:"probes"`
}

// addProxied adds a pod with a proxy to those of its application. A pod that differs from the others is beside them.
func (p *Snapshot) addProxied(name string, pod *corev1.Pod) {
	described, found := describeProxied(pod)
	if !found {
		return
	}
	for {
		other, exists := p.Proxied[name]
		if !exists {
			p.Proxied[name] = described
			return
		}
		if reflect.DeepEqual(other, described) {
			return
		}
		name = "another " + name
	}
}

// describeProxied returns the description of a pod, and false if it has no proxy.
func describeProxied(pod *corev1.Pod) (described Proxied, found bool) {
	described = Proxied{Containers: map[string]Container{}, Labels: map[string]string{}}
	for i, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		found = found || c.Name == proxyContainer
		described.Containers[fmt.Sprintf("%d %s", i+1, c.Name)] = describeContainer(&c)
	}
	for key, value := range pod.Labels {
		if strings.Contains(key, "istio.io/") {
			described.Labels[key] = value
		}
	}
	for _, v := range pod.Spec.Volumes {
		if !strings.HasPrefix(v.Name, "kube-api-access-") {
			described.Volumes = append(described.Volumes, v.Name)
		}
	}
	slices.Sort(described.Volumes)
	return described, found
}

func describeContainer(c *corev1.Container) Container {
	made := Container{Image: c.Image, Requests: quantities(c.Resources.Requests), Limits: quantities(c.Resources.Limits)}
	if c.RestartPolicy != nil {
		made.Restart = string(*c.RestartPolicy)
	}
	for _, port := range c.Ports {
		made.Ports = append(made.Ports, fmt.Sprintf("%s %s %d", port.Name, port.Protocol, port.ContainerPort))
	}
	for kind, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
		if probe != nil && probe.HTTPGet != nil {
			made.Probes = append(made.Probes, fmt.Sprintf("%s %s on %s", kind, probe.HTTPGet.Path, probe.HTTPGet.Port.String()))
		}
	}
	slices.Sort(made.Probes)
	return made
}

func quantities(list corev1.ResourceList) map[string]string {
	all := map[string]string{}
	for name, quantity := range list {
		all[string(name)] = quantity.String()
	}
	return all
}

// podOf returns a pod of the simulated account.
func podOf(o *rehearsed.Object) (*corev1.Pod, error) {
	text, err := json.Marshal(o.Outputs)
	if err != nil {
		return nil, err
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(text, pod); err != nil {
		return nil, fmt.Errorf("pod %s: %w", o.ID, err)
	}
	return pod, nil
}
