package lbc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/constants"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/routeutils"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

const gatewaySource = store.ControllerSource + "controllers/gateway/"

var (
	GatewayServed = store.NewRule("a Gateway's class exists and is one of the load balancer controller's",
		`the load balancer controller ignores Gateway %s, also if it was deleted: %s`, gatewaySource+"gateway_controller.go (reconcileHelper)")
	GatewayDetected = store.NewRule("the definitions of the Gateway API exist when the load balancer controller starts",
		`the load balancer controller ignores %s of %s: it looked for the definitions when it started: %s`,
		store.ControllerSource+"pkg/gateway/crddetect/gateway_feature_flags.go; main.go")
	GatewayClassAccepted = store.NewRule("a Gateway's class is accepted",
		`Unable to materialize gateway when gateway class [%s] is not accepted`, gatewaySource+"config_resolver.go")
	GatewayConfigured = store.NewRule("the configurations of a Gateway and of its class exist and were processed",
		`%s`, gatewaySource+"config_resolver.go")
	GatewayRoutes = store.NewRule("the load balancer controller can load the routes of a Gateway",
		`%s`, store.ControllerSource+"pkg/gateway/routeutils/loader.go")
	GatewayModelled = store.NewRule("the load balancer controller can build a model of a Gateway",
		`FailedBuildModel: Failed build model due to %s`, store.ControllerSource+"pkg/gateway/model/base_model_builder.go")
	RouteAttached = store.NewRule("a route's Gateway accepts it",
		`%s %s: %s`, store.ControllerSource+"pkg/gateway/routeutils/route_listener_mapper.go")
)

// The facts of a controller's pod: what it found of the Gateway API's definitions when it started.
const (
	gatewayFeatures = "gatewayFeatures"
	gatewayLog      = "gatewayLog"
)

// layerOfFinalizer returns the layer whose Gateways have a finalizer, nil for another finalizer.
func layerOfFinalizer(finalizer string) *builders.Layer {
	at := slices.IndexFunc(builders.Layers, func(l *builders.Layer) bool { return l.Finalizer == finalizer })
	if at < 0 {
		return nil
	}
	return builders.Layers[at]
}

// detectGateways records what a starting pod of the controller finds of the Gateway API's definitions. It reports
// whether it enables Gateways.
func (c *Controller) detectGateways(pod *store.Object) (bool, error) {
	found, err := builders.Detect(c.flags(), func(groupVersion string) []string { return kube.KindsServed(c.Account, c.cluster, groupVersion) })
	if err != nil {
		return false, err
	}
	pod.Learn(gatewayFeatures, store.AnyOf(found.Features))
	pod.Learn(gatewayLog, store.AnyOf(found.Log))
	return slices.ContainsFunc(builders.Layers, func(l *builders.Layer) bool { return slices.Contains(found.Features, l.Feature) }), nil
}

// features returns the features of the Gateway API that the controller's first pod has enabled.
func (c *Controller) features() []string {
	if pods := c.Pods(); len(pods) > 0 {
		return store.Texts(pods[0].Facts[gatewayFeatures])
	}
	return nil
}

// checkDetected refuses what a layer should do that the controller has not enabled.
func (c *Controller) checkDetected(layer *builders.Layer, o *store.Object) error {
	if slices.Contains(c.features(), layer.Feature) {
		return nil
	}
	log := "it disabled " + layer.Feature
	if pods := c.Pods(); len(pods) > 0 {
		if lines := store.Texts(pods[0].Facts[gatewayLog]); len(lines) > 0 {
			log = strings.Join(lines, "; ")
		}
	}
	return GatewayDetected.When(true, store.LastOf(o.Type, ":")+" "+o.ID, layer.Name, log)
}

// gatewayOf returns a Gateway with its class, or why the controller ignores it.
func (c *Controller) gatewayOf(o *store.Object) (*builders.Gateway, error) {
	g := kube.Live[gwv1.Gateway](o)
	g.UID = uidOf(o)
	found := c.Find(c.cluster, store.GatewayClassType, string(g.Spec.GatewayClassName))
	if err := GatewayServed.When(found == nil, o.ID, fmt.Sprintf("gatewayclasses.gateway.networking.k8s.io %q not found", g.Spec.GatewayClassName)); err != nil || found == nil {
		return nil, err
	}
	class := kube.Live[gwv1.GatewayClass](found)
	layer := builders.LayerOf(string(class.Spec.ControllerName))
	if err := GatewayServed.When(layer == nil, o.ID, fmt.Sprintf("its class %s is of controller %s", class.Name, class.Spec.ControllerName)); err != nil || layer == nil {
		return nil, err
	}
	return &builders.Gateway{Gateway: &g, Class: &class, Layer: layer, Features: c.features()}, c.checkDetected(layer, o)
}

// builder returns the builders for this controller, and their view of the account.
func (c *Controller) builder() (*builders.Controller, *controllerAccount) {
	account := &controllerAccount{Controller: c}
	return &builders.Controller{Settings: c.Settings(), VPC: c.vpc(), Account: account, Cluster: account}, account
}

