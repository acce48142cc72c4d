package worldtest

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const accessPolicyARN = "arn:aws:eks::aws:cluster-access-policy/"

const NLBPrefix = ccm.ServicePrefixes + "aws-load-balancer-"

// Asked returns annotations of a Network Load Balancer, from pairs.
func Asked(pairs ...string) map[string]any {
	annotations := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		annotations[NLBPrefix+pairs[i]] = pairs[i+1]
	}
	return annotations
}

func FirstErr(errs ...error) error { return store.First(errs...) }

// Classic returns a Service named web for the cloud controller.
func Classic(annotations map[string]any) store.Properties {
	return Edited(Service("clb", "LoadBalancer"), "metadata.annotations", annotations)
}

func Hostname(o store.Object) string {
	for _, ingress := range store.ListOf(store.At(o.Outputs, "status.loadBalancer.ingress")) {
		name, _ := ingress["hostname"].(string)
		return name
	}
	return ""
}

func Sorted(values []string) []string { return slices.Sorted(slices.Values(values)) }

// Nodeadm returns user data of AL2023 with a document of a kind, and more lines of its spec.
func Nodeadm(kind, spec string) string {
	return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: application/node.eks.aws\n\n" +
		"apiVersion: node.eks.aws/v1alpha1\nkind: " + kind + "\nspec:\n  kubelet: {config: {maxPods: 58}}\n" + spec + "\n--//--\n"
}

// SlowToEnd returns web with pods that may take some seconds to terminate.
func SlowToEnd(seconds float64) store.Properties {
	return Edited(Web(), "spec.template.spec.terminationGracePeriodSeconds", seconds)
}

func Again(m store.Properties, value string) store.Properties {
	return Edited(m, "spec.template.metadata.annotations", map[string]any{"again": value})
}

var PrefixMode = store.Properties{"ENABLE_PREFIX_DELEGATION": "true"}

const Certificate = "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678"

func ClassicWith(pairs ...string) store.Properties {
	annotations := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		annotations[ccm.ServicePrefixes+pairs[i]] = pairs[i+1]
	}
	return Edited(Service("web", "LoadBalancer"), "metadata.annotations", annotations)
}

// AwaitingAddress is a Service that waits for its load balancer's name and for no pods.
func AwaitingAddress(m store.Properties) store.Properties {
	annotations := store.MapOf(store.At(m, "metadata.annotations"))
	if annotations == nil {
		annotations = map[string]any{}
	}
	annotations[kube.WaitForAnnotation] = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
	return Edited(m, "metadata.annotations", annotations)
}

func Disruption(spec store.Properties) store.Properties {
	spec["selector"] = orMap(spec["selector"], map[string]any{"matchLabels": map[string]any{"app": "web"}})
	return Manifest("policy/v1", "PodDisruptionBudget", "web", spec)
}

func orMap(value any, otherwise map[string]any) map[string]any {
	if m := store.MapOf(value); m != nil {
		return m
	}
	return otherwise
}

func Autoscaled(least, most int) store.Properties {
	return Manifest("autoscaling/v2", "HorizontalPodAutoscaler", "web", store.Properties{
		"minReplicas": float64(least), "maxReplicas": float64(most),
		"scaleTargetRef": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}})
}

// ClusterBinding gives the service account web of the default namespace the role view.
func ClusterBinding() store.Properties {
	return store.Properties{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": map[string]any{"name": "web"},
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
		"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": "web", "namespace": "default"}}}
}

// IngressClass is one of ours.
func IngressClass(name, controller string) store.Properties {
	return Manifest("networking.k8s.io/v1", "IngressClass", name, store.Properties{"controller": controller})
}

// Ingress sends every path to web; annotations are those of application load balancers.
func Ingress(name string, annotations map[string]any) store.Properties {
	prefixed := map[string]any{}
	for suffix, value := range annotations {
		prefixed["alb.ingress.kubernetes.io/"+suffix] = value
	}
	m := Manifest("networking.k8s.io/v1", "Ingress", name, store.Properties{"ingressClassName": "alb", "rules": []any{map[string]any{
		"http": map[string]any{"paths": []any{Below("/", "web")}}}}})
	return Edited(m, "metadata.annotations", prefixed)
}

// Below leads everything below a path to a Service.
func Below(prefix, service string) map[string]any {
	return map[string]any{"path": prefix, "pathType": "Prefix", "backend": map[string]any{
		"service": map[string]any{"name": service, "port": map[string]any{"number": 80.0}}}}
}

// Ruled is an Ingress whose one rule is changed.
func Ruled(change func(rule, path map[string]any)) store.Properties {
	m := Ingress("web", nil)
	rule := store.MapOf(store.At(m, "spec.rules").([]any)[0])
	change(rule, store.MapOf(store.At(rule, "http.paths").([]any)[0]))
	return m
}

// Exposed makes an Ingress of web with annotations, by pairs.
func Exposed(pairs ...any) func(*KubeLab) error {
	return func(k *KubeLab) error {
		annotations := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i].(string)] = pairs[i+1]
		}
		return k.Balancing(nil).Create(store.IngressType, Ingress("web", annotations))
	}
}

// Edited returns a manifest with the value at a path replaced.
func Edited(m store.Properties, path string, value any) store.Properties { return With(m, path, value) }

// Scaled returns web with a number of replicas.
func Scaled(replicas float64) store.Properties { return Edited(Web(), "spec.replicas", replicas) }

func OrphansOf(w *world.World, typ string) []cleanup.Leftover { return OrphansOfWhere(w, typ, nil) }

func OrphansOfWhere(w *world.World, typ string, known func(typ, id string) bool) []cleanup.Leftover {
	return slices.DeleteFunc(w.Orphans(known), func(l cleanup.Leftover) bool { return l.Type != typ })
}

// Waited returns the waits whose text contains a word.
func Waited(waits []store.Wait, word string) []store.Wait {
	return slices.DeleteFunc(waits, func(w store.Wait) bool { return !strings.Contains(w.What, word) })
}
