package account

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"eksnet/lab/rehearsed"
)

func (a *Account) hostedZones(s *rehearsed.Stack) (all []*resource) {
	for _, z := range s.HostedZones {
		input := &route53.CreateHostedZoneInput{Name: &z.Domain, CallerReference: &z.ID,
			HostedZoneConfig: &types.HostedZoneConfig{PrivateZone: z.Private()}}
		if z.Private() {
			input.VPC = a.zoneVPC(z.VPCs[0])
		}
		all = append(all, &resource{
			name: "hosted zone " + z.ID + " " + z.Domain + " " + strings.Join(z.VPCs, " "), state: z.Tags,
			create: func(ctx context.Context) error {
				made, err := a.route53.CreateHostedZone(withIDs(ctx, z.ID), input)
				if err != nil {
					return err
				}
				return checkID("/hostedzone/"+z.ID, made.HostedZone.Id)
			},
			change: func(ctx context.Context, before any) error {
				return a.changeZoneTags(ctx, z.ID, before.(map[string]string), z.Tags)
			},
			delete: func(ctx context.Context) error {
				_, err := a.route53.DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: &z.ID})
				return err
			},
		}, a.zoneTags(z))
	}
	return all
}

// zoneTags adds the tags of a new zone, which CreateHostedZone does not accept. They are deleted with the zone.
func (a *Account) zoneTags(z rehearsed.HostedZone) *resource {
	return &resource{name: "tags of hosted zone " + z.ID, create: func(ctx context.Context) error {
		return a.changeZoneTags(ctx, z.ID, nil, z.Tags)
	}}
}

func (a *Account) changeZoneTags(ctx context.Context, id string, before, after map[string]string) error {
	change := func(input *route53.ChangeTagsForResourceInput) error {
		input.ResourceId, input.ResourceType = &id, types.TagResourceTypeHostedzone
		_, err := a.route53.ChangeTagsForResource(ctx, input)
		return err
	}
	return changeTags(before, after, func(tags map[string]string) error {
		var list []types.Tag
		for _, key := range sortedKeys(tags) {
			list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
		}
		return change(&route53.ChangeTagsForResourceInput{AddTags: list})
	}, func(keys []string) error { return change(&route53.ChangeTagsForResourceInput{RemoveTagKeys: keys}) })
}

// zoneAssociations associates further VPCs with private zones.
func (a *Account) zoneAssociations(s *rehearsed.Stack) (all []*resource) {
	for _, z := range s.HostedZones {
		vpcs := z.Associated
		if z.Private() {
			vpcs = slices.Concat(z.VPCs[1:], z.Associated)
		}
		for _, id := range vpcs {
			all = append(all, &resource{
				name: "association of hosted zone " + z.ID + " with " + id,
				create: func(ctx context.Context) error {
					_, err := a.route53.AssociateVPCWithHostedZone(ctx,
						&route53.AssociateVPCWithHostedZoneInput{HostedZoneId: &z.ID, VPC: a.zoneVPC(id)})
					return err
				},
				delete: func(ctx context.Context) error {
					_, err := a.route53.DisassociateVPCFromHostedZone(ctx,
						&route53.DisassociateVPCFromHostedZoneInput{HostedZoneId: &z.ID, VPC: a.zoneVPC(id)})
					return err
				},
			})
		}
	}
	return all
}

func (a *Account) zoneVPC(id string) *types.VPC {
	return &types.VPC{VPCId: &id, VPCRegion: types.VPCRegion(a.Region)}
}
