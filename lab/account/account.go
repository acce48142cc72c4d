// Package account makes a rehearsed stack's account in a simulated AWS: what stands there before the first load balancer.
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

// Account is what stands in moto.
type Account struct {
	// Endpoint is moto's URL, such as http://127.0.0.1:5000.
	Endpoint, Region string
	// VPC is the VPC's id, Subnets are those of the control plane.
	VPC     string
	Subnets []string
	// Nodes have addresses as planned, and moto's instances.
	Nodes []Node
	// Values are the Release's, with moto's ids.
	Values map[string]any
	// Objects are the stack's, with moto's ids in them.
	Objects []*unstructured.Unstructured
	// Brought are ARNs of certificates and allocation ids of addresses that the operator has beside the stack: moto's, with the stack file's.
	Brought map[string]string
	// Administrator may do everything; ControlPlane is the cluster role, which the cloud controller acts as.
	Administrator, ControlPlane Credentials

	ids ids
}

// Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which is "" for a user.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// Node is a node as it joins.
type Node struct {
	Name, Zone, InstanceID, InstanceType string
	// ProviderID is aws:///ZONE/INSTANCE-ID.
	ProviderID string
	// PrivateIP is the node's own address, PodIPs are those that its pods get, in order.
	PrivateIP string
	PodIPs    []string
	Labels    map[string]string
	Taints    []rehearsed.Taint
	MaxPods   int
}

// Create makes a stack's VPC, identity, instances and interfaces in the moto that answers at endpoint. Its account must be the
// stack's (MOTO_ACCOUNT_ID), so that ARNs are the rehearsal's, and it must know AWS's own policies (MOTO_IAM_LOAD_MANAGED_POLICIES).
func Create(ctx context.Context, endpoint string, s *rehearsed.Stack) (*Account, error) {
	m := newMaker(ctx, endpoint, s)
	for _, make := range []func() error{m.identity, m.vpc, m.routes, m.securityGroups, m.certificates, m.elasticIPs, m.nodes, m.callers} {
		if err := make(); err != nil {
			return nil, fmt.Errorf("account of stack %s in moto at %s: %w", s.Name, endpoint, err)
		}
	}
	a := m.account
	a.VPC = a.ids[s.Network.VPC.ID]
	for _, subnet := range s.Cluster.Subnets {
		a.Subnets = append(a.Subnets, a.ids[subnet])
	}
	if err := a.ids.in(s.Release.Values, &a.Values); err != nil {
		return nil, fmt.Errorf("values of release %s: %w", s.Release.Name, err)
	}
	var err error
	a.Objects, err = a.Translated(s.Objects)
	return a, err
}

// Here is the id in moto of what had another in the rehearsal; an id that moto has itself is its own.
func (a *Account) Here(id string) string {
	if here, known := a.ids[id]; known {
		return here
	}
	return id
}

// Translated are objects of the rehearsal with moto's ids in them.
func (a *Account) Translated(objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for _, o := range objects {
		translated := &unstructured.Unstructured{}
		if err := a.ids.in(o.Object, &translated.Object); err != nil {
			return nil, fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
		}
		all = append(all, translated)
	}
	return all, nil
}

// ids are the rehearsal's ids and ARNs with moto's.
type ids map[string]string

// in decodes a value with every id in it replaced, whole or within a text.
func (i ids) in(value, result any) error {
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

// maker is what it takes to make an account.
type maker struct {
	ctx     context.Context
	stack   *rehearsed.Stack
	account *Account
	acm     *acm.Client
	ec2     *ec2.Client
	iam     *iam.Client
	sts     *sts.Client
}

func newMaker(ctx context.Context, endpoint string, s *rehearsed.Stack) *maker {
	a := &Account{Endpoint: endpoint, Region: s.Region, ids: ids{}, Brought: map[string]string{}, Administrator: Credentials{AccessKeyID: "lab", SecretAccessKey: "lab"}}
	config := a.Config()
	return &maker{ctx: ctx, stack: s, account: a, acm: acm.NewFromConfig(config), ec2: ec2.NewFromConfig(config), iam: iam.NewFromConfig(config), sts: sts.NewFromConfig(config)}
}

// Config is how the administrator calls moto.
func (a *Account) Config() aws.Config {
	c := a.Administrator
	// Moto may end a connection that is kept open just as the next call begins, and a create that is tried again finds itself made.
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })
	return aws.Config{Region: a.Region, BaseEndpoint: &a.Endpoint, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)}
}

// sortedKeys are those of tags that may be set: AWS sets tags that begin with aws: by itself.
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
