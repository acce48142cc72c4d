package account

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eksnet/lab/labtest"
	"eksnet/lab/rehearsed"
)

func describeHostedZones(ctx context.Context, a *Account, add func(string, ...any)) error {
	zones, records, err := a.HostedZones(ctx)
	if err != nil {
		return err
	}
	for _, z := range zones {
		listed, err := a.route53.ListTagsForResource(ctx, &route53.ListTagsForResourceInput{ResourceId: &z.ID,
			ResourceType: types.TagResourceTypeHostedzone})
		if err != nil {
			return err
		}
		var tags []string
		for _, tag := range listed.ResourceTagSet.Tags {
			tags = append(tags, *tag.Key+"="+*tag.Value)
		}
		add("hosted zone %s %s of %s %s", z.ID, z.Domain, cmp.Or(strings.Join(z.VPCs, " "), "no VPC"), strings.Join(tags, " "))
	}
	for _, r := range records {
		target := strings.Join(r.Values, " ")
		if r.Alias != nil {
			target = r.Alias.Host
		}
		add("%s %s", r.Title(), target)
	}
	return nil
}

// newZone returns an account with the full stack, and functions that change its public zone as other programs do.
func newZone(t *testing.T) (a *Account, change func(action types.ChangeAction, name, typ, value string) error) {
	t.Helper()
	a, err := Create(t.Context(), labtest.StartMoto(t, testAccount), fullStack())
	if err != nil {
		t.Fatal(err)
	}
	return a, func(action types.ChangeAction, name, typ, value string) error {
		return a.changeRecord(t.Context(), action, rehearsed.Record{Zone: fullStack().HostedZones[0].ID, Name: name,
			Type: typ, TTL: 300, Values: []string{value}})
	}
}

func TestRecordsOfOthersAreLeftAndPreventTheDeletionOfTheirZone(t *testing.T) {
	a, change := newZone(t)
	if err := change(types.ChangeActionCreate, "mail.example.com", "A", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	const left = "record mail.example.com A in hosted zone Z0123456789ABCDEFGHIJ"
	if lines, err := a.Left(t.Context()); err != nil || len(lines) != 1 || lines[0] != left {
		t.Errorf("left %q, %v", lines, err)
	}
	if err := a.Update(t.Context(), emptyStack()); err == nil || !strings.Contains(err.Error(), "HostedZoneNotEmpty") {
		t.Fatalf("deletion of a zone with a record of others: %v", err)
	}
	if err := change(types.ChangeActionDelete, "mail.example.com", "A", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if err := a.Update(t.Context(), emptyStack()); err != nil {
		t.Error(err)
	}
}

func TestRoute53RefusesRecordsThatExistAndDeletionsOfOtherValues(t *testing.T) {
	_, change := newZone(t)
	expect := func(words string, err error) {
		t.Helper()
		if words == "" && err != nil || words != "" && (err == nil || !strings.Contains(err.Error(), words)) {
			t.Errorf("error %v, want %q", err, words)
		}
	}
	expect("[name='shop.example.com.', type='A'] but it already exists", change(types.ChangeActionCreate, "Shop.example.com", "A", "192.0.2.1"))
	expect("[name='none.example.com.', type='A'] but it was not found", change(types.ChangeActionDelete, "none.example.com", "A", "192.0.2.1"))
	expect("", change(types.ChangeActionCreate, "mail.example.com", "A", "192.0.2.1"))
	expect("", change(types.ChangeActionUpsert, "mail.example.com", "A", "192.0.2.2"))
	expect("the values provided do not match the current values", change(types.ChangeActionDelete, "mail.example.com", "A", "192.0.2.1"))
	expect("", change(types.ChangeActionDelete, "mail.example.com", "A", "192.0.2.2"))
	expect("but it was not found", change(types.ChangeActionDelete, "mail.example.com", "A", "192.0.2.2"))
}

// roleInZones returns a client with the rights of a policy, whose statements name zones and the names of records.
func roleInZones(t *testing.T, a *Account, document string) *route53.Client {
	t.Helper()
	made, err := a.sts.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(iamARN("role/controller")),
		RoleSessionName: aws.String("controller")})
	if err == nil {
		err = errors.Join(a.SetPolicyDocument(t.Context(), iamARN("policy/controller"), document), a.EnforceIAM(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	config, c := a.Config(), made.Credentials
	config.Credentials = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
	return route53.NewFromConfig(config)
}

func TestIAMEvaluatesZonesAndNamesOfRecords(t *testing.T) {
	a, _ := newZone(t)
	client := roleInZones(t, a, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"route53:ListHostedZones","Resource":"*"},
		{"Effect":"Allow","Action":["route53:ListResourceRecordSets","route53:ListTagsForResources"],"Resource":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"},
		{"Effect":"Allow","Action":"route53:ChangeResourceRecordSets","Resource":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
		 "Condition":{"ForAllValues:StringLike":{"route53:ChangeResourceRecordSetsNormalizedRecordNames":["*.team.example.com"]},
		 "ForAllValues:StringNotEquals":{"route53:ChangeResourceRecordSetsNormalizedRecordNames":["own.team.example.com","\\052.own.team.example.com"]},
		 "ForAllValues:StringEquals":{"route53:ChangeResourceRecordSetsRecordTypes":["A","TXT"]}}}]}`)
	list := func(zone string) error {
		_, err := client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
		return err
	}
	tags := func(zones ...string) error {
		_, err := client.ListTagsForResources(t.Context(), &route53.ListTagsForResourcesInput{ResourceIds: zones,
			ResourceType: types.TagResourceTypeHostedzone})
		return err
	}
	change := func(zone, name, typ string) error {
		_, err := client.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone,
			ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionUpsert,
				ResourceRecordSet: &types.ResourceRecordSet{Name: &name, Type: types.RRType(typ), TTL: aws.Int64(60),
					ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.1")}}}}}}})
		return err
	}
	zone, other := "Z0123456789ABCDEFGHIJ", "Z0123456789ABCDEFGHIK"
	_, listed := client.ListHostedZones(t.Context(), nil)
	for _, c := range []struct {
		call    string
		err     error
		allowed bool
	}{
		{"ListHostedZones", listed, true},
		{"list records", list(zone), true}, {"list records of another zone", list(other), false},
		{"list tags", tags(zone), true}, {"list tags of another zone too", tags(zone, other), false},
		{"change a name", change(zone, "WEB.team.example.com.", "A"), true},
		{"change another name", change(zone, "web.example.com", "A"), false},
		{"change a wildcard", change(zone, "*.team.example.com", "A"), true},
		{"change an excluded name", change(zone, "own.team.example.com", "A"), false},
		{"change an excluded wildcard", change(zone, "*.own.team.example.com", "A"), false},
		{"change another type", change(zone, "web.team.example.com", "CNAME"), false},
		{"change a name in another zone", change(other, "web.team.example.com", "A"), false},
	} {
		denied := c.err != nil && strings.Contains(c.err.Error(), "AccessDenied")
		if c.allowed && c.err != nil || !c.allowed && !denied {
			t.Errorf("%s: %v, allowed %v", c.call, c.err, c.allowed)
		}
	}
}
