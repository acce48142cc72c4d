package builders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	elbv2gw "sigs.k8s.io/aws-load-balancer-controller/apis/gateway/v1beta1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/addon"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/certs"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/config"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/tracking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/constants"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/crddetect"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/gatewayutils"
	gatewaymodel "sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/model"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/gateway/routeutils"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/networking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/shared_constants"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Layer is one of the two controllers of Gateways in the load balancer controller: for Application and for Network Load
// Balancers.
type Layer struct {
	Name       string // of the controller, in GatewayClasses
	Feature    string // the gate that enables it
	Finalizer  string // of its Gateways
	TagPrefix  string
	RouteKinds []string

	kind   elbv2.LoadBalancerType
	routes routeutils.LoadRouteFilter
	addOns []addon.Addon
}

// Layers are the controllers of Gateways.
var Layers = []*Layer{
	{constants.ALBGatewayController, string(config.ALBGatewayAPI), shared_constants.ALBGatewayFinalizer, constants.ALBGatewayTagPrefix, []string{"HTTPRoute", "GRPCRoute"},
		elbv2.LoadBalancerTypeApplication, routeutils.L7RouteFilter, []addon.Addon{addon.WAFv2, addon.Shield, addon.ProvisionedCapacity}},
	{constants.NLBGatewayController, string(config.NLBGatewayAPI), shared_constants.NLBGatewayFinalizer, constants.NLBGatewayTagPrefix, []string{"TCPRoute", "UDPRoute", "TLSRoute"},
		elbv2.LoadBalancerTypeNetwork, routeutils.L4RouteFilter, []addon.Addon{addon.ProvisionedCapacity}},
}

// LayerOf returns the layer of a GatewayClass's controller, nil for a class of another controller.
func LayerOf(controller string) *Layer {
	at := slices.IndexFunc(Layers, func(l *Layer) bool { return l.Name == controller })
	if at < 0 {
		return nil
	}
	return Layers[at]
}

// listenerSets is the feature gate of ListenerSets, which both layers read.
const listenerSets = string(config.GatewayListenerSet)

// Detection is what the controller finds of the Gateway API's definitions when it starts. It does not look again.
type Detection struct {
	Features []string // the gates that are enabled
	Log      []string // what it logs of those that it disables
}

// Detect returns what a controller with these arguments finds of the Gateway API, given the kinds that the API server
// serves of a group and version.
func Detect(arguments []string, kinds func(groupVersion string) []string) (*Detection, error) {
	// Detection writes to the gates, and those of Parse are shared.
	s, err := parse(arguments)
	if err != nil {
		return nil, err
	}
	found := &Detection{}
	log := funcr.New(func(_, text string) { found.Log = append(found.Log, text) }, funcr.Options{})
	if err := crddetect.ApplyGatewayCRDDetection(served(kinds), s.FeatureGates, log); err != nil {
		return nil, err
	}
	for _, feature := range []string{Layers[0].Feature, Layers[1].Feature, listenerSets} {
		if s.FeatureGates.Enabled(config.Feature(feature)) {
			found.Features = append(found.Features, feature)
		}
	}
	return found, nil
}

// served answers the discovery of kinds.
type served func(groupVersion string) []string

func (s served) ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error) {
	list := &metav1.APIResourceList{}
	for _, kind := range s(groupVersion) {
		list.APIResources = append(list.APIResources, metav1.APIResource{Kind: kind})
	}
	return list, nil
}

// Gateway is a Gateway with its class, and the features that its controller has enabled.
type Gateway struct {
	*gwv1.Gateway
	Class    *gwv1.GatewayClass
	Layer    *Layer
	Features []string
}

// WebACLAnnotation is the annotation of a Gateway in which the controller writes whether its load balancer has a web
// ACL (controllers/gateway/addons.go, generateAddOnKey).
var WebACLAnnotation = constants.GatewayLBPrefixEnabledAddon + strings.ToLower(string(addon.WAFv2))

// HasWebACL reports whether the load balancer has a web ACL, as the annotation says.
func (g *Gateway) HasWebACL() bool { return g.Annotations[WebACLAnnotation] == "true" }

// Configuration is what a Gateway's configurations say together: those of its class and its own.
type Configuration struct {
	balancer elbv2gw.LoadBalancerConfiguration
	target   *elbv2gw.TargetGroupConfiguration
	// Read are the names of the configurations that were read, each of which gets a finalizer: namespace/name.
	Read []string
}

