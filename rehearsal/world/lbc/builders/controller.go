// Package builders builds the model that the AWS Load Balancer Controller builds of a Service or of a group of
// Ingresses. It calls the controller's own packages, with answers in the place of AWS and of the API server.
package builders

import (
	"context"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/config"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/tracking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/ingress"
	metrics "sigs.k8s.io/aws-load-balancer-controller/pkg/metrics/lbc"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/networking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/service"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/shared_constants"
)

// Controller is the controller of one cluster. It holds no state between two calls.
type Controller struct {
	Settings *Settings
	VPC      string
	Account  Account
	Cluster  Cluster
}

var (
	serviceParser = annotations.NewSuffixAnnotationParser("service.beta.kubernetes.io")
	ingressParser = annotations.NewSuffixAnnotationParser(annotations.AnnotationPrefixIngress)
	noMetrics     = metrics.NewCollector(nil, nil, nil, logr.Discard())
)

// Supports reports whether the controller reconciles a Service.
func (s *Settings) Supports(o *corev1.Service) bool { return s.services().IsServiceSupported(o) }

func (s *Settings) services() service.ServiceUtils {
	return service.NewServiceUtils(serviceParser, shared_constants.ServiceFinalizer, s.ServiceConfig.LoadBalancerClass, s.FeatureGates)
}

// Service builds the model of a Service. It is nil for a Service that has no load balancer of the controller, such as
// one that is being deleted. The error has the builder's text, and wraps the error of the Account or the Cluster that
// it comes from.
func (c *Controller) Service(o *corev1.Service) (*Model, error) {
	s, a := c.Settings, c.answers()
	tags := tracking.NewDefaultProvider("service.k8s.aws", s.ClusterName)
	builder := service.NewDefaultModelBuilder(serviceParser, c.subnets(a), vpcInfo{answers: a}, c.VPC, tags, balancers{answers: a}, nil, s.FeatureGates,
		s.ClusterName, s.DefaultTags, s.ExternalManagedTags, s.DefaultSSLPolicy, s.DefaultTargetType, s.DefaultLoadBalancerScheme,
		s.FeatureGates.Enabled(config.EnableIPTargetType), s.services(), backendGroup{answers: a}, networking.NewDefaultSecurityGroupResolver(ec2Client{answers: a}, c.VPC),
		s.EnableBackendSecurityGroup, s.EnableManageBackendSecurityGroupRules, s.DisableRestrictedSGRules, logr.Discard(), noMetrics,
		s.FeatureGates.Enabled(config.EnableTCPUDPListenerType), service.NewDefaultEnhancedBackendBuilder(objects{answers: a}, serviceParser, logr.Discard()))
	stack, _, _, err := builder.Build(context.Background(), o, noMetrics)
	return a.model(stack, tags, err)
}

// Ingresses builds the model of a group of Ingresses. It is nil for a group without members.
func (c *Controller) Ingresses(group ingress.Group) (*Model, error) {
	s, a := c.Settings, c.answers()
	tags := tracking.NewDefaultProvider("ingress.k8s.aws", s.ClusterName)
	auth := ingress.NewDefaultAuthConfigBuilder(ingressParser)
	backends := ingress.NewDefaultEnhancedBackendBuilder(objects{answers: a}, ingressParser, auth,
		s.IngressConfig.TolerateNonExistentBackendService, s.IngressConfig.TolerateNonExistentBackendAction)
	builder := ingress.NewDefaultModelBuilder(objects{answers: a}, nil, nil, trustStores{answers: a}, webACLs{answers: a}, certificates{answers: a},
		ingressParser, c.subnets(a), auth, backends, tags, balancers{answers: a}, s.FeatureGates, c.VPC, s.ClusterName, s.DefaultTags, s.ExternalManagedTags,
		s.DefaultSSLPolicy, s.DefaultTargetType, s.DefaultLoadBalancerScheme, backendGroup{answers: a}, networking.NewDefaultSecurityGroupResolver(ec2Client{answers: a}, c.VPC),
		s.EnableBackendSecurityGroup, s.EnableManageBackendSecurityGroupRules, s.DisableRestrictedSGRules, s.IngressConfig.AllowedCertificateAuthorityARNs,
		s.FeatureGates.Enabled(config.EnableIPTargetType), targetGroups{answers: a}, logr.Discard(), noMetrics)
	stack, _, _, _, _, _, err := builder.Build(context.Background(), group, noMetrics)
	return a.model(stack, tags, err)
}

func (c *Controller) answers() *answers {
	return &answers{Account: c.Account, Cluster: c.Cluster, vpc: c.VPC}
}

func (c *Controller) subnets(a *answers) networking.SubnetsResolver {
	gates := c.Settings.FeatureGates
	return networking.NewDefaultSubnetsResolver(zones{}, ec2Client{answers: a}, c.VPC, c.Settings.ClusterName, gates.Enabled(config.SubnetsClusterTagCheck),
		gates.Enabled(config.ALBSingleSubnet), gates.Enabled(config.SubnetDiscoveryByReachability), logr.Discard())
}
