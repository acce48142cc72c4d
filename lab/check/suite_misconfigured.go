package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// mutatorSuite enables the Service webhook, which every stack disables.
func mutatorSuite() suite {
	return suite{title: "with the chart's Service webhook enabled", applies: hasClassic, change: func(s *rehearsed.Stack) (*rehearsed.Stack, error) {
		changed, err := withoutBalanced(s) // Services created before the controller is ready get no class
		if err != nil {
			return nil, err
		}
		if changed.Release.Values, err = deepCopy(s.Release.Values); err != nil {
			return nil, err
		}
		changed.Release.Values["enableServiceMutatorWebhook"] = true
		return changed, nil
	}, steps: []step{
		{"a Service without a class gets the controller's class, and an internal NLB instead of a Classic Load Balancer", checkBecomesInternal},
	}}
}

func hasClassic(s *rehearsed.Stack) bool { return len(classicWorkloads(s)) > 0 }

func classicWorkloads(s *rehearsed.Stack) []rehearsed.Workload {
	return slices.DeleteFunc(slices.Clone(s.Plan.Workloads), func(w rehearsed.Workload) bool { return w.Kind != config.KindCLB })
}

// deepCopy returns a deep copy of values.
func deepCopy(values map[string]any) (copy map[string]any, err error) {
	text, err := json.Marshal(values)
	if err == nil {
		err = json.Unmarshal(text, &copy)
	}
	return copy, err
}

func checkBecomesInternal(ctx context.Context, t *suiteRun) error {
	if err := t.createBalanced(ctx); err != nil {
		return err
	}
	return waitFor(ctx, func() error {
		made, err := Observed(ctx, t)
		if err != nil {
			return err
		}
		for _, w := range classicWorkloads(t.stack) {
			if b := made.Balancers[w.AddressOf]; b.Kind != "network" || b.Scheme != "internal" {
				return fmt.Errorf("%s has a load balancer of kind %q and scheme %q", w.AddressOf, b.Kind, b.Scheme)
			}
		}
		return nil
	})
}

// wrongTrustSuite changes the trust policy of the controller's role to another service account.
func wrongTrustSuite() suite {
	return suite{title: "with a trust policy for another service account", change: func(s *rehearsed.Stack) (*rehearsed.Stack, error) {
		changed, err := withoutBalanced(s) // pods with readiness gates would never be ready
		if err != nil {
			return nil, err
		}
		changed.Identity.Roles = slices.Clone(s.Identity.Roles)
		account, end := "system:serviceaccount:"+s.Release.Namespace+":"+serviceAccount(s), ""
		if len(s.Identity.Associations) > 0 {
			account, end = serviceAccount(s), `"` // a whole text in the conditions of the policy
		}
		found := 0
		for i, role := range changed.Identity.Roles {
			found += strings.Count(role.Trust, account+end)
			changed.Identity.Roles[i].Trust = strings.ReplaceAll(role.Trust, account+end, account+"-other"+end)
		}
		if found == 0 {
			return nil, fmt.Errorf("no role trusts %s", account)
		}
		return changed, nil
	}, steps: []step{
		{"the controller cannot assume its role, and creates nothing", func(ctx context.Context, t *suiteRun) error {
			if err := t.createBalanced(ctx); err != nil {
				return err
			}
			why := "Not authorized to perform sts:AssumeRoleWithWebIdentity"
			if len(t.stack.Identity.Associations) > 0 {
				why = "EKS does not have permissions to assume the associated role"
			}
			return t.checkCreatesNothing(ctx, why)
		}},
	}}
}

// serviceAccount returns the name of the controller's service account in the release's values.
func serviceAccount(s *rehearsed.Stack) string {
	name, _, _ := unstructured.NestedString(s.Release.Values, "serviceAccount", "name")
	return name
}

// checkCreatesNothing waits for an event with the reason, and checks that no load balancer and no address exist.
func (t *suiteRun) checkCreatesNothing(ctx context.Context, why string) error {
	o := t.ofController()[0]
	if err := t.waitForEvent(ctx, o, why); err != nil {
		return err
	}
	made, err := Observed(ctx, t)
	if err != nil {
		return err
	}
	if b := made.Balancers[objectTitle(o)]; b.Name != "" {
		return fmt.Errorf("%s has load balancer %s", objectTitle(o), b.Name)
	}
	if t.checkAddress(ctx, o) == nil {
		return errors.New(objectTitle(o) + " has an address")
	}
	return nil
}
