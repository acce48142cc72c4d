package cleanup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// Leftover is a resource that remains after everything was destroyed.
type Leftover struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Owner  string `json:"owner,omitempty"`
	Reason string `json:"reason"`
	// Remove is the command that deletes it in a real account.
	Remove string `json:"remove"`
	// Advice is how the operator of the stack removes it, "" where that is by Remove.
	Advice string `json:"advice,omitempty"`
}

// Pending are the resources that AWS deletes automatically: keys that are pending deletion, which cost nothing, and
// interfaces of deleted load balancers.
func Pending(w *store.Account) []Leftover {
	var pending []Leftover
	for _, o := range w.All(store.PendingKeyType) {
		reason := fmt.Sprintf("KMS deletes it in %d days", o.Number("deletionWindowInDays"))
		pending = append(pending, Leftover{Type: store.KeyType, ID: o.ID, Reason: reason, Remove: "aws kms cancel-key-deletion --key-id " + o.ID + "  # to keep it"})
	}
	for _, o := range w.All(store.InterfaceType, ec2.Lingering) {
		pending = append(pending, Leftover{Type: o.Type, ID: o.ID, Owner: o.Owner, Reason: "it lingers for some minutes after " + o.Text("description")})
	}
	return pending
}

// nameOf returns the name by which an operator finds a resource.
func nameOf(o *store.Object) string {
	name, _ := o.Tags()["Name"].(string)
	return cmp.Or(name, o.Text("name"), o.Text("metadata.name"))
}

func reasonFor(o *store.Object) string {
	switch {
	case o.Cluster != "":
		return "no resource of the stack: created in cluster " + o.Cluster
	case o.Type == store.LogGroupType && o.Owner == "eks":
		return "EKS writes a cluster's logs here, the last ones some minutes after the cluster was deleted, and does not delete the group"
	case o.Type == store.InterfaceType && o.Owner == "vpc-cni":
		return "the CNI could not delete it when its node was terminated"
	case o.Type == store.SecurityGroupType && o.Owner == "eks":
		return "EKS does not delete its security group if it is still used by an interface or a rule when the cluster is deleted"
	case o.Owner == store.ControllerOwner && o.Tags()[lbc.ResourceTag] == "backend-sg" && o.Facts[lbc.Known] != true:
		return "the " + store.ControllerOwner + "  shares it among its load balancers, and one that starts while all of them are being deleted does not delete it"
	case o.Owner == store.ControllerOwner || o.Owner == store.CloudOwner:
		return "created by the " + o.Owner + madeForWhom(o) + ", which could not act or was already deleted when it should have deleted it"
	case o.Owner != "":
		return "created by " + o.Owner + "  and not deleted"
	default:
		return "no resource of the stack: created by hand, or by a call that was abandoned"
	}
}

// madeForWhom returns the object in the cluster for which a controller created a resource, according to its tags.
func madeForWhom(o *store.Object) string {
	if service, ok := o.Tags()["kubernetes.io/service-name"].(string); ok {
		return " for Service " + service
	}
	if s, tagged := lbc.StackOf(o); tagged {
		return " for " + s.Title()
	}
	return " for its Services"
}

// Removals are the commands that delete a resource of a type; %s is its ID.
var Removals = map[string]string{
	store.LoadBalancerType: "aws elbv2 delete-load-balancer --load-balancer-arn %s", store.ListenerType: "aws elbv2 delete-listener --listener-arn %s",
	store.ListenerRuleType: "aws elbv2 delete-rule --rule-arn %s",
	store.TargetGroupType:  "aws elbv2 delete-target-group --target-group-arn %s", store.ClassicType: "aws elb delete-load-balancer --load-balancer-name %s",
	store.ClusterType: "aws eks delete-cluster --name %s", node.InstanceObject: "aws ec2 terminate-instances --instance-ids %s",
	store.VolumeType: "aws ec2 delete-volume --volume-id %s", store.NatType: "aws ec2 delete-nat-gateway --nat-gateway-id %s",
	store.EndpointType: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids %s", store.EipType: "aws ec2 release-address --allocation-id %s",
	store.InterfaceType: "aws ec2 delete-network-interface --network-interface-id %s", store.SecurityGroupType: "aws ec2 delete-security-group --group-id %s",
	store.LaunchTemplateType: "aws ec2 delete-launch-template --launch-template-id %s", store.RouteTableType: "aws ec2 delete-route-table --route-table-id %s",
	store.AssociationType: "aws ec2 disassociate-route-table --association-id %s", store.SubnetType: "aws ec2 delete-subnet --subnet-id %s",
	store.CIDRReservationType: "aws ec2 delete-subnet-cidr-reservation --subnet-cidr-reservation-id %s",
	store.VPCType:             "aws ec2 delete-vpc --vpc-id %s", store.SecondaryType: "aws ec2 disassociate-vpc-cidr-block --association-id %s",
	store.KeyType: "aws kms schedule-key-deletion --key-id %s", store.AliasType: "aws kms delete-alias --alias-name %s",
	store.LogGroupType: "aws logs delete-log-group --log-group-name %s", store.RoleType: "aws iam delete-role --role-name %s",
	store.FlowLogType: "aws ec2 delete-flow-logs --flow-log-ids %s", store.EgressGatewayType: "aws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id %s",
	store.PolicyType: "aws iam delete-policy --policy-arn %s", store.OIDCType: "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn %s",
}

