package capacity

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// Default requests of the pods of add-ons (aws eks describe-addon-configuration; github.com/aws/amazon-vpc-cni-k8s,
// charts/aws-vpc-cni/values.yaml); the load balancer controller's chart requests nothing.
var (
	coreDNSRequests = balancer.Requests{MilliCPU: 100, MiB: 70}
	// nodeAgentRequests are those of the pods that run on every node: aws-node's two containers and kube-proxy.
	nodeAgentRequests = balancer.Requests{MilliCPU: 25 + 25 + 100}
)

// podClass is a set of pods of the stack with the same requests. Pods that run on every node are not in any class.
type podClass struct {
	// name is the text in messages, such as "CoreDNS" or "workload echo".
	name string
	// least and most are the lowest and the highest number of pods.
	least, most int
	requests    balancer.Requests
	// x86 reports whether the pods run only on x86_64 nodes.
	x86 bool
	// surges reports whether a rollout starts a new pod before it ends an old one: a Deployment's maxUnavailable of 25%
	// is 0 with fewer than four pods (kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable).
	// CoreDNS has a maxUnavailable of 1.
	surges bool
	// branch reports whether the pods have a security group of their own.
	branch bool
}

// workloadPods is the name of the pods of a workload.
func workloadPods(workload string) string { return "workload " + workload }

// podsOf returns the pods that the stack starts.
func podsOf(s *config.Stack) []podClass {
	dns := s.Addons.CoreDNS
	replicas := max(s.Addons.LoadBalancerController.Replicas, 0)
	all := []podClass{
		{name: "CoreDNS", least: max(dns.LeastPods(), 0), most: max(dns.MostPods(), 0), requests: coreDNSRequests},
		{name: "the load balancer controller", least: replicas, most: replicas, surges: replicas < 4},
	}
	for _, controller := range s.Addons.Controllers() {
		for _, p := range controller.Pods {
			n := max(p.Count, 0)
			all = append(all, podClass{name: p.Name, least: n, most: n, requests: balancer.Requests{MilliCPU: p.MilliCPU, MiB: p.MiB}, surges: p.Surges})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		w := s.Workloads[name]
		least, most := max(w.LeastPods(), 0), max(w.MostPods(), 0)
		all = append(all, podClass{
			name: workloadPods(name), least: least, most: most, requests: requestsOf(s, w), x86: w.Image == config.Game2048Image, surges: least < 4,
			branch: w.PodSecurityGroup,
		})
		if w.Kind == config.KindPolicy { // an allowed client and a denied one
			all = append(all, podClass{name: "the clients of workload " + name, least: 2, most: 2, requests: balancer.ClientRequests, surges: true})
		}
		if w.Kind == config.KindSpeed {
			all = append(all, podClass{name: "the server of workload " + name, least: 1, most: 1, requests: balancer.ApplicationRequests, surges: true})
		}
	}
	return all
}

// requestsOf returns what a pod of a workload requests, with the proxy of a mesh.
func requestsOf(s *config.Stack, w config.Workload) balancer.Requests {
	requests, istio := balancer.ApplicationRequests, s.Addons.Istio
	switch {
	case w.App == config.AppIstioGateway:
		return balancer.IstioGatewayRequests
	case w.HasProxy() && istio != nil:
		requests.MilliCPU += istio.Sidecar.CPU
		requests.MiB += istio.Sidecar.MemoryMiB
	}
	return requests
}
