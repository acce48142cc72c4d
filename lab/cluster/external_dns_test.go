package cluster

import (
	"slices"
	"testing"

	"eksnet/lab/build"
	"eksnet/lab/rehearsed"
)

func TestExternalDNSHasTheIntervalOfTheLab(t *testing.T) {
	got := withShortIntervals([]string{"--events", "--interval=1m", "--policy=sync", "--min-event-sync-interval=5s"})
	if !slices.Equal(got, []string{"--events", "--policy=sync", "--interval=2s", "--min-event-sync-interval=2s"}) {
		t.Errorf("%q", got)
	}
	values := map[string]any{"interval": "1m"}
	if r := withLabInterval(rehearsed.Release{Chart: build.ExternalDNS, Values: values}); r.Values["interval"] != "2s" || values["interval"] != "1m" {
		t.Errorf("release %v, the stack's %v", r.Values, values)
	}
	if r := withLabInterval(rehearsed.Release{Chart: "cni-metrics-helper", Values: values}); r.Values["interval"] != "1m" {
		t.Errorf("another release %v", r.Values)
	}
}

func TestAProgramThatWasNotBuiltIsReported(t *testing.T) {
	l := &Lab{Options: Options{Tools: &build.Tools{}}}
	if _, err := l.program("registry.k8s.io/external-dns/external-dns:v0.21.0"); err == nil {
		t.Error("a program without a path")
	}
	l.Tools.ExternalDNS = "/cache/externaldns"
	l.suspended.Store(build.ExternalDNS, true)
	if _, err := l.program("registry.k8s.io/external-dns/external-dns:v0.21.0"); err == nil {
		t.Error("a stopped program starts")
	}
	l.suspended.Delete(build.ExternalDNS)
	p, err := l.program("mirror.example.com/external-dns@sha256:0")
	if err != nil || !slices.Equal(p.Command, []string{"/cache/externaldns"}) || p.User != nonRoot || !slices.Contains(p.Programs, "/cache") {
		t.Errorf("program %+v, %v", p, err)
	}
}
