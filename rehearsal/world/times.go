package world

import (
	"errors"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// addonTimes are the times in which the add-ons become active: vpc-cni and kube-proxy before there are nodes, those
// with a Deployment after. metrics-server, of which no log was found, is counted like CoreDNS.
var addonTimes = map[string]time.Duration{"vpc-cni": 30 * time.Second, "coredns": 35 * time.Second, "kube-proxy": 20 * time.Second,
	"metrics-server": 35 * time.Second, kube.PodIdentityAgent: 20 * time.Second}

// gatewayEndpoint is the time for an endpoint that only adds routes to tables (6 s in each of ten published logs, 6 to
// 7 s to delete); one with interfaces takes as long as its kind declares.
const gatewayEndpoint = 6 * time.Second

// Times returns the median times in which AWS or Kubernetes create and delete a resource, for the rehearsal's clock;
// zero for a type that is not simulated. Where resources of a type differ, their inputs decide. Further waits of a call
// are in waits.go.
func Times(typ string, inputs store.Properties) (creation, deletion time.Duration) {
	k := store.Kinds[typ]
	if k == nil {
		return 0, 0
	}
	creation, deletion = k.Creation, k.Deletion
	switch typ {
	case store.AddonType:
		if name, _ := inputs["addonName"].(string); addonTimes[name] != 0 {
			creation = addonTimes[name]
		}
	case store.EndpointType:
		if kind, _ := inputs["vpcEndpointType"].(string); kind == "Gateway" {
			creation, deletion = gatewayEndpoint, gatewayEndpoint
		}
	case store.ServiceType:
		// The provider waits for the endpoints of every Service except these.
		if spec := store.MapOf(inputs["spec"]); spec["clusterIP"] == corev1.ClusterIPNone || spec["type"] == string(corev1.ServiceTypeExternalName) {
			creation = time.Second
		}
	}
	return creation, deletion
}

// TakeWaits returns the waits since the last call of it.
func (w *World) TakeWaits() []store.Wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.Waits
	w.Waits = nil
	return taken
}

// Timeouts are how long a provider retries what a rule refuses before it reports the error of the last attempt.
func Timeouts() map[store.Rule]time.Duration {
	all := map[store.Rule]time.Duration{}
	for _, more := range []map[store.Rule]time.Duration{ec2.Timeouts(), addon.Timeouts(), kube.Timeouts(), helm.Timeouts()} {
		maps.Copy(all, more)
	}
	return all
}

// timedOut records how long a call retried before it was refused.
func timedOut(w *store.Account, at store.Key, err error) {
	var refusal *store.Refusal
	if !errors.As(err, &refusal) {
		return
	}
	if limit := Timeouts()[store.Rule{Rule: refusal.Rule()}]; limit > 0 {
		w.Waits = append(w.Waits, store.Wait{Type: at.Typ, ID: at.ID, What: "retried without success, because " + refusal.Rule().Name(), Seconds: limit.Seconds()})
	}
}
