package world

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// moduleVariable has the folder of the controller's module for the processes of mutation tests: the go command takes
// longer than their tests.
const moduleVariable = "CONTROLLER_MODULE"

// controllerModule returns the folder of the load balancer controller's module.
var controllerModule = sync.OnceValue(func() string {
	if dir := os.Getenv(moduleVariable); dir != "" {
		return dir
	}
	dir, err := exec.Command("go", "list", "-mod=mod", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/aws-load-balancer-controller").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(dir))
})

// chartFolder returns the folder of the controller's chart.
func chartFolder() string {
	return filepath.Join(controllerModule(), "helm", "aws-load-balancer-controller")
}

// kubeLab is a cluster with two nodes and a client.
type kubeLab struct {
	*lab
	kube Client
}

func newCluster(t *testing.T) *kubeLab {
	t.Helper()
	l := newLab(t)
	l.world.options.Chart = chartFolder()
	l.nodes()
	l.tag("public-a", "kubernetes.io/role/elb").tag("public-b", "kubernetes.io/role/elb")
	l.tag("private-a", "kubernetes.io/role/internal-elb").tag("private-b", "kubernetes.io/role/internal-elb")
	return &kubeLab{l, l.dial(l.kubeconfig())}
}

// tag tags a subnet with a role.
func (l *lab) tag(subnet, role string) *lab {
	l.t.Helper()
	if err := l.change(subnetType, l.ids[subnet], Properties{"tags": map[string]any{role: "1"}}); err != nil {
		l.t.Fatal(err)
	}
	return l
}

func (l *lab) dial(kubeconfig string) Client {
	l.t.Helper()
	client, err := l.world.Kubernetes(kubeconfig)
	if err != nil {
		l.t.Fatal(err)
	}
	return client
}

// kubeconfig returns the kubeconfig of the cluster, in the form of EKS's own tool.
func (l *lab) kubeconfig() string {
	cluster := l.object(clusterType, "cluster")
	return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "aws",
		"clusters": [{"name": "kubernetes", "cluster": {"server": %q, "certificate-authority-data": %q}}],
		"contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
		"users": [{"name": "aws", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws",
			"args": ["--region", "ap-northeast-2", "eks", "get-token", "--cluster-name", "dev", "--output", "json"]}}}]}`,
		cluster.text("endpoint"), cluster.text("certificateAuthority.data"))
}

// apply creates an object that must be accepted and become ready.
func (k *kubeLab) apply(typ string, manifest Properties) Object {
	k.t.Helper()
	o, err := k.kube.Create(typ, manifest)
	if err != nil {
		k.t.Fatalf("%s: %v", typ, err)
	}
	return o
}

func (k *kubeLab) remove(typ, id string) {
	k.t.Helper()
	if err := k.kube.Delete(typ, id); err != nil {
		k.t.Fatalf("%s %s: %v", typ, id, err)
	}
}

func manifest(apiVersion, kind, name string, spec Properties) Properties {
	m := Properties{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": name}}
	if spec != nil {
		m["spec"] = spec
	}
	return m
}

// web returns a Deployment of two pods.
func web() Properties {
	labels := map[string]any{"app": "web"}
	return manifest("apps/v1", "Deployment", "web", Properties{
		"replicas": 2.0, "selector": map[string]any{"matchLabels": labels},
		"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{map[string]any{
			"name": "web", "image": "public.ecr.aws/nginx/nginx:1.29", "ports": []any{map[string]any{"containerPort": 8080.0, "name": "http"}},
			"resources": map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "64Mi"}},
		}}}}})
}

// container returns the container of web.
func container(m Properties) map[string]any {
	return mapOf(at(m, "spec.template.spec.containers").([]any)[0])
}

// service returns a Service for web.
func service(name, typ string) Properties {
	return manifest("v1", "Service", name, Properties{"type": typ, "selector": map[string]any{"app": "web"},
		"ports": []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}}})
}

// nlb returns a Service for web for the load balancer controller.
func nlb(annotations map[string]any) Properties {
	m := service("web", "LoadBalancer")
	mapOf(m["spec"])["loadBalancerClass"] = "service.k8s.aws/nlb"
	mapOf(m["metadata"])["annotations"] = annotations
	return m
}

// controllerAccount creates the controller's role with its official policy, and its service account.
func (k *kubeLab) controllerAccount() *kubeLab {
	k.t.Helper()
	policy, err := os.ReadFile(filepath.Join(controllerModule(), "docs", "install", "iam_policy.json"))
	if err != nil {
		k.t.Fatal(err)
	}
	k.make("lbc-policy", policyType, Properties{"name": "lbc", "policy": string(policy)})
	arn := k.role("lbc-role", k.irsaTrust("kube-system", controllerOwner))
	k.make("lbc-attachment", attachmentType, Properties{"role": "lbc-role", "policyArn": k.ids["lbc-policy"]})
	k.apply(serviceAccountType, Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{
		"name": controllerOwner, "namespace": "kube-system", "annotations": map[string]any{"eks.amazonaws.com/role-arn": arn}}})
	return k
}

// releaseInputs returns the inputs of a release of the controller that becomes ready.
func (k *kubeLab) releaseInputs() Properties {
	return Properties{"chart": controllerOwner, "name": controllerOwner, "namespace": "kube-system", "version": "3.2.2",
		"repositoryOpts": map[string]any{"repo": controllerRepository},
		"values": map[string]any{"clusterName": "dev", "region": "ap-northeast-2", "vpcId": k.ids["vpc"], "enableServiceMutatorWebhook": false,
			"serviceAccount": map[string]any{"create": false, "name": controllerOwner}}}
}

// controlled installs the controller.
func (k *kubeLab) controlled() *kubeLab {
	k.t.Helper()
	k.controllerAccount()
	k.apply(releaseType, k.releaseInputs())
	return k
}

// refusals returns all rules in an error.
func refusals(err error) []Rule {
	var found []Rule
	var refusal *Refusal
	switch e := err.(type) {
	case nil:
	case *Refusal:
		found = append(found, Rule{e.Rule()})
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			found = append(found, refusals(inner)...)
		}
	case interface{ Unwrap() error }:
		found = append(found, refusals(e.Unwrap())...)
	default:
		if errors.As(err, &refusal) {
			found = append(found, Rule{refusal.Rule()})
		}
	}
	return found
}

// refused checks that an error is a refusal of a rule.
func refused(t *testing.T, err error, rule Rule) {
	t.Helper()
	if !slices.Contains(refusals(err), rule) {
		t.Fatalf("not refused by %q: %v", rule.Name(), err)
	}
}