// Configuration reads the configurations of a Gateway in the controller's order: those of its class, then its own. It
// returns those that were read before an error.
func (c *Controller) Configuration(g *Gateway) (*Configuration, error) {
	api, found := objects{answers: c.answers()}, &Configuration{}
	ofClass, err := found.read(api, g.Class.Spec.ParametersRef)
	if err != nil {
		return found, err
	}
	if ofClass != nil {
		target, err := api.defaultTargets(ofClass)
		if err != nil {
			return found, fmt.Errorf("failed to resolve default TargetGroupConfiguration for GatewayClass LBC: %w", err)
		}
		latest := ProcessedVersion(ofClass, target)
		if stored, processed := g.Class.Annotations[LastProcessedConfig]; !processed || stored != latest {
			return found, fmt.Errorf("GatewayClass [%s] hasn't processed latest loadbalancer config. Processed version %s, Latest version %s", g.Class.Name, stored, latest)
		}
	}
	own, err := found.read(api, gatewayutils.GetNamespacedParamRefForGateway(g.Gateway))
	if err != nil {
		return found, err
	}
	if found.target, err = api.mergedTargets(ofClass, own); err != nil {
		return found, err
	}
	switch {
	case ofClass == nil && own == nil:
	case ofClass == nil:
		found.balancer = *own
	case own == nil:
		found.balancer = *ofClass
	default:
		found.balancer = gateway.NewLoadBalancerConfigMerger().Merge(*ofClass, *own)
	}
	return found, nil
}

// LastProcessedConfig is the annotation of a GatewayClass with the version of its configuration.
const LastProcessedConfig = "elbv2.k8s.aws/last-processed-config"

// ProcessedVersion returns the version of a class's configuration, "" for none.
func ProcessedVersion(balancer *elbv2gw.LoadBalancerConfiguration, target *elbv2gw.TargetGroupConfiguration) string {
	switch {
	case balancer == nil:
		return ""
	case target == nil:
		return balancer.ResourceVersion
	}
	return balancer.ResourceVersion + "-" + target.ResourceVersion
}

// read returns the configuration of a reference, nil for none.
func (f *Configuration) read(api objects, reference *gwv1.ParametersReference) (*elbv2gw.LoadBalancerConfiguration, error) {
	found, err := gatewayutils.ResolveLoadBalancerConfig(context.Background(), api, reference)
	if err != nil || found == nil {
		return nil, err
	}
	f.Read = append(f.Read, found.Namespace+"/"+found.Name)
	return found, nil
}

// defaultTargets returns the TargetGroupConfiguration that a configuration names for all target groups, nil for none.
func (o objects) defaultTargets(balancer *elbv2gw.LoadBalancerConfiguration) (*elbv2gw.TargetGroupConfiguration, error) {
	if balancer == nil || balancer.Spec.DefaultTargetGroupConfiguration == nil {
		return nil, nil
	}
	found, name := &elbv2gw.TargetGroupConfiguration{}, balancer.Spec.DefaultTargetGroupConfiguration.Name
	if err := o.Get(context.Background(), client.ObjectKey{Namespace: balancer.Namespace, Name: name}, found); err != nil {
		return nil, err
	}
	if found.Spec.TargetReference != nil {
		return nil, fmt.Errorf("TargetGroupConfiguration %q in namespace %q has targetReference set and cannot be used as a defaultTargetGroupConfiguration — a default TGC must not have targetReference",
			name, balancer.Namespace)
	}
	return found, nil
}

// mergedTargets merges the defaults for target groups of a class's configuration and a Gateway's own.
func (o objects) mergedTargets(ofClass, own *elbv2gw.LoadBalancerConfiguration) (*elbv2gw.TargetGroupConfiguration, error) {
	var targets [2]*elbv2gw.TargetGroupConfiguration
	for i, balancer := range []*elbv2gw.LoadBalancerConfiguration{ofClass, own} {
		found, err := o.defaultTargets(balancer)
		if err != nil {
			of := []string{"GatewayClass", "Gateway"}[i]
			return nil, fmt.Errorf("failed to resolve default TargetGroupConfiguration %q referenced by %s LoadBalancerConfiguration %q in namespace %q: %w",
				balancer.Spec.DefaultTargetGroupConfiguration.Name, of, balancer.Name, balancer.Namespace, err)
		}
		targets[i] = found
	}
	mode := elbv2gw.MergeModePreferGatewayClass
	if ofClass != nil && ofClass.Spec.MergingMode != nil {
		mode = *ofClass.Spec.MergingMode
	}
	return gateway.NewTargetGroupConfigConstructor().MergeDefaultTGCs(targets[0], targets[1], mode), nil
}

