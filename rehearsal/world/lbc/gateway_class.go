package lbc

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/errors"
	elbv2gw "sigs.k8s.io/aws-load-balancer-controller/apis/gateway/v1beta1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/shared_constants"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// The finalizers of the objects that Gateways need.
const (
	classFinalizer        = shared_constants.GatewayClassFinalizer
	balancerFinalizer     = shared_constants.LoadBalancerConfigurationFinalizer
	targetFinalizer       = shared_constants.TargetGroupConfigurationFinalizer
	listenerRuleFinalizer = shared_constants.ListenerRuleConfigurationFinalizer
)

var (
	ClassUnused = store.NewRule("a deleted GatewayClass has no Gateways",
		`unable to delete GatewayClass [%s], as it is still referenced by Gateways`, gatewaySource+"gateway_class_controller.go")
	ClassConfigured = store.NewRule("a GatewayClass's configuration exists",
		`%s`, gatewaySource+"gateway_class_controller.go")
	BalancerConfigurationUnused = store.NewRule("a deleted LoadBalancerConfiguration is not that of a Gateway or a GatewayClass",
		`loadbalancer configuration [%s] is still in use`, gatewaySource+"loadbalancer_configuration_controller.go")
	TargetConfigurationUnused = store.NewRule("a deleted TargetGroupConfiguration is not that of a Gateway's Service",
		`targetgroup configuration [%s] is still in use`, gatewaySource+"targetgroup_configuration_controller.go")
	ListenerRuleConfigurationUnused = store.NewRule("a deleted ListenerRuleConfiguration is not that of a route",
		`failed to remove finalizers as listener rule configuration [%s] is still in use`, gatewaySource+"listenerrule_configuration_controller.go")
)

// supports are the types beside Gateways that the controller reconciles while a layer is enabled, with their
// finalizers.
var supports = map[string]string{
	store.GatewayClassType:              classFinalizer,
	store.BalancerConfigurationType:     balancerFinalizer,
	store.TargetConfigurationType:       targetFinalizer,
	store.ListenerRuleConfigurationType: listenerRuleFinalizer,
}

// ReconcileSupport reconciles a GatewayClass or a configuration as the controller does.
func (c *Controller) ReconcileSupport(o *store.Object) (bool, error) {
	if err := c.Lacks(); err != nil {
		return false, err
	}
	if c.checkServed(o) != nil {
		return false, nil
	}
	finalizer := supports[o.Type]
	if kube.Deleting(o) {
		if !slices.Contains(kube.Finalizers(o), finalizer) {
			return false, nil
		}
		if err := c.checkUnused(o); err != nil {
			return false, err
		}
		kube.ReleaseFinalizer(c.Account, o, finalizer)
		return true, nil
	}
	changed := kube.AddFinalizer(o, finalizer)
	switch o.Type {
	case store.GatewayClassType:
		accepted, err := c.acceptClass(o)
		return accepted || changed, err
	case store.ListenerRuleConfigurationType:
		return o.Change("status", map[string]any{"accepted": true, "message": "Accepted"}) || changed, nil
	}
	return changed, nil
}

// checkServed refuses an object that the controller ignores: a class of a layer that it has not enabled, and
// configurations if it has enabled none.
func (c *Controller) checkServed(o *store.Object) error {
	if o.Type == store.GatewayClassType {
		layer := builders.LayerOf(string(kube.Live[gwv1.GatewayClass](o).Spec.ControllerName))
		if layer == nil {
			return store.Explain("GatewayClass %s is of another controller", o.ID)
		}
		return c.checkDetected(layer, o)
	}
	for _, layer := range builders.Layers {
		if slices.Contains(c.features(), layer.Feature) {
			return nil
		}
	}
	return c.checkDetected(builders.Layers[0], o)
}

// acceptClass writes into a class's annotations which version of its configuration was processed, and into its status
// whether it is accepted. The definition has the condition that is written: without it nothing is.
func (c *Controller) acceptClass(o *store.Object) (bool, error) {
	class := kube.Live[gwv1.GatewayClass](o)
	if reference := class.Spec.ParametersRef; reference != nil && reference.Namespace == nil {
		return setAccepted(o, "False", "InvalidParametersRef", "Namespace must be specified in ParametersRef for LoadBalancerConfiguration"), nil
	}
	b, _ := c.builder()
	_, version, err := b.ClassConfiguration(&class)
	if errors.IsNotFound(err) {
		reference := class.Spec.ParametersRef
		message := fmt.Sprintf("LoadBalancerConfiguration (%s,%s) not found", reference.Name, valueOf(reference.Namespace))
		return setAccepted(o, "False", "NotFound", message), ClassConfigured.When(true, err)
	}
	if err != nil {
		return false, ClassConfigured.When(true, err)
	}
	changed := false
	if stored, processed := class.Annotations[builders.LastProcessedConfig]; !processed || stored != version {
		kube.WriteField(o, kube.ManagedField{Manager: "controller", Using: "gateway.networking.k8s.io/v1",
			Path: []string{"metadata", "annotations", builders.LastProcessedConfig}}, version)
		changed = true
	}
	return setAccepted(o, "True", string(gwv1.GatewayClassReasonAccepted), string(gwv1.GatewayClassReasonAccepted)) || changed, nil
}

// setAccepted sets the condition Accepted of a class that has it. It reports whether it changed.
func setAccepted(o *store.Object, value, reason, message string) bool {
	s := gatewayStatus(o)
	conditions, _ := s.body["conditions"].([]any)
	if !slices.ContainsFunc(conditions, func(c any) bool { return store.MapOf(c)["type"] == string(gwv1.GatewayClassConditionStatusAccepted) }) {
		return false
	}
	s.set(gwv1.GatewayConditionType(gwv1.GatewayClassConditionStatusAccepted), value, reason, message)
	return o.Change("status", s.body)
}

