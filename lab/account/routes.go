package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// Destinations of default routes.
const (
	anywhere     = "0.0.0.0/0"
	anywhereIPv6 = "::/0"
)

func (a *Account) internetGateways(s *rehearsed.Stack) []*resource {
	id := s.Network.InternetGateway
	if id == "" {
		return nil
	}
	return []*resource{{
		name: "internet gateway " + id, id: id,
		create: func(ctx context.Context) error {
			made, err := a.ec2.CreateInternetGateway(withIDs(ctx, id), &ec2.CreateInternetGatewayInput{})
			if err != nil {
				return err
			}
			return checkID(id, made.InternetGateway.InternetGatewayId)
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DeleteInternetGateway(ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: &id})
			return err
		},
	}}
}

func (a *Account) attachedGateways(s *rehearsed.Stack) []*resource {
	id, vpc := s.Network.InternetGateway, s.Network.VPC.ID
	if id == "" {
		return nil
	}
	return []*resource{{
		name: "attachment of internet gateway " + id + " to " + vpc,
		create: func(ctx context.Context) error {
			_, err := a.ec2.AttachInternetGateway(ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: &id,
				VpcId: &vpc})
			return err
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DetachInternetGateway(ctx, &ec2.DetachInternetGatewayInput{InternetGatewayId: &id,
				VpcId: &vpc})
			return err
		},
	}}
}

func (a *Account) egressOnlyGateways(s *rehearsed.Stack) []*resource {
	id := s.Network.EgressOnlyGateway
	if id == "" {
		return nil
	}
	return []*resource{{
		name: "egress-only internet gateway " + id, id: id,
		create: func(ctx context.Context) error {
			made, err := a.ec2.CreateEgressOnlyInternetGateway(withIDs(ctx, id),
				&ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &s.Network.VPC.ID})
			if err != nil {
				return err
			}
			return checkID(id, made.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId)
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DeleteEgressOnlyInternetGateway(ctx,
				&ec2.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: &id})
			return err
		},
	}}
}

func (a *Account) routeTables(s *rehearsed.Stack) (all []*resource) {
	for _, t := range s.Network.RouteTables {
		all = append(all, &resource{
			name: "route table " + t.ID, id: t.ID, state: t.Tags, change: a.ec2TagsChange(t.ID, t.Tags),
			create: func(ctx context.Context) error {
				made, err := a.ec2.CreateRouteTable(withIDs(ctx, t.ID),
					&ec2.CreateRouteTableInput{VpcId: &s.Network.VPC.ID,
						TagSpecifications: tagSpecification(types.ResourceTypeRouteTable, t.Tags)})
				if err != nil {
					return err
				}
				return checkID(t.ID, made.RouteTable.RouteTableId)
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: &t.ID})
				return err
			},
		})
	}
	return all
}

// internetRoutes returns the default routes to the internet gateway.
func (a *Account) internetRoutes(s *rehearsed.Stack) (all []*resource) {
	for _, t := range s.Network.RouteTables {
		if gateway := s.Network.InternetGateway; t.Internet && gateway != "" {
			all = append(all, a.defaultRoute(t, gateway, &ec2.CreateRouteInput{GatewayId: &gateway}))
		}
	}
	return all
}

// natRoutes returns the default routes to NAT gateways.
func (a *Account) natRoutes(s *rehearsed.Stack) (all []*resource) {
	for _, t := range s.Network.RouteTables {
		if gateway := t.NATGateway; gateway != "" {
			all = append(all, a.defaultRoute(t, gateway, &ec2.CreateRouteInput{NatGatewayId: &gateway}))
		}
	}
	return all
}

// ipv6Routes returns the IPv6 default routes.
func (a *Account) ipv6Routes(s *rehearsed.Stack) (all []*resource) {
	for _, t := range s.Network.RouteTables {
		route := &ec2.CreateRouteInput{DestinationIpv6CidrBlock: aws.String(anywhereIPv6)}
		switch gateway := t.IPv6Gateway; gateway {
		case "":
			continue
		case s.Network.InternetGateway:
			route.GatewayId = &gateway
		default:
			route.EgressOnlyInternetGatewayId = &gateway
		}
		all = append(all, a.route(t, t.IPv6Gateway, route))
	}
	return all
}

// defaultRoute returns the IPv4 default route of a route table to a gateway.
func (a *Account) defaultRoute(t rehearsed.RouteTable, gateway string, route *ec2.CreateRouteInput) *resource {
	route.DestinationCidrBlock = aws.String(anywhere)
	return a.route(t, gateway, route)
}

func (a *Account) route(t rehearsed.RouteTable, gateway string, route *ec2.CreateRouteInput) *resource {
	route.RouteTableId = &t.ID
	to := aws.ToString(route.DestinationCidrBlock) + aws.ToString(route.DestinationIpv6CidrBlock)
	return &resource{
		name: "route for " + to + " to " + gateway + " in route table " + t.ID,
		create: func(ctx context.Context) error {
			_, err := a.ec2.CreateRoute(ctx, route)
			return err
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DeleteRoute(ctx, &ec2.DeleteRouteInput{RouteTableId: &t.ID,
				DestinationCidrBlock:     route.DestinationCidrBlock,
				DestinationIpv6CidrBlock: route.DestinationIpv6CidrBlock})
			return err
		},
	}
}

func (a *Account) routeTableAssociations(s *rehearsed.Stack) (all []*resource) {
	for _, t := range s.Network.RouteTables {
		for _, subnet := range t.Subnets {
			var association *string
			all = append(all, &resource{
				name: "association of route table " + t.ID + " with subnet " + subnet,
				create: func(ctx context.Context) error {
					made, err := a.ec2.AssociateRouteTable(ctx, &ec2.AssociateRouteTableInput{RouteTableId: &t.ID,
						SubnetId: &subnet})
					if err == nil {
						association = made.AssociationId
					}
					return err
				},
				delete: func(ctx context.Context) error {
					_, err := a.ec2.DisassociateRouteTable(ctx,
						&ec2.DisassociateRouteTableInput{AssociationId: association})
					return err
				},
			})
		}
	}
	return all
}
