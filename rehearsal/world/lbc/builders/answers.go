package builders

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
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
	wanted, is := into.(*corev1.Service)
	if !is {
		return o.fails(o.Unknown(fmt.Sprintf("%T %s", into, key)))
	}
	found := o.Service(key.Namespace, key.Name)
	if found == nil {
		return apierrors.NewNotFound(corev1.Resource("services"), key.Name)
	}
	found.DeepCopyInto(wanted)
	return nil
}
