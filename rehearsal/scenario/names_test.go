package scenario_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
)

const (
	recordType     = "aws:route53/record:Record"
	hostedZoneType = "aws:route53/zone:Zone"
	zoneOfOthers   = "Z0123456789ABCDEFGHIJ"
)

// namedStack replaces texts of stack local: its workload has a name in a zone of the operator and in a zone of the
// stack.
var namedStack = []string{
	"  eksnet:workloads:", `  eksnet:dns: {zones: [{domain: example.com, id: ` + zoneOfOthers + `}, {domain: example.com, private: true, own: true}]}
  eksnet:workloads:`,
	"{kind: nlb}", "{kind: nlb, hostname: echo.example.com}",
}

// aliases returns the target of each record of the stack by its ID.
func (p *builtStack) aliases() map[string]string {
	p.t.Helper()
	found := map[string]string{}
	for _, r := range stateGraph(p.State().Resources()).find(p.t, recordType, "") {
		o := p.World().Get(recordType, string(r.ID))
		if o == nil {
			p.t.Errorf("the account has no record %s", r.ID)
			continue
		}
		if aliases, ok := o.Outputs["aliases"].([]any); ok && len(aliases) == 1 {
			found[string(r.ID)] = fmt.Sprint(aliases[0].(map[string]any)["name"])
		}
	}
	return found
}

// A zone of others keeps their records. A zone of the stack is not emptied of records of others: its deletion fails,
// and succeeds once they are gone.
func TestADestroyLeavesNoNameAndTakesNoneOfOthers(t *testing.T) {
	t.Parallel()
	p := buildStack(t, namedStack...)
	own := p.idOf(hostedZoneType, "example.com-private")
	for _, zone := range []string{zoneOfOthers, own} {
		if err := p.World().HoldRecord(zone, "mail.example.com", "TXT", "of others"); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(p.aliases()); got != 2 {
		t.Errorf("the stack has %d records", got)
	}
	mustContain(t, p.Destroy(context.Background()).Error, "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets", own)
	if err := p.hands.Delete(recordType, own+"_mail.example.com_TXT"); err != nil {
		t.Fatal(err)
	}
	if destroy := p.Destroy(context.Background()); destroy.Error != "" {
		t.Errorf("destroy reports %s", destroy.Error)
	}
	if got := p.records(); !slices.Equal(got, []string{zoneOfOthers + "_mail.example.com_TXT"}) {
		t.Errorf("records %q remain", got)
	}
}

// records returns the IDs of all records in the account.
func (p *builtStack) records() []string {
	var ids []string
	for _, o := range p.World().All(recordType) {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestARecordFollowsItsHostToAnotherLoadBalancer(t *testing.T) {
	t.Parallel()
	p := buildStack(t, namedStack...)
	before := p.aliases()
	if err := p.upAgain(append(slices.Clone(namedStack), "{kind: nlb, hostname", "{kind: clb, hostname")...); err != "" {
		t.Fatalf("up reports %s", err)
	}
	after := p.aliases()
	for id, target := range before {
		if after[id] == "" || after[id] == target || !strings.Contains(after[id], ".elb.amazonaws.com") {
			t.Errorf("record %s has the target %q, and had %q", id, after[id], target)
		}
	}
	if len(before) != 2 || len(after) != 2 {
		t.Errorf("records %v became %v", before, after)
	}
}

func TestARecordOfOthersIsNotTakenOver(t *testing.T) {
	t.Parallel()
	p := buildStack(t)
	p.World().HoldZone(world.HostedZone{ID: zoneOfOthers, Domain: "example.com", Region: "us-east-1"})
	if err := p.World().HoldRecord(zoneOfOthers, "echo.example.com", "A", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	mustContain(t, p.upAgain(namedStack...), "Tried to create resource record set [name='echo.example.com.', type='A'] but it already exists")
}

// A VPC can use one private zone of a domain, so the zone that the stack file no longer has is left first.
func TestAPrivateZoneIsExchangedForAnotherOfItsDomain(t *testing.T) {
	t.Parallel()
	const first, second = "Z0000000000000000000A", "Z0000000000000000000B"
	with := func(id string) []string {
		return []string{
			"  eksnet:workloads:", "  eksnet:dns: {zones: [{domain: example.com, private: true, id: " + id + "}]}\n  eksnet:workloads:",
			"{kind: nlb}", "{kind: nlb, hostname: echo.example.com}",
		}
	}
	p := buildStack(t)
	for _, id := range []string{first, second} {
		p.World().HoldZone(world.HostedZone{ID: id, Domain: "example.com", Private: true, Region: "us-east-1"})
	}
	for _, id := range []string{first, second} {
		if err := p.upAgain(with(id)...); err != "" {
			t.Fatalf("up reports %s", err)
		}
		if got := p.records(); !slices.Equal(got, []string{id + "_echo.example.com_A"}) {
			t.Errorf("with zone %s the records are %q", id, got)
		}
	}
	p.Destroy(context.Background())
	if got := p.records(); len(got) > 0 {
		t.Errorf("records %q remain", got)
	}
}
