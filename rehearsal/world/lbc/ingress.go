package lbc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// The finalizers of Ingresses (pkg/shared_constants/finalizers.go): of one with a load balancer of its own, and the
// beginning of that of a group's members.
const (
	IngressFinalizer = "ingress.k8s.aws/resources"
	groupFinalizer   = "group.ingress.k8s.aws/"
)

// ALBController is what an IngressClass names whose Ingresses are the controller's.
const ALBController = "ingress.k8s.aws/alb"

const ingressSource = store.ControllerSource + "pkg/ingress/"

var (
	IngressServed = store.NewRule("somebody serves an Ingress's class",
		`the load balancer controller ignores Ingress %s: %s`, ingressSource+"group_loader.go")
	IngressClassLoads = store.NewRule("an Ingress that the controller validates names an existing class",
		`admission webhook "vingress.elbv2.k8s.aws" denied the request: invalid ingress class: %s`,
		store.ControllerSource+"webhooks/networking/ingress_validator.go; every update is reviewed, that which takes a finalizer off among them")
	IngressClassStands = store.NewRule("a group's members keep their classes",
		`Ingress: %s: Ingress has invalid IngressClass configuration: invalid ingress class: %s`, ingressSource+"group_loader.go")
	IngressGroupNamed = store.NewRule("a group of Ingresses has the form of a name, 63 characters at most",
		`the load balancer controller ignores Ingress %s: invalid ingress group: groupName must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (%q)`,
		ingressSource+"group_loader.go")
	GroupOrderNumber = store.NewRule("an Ingress's order in its group is a number",
		`failed to load Ingress group order for ingress: %s: %s`, ingressSource+"group_loader.go")
	GroupOrder = store.NewRule("an Ingress's place in its group is between -1000 and 1000",
		`explicit Ingress group order must be within [-1000:1000], Ingress: %s, order: %d`, ingressSource+"group_loader.go")
)

// ingressAnnotations reads the annotations of Ingresses as the controller does, with its errors.
var ingressAnnotations annotations.Parser = annotations.NewSuffixAnnotationParser(annotations.AnnotationPrefixIngress)

// groupID names the Ingresses that share a load balancer: by name, or one alone by its own name and namespace.
type groupID struct{ namespace, name string }

func (g groupID) explicit() bool { return g.namespace == "" }

func (g groupID) String() string { return kube.Identity(g.namespace, g.name) }

func (g groupID) Stack() Stack { return Stack{store.IngressPrefix, g.String()} }

func (g groupID) finalizer() string {
	if g.explicit() {
		return groupFinalizer + g.name
	}
	return IngressFinalizer
}

// HeldFor is the group that an Ingress's finalizer is of; not every finalizer is one of those.
func HeldFor(o *store.Object, finalizer string) (groupID, bool) {
	if name, explicit := strings.CutPrefix(finalizer, groupFinalizer); explicit {
		return groupID{"", name}, true
	}
	return groupID{kube.Namespace(o), kube.Name(o)}, finalizer == IngressFinalizer
}

// holds reports whether an Ingress carries a group's finalizer. That of a load balancer of its own has the same text on
// every Ingress.
func (g groupID) holds(o *store.Object) bool {
	return slices.Contains(kube.Finalizers(o), g.finalizer()) && (g.explicit() || g == groupID{kube.Namespace(o), kube.Name(o)})
}

// ingressGroup is the current state of a group: its members, and those that leave it and still carry its finalizer.
type ingressGroup struct {
	id      groupID
	members []*store.Object
	leaving []*store.Object
}

// ingresses are those that the controller looks at.
func (c *Controller) ingresses() []*store.Object {
	watched := c.arguments["watch-namespace"]
	return kube.In(c.Account, c.cluster, store.IngressType, func(o *store.Object) bool { return watched == "" || kube.Namespace(o) == watched })
}

