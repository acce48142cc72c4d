package world

import (
	"slices"
	"strings"
	"testing"
)

// kubeRefusal is a call that a rule of the cluster refuses, at once or as the reason of a wait.
type kubeRefusal struct {
	when string
	rule Rule
	try  func(*kubeLab) error
}

func allKubeRefusals() []kubeRefusal {
	return slices.Concat(manifestRefusals(), podRefusals(), deploymentRefusals(), serviceRefusals(), schedulerRefusals(), kubeletRefusals(),
		clientRefusals(), deletionRefusals(), releaseRefusals(), controllerRefusals(), modelRefusals(), cloudRefusals(), webhookRefusals(), cutOffRefusals(), ingressRefusals(), ingressControllerRefusals(), policyRefusals(), flowRefusals(), balancingRefusals(), objectRefusals(), managerRefusals(), waitingRefusals())
}

func TestWhatAClusterRefusesIsRefused(t *testing.T) {
	for _, r := range allKubeRefusals() {
		if passedOver(r.rule) {
			continue
		}
		t.Run(r.when, func(t *testing.T) {
			err := r.try(newCluster(t))
			refused(t, err, r.rule)
			if strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "MISSING") {
				t.Errorf("the error's text lacks values: %v", err)
			}
		})
	}
}

// saying checks that an error has this text of the controller, which is not part of the rule's text.
func saying(words string, try func(*kubeLab) error) func(*kubeLab) error {
	return func(k *kubeLab) error {
		err := try(k)
		if err == nil || !strings.Contains(err.Error(), words) {
			k.t.Errorf("%q is not in the error: %v", words, err)
		}
		return err
	}
}

// create creates an object and returns the error.
func (k *kubeLab) create(typ string, m Properties) error {
	_, err := k.kube.Create(typ, m)
	return err
}

// update updates an object and returns the error.
func (k *kubeLab) update(typ, id string, m Properties) error {
	_, err := k.kube.Update(typ, id, m)
	return err
}

// edited returns a manifest with the value at a path replaced.
func edited(m Properties, path string, value any) Properties { return with(m, path, value) }

// creates returns a call that creates an object that is refused.
func creates(typ string, m func() Properties) func(*kubeLab) error {
	return func(k *kubeLab) error { return k.create(typ, m()) }
}

// editedWeb returns a call that creates web with one change.
func editedWeb(path string, value any) func(*kubeLab) error {
	return creates(deploymentType, func() Properties { return edited(web(), path, value) })
}

// contained returns a call that creates web with one change of its container.
func contained(path string, value any) func(*kubeLab) error {
	return creates(deploymentType, func() Properties {
		m := web()
		with(container(m), path, value)
		return m
	})
}

func manifestRefusals() []kubeRefusal {
	config := func() Properties { return manifest("v1", "ConfigMap", "settings", nil) }
	return []kubeRefusal{
		{"a Deployment with an unknown field", strictFields, editedWeb("spec.foo", 1.0)},
		{"a Deployment with a string for a number", decodable, editedWeb("spec.replicas", "two")},
		{"a Deployment that requests a malformed quantity", decodable, contained("resources.requests", map[string]any{"cpu": "many"})},
		{"a manifest of another kind", kindServed, creates(deploymentType, func() Properties { return edited(web(), "kind", "DaemonSet") })},
		{"an object without a name", nameRequired, creates(configMapType, func() Properties { return edited(config(), "metadata.name", "") })},
		{"a name that is not a DNS label", metadataValid, creates(namespaceType, func() Properties { return manifest("v1", "Namespace", "My_Apps", nil) })},
		{"a malformed label", metadataValid, creates(configMapType, func() Properties { return edited(config(), "metadata.labels", map[string]any{"a b": "c"}) })},
		{"a namespace in a namespace", unscoped, creates(namespaceType, func() Properties {
			return edited(manifest("v1", "Namespace", "apps", nil), "metadata.namespace", "default")
		})},
		{"a name that is taken", unique, func(k *kubeLab) error { k.apply(configMapType, config()); return k.create(configMapType, config()) }},
		{"a namespace of the system", unique, creates(namespaceType, func() Properties { return manifest("v1", "Namespace", "default", nil) })},
		{"an object in a namespace that does not exist", namespaceExists, creates(configMapType, func() Properties {
			return edited(config(), "metadata.namespace", "apps")
		})},
		{"an object in a namespace that is being deleted", namespaceStays, func(k *kubeLab) error {
			k.goingNamespace()
			return k.create(configMapType, edited(config(), "metadata.namespace", "apps"))
		}},
		{"new data in an immutable ConfigMap", configMapImmutable, func(k *kubeLab) error {
			m := edited(edited(config(), "immutable", true), "data", map[string]any{"a": "1"})
			k.apply(configMapType, clone(m))
			return k.update(configMapType, "default/settings", edited(m, "data", map[string]any{"a": "2"}))
		}},
	}
}

// goingNamespace creates a namespace that waits for a finalizer that no actor removes.
func (k *kubeLab) goingNamespace() {
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
	held := manifest("v1", "ConfigMap", "held", nil)
	k.apply(configMapType, edited(edited(held, "metadata.namespace", "apps"), "metadata.finalizers", []any{"example.com/hold"}))
	_ = k.kube.Delete(namespaceType, "apps")
}

