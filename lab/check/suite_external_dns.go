package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

// externalDNSSuite checks ExternalDNS with objects that someone creates by hand in the cluster of a stack with hosted
// zones. IAM is enforced, for Route 53 with the zones and conditions of policies.
func externalDNSSuite() suite {
	x := &externalDNS{}
	return suite{title: "ExternalDNS with IAM enforced, for objects created by hand", change: withExternalDNS, applies: hasNames, steps: []step{
		{"a Service and an Ingress get records in each zone that contains their host, with the policy as it is", x.checkCreation},
		{"the records of others and of the stack remain as they are, also those with the host of an object", x.checkOthers},
		{"another host, and a new load balancer, change the records", x.checkChanges},
		{"each right of the policy is needed: without it the log names the action, and records do not change", x.checkRights},
		{"in zones of both kinds with one domain, a change that fails in one of them is repaired by the next change only", x.checkFailedZone},
		{"without ExternalDNS the records of deleted objects remain, and their zone cannot be deleted", x.checkWithoutController},
		{"the last step fails while records remain, and its log names them", x.checkFailedTeardown},
		{"after a restart no record of deleted objects remains, the last step ends, and their zone can be deleted", x.checkRestart},
	}}
}

// hasNames reports whether a stack has hosted zones, and objects from which those of the suite are copied.
func hasNames(s *rehearsed.Stack) bool {
	return len(managedZones(s)) > 0 && len(handmade(s)) > 0
}

// externalDNS is the state of the suite: the objects by hand, and the records of others.
type externalDNS struct {
	objects []namedObject
	others  []rehearsed.Record
}

const handmadeNamespace = "by-hand"

// handmadeZone returns the zone of the hosts: one whose domain most zones contain.
func handmadeZone(s *rehearsed.Stack) rehearsed.HostedZone {
	zones := managedZones(s)
	return slices.MaxFunc(zones, func(a, b rehearsed.HostedZone) int {
		return cmp.Compare(len(zonesFor(zones, a.Domain)), len(zonesFor(zones, b.Domain)))
	})
}

// handmade returns a Service with a Network Load Balancer and an Ingress as someone creates them, each copied from one
// of the stack. Their hosts are in handmadeZone.
func handmade(s *rehearsed.Stack) (all []namedObject) {
	for _, kind := range []string{"Service", "Ingress"} {
		i := slices.IndexFunc(s.Objects, func(o *unstructured.Unstructured) bool {
			class, _, _ := unstructured.NestedString(o.Object, "spec", "loadBalancerClass")
			return o.GetKind() == kind && hasBalancer(o) && (kind == "Ingress" || class != "")
		})
		if i < 0 {
			continue
		}
		host := strings.ToLower(kind) + "-by-hand." + handmadeZone(s).Domain
		all = append(all, namedObject{copyByHand(s.Objects[i], strings.ToLower(kind), host), host})
	}
	return all
}

// copyByHand returns a copy of an object of the stack with another name and a host, without the annotations with which
// the stack limits it to its own purpose.
func copyByHand(of *unstructured.Unstructured, name, host string) *unstructured.Unstructured {
	o := of.DeepCopy()
	annotations := map[string]string{hostnameAnnotation: host}
	for key, value := range of.GetAnnotations() {
		if isForController(key) {
			annotations[key] = value
		}
	}
	o.SetName(name)
	o.SetNamespace(handmadeNamespace)
	o.SetLabels(nil)
	o.SetAnnotations(annotations)
	rules, _, _ := unstructured.NestedSlice(o.Object, "spec", "rules")
	for i := range rules {
		if fields, is := rules[i].(map[string]any); is {
			fields["host"] = host
		}
	}
	if len(rules) > 0 {
		_ = unstructured.SetNestedSlice(o.Object, rules[:1], "spec", "rules")
	}
	return o
}

