package worldtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
)

// Operator returns the client of a role with an access policy, in the whole cluster or in some namespaces.
func (k *KubeLab) Operator(role, policy string, namespaces ...string) store.Client {
	k.T.Helper()
	arn := "arn:aws:iam::" + Account + ":role/" + role
	scope := store.Properties{"type": "cluster"}
	if len(namespaces) > 0 {
		scope = store.Properties{"type": "namespace", "namespaces": store.AnyOf(namespaces)}
	}
	k.Make(role+"-entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": arn})
	k.Make(role+"-policy", store.AccessPolicyType, store.Properties{"clusterName": "dev", "principalArn": arn, "policyArn": accessPolicyARN + policy, "accessScope": scope})
	return k.Dial(k.Takes(k.Kubeconfig(), arn))
}

// Takes returns a kubeconfig whose token is that of a role.
func (k *KubeLab) Takes(kubeconfig, role string) string {
	return strings.Replace(kubeconfig, `"--output", "json"`, `"--output", "json", "--role-arn", "`+role+`"`, 1)
}

// Private disables the public endpoint of the cluster.
func (k *KubeLab) Private() {
	k.T.Helper()
	in := With(k.ClusterInputs(), "vpcConfig.endpointPublicAccess", false)
	k.Must(k.Change(store.ClusterType, "dev", store.Properties{"vpcConfig": in["vpcConfig"]}))
}

// One returns the only resource of a type that the load balancer controllers created.
func (k *KubeLab) One(typ string) *store.Object {
	k.T.Helper()
	found := k.World.All(typ, func(o *store.Object) bool { return o.Owner == store.ControllerOwner || o.Owner == store.CloudOwner })
	if len(found) != 1 {
		k.T.Fatalf("%d of %s", len(found), typ)
	}
	return found[0]
}

// Lets are the protocols and ports on which a security group lets in.
func (k *KubeLab) Lets(group string) []string {
	var rules []string
	for _, r := range k.World.With(store.GroupRuleType, "securityGroupId", group) {
		rules = append(rules, fmt.Sprintf("%s %d-%d", r.Text("protocol"), r.Number("fromPort"), r.Number("toPort")))
	}
	return Sorted(rules)
}

// ModuleVariable has the folder of the controller's module for the processes of mutation tests: the go command takes
// longer than their tests.
const ModuleVariable = "CONTROLLER_MODULE"

