package world_test

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func schedulerRefusals() []kubeRefusal {
	apart := map[string]any{"podAntiAffinity": map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{
		"topologyKey": "kubernetes.io/hostname", "labelSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}}}}
	beside := func(topology, app string) map[string]any {
		return map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{
			"topologyKey": topology, "labelSelector": map[string]any{"matchLabels": map[string]any{"app": app}}}}}
	}
	spread := []any{map[string]any{"maxSkew": 1.0, "topologyKey": "example.com/rack", "whenUnsatisfiable": "DoNotSchedule",
		"labelSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}}
	tainted := func(k *worldtest.KubeLab) error {
		k.OnNodes(func(node *store.Object) {
			node.Set("spec.taints", []any{map[string]any{"key": "team", "value": "data", "effect": "NoSchedule"}})
		})
		return k.Create(store.DeploymentType, worldtest.Web())
	}
	return []kubeRefusal{
		{"a pod without nodes", node.NodesExist, func(k *worldtest.KubeLab) error { return k.Empty().Create(store.DeploymentType, worldtest.Web()) }},
		{"a pod that fits no node", node.NodesFit, editedWeb("spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"})},
		{"a node that is not ready", node.NodeReady, func(k *worldtest.KubeLab) error {
			k.OnNodes(func(node *store.Object) { node.Set("ready", false) })
			d := kube.Live[appsv1.Deployment](&store.Object{Outputs: worldtest.Web()})
			_, err := node.FindNode(k.World.Account, "dev", &d)
			return err
		}},
		{"a cordoned node", node.NodeOpen, func(k *worldtest.KubeLab) error {
			k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
			return k.Create(store.DeploymentType, worldtest.Web())
		}},
		{"a taint that is not tolerated", node.TaintTolerated, tainted},
		{"a node selector that matches nothing", node.AffinityMatches, editedWeb("spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"})},
		{"a node affinity that matches nothing", node.AffinityMatches, editedWeb("spec.template.spec.affinity", map[string]any{"nodeAffinity": map[string]any{
			"requiredDuringSchedulingIgnoredDuringExecution": map[string]any{"nodeSelectorTerms": []any{map[string]any{"matchExpressions": []any{
				map[string]any{"key": "kubernetes.io/arch", "operator": "In", "values": []any{"amd64"}}}}}}}})},
		{"more pods than the maximum", node.PodsFit, func(k *worldtest.KubeLab) error {
			m := worldtest.Scaled(200)
			delete(worldtest.Container(m), "resources")
			return k.Create(store.DeploymentType, m)
		}},
		{"more CPU than is available", node.CpuFits, contained("resources", map[string]any{"requests": map[string]any{"cpu": "3"}})},
		{"more memory than is available", node.MemoryFits, contained("resources", map[string]any{"requests": map[string]any{"memory": "8Gi"}})},
		{"more memory than Bottlerocket has for pods", node.MemoryFits, func(k *worldtest.KubeLab) error {
			k.OnNodes(func(node *store.Object) {
				node.Set("instanceType", "t4g.small")
				kind, _ := ec2.TypeOf("", "t4g.small")
				node.Set("allocatableMiB", float64(kind.AllocatableMiB("BOTTLEROCKET_ARM_64", 110)))
			})
			m := worldtest.Scaled(12)
			worldtest.Container(m)["resources"] = map[string]any{"requests": map[string]any{"memory": "64Mi"}}
			return k.Create(store.DeploymentType, m)
		}},
		{"a hard spread over a topology without nodes", node.SpreadHolds, editedWeb("spec.template.spec.topologySpreadConstraints", spread)},
		{"an affinity to pods that no node has", node.TogetherHolds, editedWeb("spec.template.spec.affinity", map[string]any{"podAffinity": beside("kubernetes.io/hostname", "elsewhere")})},
		{"an affinity in a topology without nodes", node.TogetherHolds, editedWeb("spec.template.spec.affinity", map[string]any{"podAffinity": beside("example.com/rack", "web")})},
		{"more pods with anti-affinity than nodes", node.ApartHolds, creates(store.DeploymentType, func() store.Properties {
			return worldtest.Edited(worldtest.Scaled(3), "spec.template.spec.affinity", apart)
		})},
	}
}

func kubeletRefusals() []kubeRefusal {
	volume := func(v map[string]any) func(*worldtest.KubeLab) error {
		v["name"] = "data"
		return editedWeb("spec.template.spec.volumes", []any{v})
	}
	private := "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/web:1"
	cutOff := func(k *worldtest.KubeLab) *worldtest.KubeLab {
		// The nodes remain: they reach the API privately, and other services through endpoints.
		k.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
		if err := k.Delete(store.RouteType, "to-nat"); err != nil {
			k.T.Fatal(err)
		}
		return k
	}
	return []kubeRefusal{
		{"a service account that does not exist", kube.AccountExists, editedWeb("spec.template.spec.serviceAccountName", "web")},
		{"a pod without kube-proxy", node.ProxyRuns, func(k *worldtest.KubeLab) error {
			k.World.Drop(kube.WorkloadOf(k.World.Account, "dev", "kube-proxy"))
			return k.Create(store.DeploymentType, worldtest.Web())
		}},
		{"a malformed image", node.ImageNamed, contained("image", "Web:Latest!")},
		{"a public image without a route to the internet", node.ImageReached, func(k *worldtest.KubeLab) error { return cutOff(k).Create(store.DeploymentType, worldtest.Web()) }},
		{"a private image of another region without a route to the internet", node.ImageReached, func(k *worldtest.KubeLab) error {
			m := worldtest.Web()
			worldtest.Container(m)["image"] = strings.Replace(private, "ap-northeast-2", "us-east-1", 1)
			return cutOff(k).Create(store.DeploymentType, m)
		}},
		{"an image of EKS from the account of another region", node.ImageKept, contained("image",
			"961992271922.dkr.ecr.ap-northeast-2.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2")},
		{"a private image without the permission to pull", node.ImageAllowed, func(k *worldtest.KubeLab) error {
			if err := k.Delete(store.AttachmentType, "node-role AmazonEC2ContainerRegistryPullOnly"); err != nil {
				return err
			}
			k.OnNodes(func(node *store.Object) { node.Set("ready", true) })
			return k.Create(store.DeploymentType, func() store.Properties { m := worldtest.Web(); worldtest.Container(m)["image"] = private; return m }())
		}},
		{"a volume of a secret that does not exist", node.VolumeExists, volume(map[string]any{"secret": map[string]any{"secretName": "keys"}})},
		{"a volume of a ConfigMap that does not exist", node.VolumeExists, volume(map[string]any{"configMap": map[string]any{"name": "settings"}})},
		{"variables of a ConfigMap that does not exist", node.VolumeExists, contained("envFrom", []any{map[string]any{"configMapRef": map[string]any{"name": "x"}}})},
		{"more pods than addresses", node.PodAddress, func(k *worldtest.KubeLab) error {
			k.OnNodes(func(node *store.Object) { node.Set("maxPods", 200.0) })
			m := worldtest.Scaled(120)
			delete(worldtest.Container(m), "resources")
			return k.Create(store.DeploymentType, m)
		}},
		{"a probe of a named port that does not exist", node.ProbedPort, contained("readinessProbe", map[string]any{"httpGet": map[string]any{"port": "admin", "path": "/"}})},
	}
}
