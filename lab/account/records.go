package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"eksnet/lab/rehearsed"
)

func (a *Account) records(s *rehearsed.Stack) (all []*resource) {
	for _, r := range s.Records {
		all = append(all, &resource{
			name: r.Title(), state: r,
			create: func(ctx context.Context) error { return a.changeRecord(ctx, types.ChangeActionCreate, r) },
			change: func(ctx context.Context, _ any) error { return a.changeRecord(ctx, types.ChangeActionUpsert, r) },
			delete: func(ctx context.Context) error { return a.changeRecord(ctx, types.ChangeActionDelete, a.current(r)) },
		})
	}
	return all
}

// current returns a record as it is in moto: a deletion has its content.
func (a *Account) current(r rehearsed.Record) rehearsed.Record {
	return a.created[r.Title()].state.(rehearsed.Record)
}

func (a *Account) changeRecord(ctx context.Context, action types.ChangeAction, r rehearsed.Record) error {
	_, err := a.route53.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &r.Zone,
		ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: action, ResourceRecordSet: recordSet(r)}}}})
	return err
}

func recordSet(r rehearsed.Record) *types.ResourceRecordSet {
	set := &types.ResourceRecordSet{Name: &r.Name, Type: types.RRType(r.Type)}
	if r.Alias != nil {
		set.AliasTarget = &types.AliasTarget{DNSName: &r.Alias.Host, HostedZoneId: &r.Alias.Zone,
			EvaluateTargetHealth: r.Alias.EvaluateHealth}
		return set
	}
	set.TTL = aws.Int64(int64(r.TTL))
	for _, value := range r.Values {
		if r.Type == string(types.RRTypeTxt) && !strings.HasPrefix(value, `"`) {
			value = strconv.Quote(value) // as the AWS provider sends it
		}
		set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: &value})
	}
	return set
}

// NamedZone is a hosted zone in moto.
type NamedZone struct {
	ID, Domain string
	Private    bool
	// VPCs holds the IDs of the VPCs that use a private zone.
	VPCs []string
	// Records are those of controllers, people and the stack, without the ones that Route 53 creates.
	Records []rehearsed.Record
}

// HostedZones returns the hosted zones in moto with their records, in the order of their creation.
func (a *Account) HostedZones(ctx context.Context) (all []NamedZone, err error) {
	pages := route53.NewListHostedZonesPaginator(a.route53, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, z := range page.HostedZones {
			zone := NamedZone{ID: strings.TrimPrefix(aws.ToString(z.Id), "/hostedzone/"),
				Domain: strings.TrimSuffix(aws.ToString(z.Name), "."), Private: z.Config != nil && z.Config.PrivateZone}
			if err := a.readZone(ctx, &zone); err != nil {
				return nil, fmt.Errorf("hosted zone %s: %w", zone.ID, err)
			}
			all = append(all, zone)
		}
	}
	return all, nil
}

// readZone reads the VPCs and the records of a zone.
func (a *Account) readZone(ctx context.Context, zone *NamedZone) error {
	described, err := a.route53.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &zone.ID})
	if err != nil {
		return err
	}
	for _, vpc := range described.VPCs {
		zone.VPCs = append(zone.VPCs, aws.ToString(vpc.VPCId))
	}
	pages := route53.NewListResourceRecordSetsPaginator(a.route53,
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, set := range page.ResourceRecordSets {
			if record := readRecord(zone.ID, set); !isOfRoute53(record, zone.Domain) {
				zone.Records = append(zone.Records, record)
			}
		}
	}
	return nil
}

// isOfRoute53 reports whether Route 53 creates a record with its zone
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html).
func isOfRoute53(r rehearsed.Record, domain string) bool {
	return r.Name == domain && (r.Type == string(types.RRTypeNs) || r.Type == string(types.RRTypeSoa))
}

func readRecord(zone string, set types.ResourceRecordSet) rehearsed.Record {
	r := rehearsed.Record{Zone: zone, Name: strings.TrimSuffix(aws.ToString(set.Name), "."), Type: string(set.Type),
		TTL: int(aws.ToInt64(set.TTL))}
	if t := set.AliasTarget; t != nil {
		r.Alias = &rehearsed.Alias{Host: strings.TrimSuffix(aws.ToString(t.DNSName), "."),
			Zone: aws.ToString(t.HostedZoneId), EvaluateHealth: t.EvaluateTargetHealth}
	}
	for _, value := range set.ResourceRecords {
		r.Values = append(r.Values, aws.ToString(value.Value))
	}
	return r
}

// leftRecords returns a line for each record that the account did not create.
func (a *Account) leftRecords(ctx context.Context) (lines []string, err error) {
	zones, err := a.HostedZones(ctx)
	for _, z := range zones {
		for _, r := range z.Records {
			if a.created[r.Title()] == nil {
				lines = append(lines, r.Title())
			}
		}
	}
	return lines, err
}
