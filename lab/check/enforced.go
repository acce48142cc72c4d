package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/rehearsed"
)

// enforced lets moto refuse what no policy allows. Moto reads actions alone, so resources and conditions are opened.
func enforced() course {
	const missing = "elasticloadbalancing:CreateTargetGroup"
	const kept = "elasticloadbalancing:DeleteTargetGroup"
	return course{title: "with IAM enforced, by the actions of the controller's policy", change: withoutBalanced, promises: []promise{
		{"without its policy attached the controller makes nothing", func(ctx context.Context, t *trial) error {
			if err := errors.Join(t.detach(ctx), t.enforce(ctx), t.createHeld(ctx)); err != nil {
				return err
			}
			return t.makesNothing(ctx, "not authorized to perform: ")
		}},
		{"with the policy less " + missing + " neither, and the controller names the action", func(ctx context.Context, t *trial) error {
			if err := errors.Join(t.openPolicy(ctx, missing), t.attach(ctx)); err != nil {
				return err
			}
			return t.makesNothing(ctx, "not authorized to perform: "+missing)
		}},
		{"with the policy's own actions it makes all that the rehearsal's world made", func(ctx context.Context, t *trial) error {
			if err := errors.Join(t.openPolicy(ctx), allAddressed(ctx, t), t.restartGated(ctx)); err != nil {
				return err
			}
			return asRehearsed(ctx, t)
		}},
		{"and moves targets", scales},
		{"less " + kept + " a deletion does not end, and the controller's log names the action", func(ctx context.Context, t *trial) error {
			if err := errors.Join(t.openPolicy(ctx, kept), t.markDeleted(ctx, t.ofController()[0])); err != nil {
				return err
			}
			if err := t.logged(ctx, "not authorized to perform: "+kept); err != nil {
				return err
			}
			if o := t.ofController()[0]; t.gone(ctx, o) == nil {
				return fmt.Errorf("%s went, and its target group stays", title(o))
			}
			return nil
		}},
		{"with the policy's own actions it removes everything", func(ctx context.Context, t *trial) error {
			if err := t.openPolicy(ctx); err != nil {
				return err
			}
			return destroys(ctx, t)
		}},
	}}
}

// withoutBalanced is a stack whose load balancers are asked for later.
func withoutBalanced(s *rehearsed.Stack) (*rehearsed.Stack, error) {
	changed := *s
	changed.Objects = nil
	for i, o := range s.Objects {
		if !balanced(o) {
			changed.Objects = append(changed.Objects, o)
		} else if i < s.Release.Place {
			changed.Release.Place--
		}
	}
	return &changed, nil
}

func (t *trial) createHeld(ctx context.Context) error { return t.create(ctx, t.balanced()...) }

// restartGated ends the pods that should wait for their load balancers and came before them, so without gates; others take their place.
func (t *trial) restartGated(ctx context.Context) error {
	for _, w := range t.stack.Plan.Workloads {
		if !w.ReadinessGate {
			continue
		}
		if err := t.cluster.CoreV1().Pods(w.Name).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
			return fmt.Errorf("pods of %s: %w", w.Name, err)
		}
	}
	return nil
}

// enforce makes moto ask IAM before each call from now on.
func (t *trial) enforce(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Account().Endpoint+"/moto-api/reset-auth", strings.NewReader("0"))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", request.URL, response.Status)
	}
	return nil
}

// policy is the controller's own, and the role that has it.
func (t *trial) policy() (rehearsed.Attachment, rehearsed.Policy, error) {
	for _, o := range t.all {
		arn := o.GetAnnotations()["eks.amazonaws.com/role-arn"]
		if o.GetKind() != "ServiceAccount" || o.GetName() != serviceAccount(t.stack) {
			continue
		}
		for _, at := range t.stack.Identity.Attachments {
			i := slices.IndexFunc(t.stack.Identity.Policies, func(p rehearsed.Policy) bool { return p.ARN == at.Policy })
			if i >= 0 && strings.HasSuffix(arn, "/"+at.Role) {
				return at, t.stack.Identity.Policies[i], nil
			}
		}
	}
	return rehearsed.Attachment{}, rehearsed.Policy{}, errors.New("the controller's service account has no role with a policy of the stack's own")
}

func (t *trial) detach(ctx context.Context) error {
	at, policy, err := t.policy()
	if err != nil {
		return err
	}
	_, err = iam.NewFromConfig(t.Account().Config()).DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &at.Role, PolicyArn: aws.String(t.Account().Here(policy.ARN))})
	return err
}

func (t *trial) attach(ctx context.Context) error {
	at, policy, err := t.policy()
	if err != nil {
		return err
	}
	_, err = iam.NewFromConfig(t.Account().Config()).AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &at.Role, PolicyArn: aws.String(t.Account().Here(policy.ARN))})
	return err
}

// openPolicy gives the controller's policy a version that moto can read, less some actions, and removes the versions before it.
func (t *trial) openPolicy(ctx context.Context, less ...string) error {
	_, policy, err := t.policy()
	if err != nil {
		return err
	}
	document, err := opened(policy.Document, less)
	if err != nil {
		return fmt.Errorf("policy %s: %w", policy.Name, err)
	}
	client, arn := iam.NewFromConfig(t.Account().Config()), aws.String(t.Account().Here(policy.ARN))
	if _, err := client.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &document, SetAsDefault: true}); err != nil {
		return fmt.Errorf("policy %s: %w", policy.Name, err)
	}
	versions, err := client.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: arn})
	if err != nil {
		return fmt.Errorf("policy %s: %w", policy.Name, err)
	}
	for _, version := range versions.Versions {
		if version.IsDefaultVersion {
			continue
		}
		if _, err := client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: version.VersionId}); err != nil {
			return fmt.Errorf("policy %s: %w", policy.Name, err)
		}
	}
	return nil
}

// opened is a policy's actions on every resource under no condition, less some.
func opened(policy string, less []string) (string, error) {
	var document struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return "", err
	}
	for _, s := range document.Statement {
		actions, _ := s["Action"].([]any)
		s["Action"] = slices.DeleteFunc(actions, func(action any) bool { return slices.Contains(less, fmt.Sprint(action)) })
		s["Resource"] = "*"
		delete(s, "Condition")
	}
	text, err := json.Marshal(document)
	return string(text), err
}
