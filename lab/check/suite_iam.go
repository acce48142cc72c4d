package check

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/rehearsed"
)

// iamSuite enforces IAM in moto. Moto evaluates only actions, so resources and conditions are removed from the policy.
func iamSuite() suite {
	const missing = "elasticloadbalancing:CreateTargetGroup"
	const kept = "elasticloadbalancing:DeleteTargetGroup"
	return suite{title: "with IAM enforced, for the actions of the controller's policy", change: withoutBalanced, steps: []step{
		{"without its policy the controller creates nothing", func(ctx context.Context, t *suiteRun) error {
			if err := errors.Join(t.detachPolicy(ctx), t.Account().EnforceIAM(ctx), t.createBalanced(ctx)); err != nil {
				return err
			}
			return t.checkCreatesNothing(ctx, "not authorized to perform: ")
		}},
		{"without " + missing + " in the policy it creates nothing, and reports the action", func(ctx context.Context, t *suiteRun) error {
			if err := errors.Join(t.openPolicy(ctx, missing), t.attachPolicy(ctx)); err != nil {
				return err
			}
			return t.checkCreatesNothing(ctx, "not authorized to perform: "+missing)
		}},
		{"with the policy's actions its resources equal those of the rehearsal", func(ctx context.Context, t *suiteRun) error {
			if err := errors.Join(t.openPolicy(ctx), waitForAddresses(ctx, t), t.restartGated(ctx)); err != nil {
				return err
			}
			return checkAsRehearsed(ctx, t)
		}},
		{"with the policy's actions it updates targets", checkScaling},
		{"without " + kept + " a deletion does not complete, and the controller's log names the action", func(ctx context.Context, t *suiteRun) error {
			if err := errors.Join(t.openPolicy(ctx, kept), t.startDelete(ctx, t.ofController()[0])); err != nil {
				return err
			}
			if err := t.waitForLog(ctx, "not authorized to perform: "+kept); err != nil {
				return err
			}
			if o := t.ofController()[0]; t.checkDeleted(ctx, o) == nil {
				return fmt.Errorf("%s is deleted before its target group", objectTitle(o))
			}
			return nil
		}},
		{"with the policy's actions it deletes everything", func(ctx context.Context, t *suiteRun) error {
			if err := t.openPolicy(ctx); err != nil {
				return err
			}
			return checkDestroy(ctx, t)
		}},
	}}
}

// withoutBalanced returns the stack without the objects that have load balancers, which suites create later. Releases
// remain at the objects that are created before them.
func withoutBalanced(s *rehearsed.Stack) (*rehearsed.Stack, error) {
	changed := *s
	changed.Objects, changed.OtherReleases = nil, slices.Clone(s.OtherReleases)
	for i, o := range s.Objects {
		patched, isPatch := rehearsed.PatchedObject(o)
		if !hasBalancer(o) && !(isPatch && hasBalancer(patched)) {
			changed.Objects = append(changed.Objects, o)
			continue
		}
		for at, r := range s.OtherReleases {
			if i < r.Place {
				changed.OtherReleases[at].Place--
			}
		}
		if i < s.Release.Place {
			changed.Release.Place--
		}
	}
	return &changed, nil
}

func (t *suiteRun) createBalanced(ctx context.Context) error { return t.create(ctx, t.balanced()...) }

// restartGated deletes pods that were created before their load balancers and so have no readiness gates; their
// Deployments create new ones.
func (t *suiteRun) restartGated(ctx context.Context) error {
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

// policy returns the controller's policy and its attachment to a role.
func (t *suiteRun) policy() (rehearsed.Attachment, rehearsed.Policy, error) {
	return policyOf(t.stack, serviceAccount(t.stack))
}

// policyOf returns the customer managed policy of a service account's role, and its attachment.
func policyOf(s *rehearsed.Stack, serviceAccount string) (rehearsed.Attachment, rehearsed.Policy, error) {
	for _, o := range s.Objects {
		arn := cmp.Or(o.GetAnnotations()[roleAnnotation], s.Identity.RoleOf(o.GetNamespace(), o.GetName()))
		if o.GetKind() != "ServiceAccount" || o.GetName() != serviceAccount {
			continue
		}
		for _, at := range s.Identity.Attachments {
			i := slices.IndexFunc(s.Identity.Policies, func(p rehearsed.Policy) bool { return p.ARN == at.Policy })
			if i >= 0 && strings.HasSuffix(arn, "/"+at.Role) {
				return at, s.Identity.Policies[i], nil
			}
		}
	}
	return rehearsed.Attachment{}, rehearsed.Policy{}, fmt.Errorf("the role of service account %s has no customer managed policy", serviceAccount)
}

func (t *suiteRun) detachPolicy(ctx context.Context) error {
	at, policy, err := t.policy()
	if err != nil {
		return err
	}
	_, err = iam.NewFromConfig(t.Account().Config()).DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &at.Role, PolicyArn: &policy.ARN})
	return err
}

func (t *suiteRun) attachPolicy(ctx context.Context) error {
	at, policy, err := t.policy()
	if err != nil {
		return err
	}
	_, err = iam.NewFromConfig(t.Account().Config()).AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &at.Role, PolicyArn: &policy.ARN})
	return err
}

// openPolicy changes the controller's policy to one that moto can evaluate, without some actions.
func (t *suiteRun) openPolicy(ctx context.Context, less ...string) error {
	_, policy, err := t.policy()
	if err != nil {
		return err
	}
	document, err := withoutConditions(policy.Document, less)
	if err != nil {
		return fmt.Errorf("policy %s: %w", policy.Name, err)
	}
	if err := t.Account().SetPolicyDocument(ctx, policy.ARN, document); err != nil {
		return fmt.Errorf("policy %s: %w", policy.Name, err)
	}
	return nil
}

// withoutConditions returns a policy for all resources and without conditions, and without some actions.
func withoutConditions(policy string, less []string) (string, error) {
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

// actionsOf returns the actions that a policy allows, sorted, each once.
func actionsOf(policy string) (actions []string, err error) {
	var document struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return nil, err
	}
	for _, s := range document.Statement {
		actions = append(actions, s.Action...)
	}
	slices.Sort(actions)
	return slices.Compact(actions), nil
}

// withoutAction returns a policy without an action. Resources and conditions remain.
func withoutAction(policy, action string) (string, error) {
	var document struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return "", err
	}
	document.Statement = slices.DeleteFunc(document.Statement, func(s map[string]any) bool {
		actions, _ := s["Action"].([]any)
		kept := slices.DeleteFunc(actions, func(a any) bool { return a == action })
		s["Action"] = kept
		return len(kept) == 0
	})
	text, err := json.Marshal(document)
	return string(text), err
}

// withDenial returns a policy that denies an action for a resource.
func withDenial(policy, action, resource string) (string, error) {
	var document struct {
		Version   string
		Statement []any
	}
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return "", err
	}
	document.Statement = append(document.Statement, map[string]any{"Effect": "Deny", "Action": []string{action}, "Resource": []string{resource}})
	text, err := json.Marshal(document)
	return string(text), err
}
