package awsapi

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// recordService is Route 53, whose zones are those of all regions.
type recordService struct {
	client *route53.Client
	region string
}

func newRecordService(c aws.Config) *recordService {
	return &recordService{client: route53.NewFromConfig(c), region: c.Region}
}

// Types implements account.Service.
func (s *recordService) Types() []string {
	return []string{leftover.RecordType, leftover.HostedZoneType}
}

// List implements account.Service: the zones of the domains of the stack file, and their records.
func (s *recordService) List(ctx context.Context, q account.Query) ([]leftover.Resource, error) {
	if len(q.Domains) == 0 {
		return nil, nil
	}
	zones, err := s.listZones(ctx, q.Domains)
	if err != nil {
		return nil, err
	}
	all := zones
	for _, zone := range zones {
		records, err := s.listRecords(ctx, zone)
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
	return all, nil
}

// zonesPerCall is how many zones one call returns the tags of
// (docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResources.html).
const zonesPerCall = 10

func (s *recordService) listZones(ctx context.Context, domains []string) (all []leftover.Resource, err error) {
	pages := route53.NewListHostedZonesPaginator(s.client, &route53.ListHostedZonesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("route53:ListHostedZones", err)
		}
		for _, v := range page.HostedZones {
			id, domain := strings.TrimPrefix(aws.ToString(v.Id), "/hostedzone/"), strings.TrimSuffix(aws.ToString(v.Name), ".")
			if slices.Contains(domains, domain) {
				all = append(all, leftover.Resource{Type: leftover.HostedZoneType, ID: id, ARN: "hostedzone/" + id, Name: domain, Tags: map[string]string{}, Size: 1})
			}
		}
	}
	for chunk := range slices.Chunk(all, zonesPerCall) {
		if err := s.addTags(ctx, chunk); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addTags sets the tags of zones.
func (s *recordService) addTags(ctx context.Context, zones []leftover.Resource) error {
	var ids []string
	for _, zone := range zones {
		ids = append(ids, zone.ID)
	}
	found, err := s.client.ListTagsForResources(ctx, &route53.ListTagsForResourcesInput{ResourceType: types.TagResourceTypeHostedzone, ResourceIds: ids})
	if err != nil {
		return explain("route53:ListTagsForResources", err)
	}
	for _, set := range found.ResourceTagSets {
		if i := slices.Index(ids, aws.ToString(set.ResourceId)); i >= 0 {
			for _, tag := range set.Tags {
				zones[i].Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
		}
	}
	return nil
}

// listRecords returns the records of a zone that can be deleted. A record that ExternalDNS wrote has the text of the
// TXT record which says so as its description.
func (s *recordService) listRecords(ctx context.Context, zone leftover.Resource) ([]leftover.Resource, error) {
	var sets []types.ResourceRecordSet
	pages := route53.NewListResourceRecordSetsPaginator(s.client, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("route53:ListResourceRecordSets", err)
		}
		sets = append(sets, page.ResourceRecordSets...)
	}
	owners := externalDNSOwners(sets)
	var all []leftover.Resource
	for _, set := range sets {
		name := strings.TrimSuffix(aws.ToString(set.Name), ".")
		if set.Type == types.RRTypeNs && name == zone.Name || set.Type == types.RRTypeSoa {
			continue
		}
		r := leftover.Resource{Type: leftover.RecordType, ID: zone.ID + "_" + name + "_" + string(set.Type) + aws.ToString(set.SetIdentifier), Name: name,
			Description: owners[string(set.Type)+" "+name], Size: 1, Fields: map[string]string{"zone": zone.ID, "change": deletionOf(set)}}
		if set.Type == types.RRTypeTxt && len(set.ResourceRecords) > 0 {
			r.Description = aws.ToString(set.ResourceRecords[0].Value)
		}
		all = append(all, r)
	}
	return all, nil
}

// externalDNSOwners returns the text of ExternalDNS by type and name of the records that it describes. The TXT record
// of an A record for echo.example.com is a-echo.example.com; older versions use the same name
// (kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt).
func externalDNSOwners(sets []types.ResourceRecordSet) map[string]string {
	owners := map[string]string{}
	for _, set := range sets {
		if set.Type != types.RRTypeTxt || len(set.ResourceRecords) == 0 || !strings.Contains(aws.ToString(set.ResourceRecords[0].Value), "heritage=external-dns,") {
			continue
		}
		name, text := strings.TrimSuffix(aws.ToString(set.Name), "."), aws.ToString(set.ResourceRecords[0].Value)
		described := false
		for _, typ := range []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeCname} {
			if host, found := strings.CutPrefix(name, strings.ToLower(string(typ))+"-"); found {
				owners[string(typ)+" "+host], described = text, true
			}
		}
		for _, typ := range []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeCname} {
			if key := string(typ) + " " + name; !described && owners[key] == "" {
				owners[key] = text
			}
		}
	}
	return owners
}

// deletionOf returns the change batch that deletes a record, as the AWS CLI reads it.
func deletionOf(set types.ResourceRecordSet) string {
	record := map[string]any{"Name": set.Name, "Type": set.Type}
	if set.AliasTarget != nil {
		record["AliasTarget"] = set.AliasTarget
	} else {
		record["TTL"], record["ResourceRecords"] = set.TTL, set.ResourceRecords
	}
	for key, value := range map[string]*string{"SetIdentifier": set.SetIdentifier, "HealthCheckId": set.HealthCheckId} {
		if value != nil {
			record[key] = value
		}
	}
	if set.Weight != nil {
		record["Weight"] = set.Weight
	}
	if set.Region != "" {
		record["Region"] = set.Region
	}
	if set.Failover != "" {
		record["Failover"] = set.Failover
	}
	if set.MultiValueAnswer != nil {
		record["MultiValueAnswer"] = set.MultiValueAnswer
	}
	if set.GeoLocation != nil {
		record["GeoLocation"] = set.GeoLocation
	}
	batch, _ := json.Marshal(map[string]any{"Changes": []any{map[string]any{"Action": "DELETE", "ResourceRecordSet": record}}})
	return string(batch)
}

// Delete implements account.Service. A zone with records of others is not emptied.
func (s *recordService) Delete(ctx context.Context, r leftover.Resource) error {
	if r.Type == leftover.HostedZoneType {
		_, err := s.client.DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: &r.ID})
		return explain("route53:DeleteHostedZone", err)
	}
	var batch types.ChangeBatch
	if err := json.Unmarshal([]byte(r.Fields["change"]), &batch); err != nil {
		return explain("route53:ChangeResourceRecordSets", err)
	}
	zone := r.Fields["zone"]
	_, err := s.client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: &batch})
	return explain("route53:ChangeResourceRecordSets", err)
}
