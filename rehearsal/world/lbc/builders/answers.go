package builders

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/aws/services"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/tracking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/networking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/shared_utils"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// answers answers the requests of one build. The types below are the clients that the builders call: each embeds an
// interface and implements the methods that builders call.
type answers struct {
	Account
	Cluster
	vpc string
	// failed is the first error of the Account or the Cluster. Some builders pass on no more than its text.
	failed error
}

// fails records an error of the Account or the Cluster.
func (a *answers) fails(err error) error {
	if a.failed == nil {
		a.failed = err
	}
	return err
}

// balancers lists the current load balancer of a stack.
type balancers struct {
	elbv2.TaggingManager
	*answers
}

func (b balancers) ListLoadBalancers(_ context.Context, filters ...tracking.TagFilter) ([]elbv2.LoadBalancerWithTags, error) {
	tags := map[string]string{}
	for _, filter := range filters {
		for key, values := range filter {
			tags[key] = values[0]
		}
	}
	found := b.LoadBalancer(tags)
	if found == nil {
		return nil, nil
	}
	standing := &elbtypes.LoadBalancer{Scheme: elbtypes.LoadBalancerSchemeEnum(found.Scheme), SecurityGroups: found.SecurityGroups}
	for _, subnet := range found.Subnets {
		standing.AvailabilityZones = append(standing.AvailabilityZones, elbtypes.AvailabilityZone{SubnetId: aws.String(subnet)})
	}
	return []elbv2.LoadBalancerWithTags{{LoadBalancer: standing, Tags: tags}}, nil
}

// backendGroup is the security group that load balancers share.
type backendGroup struct {
	networking.BackendSGProvider
	*answers
}

func (g backendGroup) Get(context.Context, networking.ResourceType, []types.NamespacedName) (string, error) {
	id, err := g.BackendSecurityGroup()
	return id, g.fails(err)
}

// certificates are those of ACM.
type certificates struct{ *answers }

func (c certificates) ListCertificatesAsList(context.Context, *acm.ListCertificatesInput) ([]acmtypes.CertificateSummary, error) {
	all, err := c.Certificates()
	var found []acmtypes.CertificateSummary
	for _, certificate := range all {
		found = append(found, acmtypes.CertificateSummary{CertificateArn: aws.String(certificate.ARN)})
	}
	return found, c.fails(err)
}

func (c certificates) DescribeCertificateWithContext(_ context.Context, in *acm.DescribeCertificateInput) (*acm.DescribeCertificateOutput, error) {
	all, err := c.Certificates()
	at := slices.IndexFunc(all, func(certificate Certificate) bool { return certificate.ARN == aws.ToString(in.CertificateArn) })
	if err != nil || at < 0 {
		return nil, c.fails(err)
	}
	return &acm.DescribeCertificateOutput{Certificate: &acmtypes.CertificateDetail{CertificateArn: in.CertificateArn, SubjectAlternativeNames: all[at].Hosts}}, nil
}

// webACLs, trustStores and targetGroups are found by name. An Account has none.
type (
	webACLs struct {
		services.WAFv2
		*answers
	}
	trustStores struct {
		services.ELBV2
		*answers
	}
	targetGroups struct {
		shared_utils.TargetGroupARNMapper
		*answers
	}
)

func (w webACLs) ListWebACLsWithContext(context.Context, *wafv2.ListWebACLsInput) (*wafv2.ListWebACLsOutput, error) {
	return nil, w.fails(w.Unknown("web ACLs"))
}

func (t trustStores) DescribeTrustStoresWithContext(_ context.Context,
	in *elasticloadbalancingv2.DescribeTrustStoresInput) (*elasticloadbalancingv2.DescribeTrustStoresOutput, error) {
	return nil, t.fails(t.Unknown(fmt.Sprintf("the trust stores %v", in.Names)))
}

func (t targetGroups) GetArnByName(_ context.Context, name string) (string, error) {
	return "", t.fails(t.Unknown("the target group " + name))
}

// objects are those of the API server.
type objects struct {
	client.Client
	*answers
}

func (o objects) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	resource, known := resources[reflect.TypeOf(into).Elem().Name()]
	if !known {
		return o.fails(o.Unknown(fmt.Sprintf("%T %s", into, key)))
	}
	if !o.Read(into, key.Namespace, key.Name) {
		return apierrors.NewNotFound(schema.ParseGroupResource(resource), key.Name)
	}
	return nil
}

func (o objects) List(_ context.Context, into client.ObjectList, opts ...client.ListOption) error {
	kind := strings.TrimSuffix(reflect.TypeOf(into).Elem().Name(), "List")
	if _, known := resources[kind]; !known {
		return o.fails(o.Unknown(fmt.Sprintf("%T", into)))
	}
	options := client.ListOptions{LabelSelector: labels.Everything()}
	options.ApplyOptions(opts)
	var found []runtime.Object
	for _, item := range o.Items(kind, options.Namespace) {
		if options.LabelSelector.Matches(labels.Set(item.GetLabels())) {
			found = append(found, item)
		}
	}
	return meta.SetList(into, found)
}

// resources are the resources that builders read, by kind.
var resources = map[string]string{
	"Service": "services", "Namespace": "namespaces",
	"Gateway": "gateways.gateway.networking.k8s.io", "GatewayClass": "gatewayclasses.gateway.networking.k8s.io", "ListenerSet": "listenersets.gateway.networking.k8s.io",
	"HTTPRoute": "httproutes.gateway.networking.k8s.io", "GRPCRoute": "grpcroutes.gateway.networking.k8s.io", "TLSRoute": "tlsroutes.gateway.networking.k8s.io",
	"TCPRoute": "tcproutes.gateway.networking.k8s.io", "UDPRoute": "udproutes.gateway.networking.k8s.io", "ReferenceGrant": "referencegrants.gateway.networking.k8s.io",
	"LoadBalancerConfiguration": "loadbalancerconfigurations.gateway.k8s.aws", "TargetGroupConfiguration": "targetgroupconfigurations.gateway.k8s.aws",
	"ListenerRuleConfiguration": "listenerruleconfigurations.gateway.k8s.aws",
}