// isForController reports whether an annotation is a setting of the load balancer controller that a load balancer of
// its own needs too. Groups, addresses and names are of one load balancer only.
func isForController(key string) bool {
	setting := strings.HasPrefix(key, serviceAnnotation) || strings.HasPrefix(key, "alb.ingress.kubernetes.io/")
	for _, single := range []string{"group", "eip", "private-ipv4", "name", "certificate", "ssl", "listen-ports", "conditions", "actions"} {
		setting = setting && !strings.Contains(key, single)
	}
	return setting
}

func (x *externalDNS) checkCreation(ctx context.Context, t *suiteRun) error {
	t.stack, _ = withExternalDNS(t.stack)
	x.objects = handmade(t.stack)
	// Moto evaluates the policies of other services without resources and conditions.
	if err := errors.Join(t.openPolicy(ctx), t.Account().EnforceIAM(ctx)); err != nil {
		return err
	}
	if err := t.create(ctx, newObject("v1", "Namespace", "", handmadeNamespace, nil)); err != nil {
		return err
	}
	if err := t.create(ctx, x.unstructured()...); err != nil {
		return err
	}
	return x.waitForNames(ctx, t)
}

func (x *externalDNS) unstructured() (all []*unstructured.Unstructured) {
	for _, o := range x.objects {
		all = append(all, o.Unstructured)
	}
	return all
}

// waitForNames waits until the records of ExternalDNS are those of the objects.
func (x *externalDNS) waitForNames(ctx context.Context, t *suiteRun) error {
	err := waitFor(ctx, func() error { return t.checkNames(ctx, x.objects...) })
	if err != nil {
		log, _ := t.Log(rehearsed.ExternalDNS)
		err = fmt.Errorf("%w\n      the last lines of the log of ExternalDNS:\n%s", err, lastLines(log, 5))
	}
	return err
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}

// annotate sets the host of an object, for which ExternalDNS creates records.
func (x *externalDNS) annotate(ctx context.Context, t *suiteRun, o *namedObject, host string) error {
	found, err := t.get(ctx, o.Unstructured)
	if err != nil || found == nil {
		return fmt.Errorf("%s: %w", objectTitle(o.Unstructured), errors.Join(err, ctx.Err()))
	}
	changed := copyByHand(found, o.GetName(), host)
	resource, err := t.resource(changed)
	if err == nil {
		_, err = resource.Update(ctx, changed, metav1.UpdateOptions{})
	}
	if err == nil {
		o.host = host
		o.Unstructured = copyByHand(o.Unstructured, o.GetName(), host)
	}
	return err
}

// checkOthers gives an object the host of a record of another owner. ExternalDNS must not change it.
func (x *externalDNS) checkOthers(ctx context.Context, t *suiteRun) error {
	_, before, err := t.Account().HostedZones(ctx)
	if err != nil {
		return err
	}
	zone := handmadeZone(t.stack)
	taken := "taken." + zone.Domain
	x.others = []rehearsed.Record{
		{Zone: zone.ID, Name: taken, Type: "A", TTL: 300, Values: []string{"192.0.2.9"}},
		{Zone: zone.ID, Name: "external-dns-a." + taken, Type: "TXT", TTL: 300,
			Values: []string{`"heritage=external-dns,external-dns/owner=another-cluster,external-dns/resource=service/web/web"`}},
		{Zone: zone.ID, Name: "mail." + zone.Domain, Type: "MX", TTL: 300, Values: []string{"10 mail.example.net"}}}
	for _, r := range x.others {
		if err := t.Account().CreateRecord(ctx, r); err != nil {
			return err
		}
	}
	o := &x.objects[0]
	host := o.host
	if err := x.annotate(ctx, t, o, taken); err != nil {
		return err
	}
	if err := pause(ctx, quietPeriod); err != nil {
		return err
	}
	_, after, err := t.Account().HostedZones(ctx)
	if err != nil {
		return err
	}
	for _, r := range slices.Concat(x.others, ofStack(t.stack, before)) {
		if !slices.ContainsFunc(after, func(now rehearsed.Record) bool { return now.Text() == r.Text() }) {
			return fmt.Errorf("%s has changed: it was %s", r.Title(), r.Text())
		}
	}
	if err := x.annotate(ctx, t, o, host); err != nil {
		return err
	}
	return x.waitForNames(ctx, t)
}

