package externaldns

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/store"
)

const programSource = "https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/"

// Owner owns the records of ExternalDNS, and is the name of the program's image in each registry.
const Owner = "external-dns"

var (
	PolicySync = store.NewRule("ExternalDNS deletes records with the policy sync only",
		`Skipping deletion: the policy is %s`, programSource+"plan/policy.go")
	ZonesFound = store.NewRule("ExternalDNS finds a hosted zone that its filters match",
		`No hosted zones found matching the filters: domains %s, zones %s`, programSource+"provider/aws/aws.go (zones)")
)

// Controller is ExternalDNS in one cluster.
type Controller struct {
	*store.Account
	deployment *store.Object
	flags      map[string][]string
}

// deploymentsOf returns the Deployments of ExternalDNS.
func deploymentsOf(w *store.Account) []*store.Object {
	return w.Lookup(store.DeploymentType, Owner, Owner, func(o *store.Object) []string {
		if podclient.ImageNamed(o, Owner) {
			return []string{Owner}
		}
		return nil
	})
}

func newController(w *store.Account, deployment *store.Object) *Controller {
	c := &Controller{Account: w, deployment: deployment, flags: map[string][]string{}}
	for _, argument := range kube.Live[appsv1.Deployment](deployment).Spec.Template.Spec.Containers[0].Args {
		name, value, _ := strings.Cut(strings.TrimPrefix(argument, "--"), "=")
		c.flags[name] = append(c.flags[name], value)
	}
	return c
}

// flag returns the value of a flag, "" for none.
func (c *Controller) flag(name string) string {
	if values := c.flags[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func (c *Controller) hasSource(name string) bool { return slices.Contains(c.flags["source"], name) }

// Items returns the Deployments of ExternalDNS: each loop of its program handles all objects and all records.
func Items(w *store.Account) []store.Key {
	var items []store.Key
	for _, o := range deploymentsOf(w) {
		items = append(items, o.Key())
	}
	return items
}

// watched are the types of objects that names, records and rights depend on.
var watched = []string{store.PodType, store.NodeType, store.ServiceType, store.IngressType, store.DeploymentType, store.NamespaceType, store.ServiceAccountType, store.ClusterRoleType,
	store.ClusterBindingType, store.HostedZoneType, store.RecordType, store.LoadBalancerType, store.ClassicType, store.RoleType, store.PolicyType, store.AttachmentType, store.RolePolicyType, store.OIDCType,
	store.PodIdentityType, store.DaemonSetType}

// Watch adds the Deployments of ExternalDNS after a change of an object that its names, records or rights depend on.
func Watch(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	if slices.Contains(watched, changed.Type) {
		for _, item := range Items(w) {
			add(item)
		}
	}
	// What remains is the way to Route 53, which the node of its pod has too.
	return slices.Contains(watched, changed.Type) || changed.Cluster != ""
}

// program returns ExternalDNS' program, or what prevents it from acting: the requests of each loop that fail.
func (c *Controller) program() (*podclient.Program, error) {
	p, err := podclient.Running(c.Account, "ExternalDNS", c.deployment)
	if err != nil {
		return nil, err
	}
	var rights []kube.Access
	if c.hasSource("service") {
		for _, resource := range []string{"services", "pods", "nodes"} {
			rights = append(rights, kube.Access{Verb: "list", Resource: resource}, kube.Access{Verb: "watch", Resource: resource})
		}
	}
	if c.hasSource("ingress") {
		rights = append(rights, kube.Access{Verb: "list", Group: "networking.k8s.io", Resource: "ingresses"}, kube.Access{Verb: "watch", Group: "networking.k8s.io", Resource: "ingresses"})
	}
	return p, store.First(p.CheckRights(rights...), p.CheckConnection("route53", apiHost(c.Account)), p.CheckAllowed("route53:ListHostedZones", "*", nil))
}

// apiHost returns the host of Route 53's API, which is one for each partition
// (https://docs.aws.amazon.com/general/latest/gr/r53.html).
func apiHost(w *store.Account) string {
	if w.Partition().ID == "aws-us-gov" {
		return "route53.us-gov." + w.Partition().DNSSuffix
	}
	return "route53." + w.Partition().DNSSuffix
}
