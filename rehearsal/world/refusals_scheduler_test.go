package world

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// scaled returns web with a number of replicas.
func scaled(replicas float64) Properties { return edited(web(), "spec.replicas", replicas) }

// empty removes all nodes.
func (k *kubeLab) empty() *kubeLab {
	k.t.Helper()
	if err := k.delete(nodeGroupType, "general"); err != nil {
		k.t.Fatal(err)
	}
	return k
}

// onNodes changes every node.
func (k *kubeLab) onNodes(change func(node *Object)) *kubeLab {
	for _, node := range k.world.all(nodeType) {
		change(node)
	}
	return k
}

func schedulerRefusals() []kubeRefusal {
	apart := map[string]any{"podAntiAffinity": map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{
		"topologyKey": "kubernetes.io/hostname", "labelSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}}}}
	spread := []any{map[string]any{"maxSkew": 1.0, "topologyKey": "example.com/rack", "whenUnsatisfiable": "DoNotSchedule",
		"labelSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}}
	tainted := func(k *kubeLab) error {
		k.onNodes(func(node *Object) {
			node.set("spec.taints", []any{map[string]any{"key": "team", "value": "data", "effect": "NoSchedule"}})
		})
		return k.create(deploymentType, web())
	}
	return []kubeRefusal{
		{"a pod without nodes", nodesExist, func(k *kubeLab) error { return k.empty().create(deploymentType, web()) }},
		{"a pod that fits no node", nodesFit, editedWeb("spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"})},
		{"a node that is not ready", nodeReady, func(k *kubeLab) error {
			k.onNodes(func(node *Object) { node.set("ready", false) })
			d := live[appsv1.Deployment](&Object{Outputs: web()})
			_, err := k.world.findNode("dev", &d)
			return err
		}},
		{"a cordoned node", nodeOpen, func(k *kubeLab) error {
			k.onNodes(func(node *Object) { node.set("spec.unschedulable", true) })
			return k.create(deploymentType, web())
		}},
		{"a taint that is not tolerated", taintTolerated, tainted},
		{"a node selector that matches nothing", affinityMatches, editedWeb("spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"})},
		{"a node affinity that matches nothing", affinityMatches, editedWeb("spec.template.spec.affinity", map[string]any{"nodeAffinity": map[string]any{
			"requiredDuringSchedulingIgnoredDuringExecution": map[string]any{"nodeSelectorTerms": []any{map[string]any{"matchExpressions": []any{
				map[string]any{"key": "kubernetes.io/arch", "operator": "In", "values": []any{"amd64"}}}}}}}})},
		{"more pods than the maximum", podsFit, func(k *kubeLab) error {
			m := scaled(200)
			delete(container(m), "resources")
			return k.create(deploymentType, m)
		}},
		{"more CPU than is available", cpuFits, contained("resources", map[string]any{"requests": map[string]any{"cpu": "3"}})},
		{"more memory than is available", memoryFits, contained("resources", map[string]any{"requests": map[string]any{"memory": "8Gi"}})},
		{"more memory than Bottlerocket has for pods", memoryFits, func(k *kubeLab) error {
			k.onNodes(func(node *Object) {
				node.set("instanceType", "t4g.small")
				kind, _ := typeOf("", "t4g.small")
				node.set("allocatableMiB", float64(kind.allocatableMiB("BOTTLEROCKET_ARM_64", 110)))
			})
			m := scaled(12)
			container(m)["resources"] = map[string]any{"requests": map[string]any{"memory": "64Mi"}}
			return k.create(deploymentType, m)
		}},
		{"a hard spread over a topology without nodes", spreadHolds, editedWeb("spec.template.spec.topologySpreadConstraints", spread)},
		{"more pods with anti-affinity than nodes", apartHolds, creates(deploymentType, func() Properties {
			return edited(scaled(3), "spec.template.spec.affinity", apart)
		})},
	}
}

func kubeletRefusals() []kubeRefusal {
	volume := func(v map[string]any) func(*kubeLab) error {
		v["name"] = "data"
		return editedWeb("spec.template.spec.volumes", []any{v})
	}
	private := "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/web:1"
	cutOff := func(k *kubeLab) *kubeLab {
		// The nodes remain: they reach the API privately, and other services through endpoints.
		k.endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
		if err := k.delete(routeType, "to-nat"); err != nil {
			k.t.Fatal(err)
		}
		return k
	}
	return []kubeRefusal{
		{"a service account that does not exist", accountExists, editedWeb("spec.template.spec.serviceAccountName", "web")},
		{"a pod without kube-proxy", proxyRuns, func(k *kubeLab) error {
			k.world.drop(k.world.workloadOf("dev", "kube-proxy"))
			return k.create(deploymentType, web())
		}},
		{"a malformed image", imageNamed, contained("image", "Web:Latest!")},
		{"a public image without a route to the internet", imageReached, func(k *kubeLab) error { return cutOff(k).create(deploymentType, web()) }},
		{"a private image of another region without a route to the internet", imageReached, func(k *kubeLab) error {
			m := web()
			container(m)["image"] = strings.Replace(private, "ap-northeast-2", "us-east-1", 1)
			return cutOff(k).create(deploymentType, m)
		}},
		{"an image of EKS from the account of another region", imageKept, contained("image",
			"961992271922.dkr.ecr.ap-northeast-2.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2")},
		{"a private image without the permission to pull", imageAllowed, func(k *kubeLab) error {
			if err := k.delete(attachmentType, "node-role AmazonEC2ContainerRegistryPullOnly"); err != nil {
				return err
			}
			k.onNodes(func(node *Object) { node.set("ready", true) })
			return k.create(deploymentType, func() Properties { m := web(); container(m)["image"] = private; return m }())
		}},
		{"a volume of a secret that does not exist", volumeExists, volume(map[string]any{"secret": map[string]any{"secretName": "keys"}})},
		{"a volume of a ConfigMap that does not exist", volumeExists, volume(map[string]any{"configMap": map[string]any{"name": "settings"}})},
		{"variables of a ConfigMap that does not exist", volumeExists, contained("envFrom", []any{map[string]any{"configMapRef": map[string]any{"name": "x"}}})},
		{"more pods than addresses", podAddress, func(k *kubeLab) error {
			k.onNodes(func(node *Object) { node.set("maxPods", 200.0) })
			m := scaled(120)
			delete(container(m), "resources")
			return k.create(deploymentType, m)
		}},
		{"a probe of a named port that does not exist", probedPort, contained("readinessProbe", map[string]any{"httpGet": map[string]any{"port": "admin", "path": "/"}})},
	}
}