// ReconcileGateway reconciles a Gateway as the controller does. It reports whether it changed anything, and returns the
// error that prevents it from finishing. A Gateway that the controller ignores is none.
func (c *Controller) ReconcileGateway(o *store.Object) (bool, error) {
	if err := c.Lacks(); err != nil {
		return false, err
	}
	g, err := c.gatewayOf(o)
	if g == nil || err != nil {
		return false, nil
	}
	configuration, changed, err := c.configure(o, g)
	if err != nil {
		return c.rejectGateway(o, string(gwv1.GatewayReasonInvalid), err.Error(), nil) || changed, err
	}
	b, _ := c.builder()
	routes, err := b.Routes(g, configuration)
	changed = c.reportRoutes(g.Layer, routes.Reports) || changed
	if err != nil {
		return c.rejectRoutes(o, err) || changed, c.routesRefusal(err)
	}
	model, created, err := c.modelOfGateway(g, configuration, routes)
	if changed = changed || created; err != nil {
		return c.rejectGateway(o, string(gwv1.GatewayReasonInvalid), constants.GatewayReconcileErrorMessage, nil) || changed, err
	}
	if model == nil {
		did, err := c.cleanUpGateway(o, g.Layer)
		return changed || did, err
	}
	o.Learn(servicesOfGateway, store.AnyOf(routes.Services))
	changed = kube.AddFinalizer(o, g.Layer.Finalizer) || changed
	// The annotation is there before the association of a web ACL, and says false only once it is removed.
	if model.HasWebACL() {
		changed = noteWebACL(o, g, true) || changed
	}
	deployed, err := c.deploy(model)
	if changed = changed || deployed; err != nil {
		return c.rejectGateway(o, string(gwv1.GatewayReasonInvalid), constants.GatewayReconcileErrorMessage, nil) || changed,
			fmt.Errorf("FailedDeployModel: Failed deploy model due to %w", err)
	}
	if !model.HasWebACL() {
		changed = noteWebACL(o, g, false) || changed
	}
	return c.publishGateway(o, model.stack, routes) || changed, nil
}

// noteWebACL writes whether a Gateway has a web ACL into its annotation, if it has changed. It reports whether it has
// (controllers/gateway/addons.go, diffAddOns and persistAddOns).
func noteWebACL(o *store.Object, g *builders.Gateway, has bool) bool {
	if g.HasWebACL() == has {
		return false
	}
	kube.WriteField(o, kube.ManagedField{Manager: "controller", Using: "gateway.networking.k8s.io/v1",
		Path: []string{"metadata", "annotations", builders.WebACLAnnotation}}, strconv.FormatBool(has))
	return true
}

// servicesOfGateway is the fact of a Gateway with the Services of its routes, which the controller has in memory
// (pkg/gateway/referencecounter).
const servicesOfGateway = "services"

// configure reads the configurations of a Gateway, and adds the finalizer to each that it reads.
func (c *Controller) configure(o *store.Object, g *builders.Gateway) (*builders.Configuration, bool, error) {
	accepted := slices.ContainsFunc(store.ListOf(store.Nested(c.Find(c.cluster, store.GatewayClassType, g.Class.Name).Outputs, "status", "conditions")), func(condition map[string]any) bool {
		return condition["type"] == string(gwv1.GatewayClassConditionStatusAccepted) && condition["status"] == "True"
	})
	if err := GatewayClassAccepted.When(!accepted, g.Class.Name); err != nil {
		return nil, false, err
	}
	b, _ := c.builder()
	found, err := b.Configuration(g)
	changed := false
	for _, id := range found.Read {
		changed = kube.AddFinalizer(c.Find(c.cluster, store.BalancerConfigurationType, id), balancerFinalizer) || changed
	}
	return found, changed, GatewayConfigured.When(err != nil, err)
}

// routesRefusal returns the refusal of an error of the loader of routes.
func (c *Controller) routesRefusal(err error) error {
	if isKnown(err) {
		return err
	}
	return GatewayRoutes.When(true, err)
}

// modelOfGateway builds the model of a Gateway, nil for one that is being deleted.
func (c *Controller) modelOfGateway(g *builders.Gateway, of *builders.Configuration, routes *builders.Attached) (*balancerModel, bool, error) {
	s := Stack{g.Layer.TagPrefix, kube.ObjectID(g.Namespace, g.Name)}
	return c.build(GatewayModelled, s, g.DeletionTimestamp.IsZero(), func(b *builders.Controller) (*builders.Model, error) { return b.Gateway(g, of, routes) })
}

// cleanUpGateway deletes the resources of a deleted Gateway.
func (c *Controller) cleanUpGateway(o *store.Object, layer *builders.Layer) (bool, error) {
	if !slices.Contains(kube.Finalizers(o), layer.Finalizer) {
		return false, nil
	}
	if changed, err := c.deleteStack(Stack{layer.TagPrefix, o.ID}); err != nil {
		return changed, err
	}
	if _, err := c.deleteSharedGroup(o); err != nil {
		return true, err
	}
	kube.ReleaseFinalizer(c.Account, o, layer.Finalizer)
	return true, nil
}

