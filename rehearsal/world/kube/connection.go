package kube

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/eks"
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

var DNSRuns = store.NewRule("names are resolved while CoreDNS runs",
	`dial tcp: lookup %s: no pod of CoreDNS runs`,
	"https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html")

var connectCommand = regexp.MustCompile(`/agnhost connect (([a-z0-9.-]+):([0-9]+))`)

// CheckConnections refuses a pod whose readiness probe expects another result of a connection.
func CheckConnections(w *store.Account, pod *store.Object, spec *corev1.PodSpec) error {
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
		result := connectToService(w, pod, found[2], port)
		expectsTimeout := strings.Contains(command, "TIMEOUT")
		if err := store.First(
			FlowTaken.When(!expectsTimeout && result != "", found[1], result),
			FlowDropped.When(expectsTimeout && result != "TIMEOUT", found[1], cmp.Or(result, "connected"))); err != nil {
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
	o := w.Find(pod.Cluster, store.ServiceType, ObjectID(Namespace(pod), name))
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
	result := "REFUSED" // without endpoints kube-proxy refuses the connection
	for _, o := range InNamespace(w, from.Cluster, store.PodType, Namespace(from), PodReady) {
		if !HasLabels(o, service.Spec.Selector) {
			continue
		}
		pod := Live[corev1.Pod](o)
		if !policiesAllow(w, from, o, ContainerPort(&pod.Spec, target)) {
			return "TIMEOUT"
		}
		result = ""
	}
	return result
}

// policiesAllow reports whether the policies of a namespace allow one pod to connect to another on a port. They apply
// if the CNI's agent enforces them (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html); a pod
// that no policy selects accepts all connections.
func policiesAllow(w *store.Account, from, to *store.Object, port int) bool {
	if eks.Configuration(w.Get(store.AddonType, to.Cluster+":vpc-cni"))["enableNetworkPolicy"] != "true" {
		return true
	}
	closed := false
	for _, o := range InNamespace(w, to.Cluster, store.NetworkPolicyType, Namespace(to)) {
		policy := Live[networkingv1.NetworkPolicy](o)
		if !ofIngress(&policy.Spec) || !SelectedBy(&policy.Spec.PodSelector)(to) {
			continue
		}
		closed = true
		for i := range policy.Spec.Ingress {
			if permits(w, o, &policy.Spec.Ingress[i], from, port) {
				return true
			}
		}
	}
	return !closed
}

// ofIngress reports whether a policy applies to ingress; one without types does.
func ofIngress(spec *networkingv1.NetworkPolicySpec) bool {
	for _, typ := range spec.PolicyTypes {
		if typ == networkingv1.PolicyTypeIngress {
			return true
		}
	}
	return len(spec.PolicyTypes) == 0
}

// permits reports whether a rule allows a pod on a port.
func permits(w *store.Account, policy *store.Object, r *networkingv1.NetworkPolicyIngressRule, from *store.Object, port int) bool {
	open := len(r.Ports) == 0
	for _, p := range r.Ports {
		tcp := p.Protocol == nil || *p.Protocol == corev1.ProtocolTCP
		last := port
		if p.Port != nil && p.EndPort != nil {
			last = int(*p.EndPort)
		} else if p.Port != nil {
			last = p.Port.IntValue()
		}
		open = open || tcp && (p.Port == nil || p.Port.IntValue() <= port && port <= last)
	}
	if len(r.From) == 0 {
		return open
	}
	for i := range r.From {
		if open && isPeer(w, policy, &r.From[i], from) {
			return true
		}
	}
	return false
}

func isPeer(w *store.Account, policy *store.Object, p *networkingv1.NetworkPolicyPeer, from *store.Object) bool {
	if p.IPBlock != nil {
		block, _ := netip.ParsePrefix(p.IPBlock.CIDR)
		address, err := netip.ParseAddr(textOf(from, "status", "podIP"))
		return err == nil && block.Contains(address)
	}
	if p.NamespaceSelector == nil && Namespace(from) != Namespace(policy) {
		return false
	}
	if p.NamespaceSelector != nil && !SelectedBy(p.NamespaceSelector)(w.Find(policy.Cluster, store.NamespaceType, Namespace(from))) {
		return false
	}
	return p.PodSelector == nil || SelectedBy(p.PodSelector)(from)
}

// Resolves reports whether pods of a cluster can resolve a name.
func Resolves(w *store.Account, cluster, name string) error {
	dns := WorkloadOf(w, cluster, "coredns")
	return DNSRuns.When(dns == nil || !slices.ContainsFunc(PodsOf(w, dns.Key()), PodReady), name)
}