// Attached are the routes of a Gateway with their backends, and what the controller reports of them.
type Attached struct {
	Services []string // of the backends: namespace/name
	Reports  []routeutils.RouteData
	// Listeners are the results of their validation, by name.
	Listeners routeutils.ValidatedGatewayListeners

	loaded *routeutils.LoaderResult
}

// Routes loads the routes of a Gateway. It returns the reports also with an error.
func (c *Controller) Routes(g *Gateway, of *Configuration) (*Attached, error) {
	found := &Attached{}
	a := c.answers()
	loader := routeutils.NewLoader(objects{answers: a}, reports{found}, gates{c.Settings.FeatureGates, g.Features}, logr.Discard())
	loaded, err := loader.LoadRoutesForGateway(context.Background(), *g.Gateway, g.Layer.routes, g.Layer.Name, of.target)
	slices.SortFunc(found.Reports, func(a, b routeutils.RouteData) int {
		return cmp.Or(strings.Compare(a.RouteMetadata.RouteKind, b.RouteMetadata.RouteKind), strings.Compare(a.RouteMetadata.RouteNamespace, b.RouteMetadata.RouteNamespace),
			strings.Compare(a.RouteMetadata.RouteName, b.RouteMetadata.RouteName))
	})
	if err != nil {
		return found, a.explain(err)
	}
	found.loaded, found.Listeners = loaded, loaded.ValidationResults
	for _, routes := range loaded.Routes {
		for _, route := range routes {
			found.addServices(route)
		}
	}
	slices.Sort(found.Services)
	found.Services = slices.Compact(found.Services)
	return found, nil
}

// addServices adds the Services of a route's backends.
func (f *Attached) addServices(route routeutils.RouteDescriptor) {
	for _, rule := range route.GetAttachedRules() {
		for _, backend := range rule.GetBackends() {
			if backend.ServiceBackend != nil {
				f.Services = append(f.Services, backend.ServiceBackend.GetBackendNamespacedName().String())
			}
		}
	}
}

// reports receives what the loader reports of routes.
type reports struct{ into *Attached }

func (r reports) Enqueue(report routeutils.RouteData) {
	r.into.Reports = append(r.into.Reports, report)
}

// gates are the feature gates of the command line, with those that the controller has disabled since.
type gates struct {
	config.FeatureGates
	enabled []string
}

func (g gates) Enabled(feature config.Feature) bool {
	if slices.Contains([]string{Layers[0].Feature, Layers[1].Feature, listenerSets}, string(feature)) {
		return slices.Contains(g.enabled, string(feature))
	}
	return g.FeatureGates.Enabled(feature)
}

// errAddOns is the error of a Gateway whose configuration has a feature of another service.
var errAddOns = errors.New("reserved capacity and Shield of Gateways")

// Gateway builds the model of a Gateway. It is nil for one that is being deleted.
func (c *Controller) Gateway(g *Gateway, of *Configuration, routes *Attached) (*Model, error) {
	s, a := c.Settings, c.answers()
	tags := tracking.NewDefaultProvider(g.Layer.TagPrefix, s.ClusterName)
	builder := gatewaymodel.NewModelBuilder(c.subnets(a), vpcInfo{answers: a}, c.VPC, g.Layer.kind, tags, balancers{answers: a}, s.ControllerConfig, ec2Client{answers: a},
		trustStores{answers: a}, certs.NewACMCertDiscovery(certificates{answers: a}, s.IngressConfig.AllowedCertificateAuthorityARNs, logr.Discard()), objects{answers: a},
		s.FeatureGates, s.ClusterName, s.DefaultTags, sets.New(s.ExternalManagedTags...), s.DefaultSSLPolicy, s.DefaultTargetType, s.DefaultLoadBalancerScheme,
		backendGroup{answers: a}, networking.NewDefaultSecurityGroupResolver(ec2Client{answers: a}, c.VPC), s.EnableBackendSecurityGroup, s.DisableRestrictedSGRules,
		g.Layer.addOns, logr.Discard())
	var active []addon.Addon
	if g.HasWebACL() {
		active = append(active, addon.WAFv2)
	}
	stack, balancer, addOns, _, _, err := builder.Build(context.Background(), g.Gateway, of.balancer, routes.loaded.Listeners, routes.loaded.Routes, active, nil,
		targetGroups{answers: a}, !g.DeletionTimestamp.IsZero())
	if err == nil && balancer != nil && slices.ContainsFunc(addOns, func(a addon.AddonMetadata) bool { return a.Enabled && a.Name != addon.WAFv2 }) {
		err = a.fails(a.Unknown(errAddOns.Error()))
	}
	return a.model(stack, tags, err)
}
