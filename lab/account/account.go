// Package account creates the resources of a rehearsed stack in moto: those that exist before the first load balancer.
// They have the IDs of the rehearsal, and follow the stack when it changes.
package account

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eksnet/lab/rehearsed"
)

// Account is a stack's account in moto.
type Account struct {
	// Endpoint is moto's URL, such as http://127.0.0.1:5000.
	Endpoint, Region string
	// Administrator has all permissions.
	Administrator Credentials

	acm     *acm.Client
	ec2     *ec2.Client
	iam     *iam.Client
	route53 *route53.Client
	sts     *sts.Client

	// updating guards the fields that only Update and Left use. created holds what Update created, by name.
	updating     sync.Mutex
	created      map[string]*resource
	certificates map[string]bool           // by ARN
	devices      map[string]map[int32]bool // the device indexes of attached network interfaces by instance

	// reading guards the fields that others read while Update runs.
	reading      sync.Mutex
	vpc          string
	nodes        []Node
	controlPlane Credentials
	associations map[string]string // the ARN of the role by namespace/service account
}

// Credentials holds AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which is "" for a user.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// New returns an account in the moto at endpoint that has only an administrator. Moto must be started by
// lab/moto/serve.py, which reads the IDs of new resources from requests. Its account must be the stack's
// (MOTO_ACCOUNT_ID), so that ARNs are the rehearsal's, and it must have the AWS managed policies
// (MOTO_IAM_LOAD_MANAGED_POLICIES).
func New(ctx context.Context, endpoint, region string) (*Account, error) {
	a := &Account{Endpoint: endpoint, Region: region, Administrator: Credentials{AccessKeyID: "lab",
		SecretAccessKey: "lab"},
		created: map[string]*resource{}, certificates: map[string]bool{}, devices: map[string]map[int32]bool{}}
	if err := a.createAdministrator(ctx); err != nil {
		return nil, fmt.Errorf("moto at %s: %w", endpoint, err)
	}
	config := a.Config()
	config.HTTPClient = idSender{config.HTTPClient}
	a.acm, a.ec2 = acm.NewFromConfig(config), ec2.NewFromConfig(config)
	a.iam, a.sts, a.route53 = iam.NewFromConfig(config), sts.NewFromConfig(config), route53.NewFromConfig(config)
	return a, nil
}

// Create returns a new account with the resources of a stack.
func Create(ctx context.Context, endpoint string, s *rehearsed.Stack) (*Account, error) {
	a, err := New(ctx, endpoint, s.Region)
	if err != nil {
		return nil, err
	}
	if err := a.Update(ctx, s); err != nil {
		return nil, err
	}
	return a, nil
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

// VPC returns the ID of the stack's VPC, "" for none.
func (a *Account) VPC() string {
	a.reading.Lock()
	defer a.reading.Unlock()
	return a.vpc
}

// Nodes returns the stack's nodes whose instances exist, in the order of the stack.
func (a *Account) Nodes() []Node {
	a.reading.Lock()
	defer a.reading.Unlock()
	return slices.Clone(a.nodes)
}

// ControlPlane returns credentials of the cluster's role, which the cloud controller uses. They are empty while there
// is no cluster.
func (a *Account) ControlPlane() Credentials {
	a.reading.Lock()
	defer a.reading.Unlock()
	return a.controlPlane
}

func (a *Account) setControlPlane(c Credentials) {
	a.reading.Lock()
	defer a.reading.Unlock()
	a.controlPlane = c
}