func podRefusals() []kubeRefusal {
	probe := func(p map[string]any) func(*kubeLab) error { return contained("readinessProbe", p) }
	spread := func(c map[string]any) func(*kubeLab) error {
		return editedWeb("spec.template.spec.topologySpreadConstraints", []any{c})
	}
	return []kubeRefusal{
		{"a pod without containers", containersRequired, editedWeb("spec.template.spec.containers", []any{})},
		{"a container without a name", containerNamed, contained("name", "")},
		{"a container with a malformed name", containerNamed, contained("name", "Web")},
		{"a container without an image", imageRequired, contained("image", "")},
		{"a container port out of range", containerPorts, contained("ports", []any{map[string]any{"containerPort": 70000.0}})},
		{"two container ports of one name", containerPorts, contained("ports", []any{
			map[string]any{"containerPort": 80.0, "name": "a"}, map[string]any{"containerPort": 81.0, "name": "a"}})},
		{"a request beyond its limit", limitsHold, contained("resources", map[string]any{
			"requests": map[string]any{"cpu": "2"}, "limits": map[string]any{"cpu": "1"}})},
		{"a probe without a handler", probeHandler, probe(map[string]any{"periodSeconds": 5.0})},
		{"a probe of a port out of range", probePort, probe(map[string]any{"tcpSocket": map[string]any{"port": 0.0}})},
		{"a mount of a volume that the pod lacks", mountNamed, contained("volumeMounts", []any{map[string]any{"name": "data", "mountPath": "/data"}})},
		{"a spread constraint without a topology", spreadValid, spread(map[string]any{"maxSkew": 1.0, "topologyKey": "", "whenUnsatisfiable": "DoNotSchedule"})},
		{"a spread constraint of an unknown kind", spreadValid, spread(map[string]any{"maxSkew": 1.0, "topologyKey": "zone", "whenUnsatisfiable": "Maybe"})},
	}
}

func deploymentRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Deployment without a selector", selectorRequired, editedWeb("spec.selector", nil)},
		{"an empty selector", selectorValid, editedWeb("spec.selector", map[string]any{})},
		{"a selector that does not match", selectorMatches, editedWeb("spec.selector", map[string]any{"matchLabels": map[string]any{"app": "api"}})},
		{"a changed selector", selectorStays, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			m := edited(web(), "spec.selector", map[string]any{"matchLabels": map[string]any{"app": "api"}})
			return k.update(deploymentType, "default/web", edited(m, "spec.template.metadata.labels", map[string]any{"app": "api"}))
		}},
		{"negative replicas", replicasCount, editedWeb("spec.replicas", -1.0)},
		{"pods that do not restart", restartsAlways, editedWeb("spec.template.spec.restartPolicy", "Never")},
		{"more pods than there is room for", deploymentAvailable, editedWeb("spec.replicas", 300.0)},
	}
}

func serviceRefusals() []kubeRefusal {
	plain := func(path string, value any) func(*kubeLab) error {
		return creates(serviceType, func() Properties { return edited(service("web", "ClusterIP"), path, value) })
	}
	outside := func(path string, value any) func(*kubeLab) error {
		return creates(serviceType, func() Properties { return edited(nlb(nil), path, value) })
	}
	port := func(p map[string]any) []any { return []any{p} }
	return []kubeRefusal{
		{"a Service without ports", servicePortsRequired, plain("spec.ports", []any{})},
		{"a Service port out of range", servicePorts, plain("spec.ports", port(map[string]any{"port": 0.0}))},
		{"two Service ports without names", servicePorts, plain("spec.ports", []any{map[string]any{"port": 80.0}, map[string]any{"port": 81.0}})},
		{"two Service ports of one name", servicePorts, plain("spec.ports", []any{
			map[string]any{"port": 80.0, "name": "a"}, map[string]any{"port": 81.0, "name": "a"}})},
		{"a Service port of an unknown protocol", servicePorts, plain("spec.ports", port(map[string]any{"port": 80.0, "protocol": "HTTP"}))},
		{"a Service of an unknown type", serviceTypes, plain("spec.type", "Balanced")},
		{"a changed load balancer class", classStays, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			k.apply(serviceType, nlb(nil))
			return k.update(serviceType, "default/web", edited(nlb(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
		{"a class on a plain Service", classUsed, plain("spec.loadBalancerClass", "service.k8s.aws/nlb")},
		{"a malformed class", classValid, outside("spec.loadBalancerClass", "a/b/c")},
		{"a changed cluster IP", addressStays, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			k.apply(serviceType, service("web", "ClusterIP"))
			return k.update(serviceType, "default/web", edited(service("web", "ClusterIP"), "spec.clusterIP", "172.20.9.9"))
		}},
		{"a cluster IP out of range", addressInRange, plain("spec.clusterIP", "10.9.9.9")},
		{"a traffic policy on a plain Service", policyUsed, plain("spec.externalTrafficPolicy", "Local")},
		{"an unknown traffic policy", policyKnown, outside("spec.externalTrafficPolicy", "Somewhere")},
		{"source ranges on a plain Service", rangesUsed, plain("spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})},
		{"a source range that is not a CIDR", rangesValid, outside("spec.loadBalancerSourceRanges", []any{"everywhere"})},
		{"a Service that selects no pods", serviceTargets, creates(serviceType, func() Properties { return service("web", "ClusterIP") })},
		{"a Service of a class without a controller", classServed, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			return k.create(serviceType, edited(nlb(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
		{"a Service that gets no address", serviceAddressed, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			return k.create(serviceType, edited(nlb(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
	}
}
