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

// CreateRecord creates a record that is not the stack's, and DeleteRecord deletes it.
func (a *Account) CreateRecord(ctx context.Context, r rehearsed.Record) error {
	return a.changeRecord(ctx, types.ChangeActionCreate, r)
}

func (a *Account) DeleteRecord(ctx context.Context, r rehearsed.Record) error {
	return a.changeRecord(ctx, types.ChangeActionDelete, r)
}

// DeleteStackRecords deletes the records of the stack, as a destroy does before it deletes their zones.
func (a *Account) DeleteStackRecords(ctx context.Context) error {
	a.updating.Lock()
	defer a.updating.Unlock()
	for name, r := range a.created {
		if _, is := r.state.(rehearsed.Record); !is {
			continue
		}
		if err := r.delete(ctx); err != nil {
			return fmt.Errorf("moto: deleting %s: %w", name, err)
		}
		delete(a.created, name)
	}
	return nil
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

// HostedZones returns the hosted zones in moto with all of their VPCs, and the records of controllers, people and the
// stack, without the ones that Route 53 creates.
func (a *Account) HostedZones(ctx context.Context) (zones []rehearsed.HostedZone, records []rehearsed.Record, err error) {
	pages := route53.NewListHostedZonesPaginator(a.route53, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, z := range page.HostedZones {
			zone := rehearsed.HostedZone{ID: strings.TrimPrefix(aws.ToString(z.Id), "/hostedzone/"),
				Domain: strings.TrimSuffix(aws.ToString(z.Name), ".")}
			if zone.VPCs, err = a.listVPCs(ctx, zone.ID); err != nil {
				return nil, nil, fmt.Errorf("hosted zone %s: %w", zone.ID, err)
			}
			found, err := a.listRecords(ctx, zone)
			if err != nil {
				return nil, nil, fmt.Errorf("hosted zone %s: %w", zone.ID, err)
			}
			zones, records = append(zones, zone), append(records, found...)
		}
	}
	return zones, records, nil
}

func (a *Account) listVPCs(ctx context.Context, zone string) (vpcs []string, err error) {
	described, err := a.route53.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &zone})
	if err != nil {
		return nil, err
	}
	for _, vpc := range described.VPCs {
		vpcs = append(vpcs, aws.ToString(vpc.VPCId))
	}
	return vpcs, nil
}

func (a *Account) listRecords(ctx context.Context, zone rehearsed.HostedZone) (records []rehearsed.Record, err error) {
	pages := route53.NewListResourceRecordSetsPaginator(a.route53,
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, set := range page.ResourceRecordSets {
			if record := readRecord(zone.ID, set); !isOfRoute53(record, zone.Domain) {
				records = append(records, record)
			}
		}
	}
	return records, nil
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
	_, records, err := a.HostedZones(ctx)
	for _, r := range records {
		if a.created[r.Title()] == nil {
			lines = append(lines, r.Title())
		}
	}
	return lines, err
}
