package lbc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// The finalizers of Ingresses (pkg/shared_constants/finalizers.go): of an Ingress with its own load balancer, and the
// prefix for the members of a group.
const (
	IngressFinalizer = "ingress.k8s.aws/resources"
	groupFinalizer   = "group.ingress.k8s.aws/"
)

// ALBController is the controller in an IngressClass whose Ingresses the load balancer controller reconciles.
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

// groupID identifies the Ingresses that share a load balancer: the name of a group, or namespace and name of an Ingress
// with its own load balancer.
type groupID struct{ namespace, name string }

func (g groupID) isNamed() bool { return g.namespace == "" }

func (g groupID) String() string { return kube.ObjectID(g.namespace, g.name) }

func (g groupID) Stack() Stack { return Stack{store.IngressPrefix, g.String()} }

func (g groupID) finalizer() string {
	if g.isNamed() {
		return groupFinalizer + g.name
	}
	return IngressFinalizer
}

// GroupOfFinalizer returns the group of an Ingress's finalizer; it reports false for a finalizer of another actor.
func GroupOfFinalizer(o *store.Object, finalizer string) (groupID, bool) {
	if name, explicit := strings.CutPrefix(finalizer, groupFinalizer); explicit {
		return groupID{"", name}, true
	}
	return groupID{kube.Namespace(o), kube.Name(o)}, finalizer == IngressFinalizer
}

// isFinalizerOf reports whether an Ingress has the group's finalizer. The finalizer of Ingresses with their own load
// balancer has the same text on every Ingress.
func (g groupID) isFinalizerOf(o *store.Object) bool {
	return slices.Contains(kube.Finalizers(o), g.finalizer()) && (g.isNamed() || g == groupID{kube.Namespace(o), kube.Name(o)})
}

// ingressGroup is the current state of a group: its members, and former members that still have its finalizer.
type ingressGroup struct {
	id      groupID
	members []*store.Object
	leaving []*store.Object
}

// ingresses returns the Ingresses that the controller watches.
func (c *Controller) ingresses() []*store.Object {
	watched := c.arguments["watch-namespace"]
	return kube.ObjectsIn(c.Account, c.cluster, store.IngressType, func(o *store.Object) bool { return watched == "" || kube.Namespace(o) == watched })
}

// Groups returns all groups that have a member, or a former member with the group's finalizer.
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

// groupsOf returns the group of an Ingress, and the groups whose finalizers it has.
func (c *Controller) groupsOf(o *store.Object) []groupID {
	var found []groupID
	if id, err := c.groupOfIngress(o); err == nil {
		found = append(found, id)
	}
	for _, finalizer := range kube.Finalizers(o) {
		if id, is := GroupOfFinalizer(o, finalizer); is {
			found = append(found, id)
		}
	}
	return found
}

var groupForm = regexp.MustCompile(`^([a-z0-9][-a-z0-9.]*)?[a-z0-9]$`)

