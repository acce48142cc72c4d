package world

import "testing"

// policyFor returns a NetworkPolicy that allows the pods of one name to connect to those of web.
func policyFor(allowed string) Properties {
	return manifest("networking.k8s.io/v1", "NetworkPolicy", "web", Properties{
		"podSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}, "policyTypes": []any{"Ingress"},
		"ingress": []any{map[string]any{
			"from":  []any{map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{"app": allowed}}}},
			"ports": []any{map[string]any{"protocol": "TCP", "port": 8080.0}},
		}},
	})
}

// asker returns a Deployment that is ready as long as its probe succeeds.
func asker(name string, probe ...any) Properties {
	m := web()
	mapOf(m["metadata"])["name"] = name
	with(m, "spec.selector.matchLabels.app", name)
	with(m, "spec.template.metadata.labels.app", name)
	with(m, "spec.replicas", 1.0)
	container(m)["readinessProbe"] = map[string]any{"exec": map[string]any{"command": probe}}
	return m
}

func connects(name string) Properties {
	return asker(name, "/agnhost", "connect", "web:80", "--timeout=2s")
}

func isKeptOut(name string) Properties {
	return asker(name, "/bin/sh", "-c", "/agnhost connect web:80 --timeout=2s 2>&1 | grep -q TIMEOUT")
}

// enforcing enables the CNI's agent, and creates a server behind a Service and a policy that allows one client.
func (k *kubeLab) enforcing(agent string) *kubeLab {
	k.t.Helper()
	if err := k.change(addonType, "dev:vpc-cni", Properties{"configurationValues": `{"enableNetworkPolicy": "` + agent + `"}`}); err != nil {
		k.t.Fatal(err)
	}
	k.make("coredns", addonType, k.addonInputs("coredns"))
	k.apply(deploymentType, web())
	k.apply(serviceType, service("web", "ClusterIP"))
	k.apply(networkPolicyType, policyFor("friend"))
	return k
}

func flowRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a client that no policy allows", flowTaken, func(k *kubeLab) error { return k.enforcing("true").create(deploymentType, connects("stranger")) }},
		{"a client of a Service that does not exist", flowTaken, func(k *kubeLab) error {
			k.make("coredns", addonType, k.addonInputs("coredns"))
			return k.create(deploymentType, connects("friend"))
		}},
		{"a client that should be blocked, without an agent that enforces the policy", flowDropped, func(k *kubeLab) error {
			return k.enforcing("false").create(deploymentType, isKeptOut("stranger"))
		}},
		{"a client that should be blocked by a server that does not exist", flowDropped, func(k *kubeLab) error {
			k.enforcing("true").remove(deploymentType, "default/web")
			return k.create(deploymentType, isKeptOut("stranger"))
		}},
	}
}

func TestAPolicyAllowsOneClientAndBlocksAnother(t *testing.T) {
	k := newCluster(t).enforcing("true")
	k.apply(deploymentType, connects("friend"))
	k.apply(deploymentType, isKeptOut("stranger"))
}

func policyRefusals() []kubeRefusal {
	edited := func(path string, value any) func(*kubeLab) error {
		return func(k *kubeLab) error { return k.create(networkPolicyType, with(policyFor("friend"), path, value)) }
	}
	rule := func(r map[string]any) func(*kubeLab) error { return edited("spec.ingress", []any{r}) }
	from := func(peer map[string]any) func(*kubeLab) error { return rule(map[string]any{"from": []any{peer}}) }
	ports := func(port map[string]any) func(*kubeLab) error { return rule(map[string]any{"ports": []any{port}}) }
	pods := map[string]any{"matchLabels": map[string]any{"app": "web"}}
	return []kubeRefusal{
		{"a policy of another type", policyTypes, edited("spec.policyTypes", []any{"Inbound"})},
		{"a policy with a malformed selector", policySelectors, edited("spec.podSelector", map[string]any{"matchExpressions": []any{map[string]any{"key": "app", "operator": "Is"}}})},
		{"a policy with an empty peer", policyPeers, from(map[string]any{})},
		{"a policy with a peer that is pods and a network", policyPeers, from(map[string]any{"podSelector": pods, "ipBlock": map[string]any{"cidr": "10.0.0.0/8"}})},
		{"a policy with a peer of an invalid network", policyPeers, from(map[string]any{"ipBlock": map[string]any{"cidr": "ten"}})},
		{"a policy with an exception outside its network", policyPeers, from(map[string]any{"ipBlock": map[string]any{"cidr": "10.0.0.0/8", "except": []any{"192.168.0.0/16"}}})},
		{"a policy with an invalid port", policyPorts, ports(map[string]any{"port": 70000.0})},
		{"a policy with another protocol", policyPorts, ports(map[string]any{"port": 80.0, "protocol": "HTTP"})},
		{"a policy with a range that ends before it begins", policyPorts, ports(map[string]any{"port": 80.0, "endPort": 70.0})},
		{"a policy with the end of a range without its beginning", policyPorts, ports(map[string]any{"endPort": 80.0})},
	}
}
