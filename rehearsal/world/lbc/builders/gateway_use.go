package builders

import (
	"context"

	elbv2gw "sigs.k8s.io/aws-load-balancer-controller/apis/gateway/v1beta1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/constants"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/gatewayutils"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/routeutils"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// ClassConfiguration returns the configuration of a GatewayClass with its version, nil for none.
func (c *Controller) ClassConfiguration(class *gwv1.GatewayClass) (found *elbv2gw.LoadBalancerConfiguration, version string, err error) {
	api := objects{answers: c.answers()}
	found, err = gatewayutils.ResolveLoadBalancerConfig(context.Background(), api, class.Spec.ParametersRef)
	if err != nil || found == nil {
		return nil, "", err
	}
	target, err := api.defaultTargets(found)
	return found, ProcessedVersion(found, target), err
}

// GatewaysOf returns the names of the Gateways of a class that a controller reconciles.
func (c *Controller) GatewaysOf(class *gwv1.GatewayClass) ([]string, error) {
	gateways, err := gatewayutils.GetGatewaysManagedByGatewayClass(context.Background(), objects{answers: c.answers()}, class)
	var names []string
	for _, g := range gateways {
		names = append(names, g.Namespace+"/"+g.Name)
	}
	return names, err
}

// UsesBalancerConfiguration reports whether a Gateway or a GatewayClass names a LoadBalancerConfiguration.
func (c *Controller) UsesBalancerConfiguration(o *elbv2gw.LoadBalancerConfiguration) (bool, error) {
	return gatewayutils.IsLBConfigInUse(context.Background(), o, objects{answers: c.answers()}, constants.FullGatewayControllerSet)
}

// UsesListenerRuleConfiguration reports whether a route names a ListenerRuleConfiguration.
func (c *Controller) UsesListenerRuleConfiguration(o *elbv2gw.ListenerRuleConfiguration) (bool, error) {
	return routeutils.IsListenerRuleConfigInUse(context.Background(), o, objects{answers: c.answers()})
}
