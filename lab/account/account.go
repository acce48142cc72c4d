// Package account creates the resources of a rehearsed stack in moto: those that exist before the first load balancer.
package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

// Account describes a stack's resources in moto.
type Account struct {
	// Endpoint is moto's URL, such as http://127.0.0.1:5000.
	Endpoint, Region string
	// VPC is the VPC's ID, Subnets holds the IDs of the control plane's subnets.
	VPC     string
	Subnets []string
	// Nodes have the rehearsal's addresses and moto's instances.
	Nodes []Node
	// Values are the Release's, with moto's IDs.
	Values map[string]any
	// Objects are the stack's, with moto's IDs in them.
	Objects []*unstructured.Unstructured
	// OperatorResources maps moto's ARNs of certificates and allocation IDs of addresses to those in the stack file.
	// The operator created them outside of the stack.
	OperatorResources map[string]string
	// Administrator has all permissions; ControlPlane is the cluster role, which the cloud controller uses.
	Administrator, ControlPlane Credentials

	ids idMap
}

// Credentials holds AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which is "" for a user.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// Node describes a node that joins the cluster.
type Node struct {
	Name, Zone, InstanceID, InstanceType string
	// ProviderID is aws:///ZONE/INSTANCE-ID.
	ProviderID string
	// PrivateIP is the node's own address, PodIPs holds the addresses for its pods, in order.
	PrivateIP string
	PodIPs    []string
	Labels    map[string]string
	Taints    []rehearsed.Taint
	MaxPods   int
}

// Create creates a stack's VPC, IAM resources, instances and network interfaces in the moto at endpoint. Moto's account
// must be the stack's (MOTO_ACCOUNT_ID), so that ARNs are the rehearsal's, and moto must have the AWS managed policies
// (MOTO_IAM_LOAD_MANAGED_POLICIES).
func Create(ctx context.Context, endpoint string, s *rehearsed.Stack) (*Account, error) {
	m := newCreator(ctx, endpoint, s)
	for _, make := range []func() error{m.createIdentity, m.createVPC, m.createRoutes, m.createSecurityGroups, m.createCertificates, m.allocateElasticIPs, m.createNodes, m.createCallers} {
		if err := make(); err != nil {
			return nil, fmt.Errorf("account of stack %s in moto at %s: %w", s.Name, endpoint, err)
		}
	}
	a := m.account
	a.VPC = a.ids[s.Network.VPC.ID]
	for _, subnet := range s.Cluster.Subnets {
		a.Subnets = append(a.Subnets, a.ids[subnet])
	}
	if err := a.ids.replaceIn(s.Release.Values, &a.Values); err != nil {
		return nil, fmt.Errorf("values of release %s: %w", s.Release.Name, err)
	}
	var err error
	a.Objects, err = a.Translate(s.Objects)
	return a, err
}

// MotoID returns the ID in moto for an ID of the rehearsal. It returns any other ID unchanged.
func (a *Account) MotoID(id string) string {
	if here, known := a.ids[id]; known {
		return here
	}
	return id
}

// Translate returns objects of the rehearsal with moto's IDs in them.
func (a *Account) Translate(objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for _, o := range objects {
		translated := &unstructured.Unstructured{}
		if err := a.ids.replaceIn(o.Object, &translated.Object); err != nil {
			return nil, fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
		all = append(all, translated)
	}
	return all, nil
}

// idMap maps the rehearsal's IDs and ARNs to moto's.
type idMap map[string]string

// replaceIn decodes a value into result with every ID in it replaced, also inside strings.
func (i idMap) replaceIn(value, result any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var pairs []string
	for there, here := range i {
		pairs = append(pairs, there, here)
	}
	return json.Unmarshal([]byte(strings.NewReplacer(pairs...).Replace(string(text))), result)
}

// creator creates an account.
type creator struct {
	ctx     context.Context
	stack   *rehearsed.Stack
	account *Account
	acm     *acm.Client
	ec2     *ec2.Client
	iam     *iam.Client
	sts     *sts.Client
}

func newCreator(ctx context.Context, endpoint string, s *rehearsed.Stack) *creator {
	a := &Account{Endpoint: endpoint, Region: s.Region, ids: idMap{}, OperatorResources: map[string]string{}, Administrator: Credentials{AccessKeyID: "lab", SecretAccessKey: "lab"}}
	config := a.Config()
	return &creator{ctx: ctx, stack: s, account: a, acm: acm.NewFromConfig(config), ec2: ec2.NewFromConfig(config), iam: iam.NewFromConfig(config), sts: sts.NewFromConfig(config)}
}

// Config returns the administrator's configuration of AWS clients for moto.
func (a *Account) Config() aws.Config {
	c := a.Administrator
	// Moto may close a kept-alive connection just as the next call begins, and a retried create would find its resource
	// already created.
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })
	return aws.Config{Region: a.Region, BaseEndpoint: &a.Endpoint, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)}
}

// sortedKeys returns the keys of tags that users may set: tags with the prefix aws: are reserved.
func sortedKeys(tags map[string]string) []string {
	var keys []string
	for key := range tags {
		if !strings.HasPrefix(key, "aws:") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
