// Package account creates the resources of a rehearsed stack in moto: those that exist before the first load balancer.
package account

import (
	"context"
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

	"eksnet/lab/rehearsed"
)

// Account describes a stack's resources in moto.
type Account struct {
	// Endpoint is moto's URL, such as http://127.0.0.1:5000.
	Endpoint, Region string
	// VPC is the VPC's ID.
	VPC   string
	Nodes []Node
	// Administrator has all permissions; ControlPlane is the cluster role, which the cloud controller uses.
	Administrator, ControlPlane Credentials
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

// Create creates a stack's VPC, IAM resources, instances and network interfaces in the moto at endpoint, with their IDs
// in the rehearsal. Moto must be started by lab/moto/serve.py, and its account must be the stack's (MOTO_ACCOUNT_ID), so that ARNs are the rehearsal's, and moto must have the AWS managed policies
// (MOTO_IAM_LOAD_MANAGED_POLICIES).
func Create(ctx context.Context, endpoint string, s *rehearsed.Stack) (*Account, error) {
	m := newCreator(ctx, endpoint, s)
	for _, make := range []func() error{m.createIdentity, m.createVPC, m.createRoutes, m.createSecurityGroups, m.createCertificates, m.allocateElasticIPs, m.createNodes, m.createCallers} {
		if err := make(); err != nil {
			return nil, fmt.Errorf("account of stack %s in moto at %s: %w", s.Name, endpoint, err)
		}
	}
	return m.account, nil
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
	a := &Account{Endpoint: endpoint, Region: s.Region, VPC: s.Network.VPC.ID, Administrator: Credentials{AccessKeyID: "lab", SecretAccessKey: "lab"}}
	config := a.Config()
	config.HTTPClient = idSender{config.HTTPClient}
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