// checkUnused refuses to remove the finalizer of an object that is still used.
func (c *Controller) checkUnused(o *store.Object) error {
	b, _ := c.builder()
	switch o.Type {
	case store.GatewayClassType:
		class := kube.Live[gwv1.GatewayClass](o)
		gateways, err := b.GatewaysOf(&class)
		return store.First(err, ClassUnused.When(len(gateways) > 0, o.ID))
	case store.BalancerConfigurationType:
		configuration := kube.Live[elbv2gw.LoadBalancerConfiguration](o)
		used, err := b.UsesBalancerConfiguration(&configuration)
		return store.First(err, BalancerConfigurationUnused.When(used, o.ID))
	case store.ListenerRuleConfigurationType:
		configuration := kube.Live[elbv2gw.ListenerRuleConfiguration](o)
		used, err := b.UsesListenerRuleConfiguration(&configuration)
		return store.First(err, ListenerRuleConfigurationUnused.When(used, o.ID))
	}
	return c.checkTargetsUnused(b, o)
}

// IsUsedByGateway reports whether an object is a LoadBalancerConfiguration of a Gateway or a GatewayClass, whose
// finalizer the controller removes with the last of them.
func IsUsedByGateway(w *store.Account, o *store.Object) bool {
	c := ControllerOf(w, o.Cluster)
	if o.Type != store.BalancerConfigurationType || c.Lacks() != nil {
		return false
	}
	b, _ := c.builder()
	configuration := kube.Live[elbv2gw.LoadBalancerConfiguration](o)
	used, err := b.UsesBalancerConfiguration(&configuration)
	return err == nil && used
}

// checkTargetsUnused refuses to remove the finalizer of a configuration of target groups that a Gateway uses: by its
// Service, whose Gateways the controller has in memory, or as the default of a LoadBalancerConfiguration in use.
func (c *Controller) checkTargetsUnused(b *builders.Controller, o *store.Object) error {
	configuration := kube.Live[elbv2gw.TargetGroupConfiguration](o)
	if configuration.Spec.TargetReference == nil {
		for _, balancer := range kube.InNamespace(c.Account, c.cluster, store.BalancerConfigurationType, kube.Namespace(o)) {
			of := kube.Live[elbv2gw.LoadBalancerConfiguration](balancer)
			if of.Spec.DefaultTargetGroupConfiguration == nil || of.Spec.DefaultTargetGroupConfiguration.Name != kube.Name(o) {
				continue
			}
			used, err := b.UsesBalancerConfiguration(&of)
			if err := store.First(err, TargetConfigurationUnused.When(used, o.ID)); err != nil {
				return err
			}
		}
		return nil
	}
	service := kube.ObjectID(kube.Namespace(o), configuration.Spec.TargetReference.Name)
	if c.Find(c.cluster, store.ServiceType, service) == nil {
		return nil
	}
	used := slices.ContainsFunc(kube.ObjectsIn(c.Account, c.cluster, store.GatewayType), func(g *store.Object) bool {
		return slices.Contains(store.Texts(g.Facts[servicesOfGateway]), service)
	})
	return TargetConfigurationUnused.When(used, o.ID)
}

// LacksSupport returns why the controller does not accept a class, or does not remove its finalizer from a class or a
// configuration.
func LacksSupport(w *store.Account, o *store.Object) error {
	c := ControllerOf(w, o.Cluster)
	if err := c.Lacks(); err != nil {
		return err
	}
	if err := c.checkServed(o); err != nil {
		return err
	}
	_, err := c.ReconcileSupport(o)
	return err
}

// ConfigurationWith returns the LoadBalancerConfiguration of a Gateway, or of its class, that sets an attribute; nil
// for none.
func ConfigurationWith(w *store.Account, o *store.Object, attribute string) *store.Object {
	if o.Type != store.GatewayType {
		return nil
	}
	sets := func(configuration *store.Object) bool {
		return configuration != nil && slices.ContainsFunc(store.ListOf(store.Nested(configuration.Outputs, "spec", "loadBalancerAttributes")),
			func(a map[string]any) bool { return a["key"] == attribute })
	}
	own := store.OrText(store.Nested(o.Outputs, "spec", "infrastructure", "parametersRef", "name"), "")
	if found := w.Find(o.Cluster, store.BalancerConfigurationType, kube.ObjectID(kube.Namespace(o), own)); sets(found) {
		return found
	}
	class := w.Find(o.Cluster, store.GatewayClassType, store.OrText(store.Nested(o.Outputs, "spec", "gatewayClassName"), ""))
	if class == nil {
		return nil
	}
	reference := store.MapOf(store.Nested(class.Outputs, "spec", "parametersRef"))
	if found := w.Find(o.Cluster, store.BalancerConfigurationType, kube.ObjectID(store.OrText(reference["namespace"], ""), store.OrText(reference["name"], ""))); sets(found) {
		return found
	}
	return nil
}

// SupportFinalizer reports whether a finalizer is the controller's on a type beside Gateways.
func SupportFinalizer(o *store.Object, finalizer string) bool { return supports[o.Type] == finalizer }

// GatewayFinalizer reports whether a finalizer is the controller's on a Gateway.
func GatewayFinalizer(o *store.Object, finalizer string) bool {
	return o.Type == store.GatewayType && layerOfFinalizer(finalizer) != nil
}
