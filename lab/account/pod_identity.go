package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	policy "eksnet/internal/iam"
	"eksnet/lab/rehearsed"
)

// podIdentityAssociations are the EKS Pod Identity associations. Moto has none, so the account holds them.
func (a *Account) podIdentityAssociations(s *rehearsed.Stack) (all []*resource) {
	for _, association := range s.Identity.Associations {
		key := association.Namespace + "/" + association.ServiceAccount
		set := func(role string) error {
			a.reading.Lock()
			defer a.reading.Unlock()
			if a.associations == nil {
				a.associations = map[string]string{}
			}
			a.associations[key] = role
			return nil
		}
		all = append(all, &resource{name: "Pod Identity association of " + key, state: association.RoleARN,
			create: func(context.Context) error { return set(association.RoleARN) },
			change: func(context.Context, any) error { return set(association.RoleARN) },
			delete: func(context.Context) error { return set("") },
		})
	}
	return all
}

// Associated reports whether a service account has a Pod Identity association.
func (a *Account) Associated(namespace, serviceAccount string) bool {
	return a.associatedRole(namespace, serviceAccount) != ""
}

func (a *Account) associatedRole(namespace, serviceAccount string) string {
	a.reading.Lock()
	defer a.reading.Unlock()
	return a.associations[namespace+"/"+serviceAccount]
}

// PodCredentials are credentials for the pods of a service account.
type PodCredentials struct {
	Credentials
	Expires time.Time
}

// AssumeRoleForPodIdentity returns credentials for the pods of a service account, as the EKS Auth API does: those of
// the role of its association, if the role trusts the cluster and the service account. The error begins with the code
// of the API (docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html).
func (a *Account) AssumeRoleForPodIdentity(ctx context.Context, clusterARN, namespace, serviceAccount string) (*PodCredentials, error) {
	role := a.associatedRole(namespace, serviceAccount)
	if role == "" {
		return nil, fmt.Errorf("ResourceNotFoundException: no association of service account %s/%s", namespace, serviceAccount)
	}
	tags := map[string]string{"aws:RequestTag/eks-cluster-arn": clusterARN, "aws:RequestTag/kubernetes-namespace": namespace,
		"aws:RequestTag/kubernetes-service-account": serviceAccount}
	trusted, err := a.trustsPods(ctx, role, tags)
	if err != nil {
		return nil, err
	}
	if !trusted {
		return nil, fmt.Errorf("AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role")
	}
	made, err := a.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("eks-" + serviceAccount)})
	if err != nil {
		return nil, err
	}
	c := made.Credentials
	return &PodCredentials{Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}, *c.Expiration}, nil
}

// trustsPods reports whether a role lets EKS Pod Identity assume it for a session with these tags. Moto does not check
// who assumes a role.
func (a *Account) trustsPods(ctx context.Context, roleARN string, tags map[string]string) (bool, error) {
	name := roleARN[strings.LastIndex(roleARN, "/")+1:]
	role, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return false, err
	}
	text, err := url.QueryUnescape(aws.ToString(role.Role.AssumeRolePolicyDocument))
	if err != nil {
		return false, err
	}
	var trust policy.Document
	if err := json.Unmarshal([]byte(text), &trust); err != nil {
		return false, fmt.Errorf("trust policy of %s: %w", name, err)
	}
	return slices.ContainsFunc(trust.Statement, func(s policy.Statement) bool { return allowsPods(s, tags) }), nil
}

// allowsPods reports whether a statement of a trust policy allows EKS Pod Identity to assume the role and to tag the
// session. The stack's policies have no other operator than StringEquals.
func allowsPods(s policy.Statement, tags map[string]string) bool {
	if s.Principal == nil || !slices.Contains(s.Principal.Service, "pods.eks.amazonaws.com") ||
		!slices.Contains(s.Action, "sts:AssumeRole") || !slices.Contains(s.Action, "sts:TagSession") {
		return false
	}
	for operator, keys := range s.Condition {
		for key, wanted := range keys {
			if operator != "StringEquals" || !slices.Contains(wanted, tags[key]) {
				return false
			}
		}
	}
	return true
}