// Groups are all that an Ingress belongs to or is to leave.
func (c *Controller) Groups() []groupID {
	var found []groupID
	add := func(id groupID) {
		if !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	for _, o := range c.ingresses() {
		for _, id := range c.groupsOf(o) {
			add(id)
		}
	}
	return found
}

// groupsOf are those that an Ingress belongs to or is to leave.
func (c *Controller) groupsOf(o *store.Object) []groupID {
	var found []groupID
	if id, err := c.groupOfIngress(o); err == nil {
		found = append(found, id)
	}
	for _, finalizer := range kube.Finalizers(o) {
		if id, is := HeldFor(o, finalizer); is {
			found = append(found, id)
		}
	}
	return found
}

var groupForm = regexp.MustCompile(`^([a-z0-9][-a-z0-9.]*)?[a-z0-9]$`)

// groupOfIngress is the group that an Ingress belongs to, or why it belongs to none.
func (c *Controller) groupOfIngress(o *store.Object) (groupID, error) {
	ingress := kube.Live[networkingv1.Ingress](o)
	why := c.foreignClass(&ingress)
	if problem := c.classProblem(&ingress); problem != "" {
		why = "invalid ingress class: " + problem
	}
	if kube.Deleting(o) {
		why = "it was deleted"
	}
	if err := IngressServed.When(why != "", o.ID, why); err != nil {
		return groupID{}, err
	}
	name := ""
	if !ingressAnnotations.ParseStringAnnotation(annotations.IngressSuffixGroupName, &name, ingress.Annotations) {
		return groupID{kube.Namespace(o), kube.Name(o)}, nil
	}
	return groupID{"", name}, IngressGroupNamed.When(!groupForm.MatchString(name) || len(name) > 63, o.ID, name)
}

// className is the class that an Ingress names by its field.
func className(ingress *networkingv1.Ingress) string {
	if ingress.Spec.IngressClassName == nil {
		return ""
	}
	return *ingress.Spec.IngressClassName
}

// classProblem is what is wrong with the class that an Ingress names, "" for nothing (pkg/ingress/class_loader.go). One
// that names a class by the annotation of old needs none.
func (c *Controller) classProblem(ingress *networkingv1.Ingress) string {
	name := className(ingress)
	if _, annotated := ingress.Annotations[kube.ClassAnnotation]; annotated || name == "" {
		return ""
	}
	class := c.Find(c.cluster, store.IngressClassType, name)
	if class == nil {
		return fmt.Sprintf("IngressClass.networking.k8s.io %q not found", name)
	}
	if class.Text("spec.controller") != ALBController || class.At("spec.parameters") == nil {
		return ""
	}
	if class.Text("spec.parameters.apiGroup") != "elbv2.k8s.aws" || class.Text("spec.parameters.kind") != "IngressClassParams" {
		return fmt.Sprintf("IngressClass %s references unknown parameters", name)
	}
	if parameters := class.Text("spec.parameters.name"); c.Find(c.cluster, store.ClassParamsType, parameters) == nil {
		return fmt.Sprintf("IngressClassParams.elbv2.k8s.aws %q not found", parameters)
	}
	return ""
}

// foreignClass returns the class of an Ingress that another controller serves, "" for one that is.
func (c *Controller) foreignClass(ingress *networkingv1.Ingress) string {
	own := c.arguments["ingress-class"]
	if annotated, given := ingress.Annotations[kube.ClassAnnotation]; given {
		if annotated == own || (own == "" && (annotated == "" || annotated == "alb")) {
			return ""
		}
		return fmt.Sprintf("its annotation %s is %q", kube.ClassAnnotation, annotated)
	}
	if className(ingress) == "" {
		if own == "" {
			return ""
		}
		return "it names no class and none is the cluster's default"
	}
	class := c.Find(c.cluster, store.IngressClassType, className(ingress))
	if class == nil || class.Text("spec.controller") == ALBController {
		return ""
	}
	return fmt.Sprintf("its class %s is of controller %s", kube.Name(class), class.Text("spec.controller"))
}

// loadGroup finds a group's members and those that leave it. A member whose class went ends it: it might have gone by
// mistake (aws-load-balancer-controller#2731).
func (c *Controller) loadGroup(id groupID) (*ingressGroup, error) {
	g := &ingressGroup{id: id}
	watched := c.arguments["watch-namespace"]
	for _, o := range c.Lookup(store.IngressType, "group", id.String(), groupsNamed) {
		if o.Cluster != c.cluster || watched != "" && kube.Namespace(o) != watched {
			continue
		}
		ingress := kube.Live[networkingv1.Ingress](o)
		problem := c.classProblem(&ingress)
		if err := IngressClassStands.When(id.holds(o) && !kube.Deleting(o) && problem != "", o.ID, problem); err != nil {
			return nil, err
		}
		if of, err := c.groupOfIngress(o); err == nil && of == id {
			g.members = append(g.members, o)
		} else if id.holds(o) {
			g.leaving = append(g.leaving, o)
		}
	}
	return g, g.sort()
}

// sort orders members by the order that they name, then by name.
func (g *ingressGroup) sort() error {
	orders := map[*store.Object]int32{}
	for _, o := range g.members {
		var order int32
		_, err := ingressAnnotations.ParseInt32Annotation(annotations.IngressSuffixGroupOrder, &order, kube.Meta(o).GetAnnotations())
		if err := store.First(GroupOrderNumber.When(err != nil, o.ID, err), GroupOrder.When(order < -1000 || order > 1000, o.ID, order)); err != nil {
			return err
		}
		orders[o] = order
	}
	slices.SortStableFunc(g.members, func(a, b *store.Object) int { return int(orders[a] - orders[b]) })
	return nil
}

// groupsNamed returns the groups that an Ingress names by its annotation and its finalizers, for the index: it belongs
// to no other.
func groupsNamed(o *store.Object) []string {
	name := ""
	groups := []string{kube.Identity(kube.Namespace(o), kube.Name(o))}
	if ingressAnnotations.ParseStringAnnotation(annotations.IngressSuffixGroupName, &name, kube.Meta(o).GetAnnotations()) {
		groups[0] = groupID{"", name}.String()
	}
	for _, finalizer := range kube.Finalizers(o) {
		if id, is := HeldFor(o, finalizer); is {
			groups = append(groups, id.String())
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// ReconcileGroup does what the controller does when an Ingress of a group has changed. It reports whether it changed
// anything, and what keeps it from finishing: the event that it would write.
func (c *Controller) ReconcileGroup(id groupID) (bool, error) {
	if err := c.Lacks(); err != nil {
		return false, err
	}
	g, err := c.loadGroup(id)
	if err != nil {
		return false, err
	}
	changed := false
	for _, o := range g.members {
		if slices.Contains(kube.Finalizers(o), id.finalizer()) {
			continue
		}
		if err := c.reviewed(o); err != nil {
			return changed, fmt.Errorf("FailedAddFinalizer: Failed add finalizer due to %w", err)
		}
		changed = kube.AddFinalizer(o, id.finalizer())
	}
	did, err := c.buildGroup(g)
	if err != nil {
		return changed || did, err
	}
	for _, o := range g.members {
		did = c.publishIngress(o, id) || did
	}
	return c.letGo(g, changed || did)
}

// buildGroup makes a group's load balancer what its members ask for, or takes it down where none is left.
func (c *Controller) buildGroup(g *ingressGroup) (bool, error) {
	model, changed, err := c.modelOfGroup(g)
	switch {
	case err != nil:
		return changed, err
	case len(g.members) == 0:
		return c.takeDown(g.id.Stack())
	case model == nil:
		return changed, nil
	}
	did, err := c.deploy(model)
	if changed = changed || did; err == nil {
		err = c.addOns(g)
	}
	if err != nil {
		return changed, fmt.Errorf("FailedDeployModel: Failed deploy model due to %w", err)
	}
	return changed, nil
}

// letGo takes the group's finalizer off those that leave it.
func (c *Controller) letGo(g *ingressGroup, changed bool) (bool, error) {
	if len(g.members) == 0 {
		did, err := c.dropSharedGroup(g.leaving...)
		if changed = changed || did; err != nil {
			return changed, err
		}
	}
	for _, o := range g.leaving {
		if err := c.reviewed(o); err != nil {
			return changed, fmt.Errorf("FailedRemoveFinalizer: Failed remove finalizer due to %w", err)
		}
		kube.Release(c.Account, o, g.id.finalizer())
		changed = true
	}
	return changed, nil
}

// reviewed passes the controller's own update of an Ingress through the webhooks.
func (c *Controller) reviewed(o *store.Object) error {
	return kube.Review(c.Account, kube.Builtin(store.IngressType), o, admissionv1.Update)
}

// admitIngress is what the controller's webhook refuses (webhooks/networking/ingress_validator.go).
func admitIngress(w *store.Account, o *store.Object) error {
	ingress := kube.Live[networkingv1.Ingress](o)
	problem := ControllerOf(w, o.Cluster).classProblem(&ingress)
	return IngressClassLoads.When(problem != "", problem)
}

// publishIngress writes the load balancer's name into an Ingress's status.
func (c *Controller) publishIngress(o *store.Object, id groupID) bool {
	balancer := c.balancerOf(id.Stack())
	if balancer == nil {
		return false
	}
	ports := []any{}
	for _, listener := range c.made(store.ListenerType, id.Stack()) {
		ports = append(ports, map[string]any{"port": listener.At("port"), "protocol": "TCP"})
	}
	status := map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": balancer.Text("dnsName"), "ports": ports}}}}
	if store.Same(o.Outputs["status"], status) {
		return false
	}
	o.Set("status", status)
	return true
}

// Unserved returns why an Ingress has no address.
func Unserved(w *store.Account, o *store.Object) error {
	c := ControllerOf(w, o.Cluster)
	if c.Deployment == nil {
		return c.Lacks()
	}
	id, err := c.groupOfIngress(o)
	if err == nil {
		_, err = c.ReconcileGroup(id)
	}
	return err
}

// IngressCleanedUp returns what prevents the controller from removing its finalizer from an Ingress.
func IngressCleanedUp(w *store.Account, o *store.Object, id groupID) error {
	_, err := ControllerOf(w, o.Cluster).ReconcileGroup(id)
	return err
}
