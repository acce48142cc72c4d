package cleanup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// Removals are the commands that delete a resource of a type; %s is its ID.
var Removals = map[string]string{
	store.LoadBalancerType:    "aws elbv2 delete-load-balancer --load-balancer-arn %s",
	store.ListenerType:        "aws elbv2 delete-listener --listener-arn %s",
	store.ListenerRuleType:    "aws elbv2 delete-rule --rule-arn %s",
	store.TargetGroupType:     "aws elbv2 delete-target-group --target-group-arn %s",
	store.ClassicType:         "aws elb delete-load-balancer --load-balancer-name %s",
	store.ClusterType:         "aws eks delete-cluster --name %s",
	node.InstanceObject:       "aws ec2 terminate-instances --instance-ids %s",
	store.VolumeType:          "aws ec2 delete-volume --volume-id %s",
	store.NatType:             "aws ec2 delete-nat-gateway --nat-gateway-id %s",
	store.EndpointType:        "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids %s",
	store.EipType:             "aws ec2 release-address --allocation-id %s",
	store.InterfaceType:       "aws ec2 delete-network-interface --network-interface-id %s",
	store.SecurityGroupType:   "aws ec2 delete-security-group --group-id %s",
	store.LaunchTemplateType:  "aws ec2 delete-launch-template --launch-template-id %s",
	store.RouteTableType:      "aws ec2 delete-route-table --route-table-id %s",
	store.AssociationType:     "aws ec2 disassociate-route-table --association-id %s",
	store.SubnetType:          "aws ec2 delete-subnet --subnet-id %s",
	store.CIDRReservationType: "aws ec2 delete-subnet-cidr-reservation --subnet-cidr-reservation-id %s",
	store.VPCType:             "aws ec2 delete-vpc --vpc-id %s",
	store.SecondaryType:       "aws ec2 disassociate-vpc-cidr-block --association-id %s",
	store.KeyType:             "aws kms schedule-key-deletion --key-id %s",
	store.AliasType:           "aws kms delete-alias --alias-name %s",
	store.LogGroupType:        "aws logs delete-log-group --log-group-name %s",
	store.RoleType:            "aws iam delete-role --role-name %s",
	store.FlowLogType:         "aws ec2 delete-flow-logs --flow-log-ids %s",
	store.EgressGatewayType:   "aws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id %s",
	store.PolicyType:          "aws iam delete-policy --policy-arn %s",
	store.HostedZoneType:      "aws route53 delete-hosted-zone --id %s",
	store.OIDCType:            "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn %s",
}

// RemovalCommand returns the command that deletes a resource.
func RemovalCommand(w *store.Account, o *store.Object) string {
	format, known := Removals[o.Type]
	switch {
	case o.Type == store.ReleaseType:
		release := helm.ReleaseOf(o)
		return "helm uninstall " + release.Name + " --namespace " + release.Namespace
	case o.Cluster != "" && abandoned(w, o):
		return unhold(w, o) + " && " + eks.Kubectl("delete", o)
	case o.Cluster != "":
		return eks.Kubectl("delete", o)
	case o.Type == store.LoadBalancerType && elb.LoadBalancerOf(o).Attributes[protection] == "true":
		return fmt.Sprintf("aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false && "+format, o.ID, protection, o.ID)
	case known:
		return fmt.Sprintf(format, o.ID)
	}
	switch o.Type {
	case store.InternetGatewayType:
		return fmt.Sprintf("aws ec2 detach-internet-gateway --internet-gateway-id %[1]s --vpc-id %[2]s && aws ec2 delete-internet-gateway --internet-gateway-id %[1]s", o.ID, ec2.InternetGatewayOf(o).VPC)
	case store.RouteType:
		return fmt.Sprintf("aws ec2 delete-route --route-table-id %s --destination-cidr-block %s", ec2.RouteOf(o).Table, ec2.RouteDestination(o))
	case store.GroupRuleType:
		r := ec2.SecurityGroupRuleOf(o)
		return fmt.Sprintf("aws ec2 revoke-security-group-%s --group-id %s --security-group-rule-ids %s", r.Direction, r.Group, cmp.Or(r.ID, o.ID))
	case store.DefaultGroupType:
		return "aws ec2 delete-vpc --vpc-id " + o.Text("vpcId")
	case store.RolePolicyType:
		policy := iam.RolePolicyOf(o)
		return fmt.Sprintf("aws iam delete-role-policy --role-name %s --policy-name %s", policy.Role, policy.Name)
	case store.AttachmentType:
		attachment := iam.AttachmentOf(o)
		return fmt.Sprintf("aws iam detach-role-policy --role-name %s --policy-arn %s", attachment.Role, attachment.Policy)
	case store.RecordType:
		return route53.DeletionCommand(o)
	case store.ZoneAssociationType:
		association := route53.AssociationOf(o)
		return fmt.Sprintf("aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id %s --vpc VPCRegion=%s,VPCId=%s", association.Zone, w.Region, association.VPC)
	case store.NodeGroupType:
		group := node.NodeGroupOf(o)
		return fmt.Sprintf("aws eks delete-nodegroup --cluster-name %s --nodegroup-name %s", group.Cluster, group.Name)
	case store.AddonType:
		addon := eks.AddonOf(o)
		return fmt.Sprintf("aws eks delete-addon --cluster-name %s --addon-name %s", addon.Cluster, addon.Name)
	case store.AccessEntryType:
		entry := eks.AccessEntryOf(o)
		return fmt.Sprintf("aws eks delete-access-entry --cluster-name %s --principal-arn %s", entry.Cluster, entry.Principal)
	case store.AccessPolicyType:
		association := eks.AccessPolicyAssociationOf(o)
		return fmt.Sprintf("aws eks disassociate-access-policy --cluster-name %s --principal-arn %s --policy-arn %s", association.Cluster, association.Principal, association.Policy)
	}
	return "aws resourcegroupstaggingapi get-resources  # look for " + o.ID
}

// removalOrder are the types in the order in which they can be deleted; other types are between clusters and networks.
var removalOrder = []string{store.RecordType, store.ZoneAssociationType, store.HostedZoneType, store.FlowLogType, store.ListenerRuleType, store.ListenerType, store.LoadBalancerType, store.ClassicType, store.TargetGroupType,
	store.NodeGroupType, store.AddonType, store.AccessPolicyType, store.AccessEntryType, store.ClusterType, node.InstanceObject, store.VolumeType,
	store.EndpointType, store.NatType, store.EipType, store.InterfaceType, store.GroupRuleType, store.SecurityGroupType,
	store.RouteType, store.AssociationType, store.RouteTableType, store.CIDRReservationType, store.SubnetType,
	store.InternetGatewayType, store.EgressGatewayType, store.SecondaryType, store.VPCType,
	store.AttachmentType, store.RolePolicyType, store.PolicyType, store.RoleType, store.OIDCType, store.AliasType, store.KeyType, store.LogGroupType}

// RemovalRank returns the position of a type in the order in which resources are deleted.
func RemovalRank(typ string) int {
	if i := slices.Index(removalOrder, typ); i >= 0 {
		return i
	}
	if strings.HasPrefix(typ, "kubernetes:") {
		return -1
	}
	return len(removalOrder)
}
