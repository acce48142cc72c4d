package world_test

import (
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// policyFor returns a NetworkPolicy that allows the pods of one name to connect to those of web.
func policyFor(allowed string) store.Properties {
	return worldtest.Manifest("networking.k8s.io/v1", "NetworkPolicy", "web", store.Properties{
		"podSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}, "policyTypes": []any{"Ingress"},
		"ingress": []any{map[string]any{
			"from":  []any{map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{"app": allowed}}}},
			"ports": []any{map[string]any{"protocol": "TCP", "port": 8080.0}},
		}},
	})
}

// asker returns a Deployment that is ready as long as its probe succeeds.
func asker(name string, probe ...any) store.Properties {
	m := worldtest.Web()
	store.MapOf(m["metadata"])["name"] = name
	worldtest.With(m, "spec.selector.matchLabels.app", name)
	worldtest.With(m, "spec.template.metadata.labels.app", name)
	worldtest.With(m, "spec.replicas", 1.0)
	worldtest.Container(m)["readinessProbe"] = map[string]any{"exec": map[string]any{"command": probe}}
	return m
}

func connects(name string) store.Properties {
	return asker(name, "/agnhost", "connect", "web:80", "--timeout=2s")
}

func isKeptOut(name string) store.Properties {
	return asker(name, "/bin/sh", "-c", "/agnhost connect web:80 --timeout=2s 2>&1 | grep -q TIMEOUT")
}

// enforcing enables the CNI's agent, and creates a server behind a Service and a policy that allows one client.
func enforcing(k *worldtest.KubeLab, agent string) *worldtest.KubeLab {
	k.T.Helper()
	if err := k.Change(store.AddonType, "dev:vpc-cni", store.Properties{"configurationValues": `{"enableNetworkPolicy": "` + agent + `"}`}); err != nil {
		k.T.Fatal(err)
	}
	k.Make("coredns", store.AddonType, k.AddonInputs("coredns"))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Service("web", "ClusterIP"))
	k.Apply(store.NetworkPolicyType, policyFor("friend"))
	return k
}

func flowRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a client that no policy allows", kube.FlowTaken, func(k *worldtest.KubeLab) error {
			return enforcing(k, "true").Create(store.DeploymentType, connects("stranger"))
		}},
		{"a client of a Service that does not exist", kube.FlowTaken, func(k *worldtest.KubeLab) error {
			k.Make("coredns", store.AddonType, k.AddonInputs("coredns"))
			return k.Create(store.DeploymentType, connects("friend"))
		}},
		{"a client that should be blocked, without an agent that enforces the policy", kube.FlowDropped, func(k *worldtest.KubeLab) error {
			return enforcing(k, "false").Create(store.DeploymentType, isKeptOut("stranger"))
		}},
		{"a client that should be blocked by a server that does not exist", kube.FlowDropped, func(k *worldtest.KubeLab) error {
			enforcing(k, "true").Remove(store.DeploymentType, "default/web")
			return k.Create(store.DeploymentType, isKeptOut("stranger"))
		}},
	}
}

func TestAPolicyAllowsOneClientAndBlocksAnother(t *testing.T) {
	k := enforcing(worldtest.NewCluster(t), "true")
	k.Apply(store.DeploymentType, connects("friend"))
	k.Apply(store.DeploymentType, isKeptOut("stranger"))
}

func policyRefusals() []kubeRefusal {
	edited := func(path string, value any) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			return k.Create(store.NetworkPolicyType, worldtest.With(policyFor("friend"), path, value))
		}
	}
	rule := func(r map[string]any) func(*worldtest.KubeLab) error { return edited("spec.ingress", []any{r}) }
	from := func(peer map[string]any) func(*worldtest.KubeLab) error {
		return rule(map[string]any{"from": []any{peer}})
	}
	ports := func(port map[string]any) func(*worldtest.KubeLab) error {
		return rule(map[string]any{"ports": []any{port}})
	}
	pods := map[string]any{"matchLabels": map[string]any{"app": "web"}}
	return []kubeRefusal{
		{"a policy of another type", kube.PolicyTypes, edited("spec.policyTypes", []any{"Inbound"})},
		{"a policy with a malformed selector", kube.PolicySelectors, edited("spec.podSelector", map[string]any{"matchExpressions": []any{map[string]any{"key": "app", "operator": "Is"}}})},
		{"a policy with an empty peer", kube.PolicyPeers, from(map[string]any{})},
		{"a policy with a peer that is pods and a network", kube.PolicyPeers, from(map[string]any{"podSelector": pods, "ipBlock": map[string]any{"cidr": "10.0.0.0/8"}})},
		{"a policy with a peer of an invalid network", kube.PolicyPeers, from(map[string]any{"ipBlock": map[string]any{"cidr": "ten"}})},
		{"a policy with an exception outside its network", kube.PolicyPeers, from(map[string]any{"ipBlock": map[string]any{"cidr": "10.0.0.0/8", "except": []any{"192.168.0.0/16"}}})},
		{"a policy with an invalid port", kube.PolicyPorts, ports(map[string]any{"port": 70000.0})},
		{"a policy with another protocol", kube.PolicyPorts, ports(map[string]any{"port": 80.0, "protocol": "HTTP"})},
		{"a policy with a range that ends before it begins", kube.PolicyPorts, ports(map[string]any{"port": 80.0, "endPort": 70.0})},
		{"a policy with the end of a range without its beginning", kube.PolicyPorts, ports(map[string]any{"endPort": 80.0})},
	}
}
