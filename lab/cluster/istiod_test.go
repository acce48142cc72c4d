package cluster

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/charts"
	"eksnet/lab/build"
)

func TestIstiodAndProxiesRunTheProgramOfIstiod(t *testing.T) {
	l := &Lab{Options: Options{Tools: &build.Tools{}}}
	for _, image := range []string{"registry.istio.io/release/pilot:1.30.4", "mirror.example.com/istio/proxyv2:1.30.4"} {
		if _, err := l.program(image); err == nil || !strings.Contains(err.Error(), "did not build") {
			t.Errorf("%s without its program: %v", image, err)
		}
	}
	l.Tools.Istiod = "/cache/istiod-1/istiod"
	pilot, err := l.program("registry.istio.io/release/pilot:1.30.4")
	if err != nil || !slices.Equal(pilot.Command, []string{"/cache/istiod-1/istiod"}) || pilot.User != nonRoot {
		t.Errorf("istiod %+v, %v", pilot, err)
	}
	proxy, err := l.program("mirror.example.com/istio/proxyv2:1.30.4")
	if err != nil || !slices.Equal(proxy.Command, []string{"/usr/local/bin/pilot-agent"}) || !slices.Contains(proxy.Programs, "/cache/istiod-1") ||
		!strings.Contains(proxy.Files["/usr/local/bin/pilot-agent"], "'/cache/istiod-1/istiod' agent") {
		t.Errorf("proxy %+v, %v", proxy, err)
	}
}

func TestStoppingIstiodStopsItsImageAndNoProxies(t *testing.T) {
	l := &Lab{Options: Options{Tools: &build.Tools{Istiod: "/cache/istiod"}}}
	l.suspended.Store(imageOf(charts.Istiod), true)
	if _, err := l.program("registry.istio.io/release/pilot:1.30.4"); err == nil || !strings.Contains(err.Error(), "is stopped") {
		t.Errorf("istiod starts: %v", err)
	}
	if _, err := l.program("registry.istio.io/release/proxyv2:1.30.4"); err != nil {
		t.Errorf("a proxy does not start: %v", err)
	}
	if name := imageOf(build.LoadBalancerController); name != build.LoadBalancerController {
		t.Errorf("the image of the load balancer controller is %s", name)
	}
}

func TestIstiodIsReadyOnAPortOfItsOwn(t *testing.T) {
	c := (&Lab{Options: Options{Tools: &build.Tools{}}}).newIstiod()
	if arguments := c.complete([]string{"discovery"}, ""); !slices.Contains(arguments, "--httpAddr=127.0.0.1:15080") {
		t.Errorf("arguments %q", arguments)
	}
}

func TestAVariableHasTheFieldOfItsPod(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Name, pod.Namespace, pod.Spec.ServiceAccountName, pod.Status.PodIP = "istiod-1", "istio-system", "istiod", "10.0.0.9"
	for path, want := range map[string]string{"metadata.name": "istiod-1", "metadata.namespace": "istio-system", "spec.serviceAccountName": "istiod",
		"status.podIP": "10.0.0.9", "status.hostIP": ""} {
		source := &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
		if got := valueOf(corev1.EnvVar{ValueFrom: source}, pod); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := valueOf(corev1.EnvVar{Value: "default"}, pod); got != "default" {
		t.Errorf("a plain value: %q", got)
	}
}
