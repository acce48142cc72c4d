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

// withMutator turns the Service webhook on, which is off in every stack.
func withMutator() course {
	return course{title: "with the chart's Service webhook on", applies: hasClassic, change: func(s *rehearsed.Stack) (*rehearsed.Stack, error) {
		changed, err := withoutBalanced(s) // those that are made before the controller is ready get no class
		if err != nil {
			return nil, err
		}
		if changed.Release.Values, err = copied(s.Release.Values); err != nil {
			return nil, err
		}
		changed.Release.Values["enableServiceMutatorWebhook"] = true
		return changed, nil
	}, promises: []promise{
		{"a Service without a class gets the controller's, and becomes an internal NLB in the place of a Classic Load Balancer", becomesInternal},
	}}
}

func hasClassic(s *rehearsed.Stack) bool { return len(classics(s)) > 0 }

func classics(s *rehearsed.Stack) []rehearsed.Workload {
	return slices.DeleteFunc(slices.Clone(s.Plan.Workloads), func(w rehearsed.Workload) bool { return w.Kind != config.KindCLB })
}

// copied is a deep copy of values.
func copied(values map[string]any) (copy map[string]any, err error) {
	text, err := json.Marshal(values)
	if err == nil {
		err = json.Unmarshal(text, &copy)
	}
	return copy, err
}

func becomesInternal(ctx context.Context, t *trial) error {
	if err := t.createHeld(ctx); err != nil {
		return err
	}
	return eventually(ctx, func() error {
		made, err := Made(ctx, t)
		if err != nil {
			return err
		}
		for _, w := range classics(t.stack) {
			if b := made.Balancers[w.AddressOf]; b.Kind != "network" || b.Scheme != "internal" {
				return fmt.Errorf("%s has a load balancer of kind %q and scheme %q", w.AddressOf, b.Kind, b.Scheme)
			}
		}
		return nil
	})
}

// withoutTrust lets another service account have the controller's role.
func withoutTrust() course {
	return course{title: "with a trust that names another service account", change: func(s *rehearsed.Stack) (*rehearsed.Stack, error) {
		changed, err := withoutBalanced(s) // pods with readiness gates would wait for load balancers for ever
		if err != nil {
			return nil, err
		}
		changed.Identity.Roles = slices.Clone(s.Identity.Roles)
		account := "system:serviceaccount:" + s.Release.Namespace + ":" + serviceAccount(s)
		found := 0
		for i, role := range changed.Identity.Roles {
			found += strings.Count(role.Trust, account)
			changed.Identity.Roles[i].Trust = strings.ReplaceAll(role.Trust, account, account+"-other")
		}
		if found == 0 {
			return nil, fmt.Errorf("no role trusts %s", account)
		}
		return changed, nil
	}, promises: []promise{
		{"the controller does not get its role, and makes nothing", func(ctx context.Context, t *trial) error {
			if err := t.createHeld(ctx); err != nil {
				return err
			}
			return t.makesNothing(ctx, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
		}},
	}}
}

// serviceAccount is the controller's, by the release's values.
func serviceAccount(s *rehearsed.Stack) string {
	name, _, _ := unstructured.NestedString(s.Release.Values, "serviceAccount", "name")
	return name
}

// makesNothing waits until an event says why, and looks whether something was made all the same.
func (t *trial) makesNothing(ctx context.Context, why string) error {
	o := t.ofController()[0]
	if err := t.told(ctx, o, why); err != nil {
		return err
	}
	made, err := Made(ctx, t)
	if err != nil {
		return err
	}
	if b := made.Balancers[title(o)]; b.Name != "" {
		return fmt.Errorf("%s has load balancer %s all the same", title(o), b.Name)
	}
	if t.addressed(ctx, o) == nil {
		return errors.New(title(o) + " has an address all the same")
	}
	return nil
}
