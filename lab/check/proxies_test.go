package check

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// proxiedPod returns a pod with a proxy.
func proxiedPod() *corev1.Pod {
	always := corev1.ContainerRestartPolicyAlways
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz/ready", Port: intstr.FromInt32(15021)}}}
	pod := &corev1.Pod{}
	pod.Labels = map[string]string{"security.istio.io/tlsMode": "istio", "pod-template-hash": "1"}
	pod.Spec.InitContainers = []corev1.Container{{Name: "istio-init", Image: "proxyv2:1"}, {Name: proxyContainer, Image: "proxyv2:1", RestartPolicy: &always,
		ReadinessProbe: probe, Ports: []corev1.ContainerPort{{Name: "http-envoy-prom", Protocol: "TCP", ContainerPort: 15090}},
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("100m")}}}}
	pod.Spec.Containers = []corev1.Container{{Name: "shop", Image: "echo:1"}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "istio-token"}, {Name: "kube-api-access-x2x4c"}}
	return pod
}

func TestEachDifferenceOfAProxyIsReported(t *testing.T) {
	snapshotOf := func(pods ...*corev1.Pod) *Snapshot {
		p := newSnapshot()
		for _, pod := range pods {
			p.addProxied("pod of shop/shop", pod)
		}
		return p
	}
	rehearsed, other := proxiedPod(), proxiedPod()
	other.Labels["pod-template-hash"], other.Spec.Volumes[1].Name = "2", "kube-api-access-other"
	if lines := Differences(snapshotOf(rehearsed), snapshotOf(rehearsed, other)); len(lines) > 0 {
		t.Errorf("pods of two templates: %q", lines)
	}
	for want, change := range map[string]func(*corev1.Pod){
		"2 istio-proxy › image":          func(p *corev1.Pod) { p.Spec.InitContainers[1].Image = "proxyv2:2" },
		"2 istio-proxy › restart policy": func(p *corev1.Pod) { p.Spec.InitContainers[1].RestartPolicy = nil },
		"2 istio-proxy › requests › cpu": func(p *corev1.Pod) { p.Spec.InitContainers[1].Resources.Requests["cpu"] = resource.MustParse("1") },
		"2 istio-proxy › limits › cpu": func(p *corev1.Pod) {
			p.Spec.InitContainers[1].Resources.Limits = corev1.ResourceList{"cpu": resource.MustParse("1")}
		},
		"2 istio-proxy › ports":     func(p *corev1.Pod) { p.Spec.InitContainers[1].Ports = nil },
		"2 istio-proxy › probes":    func(p *corev1.Pod) { p.Spec.InitContainers[1].ReadinessProbe = nil },
		"security.istio.io/tlsMode": func(p *corev1.Pod) { p.Labels["security.istio.io/tlsMode"] = "disabled" },
		"volumes":                   func(p *corev1.Pod) { p.Spec.Volumes = nil },
		"pod of shop/shop: rehearsed": func(p *corev1.Pod) {
			p.Spec.InitContainers = nil // no proxy
		},
	} {
		changed := proxiedPod()
		change(changed)
		if lines := Differences(snapshotOf(proxiedPod()), snapshotOf(changed)); len(lines) != 1 || !strings.Contains(lines[0], want) {
			t.Errorf("%s: differences %q", want, lines)
		}
		if lines := Differences(snapshotOf(proxiedPod()), snapshotOf(proxiedPod(), changed)); len(lines) == 0 && !strings.HasPrefix(want, "pod of") {
			t.Errorf("%s: one of two pods differs, and nothing is reported", want)
		}
	}
}

func TestOnlyAStackWithIstiodHasTheSuiteOfTheMesh(t *testing.T) {
	s := &rehearsed.Stack{Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{{Name: "shop", Workload: config.Workload{Kind: config.KindMesh}},
		{Name: "web", Workload: config.Workload{Kind: config.KindNLB}}}}}
	if hasMesh(s) {
		t.Error("a stack without istiod has a mesh")
	}
	s.OtherReleases = []rehearsed.Release{{Chart: "oci://registry.example.com/charts/istiod"}}
	if w := meshWorkloads(s); !hasMesh(s) || len(w) != 1 || w[0].Name != "shop" {
		t.Errorf("mesh %t, workloads %v", hasMesh(s), w)
	}
}