// ControllerModule returns the folder of the load balancer controller's module.
var ControllerModule = sync.OnceValue(func() string {
	if dir := os.Getenv(ModuleVariable); dir != "" {
		return dir
	}
	dir, err := exec.Command("go", "list", "-mod=mod", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/aws-load-balancer-controller").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(dir))
})

// ChartsVariable has the folders of the charts for the processes of mutation tests, as JSON.
const ChartsVariable = "CHARTS"

// Charts returns the folder of each Helm chart by the chart's name.
var Charts = sync.OnceValue(func() map[string]string {
	if known := os.Getenv(ChartsVariable); known != "" {
		var folders map[string]string
		if err := json.Unmarshal([]byte(known), &folders); err != nil {
			panic(err)
		}
		return folders
	}
	folders, err := charts.Locate(context.Background(), ".")
	if err != nil {
		panic(err)
	}
	return folders
})

// KubeLab is a cluster with two nodes and a client.
type KubeLab struct {
	*Lab
	Kube store.Client
}

func NewCluster(t *testing.T) *KubeLab {
	t.Helper()
	l := NewLab(t)
	l.World.Options.Charts = Charts()
	return l.Nodes().connect()
}

// NewIPv6Cluster returns an IPv6 cluster with two nodes and a client.
func NewIPv6Cluster(t *testing.T) *KubeLab {
	t.Helper()
	l := NewLab(t)
	l.World.Options.Charts = Charts()
	l.IPv6ClusterUp().IPv6CNI("v1.22.4-eksbuild.3", nil, IPv6Rights...).Make("general", store.NodeGroupType, l.GroupInputs())
	return l.connect()
}

// connect tags the subnets of load balancers and returns the cluster with a client.
func (l *Lab) connect() *KubeLab {
	l.Tag("public-a", "kubernetes.io/role/elb").Tag("public-b", "kubernetes.io/role/elb")
	l.Tag("private-a", "kubernetes.io/role/internal-elb").Tag("private-b", "kubernetes.io/role/internal-elb")
	return &KubeLab{l, l.Dial(l.Kubeconfig())}
}

// Tag tags a subnet with a role.
func (l *Lab) Tag(subnet, role string) *Lab {
	l.T.Helper()
	if err := l.Change(store.SubnetType, l.IDs[subnet], store.Properties{"tags": map[string]any{role: "1"}}); err != nil {
		l.T.Fatal(err)
	}
	return l
}

func (l *Lab) Dial(kubeconfig string) store.Client {
	l.T.Helper()
	client, err := l.World.Kubernetes(kubeconfig)
	if err != nil {
		l.T.Fatal(err)
	}
	return client
}

// Kubeconfig returns the kubeconfig of the cluster, in the form of EKS's own tool.
func (l *Lab) Kubeconfig() string {
	cluster := l.Object(store.ClusterType, "cluster")
	return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "aws",
		"clusters": [{"name": "kubernetes", "cluster": {"server": %q, "certificate-authority-data": %q}}],
		"contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
		"users": [{"name": "aws", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws",
			"args": ["--region", "ap-northeast-2", "eks", "get-token", "--cluster-name", "dev", "--output", "json"]}}}]}`,
		cluster.Text("endpoint"), cluster.Text("certificateAuthority.data"))
}

// Apply creates an object that must be accepted and become ready.
func (k *KubeLab) Apply(typ string, manifest store.Properties) store.Object {
	k.T.Helper()
	o, err := k.Kube.Create(typ, manifest)
	if err != nil {
		k.T.Fatalf("%s: %v", typ, err)
	}
	return o
}

func (k *KubeLab) Remove(typ, id string) {
	k.T.Helper()
	if err := k.Kube.Delete(typ, id); err != nil {
		k.T.Fatalf("%s %s: %v", typ, id, err)
	}
}

func Manifest(apiVersion, kind, name string, spec store.Properties) store.Properties {
	m := store.Properties{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": name}}
	if spec != nil {
		m["spec"] = spec
	}
	return m
}

// Web returns a Deployment of two pods.
func Web() store.Properties {
	labels := map[string]any{"app": "web"}
	return Manifest("apps/v1", "Deployment", "web", store.Properties{
		"replicas": 2.0, "selector": map[string]any{"matchLabels": labels},
		"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{map[string]any{
			"name": "web", "image": "public.ecr.aws/nginx/nginx:1.29", "ports": []any{map[string]any{"containerPort": 8080.0, "name": "http"}},
			"resources": map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "64Mi"}},
		}}}}})
}

// Container returns the container of web.
func Container(m store.Properties) map[string]any {
	return store.MapOf(store.At(m, "spec.template.spec.containers").([]any)[0])
}

// Service returns a Service for web.
func Service(name, typ string) store.Properties {
	return Manifest("v1", "Service", name, store.Properties{"type": typ, "selector": map[string]any{"app": "web"},
		"ports": []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}}})
}

// NLB returns a Service for web for the load balancer controller.
func NLB(annotations map[string]any) store.Properties {
	m := Service("web", "LoadBalancer")
	store.MapOf(m["spec"])["loadBalancerClass"] = "service.k8s.aws/nlb"
	store.MapOf(m["metadata"])["annotations"] = annotations
	return m
}

// ControllerAccount creates the controller's role with its official policy, and its service account.
func (k *KubeLab) ControllerAccount() *KubeLab {
	k.T.Helper()
	policy, err := os.ReadFile(filepath.Join(ControllerModule(), "docs", "install", "iam_policy.json"))
	if err != nil {
		k.T.Fatal(err)
	}
	k.Make("lbc-policy", store.PolicyType, store.Properties{"name": "lbc", "policy": string(policy)})
	arn := k.Role("lbc-role", k.irsaTrust("kube-system", store.ControllerOwner))
	k.Make("lbc-attachment", store.AttachmentType, store.Properties{"role": "lbc-role", "policyArn": k.IDs["lbc-policy"]})
	k.Apply(store.ServiceAccountType, store.Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{
		"name": store.ControllerOwner, "namespace": "kube-system", "annotations": map[string]any{"eks.amazonaws.com/role-arn": arn}}})
	return k
}

// ReleaseInputs returns the inputs of a release of the controller that becomes ready.
func (k *KubeLab) ReleaseInputs() store.Properties {
	return store.Properties{"chart": store.ControllerOwner, "name": store.ControllerOwner, "namespace": "kube-system", "version": "3.2.2",
		"repositoryOpts": map[string]any{"repo": charts.Get(charts.LoadBalancerController).Repository},
		"values": map[string]any{"clusterName": "dev", "region": "ap-northeast-2", "vpcId": k.IDs["vpc"], "enableServiceMutatorWebhook": false,
			"serviceAccount": map[string]any{"create": false, "name": store.ControllerOwner}}}
}

// Controlled installs the controller.
func (k *KubeLab) Controlled() *KubeLab {
	k.T.Helper()
	k.ControllerAccount()
	k.Apply(store.ReleaseType, k.ReleaseInputs())
	return k
}

// Refusals returns all rules in an error.
func Refusals(err error) []store.Rule {
	var found []store.Rule
	var refusal *store.Refusal
	switch e := err.(type) {
	case nil:
	case *store.Refusal:
		found = append(found, store.Rule{Rule: e.Rule()})
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			found = append(found, Refusals(inner)...)
		}
	case interface{ Unwrap() error }:
		found = append(found, Refusals(e.Unwrap())...)
	default:
		if errors.As(err, &refusal) {
			found = append(found, store.Rule{Rule: refusal.Rule()})
		}
	}
	return found
}

// Refused checks that an error is a refusal of a rule.
func Refused(t *testing.T, err error, rule store.Rule) {
	t.Helper()
	if !slices.Contains(Refusals(err), rule) {
		t.Fatalf("not refused by %q: %v", rule.Name(), err)
	}
}

// NewRelease updates the nodes of the cluster's node group to another image.
func (k *KubeLab) NewRelease(terms store.Terms) error {
	o, err := k.Client.Read(store.NodeGroupType, "dev:general")
	if err != nil {
		return err
	}
	o.Inputs["releaseVersion"] = "1.35.9-20261201"
	_, err = k.Client.With(terms).Update(store.NodeGroupType, "dev:general", o.Inputs)
	return err
}

// CheckedSlowly creates web behind a load balancer for which a target is healthy after 5 checks, one every 2 minutes.
func (k *KubeLab) CheckedSlowly() {
	k.GatedWeb()
	k.Must(k.Update(store.ServiceType, "default/web", AwaitingAddress(NLB(map[string]any{
		ccm.ServicePrefixes + "aws-load-balancer-nlb-target-type":               "ip",
		ccm.ServicePrefixes + "aws-load-balancer-healthcheck-interval":          "120",
		ccm.ServicePrefixes + "aws-load-balancer-healthcheck-healthy-threshold": "5",
	}))))
}

// GatedWeb makes web behind a network load balancer whose targets its pods wait for.
func (k *KubeLab) GatedWeb() {
	k.T.Helper()
	k.Controlled()
	k.World.Find("dev", store.NamespaceType, "default").Set("metadata.labels", map[string]any{lbc.GateLabel: "enabled"})
	k.Apply(store.ServiceType, AwaitingAddress(NLB(map[string]any{ccm.ServicePrefixes + "aws-load-balancer-nlb-target-type": "ip"})))
	k.Apply(store.DeploymentType, Web())
}

// Balancing installs the controller with some values and a class of ours, and runs web behind a Service with node
// ports.
func (k *KubeLab) Balancing(values map[string]any) *KubeLab {
	k.T.Helper()
	k.ControllerAccount()
	in := Edited(k.ReleaseInputs(), "values.createIngressClassResource", false)
	for key, value := range values {
		With(in, "values."+key, value)
	}
	k.Apply(store.ReleaseType, in)
	k.Apply(store.IngressClassType, IngressClass("alb", lbc.ALBController))
	k.Apply(store.DeploymentType, Web())
	k.Apply(store.ServiceType, Service("web", "NodePort"))
	return k
}

// StopController ends the controller's pods, and no other can start.
func (k *KubeLab) StopController() {
	k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
	for _, pod := range lbc.ControllerOf(k.World.Account, "dev").Pods() {
		kube.EndPod(k.World.Account, pod)
	}
}

// Isolate leaves the nodes endpoints and no way out.
func (k *KubeLab) Isolate() {
	k.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts", "elasticloadbalancing")
	k.Must(k.Delete(store.RouteType, "to-nat"))
}

// Create creates an object and returns the error.
func (k *KubeLab) Create(typ string, m store.Properties) error {
	_, err := k.Kube.Create(typ, m)
	return err
}

// Update updates an object and returns the error.
func (k *KubeLab) Update(typ, id string, m store.Properties) error {
	_, err := k.Kube.Update(typ, id, m)
	return err
}

// Empty removes all nodes.
func (k *KubeLab) Empty() *KubeLab {
	k.T.Helper()
	if err := k.Delete(store.NodeGroupType, "general"); err != nil {
		k.T.Fatal(err)
	}
	return k
}

// OnNodes changes every node.
func (k *KubeLab) OnNodes(change func(node *store.Object)) *KubeLab {
	for _, node := range k.World.All(store.NodeType) {
		change(node)
	}
	return k
}