// Removal returns the command that deletes a resource.
func Removal(w *store.Account, o *store.Object) string {
	format, known := Removals[o.Type]
	of := o.Text("clusterName")
	switch {
	case o.Type == store.ReleaseType:
		return "helm uninstall " + o.Text("name") + " --namespace " + o.Text("namespace")
	case o.Cluster != "" && abandoned(w, o):
		return unhold(w, o) + " && " + eks.Kubectl("delete", o)
	case o.Cluster != "":
		return eks.Kubectl("delete", o)
	case o.Type == store.LoadBalancerType && store.MapOf(o.Outputs["attributes"])[protection] == "true":
		return fmt.Sprintf("aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false && "+format, o.ID, protection, o.ID)
	case known:
		return fmt.Sprintf(format, o.ID)
	}
	switch o.Type {
	case store.InternetGatewayType:
		return fmt.Sprintf("aws ec2 detach-internet-gateway --internet-gateway-id %[1]s --vpc-id %[2]s && aws ec2 delete-internet-gateway --internet-gateway-id %[1]s", o.ID, o.Text("vpcId"))
	case store.RouteType:
		return fmt.Sprintf("aws ec2 delete-route --route-table-id %s --destination-cidr-block %s", o.Text("routeTableId"), ec2.Destination(o))
	case store.GroupRuleType:
		return fmt.Sprintf("aws ec2 revoke-security-group-%s --group-id %s --security-group-rule-ids %s", o.Text("type"), o.Text("securityGroupId"), cmp.Or(o.Text("securityGroupRuleId"), o.ID))
	case store.DefaultGroupType:
		return "aws ec2 delete-vpc --vpc-id " + o.Text("vpcId")
	case store.RolePolicyType:
		return fmt.Sprintf("aws iam delete-role-policy --role-name %s --policy-name %s", o.Text("role"), o.Text("name"))
	case store.AttachmentType:
		return fmt.Sprintf("aws iam detach-role-policy --role-name %s --policy-arn %s", o.Text("role"), o.Text("policyArn"))
	case store.NodeGroupType:
		return fmt.Sprintf("aws eks delete-nodegroup --cluster-name %s --nodegroup-name %s", of, o.Text("nodeGroupName"))
	case store.AddonType:
		return fmt.Sprintf("aws eks delete-addon --cluster-name %s --addon-name %s", of, o.Text("addonName"))
	case store.AccessEntryType:
		return fmt.Sprintf("aws eks delete-access-entry --cluster-name %s --principal-arn %s", of, o.Text("principalArn"))
	case store.AccessPolicyType:
		return fmt.Sprintf("aws eks disassociate-access-policy --cluster-name %s --principal-arn %s --policy-arn %s", of, o.Text("principalArn"), o.Text("policyArn"))
	}
	return "aws resourcegroupstaggingapi get-resources  # look for " + o.ID
}

// removalOrder are the types in the order in which they can be deleted; other types are between clusters and networks.
var removalOrder = []string{store.FlowLogType, store.ListenerRuleType, store.ListenerType, store.LoadBalancerType, store.ClassicType, store.TargetGroupType, store.NodeGroupType, store.AddonType, store.AccessPolicyType, store.AccessEntryType, store.ClusterType,
	node.InstanceObject, store.VolumeType, store.EndpointType, store.NatType, store.EipType, store.InterfaceType, store.GroupRuleType, store.SecurityGroupType, store.RouteType, store.AssociationType, store.RouteTableType,
	store.CIDRReservationType, store.SubnetType, store.InternetGatewayType, store.EgressGatewayType, store.SecondaryType, store.VPCType, store.AttachmentType, store.RolePolicyType, store.PolicyType, store.RoleType, store.OIDCType, store.AliasType, store.KeyType, store.LogGroupType}

func RemovalRank(typ string) int {
	if i := slices.Index(removalOrder, typ); i >= 0 {
		return i
	}
	if strings.HasPrefix(typ, "kubernetes:") {
		return -1
	}
	return len(removalOrder)
}