// LacksGateway returns why a Gateway has no load balancer, or why the controller does not remove its finalizer.
func LacksGateway(w *store.Account, o *store.Object) error {
	c := ControllerOf(w, o.Cluster)
	if err := c.Lacks(); err != nil {
		return err
	}
	if _, err := c.gatewayOf(o); err != nil {
		return err
	}
	_, err := c.ReconcileGateway(o)
	return err
}

// UnmodelledGateways returns what a Gateway of a cluster asks for that is not modelled, nil for nothing.
func UnmodelledGateways(w *store.Account, cluster string) error {
	c := ControllerOf(w, cluster)
	for _, o := range kube.ObjectsIn(w, cluster, store.GatewayType) {
		_, err := c.ReconcileGateway(o)
		var unknown *store.NotModelled
		if errors.As(err, &unknown) {
			return err
		}
	}
	return nil
}

// IgnoresGateway reports whether an object is a Gateway that the controller ignores, so that it neither updates nor
// deletes its load balancer.
func IgnoresGateway(w *store.Account, o *store.Object) bool {
	if o.Type != store.GatewayType {
		return false
	}
	_, err := ControllerOf(w, o.Cluster).gatewayOf(o)
	return err != nil
}

// LacksRoute returns why a route has no load balancer: what its Gateways lack, or why they do not accept it.
func LacksRoute(w *store.Account, o *store.Object) error {
	c := ControllerOf(w, o.Cluster)
	layer := layerOfRoute(o.Type)
	if err := c.Lacks(); err != nil || layer == nil {
		return err
	}
	for _, parent := range parentsOf(o) {
		gateway := c.Find(c.cluster, store.GatewayType, parent)
		if err := RouteAttached.When(gateway == nil, store.LastOf(o.Type, ":"), o.ID, "Gateway "+parent+" does not exist"); err != nil || gateway == nil {
			return err
		}
		if err := LacksGateway(w, gateway); err != nil {
			return err
		}
	}
	return RouteAttached.When(true, store.LastOf(o.Type, ":"), o.ID, routeProblem(o))
}

// routeProblem returns the message of a condition of a route that is not true.
func routeProblem(o *store.Object) string {
	for _, parent := range store.ListOf(store.Nested(o.Outputs, "status", "parents")) {
		for _, condition := range store.ListOf(parent["conditions"]) {
			if condition["status"] != "True" {
				return fmt.Sprintf("%v: %v", condition["reason"], condition["message"])
			}
		}
	}
	return "no Gateway of its parents has reported on it"
}

// layerOfRoute returns the layer whose Gateways have routes of a type, nil for another type.
func layerOfRoute(typ string) *builders.Layer {
	at := slices.IndexFunc(builders.Layers, func(l *builders.Layer) bool {
		return slices.Contains(l.RouteKinds, store.LastOf(typ, ":")) && strings.Contains(typ, "gateway.networking")
	})
	if at < 0 {
		return nil
	}
	return builders.Layers[at]
}

// parentsOf returns the Gateways that a route names: namespace/name.
func parentsOf(o *store.Object) []string {
	var found []string
	for _, parent := range store.ListOf(store.Nested(o.Outputs, "spec", "parentRefs")) {
		if kind := store.OrText(parent["kind"], "Gateway"); kind == "Gateway" {
			found = append(found, kube.ObjectID(store.OrText(parent["namespace"], kube.Namespace(o)), store.OrText(parent["name"], "")))
		}
	}
	return found
}

// reportRoutes writes what a Gateway reports of routes into their status. It reports whether one changed.
func (c *Controller) reportRoutes(layer *builders.Layer, reports []routeutils.RouteData) bool {
	changed := false
	for _, r := range reports {
		reader := readers[r.RouteMetadata.RouteKind]
		if o := c.Find(c.cluster, reader.typ, kube.ObjectID(r.RouteMetadata.RouteNamespace, r.RouteMetadata.RouteName)); o != nil {
			changed = reportRoute(o, layer, r) || changed
		}
	}
	return changed
}

// publishGateway writes the load balancer's name, and that it is active, into a Gateway's status.
func (c *Controller) publishGateway(o *store.Object, s Stack, routes *builders.Attached) bool {
	balancer := c.balancerOf(s)
	if balancer == nil {
		return false
	}
	accepted := gwv1.GatewayReasonAccepted
	if routes.Listeners.HasErrors() {
		accepted = gwv1.GatewayReasonListenersNotValid
	}
	status := gatewayStatus(o)
	status.set(gwv1.GatewayConditionProgrammed, "True", string(gwv1.GatewayConditionProgrammed), balancer.ID)
	status.set(gwv1.GatewayConditionAccepted, "True", string(accepted), "")
	status.listeners(routes.Listeners.GatewayListenerValidation, true)
	status.body["addresses"] = []any{map[string]any{"type": string(gwv1.HostnameAddressType), "value": strings.ToLower(elb.LoadBalancerOf(balancer).DNSName)}}
	return o.Change("status", status.body)
}