// ofStack returns the records that are of the stack.
func ofStack(s *rehearsed.Stack, records []rehearsed.Record) (own []rehearsed.Record) {
	for _, r := range records {
		if slices.ContainsFunc(s.Records, func(o rehearsed.Record) bool { return o.Title() == r.Title() }) {
			own = append(own, r)
		}
	}
	return own
}

func (x *externalDNS) checkChanges(ctx context.Context, t *suiteRun) error {
	for i := range x.objects {
		o := &x.objects[i]
		if err := x.annotate(ctx, t, o, "changed-"+o.host); err != nil {
			return err
		}
	}
	if err := x.waitForNames(ctx, t); err != nil {
		return err
	}
	before, err := t.address(ctx, x.objects[0])
	if err != nil {
		return err
	}
	if err := x.recreate(ctx, t, x.objects[0]); err != nil {
		return err
	}
	if err := x.waitForNames(ctx, t); err != nil {
		return err
	}
	if after, err := t.address(ctx, x.objects[0]); err != nil || after == before {
		return fmt.Errorf("the new load balancer has the name of the old one, %s: %w", after, err)
	}
	return nil
}

// recreate deletes an object and creates it again.
func (x *externalDNS) recreate(ctx context.Context, t *suiteRun, o namedObject) error {
	if err := t.startDelete(ctx, o.Unstructured); err != nil {
		return err
	}
	if err := t.waitForDeletion(ctx, []*unstructured.Unstructured{o.Unstructured}); err != nil {
		return err
	}
	return t.create(ctx, o.Unstructured)
}

func (x *externalDNS) checkWithoutController(ctx context.Context, t *suiteRun) error {
	for _, r := range x.others {
		if err := t.Account().DeleteRecord(ctx, r); err != nil {
			return err
		}
	}
	_, before, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	if err := t.StopController(ctx, rehearsed.ExternalDNS); err != nil {
		return err
	}
	if err := t.startDelete(ctx, x.unstructured()...); err != nil {
		return err
	}
	if err := t.waitForDeletion(ctx, x.unstructured()); err != nil {
		return err
	}
	if err := pause(ctx, quietPeriod); err != nil {
		return err
	}
	_, after, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	if len(after) == 0 || len(after) != len(before) {
		return fmt.Errorf("%d of %d records remain", len(after), len(before))
	}
	t.note("%d records remain of the deleted objects", len(after))
	return x.checkZoneNotEmpty(ctx, t)
}

// checkZoneNotEmpty removes the stack's own records, and expects that the zone of the objects is not empty.
func (x *externalDNS) checkZoneNotEmpty(ctx context.Context, t *suiteRun) error {
	if err := t.Account().DeleteStackRecords(ctx); err != nil {
		return err
	}
	err := x.deleteZone(ctx, t)
	if err == nil || !strings.Contains(err.Error(), "HostedZoneNotEmpty") {
		return fmt.Errorf("the deletion of a zone with records of deleted objects is not refused: %v", err)
	}
	return nil
}

func (x *externalDNS) deleteZone(ctx context.Context, t *suiteRun) error {
	zone := handmadeZone(t.stack).ID
	_, err := route53.NewFromConfig(t.Account().Config()).DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: &zone})
	return err
}

func (x *externalDNS) checkRestart(ctx context.Context, t *suiteRun) error {
	if err := t.StartController(ctx, rehearsed.ExternalDNS); err != nil {
		return err
	}
	x.objects = nil
	if err := errors.Join(x.waitForNames(ctx, t), x.checkTeardown(ctx, t)); err != nil {
		return err
	}
	return x.deleteZone(ctx, t)
}