// groupOfIngress returns the group of an Ingress, or why it has none.
func (c *Controller) groupOfIngress(o *store.Object) (groupID, error) {
	ingress := kube.Live[networkingv1.Ingress](o)
	why := c.otherClassReason(&ingress)
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

// className returns the class in an Ingress's field, "" for none.
func className(ingress *networkingv1.Ingress) string {
	if ingress.Spec.IngressClassName == nil {
		return ""
	}
	return *ingress.Spec.IngressClassName
}

// classProblem returns why the class of an Ingress is invalid, "" if it is valid (pkg/ingress/class_loader.go). The
// class in the deprecated annotation needs no IngressClass.
func (c *Controller) classProblem(ingress *networkingv1.Ingress) string {
	name := className(ingress)
	if _, annotated := ingress.Annotations[kube.ClassAnnotation]; annotated || name == "" {
		return ""
	}
	class := c.Find(c.cluster, store.IngressClassType, name)
	if class == nil {
		return fmt.Sprintf("IngressClass.networking.k8s.io %q not found", name)
	}
	spec := kube.Live[networkingv1.IngressClass](class).Spec
	if spec.Controller != ALBController || spec.Parameters == nil {
		return ""
	}
	if valueOf(spec.Parameters.APIGroup) != "elbv2.k8s.aws" || spec.Parameters.Kind != "IngressClassParams" {
		return fmt.Sprintf("IngressClass %s references unknown parameters", name)
	}
	if parameters := spec.Parameters.Name; c.Find(c.cluster, store.ClassParamsType, parameters) == nil {
		return fmt.Sprintf("IngressClassParams.elbv2.k8s.aws %q not found", parameters)
	}
	return ""
}

// otherClassReason returns why another controller serves the class of an Ingress, "" if this controller does.
func (c *Controller) otherClassReason(ingress *networkingv1.Ingress) string {
	own := c.arguments["ingress-class"]
	if annotated, found := ingress.Annotations[kube.ClassAnnotation]; found {
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
	if class == nil {
		return ""
	}
	controller := kube.Live[networkingv1.IngressClass](class).Spec.Controller
	if controller == ALBController {
		return ""
	}
	return fmt.Sprintf("its class %s is of controller %s", kube.Name(class), controller)
}

// loadGroup returns a group with its members and former members. It returns an error for a member whose class was
// deleted, because this may be a mistake (aws-load-balancer-controller#2731).
func (c *Controller) loadGroup(id groupID) (*ingressGroup, error) {
	g := &ingressGroup{id: id}
	watched := c.arguments["watch-namespace"]
	for _, o := range c.Lookup(store.IngressType, "group", id.String(), groupNames) {
		if o.Cluster != c.cluster || watched != "" && kube.Namespace(o) != watched {
			continue
		}
		ingress := kube.Live[networkingv1.Ingress](o)
		problem := c.classProblem(&ingress)
		if err := IngressClassStands.When(id.isFinalizerOf(o) && !kube.Deleting(o) && problem != "", o.ID, problem); err != nil {
			return nil, err
		}
		if of, err := c.groupOfIngress(o); err == nil && of == id {
			g.members = append(g.members, o)
		} else if id.isFinalizerOf(o) {
			g.leaving = append(g.leaving, o)
		}
	}
	return g, g.sort()
}

// sort sorts the members by the order in their annotations, then by name.
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

// groupNames returns the groups in an Ingress's annotation and finalizers, for the index: it is in no other group.
func groupNames(o *store.Object) []string {
	name := ""
	groups := []string{kube.ObjectID(kube.Namespace(o), kube.Name(o))}
	if ingressAnnotations.ParseStringAnnotation(annotations.IngressSuffixGroupName, &name, kube.Meta(o).GetAnnotations()) {
		groups[0] = groupID{"", name}.String()
	}
	for _, finalizer := range kube.Finalizers(o) {
		if id, is := GroupOfFinalizer(o, finalizer); is {
			groups = append(groups, id.String())
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// ReconcileGroup reconciles a group of Ingresses as the controller does. It reports whether it changed anything, and
// returns the error that prevents it from finishing, which the controller writes as an event.
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
		if err := c.review(o); err != nil {
			return changed, fmt.Errorf("FailedAddFinalizer: Failed add finalizer due to %w", err)
		}
		changed = kube.AddFinalizer(o, id.finalizer())
	}
	deployed, err := c.deployGroup(g)
	if err != nil {
		return changed || deployed, err
	}
	for _, o := range g.members {
		changed = c.publishIngress(o, id) || changed
	}
	return c.removeFinalizers(g, changed || deployed)
}

// deployGroup creates or updates a group's load balancer, or deletes it if the group has no members.
func (c *Controller) deployGroup(g *ingressGroup) (bool, error) {
	model, changed, err := c.modelOfGroup(g)
	switch {
	case err != nil:
		return changed, err
	case len(g.members) == 0:
		return c.deleteStack(g.id.Stack())
	case model == nil:
		return changed, nil
	}
	deployed, err := c.deploy(model)
	if changed = changed || deployed; err == nil {
		err = c.checkAddOns(g)
	}
	if err != nil {
		return changed, fmt.Errorf("FailedDeployModel: Failed deploy model due to %w", err)
	}
	return changed, nil
}

// removeFinalizers removes the group's finalizer from former members.
func (c *Controller) removeFinalizers(g *ingressGroup, changed bool) (bool, error) {
	if len(g.members) == 0 {
		deleted, err := c.deleteSharedGroup(g.leaving...)
		if changed = changed || deleted; err != nil {
			return changed, err
		}
	}
	for _, o := range g.leaving {
		if err := c.review(o); err != nil {
			return changed, fmt.Errorf("FailedRemoveFinalizer: Failed remove finalizer due to %w", err)
		}
		kube.ReleaseFinalizer(c.Account, o, g.id.finalizer())
		changed = true
	}
	return changed, nil
}

// review calls the validating webhooks for the controller's own update of an Ingress.
func (c *Controller) review(o *store.Object) error {
	return kube.CallValidatingWebhooks(c.Account, kube.BuiltinType(store.IngressType), o, admissionv1.Update)
}

// validateIngress refuses the Ingresses that the controller's webhook refuses
// (webhooks/networking/ingress_validator.go).
func validateIngress(w *store.Account, o *store.Object) error {
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
	published := networkingv1.IngressLoadBalancerIngress{Hostname: elb.LoadBalancerOf(balancer).DNSName}
	for _, listener := range c.createdFor(store.ListenerType, id.Stack()) {
		published.Ports = append(published.Ports, networkingv1.IngressPortStatus{Port: int32(elb.ListenerOf(listener).Port), Protocol: corev1.ProtocolTCP})
	}
	return setStatus(o, networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{Ingress: []networkingv1.IngressLoadBalancerIngress{published}}})
}

// LacksAddress returns why an Ingress has no address.
func LacksAddress(w *store.Account, o *store.Object) error {
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

// LacksIngressCleanup returns what prevents the controller from removing its finalizer from an Ingress.
func LacksIngressCleanup(w *store.Account, o *store.Object, id groupID) error {
	_, err := ControllerOf(w, o.Cluster).ReconcileGroup(id)
	return err
}
