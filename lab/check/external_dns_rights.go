package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

// checkRights removes each action of the policy in turn, and changes the host of an object.
func (x *externalDNS) checkRights(ctx context.Context, t *suiteRun) error {
	policy, err := externalDNSPolicyOf(t.stack)
	if err != nil {
		return err
	}
	actions, err := actionsOf(policy.Document)
	if err != nil {
		return err
	}
	for _, action := range actions {
		document, err := withoutAction(policy.Document, action)
		if err != nil {
			return err
		}
		host := "right-" + strings.ToLower(strings.TrimPrefix(action, "route53:")) + "." + handmadeZone(t.stack).Domain
		if err := x.whileDenied(ctx, t, document, host, action); err != nil {
			return fmt.Errorf("without %s: %w", action, err)
		}
		if err := x.waitForNames(ctx, t); err != nil {
			return fmt.Errorf("with %s again: %w", action, err)
		}
	}
	t.note("rights: %s", strings.Join(actions, ", "))
	return nil
}

// whileDenied gives an object a host while the policy lacks an action, and expects the action in the log, and no other
// records. ExternalDNS gets the policy again while it is stopped: checkFailedZone has the consequence of a right that
// is restored between the changes of two zones.
func (x *externalDNS) whileDenied(ctx context.Context, t *suiteRun, document, host, action string) error {
	_, before, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	if err := x.deny(ctx, t, document, host, action); err != nil {
		return err
	}
	if err := t.StopController(ctx, rehearsed.ExternalDNS); err != nil {
		return err
	}
	_, after, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	if !sameRecords(before, after) {
		return errors.New("the records have changed")
	}
	return errors.Join(x.restorePolicy(ctx, t), t.StartController(ctx, rehearsed.ExternalDNS))
}

// deny sets the policy of ExternalDNS, gives an object a host, and waits until the log contains the denied action.
func (x *externalDNS) deny(ctx context.Context, t *suiteRun, document, host, action string) error {
	policy, err := externalDNSPolicyOf(t.stack)
	if err != nil {
		return err
	}
	if err := t.Account().SetPolicyDocument(ctx, policy.ARN, document); err != nil {
		return err
	}
	log, err := t.Log(rehearsed.ExternalDNS)
	if err != nil {
		return err
	}
	if err := x.annotate(ctx, t, &x.objects[0], host); err != nil {
		return err
	}
	return x.waitForLog(ctx, t, log, "not authorized to perform: "+action)
}

func (x *externalDNS) restorePolicy(ctx context.Context, t *suiteRun) error {
	policy, err := externalDNSPolicyOf(t.stack)
	if err != nil {
		return err
	}
	return t.Account().SetPolicyDocument(ctx, policy.ARN, policy.Document)
}

func sameRecords(a, b []rehearsed.Record) bool {
	return slices.EqualFunc(a, b, func(a, b rehearsed.Record) bool { return a.Text() == b.Text() })
}

// waitForLog waits for words in the log of ExternalDNS after an earlier log.
func (x *externalDNS) waitForLog(ctx context.Context, t *suiteRun, before, words string) error {
	return waitFor(ctx, func() error {
		now, err := t.Log(rehearsed.ExternalDNS)
		if err == nil && !strings.Contains(strings.TrimPrefix(now, before), words) {
			err = fmt.Errorf("the log of ExternalDNS does not contain %q", words)
		}
		return err
	})
}

// checkFailedZone denies changes in the private zone of a domain that a public zone has too. ExternalDNS compares names
// of all zones together (github.com/kubernetes-sigs/external-dns v0.21.0, provider/aws, Records): with the record in
// the public zone it does not create the missing one in the private zone, until the record changes.
func (x *externalDNS) checkFailedZone(ctx context.Context, t *suiteRun) error {
	domain := handmadeZone(t.stack).Domain
	zones := managedZones(t.stack)
	private := slices.IndexFunc(zones, func(z rehearsed.HostedZone) bool { return z.Domain == domain && z.Private() })
	if private < 0 || len(zonesFor(zones, domain)) < 2 {
		return &skipped{errors.New("no domain has zones of both kinds")}
	}
	policy, err := externalDNSPolicyOf(t.stack)
	if err != nil {
		return err
	}
	const action = "route53:ChangeResourceRecordSets"
	denied, err := withDenial(policy.Document, action, "arn:"+t.stack.Partition+":route53:::hostedzone/"+zones[private].ID)
	if err != nil {
		return err
	}
	if err := x.deny(ctx, t, denied, "failed."+domain, action); err != nil {
		return err
	}
	if err := errors.Join(pause(ctx, quietPeriod), x.restorePolicy(ctx, t), pause(ctx, quietPeriod)); err != nil {
		return err
	}
	if t.checkNames(ctx, x.objects...) == nil {
		return errors.New("the missing record is created without a change: docs/dns.md states that it is not")
	}
	if err := x.annotate(ctx, t, &x.objects[0], "service-by-hand."+domain); err != nil {
		return err
	}
	return x.waitForNames(ctx, t)
}
