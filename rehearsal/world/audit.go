package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Leftover is something that exists and should not after everything was destroyed.
type Leftover struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Owner  string `json:"owner,omitempty"`
	Reason string `json:"reason"`
	// Remove is the command that removes it from a real account.
	Remove string `json:"remove"`
	// Advice is how the operator of the stack removes it, "" where that is by Remove.
	Advice string `json:"advice,omitempty"`
}

// Leftovers are what still stands in the account and is nobody's any more, but for what AWS keeps itself and keys that wait for
// their deletion. The order is one in which the commands work: what others depend on comes last.
func (w *World) Leftovers() []Leftover { return w.Orphans(nil) }

// Pending is what goes by itself: keys that wait for their deletion, which cost nothing, and interfaces of load balancers that
// were deleted.
func (w *World) Pending() []Leftover {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pending []Leftover
	for _, o := range w.all(pendingKeyType) {
		reason := fmt.Sprintf("KMS deletes it in %d days", o.number("deletionWindowInDays"))
		pending = append(pending, Leftover{Type: keyType, ID: o.ID, Reason: reason, Remove: "aws kms cancel-key-deletion --key-id " + o.ID + "  # to keep it"})
	}
	for _, o := range w.all(interfaceType, lingering) {
		pending = append(pending, Leftover{Type: o.Type, ID: o.ID, Owner: o.Owner, Reason: "it lingers for some minutes after " + o.text("description")})
	}
	return pending
}

// nameOf is what a person knows a thing by.
func nameOf(o *Object) string {
	name, _ := o.tags()["Name"].(string)
	return cmp.Or(name, o.text("name"), o.text("metadata.name"))
}

func reasonFor(o *Object) string {
	switch {
	case o.Cluster != "":
		return "nobody of the stack made it in cluster " + o.Cluster
	case o.Type == logGroupType && o.Owner == "eks":
		return "EKS writes a cluster's logs here, its last ones some minutes after the cluster has gone, and leaves the group"
	case o.Type == interfaceType && o.Owner == "vpc-cni":
		return "the CNI could not delete it when its node ended"
	case o.Type == securityGroupType && o.Owner == "eks":
		return "EKS leaves its security group when something still wears it or names it as the cluster goes"
	case o.Owner == controllerOwner && o.tags()[resourceTag] == "backend-sg" && o.Facts[known] != true:
		return "the " + controllerOwner + " shares it among its load balancers, and one that starts when all of them are being deleted leaves it behind"
	case o.Owner == controllerOwner || o.Owner == cloudOwner:
		return "made by the " + o.Owner + madeForWhom(o) + ", which could not act or was gone when that was to be removed"
	case o.Owner != "":
		return "made by " + o.Owner + " and never taken away"
	default:
		return "no resource of the stack: made by hand, or by a call that was abandoned"
	}
}

// madeForWhom is the object of the cluster that a controller made something for, as its tags tell.
func madeForWhom(o *Object) string {
	if service, ok := o.tags()["kubernetes.io/service-name"].(string); ok {
		return " for Service " + service
	}
	if s, tagged := stackOf(o); tagged {
		return " for " + s.title()
	}
	return " for its Services"
}

// removals are the commands that remove a thing of a type; %s is its id.
var removals = map[string]string{
	loadBalancerType: "aws elbv2 delete-load-balancer --load-balancer-arn %s", listenerType: "aws elbv2 delete-listener --listener-arn %s",
	listenerRuleType: "aws elbv2 delete-rule --rule-arn %s",
	targetGroupType:  "aws elbv2 delete-target-group --target-group-arn %s", classicType: "aws elb delete-load-balancer --load-balancer-name %s",
	clusterType: "aws eks delete-cluster --name %s", instanceObject: "aws ec2 terminate-instances --instance-ids %s",
	volumeType: "aws ec2 delete-volume --volume-id %s", natType: "aws ec2 delete-nat-gateway --nat-gateway-id %s",
	endpointType: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids %s", eipType: "aws ec2 release-address --allocation-id %s",
	interfaceType: "aws ec2 delete-network-interface --network-interface-id %s", securityGroupType: "aws ec2 delete-security-group --group-id %s",
	launchTemplateType: "aws ec2 delete-launch-template --launch-template-id %s", routeTableType: "aws ec2 delete-route-table --route-table-id %s",
	associationType: "aws ec2 disassociate-route-table --association-id %s", subnetType: "aws ec2 delete-subnet --subnet-id %s",
	cidrReservationType: "aws ec2 delete-subnet-cidr-reservation --subnet-cidr-reservation-id %s",
	vpcType:             "aws ec2 delete-vpc --vpc-id %s", secondaryType: "aws ec2 disassociate-vpc-cidr-block --association-id %s",
	keyType: "aws kms schedule-key-deletion --key-id %s", aliasType: "aws kms delete-alias --alias-name %s",
	logGroupType: "aws logs delete-log-group --log-group-name %s", roleType: "aws iam delete-role --role-name %s",
	flowLogType: "aws ec2 delete-flow-logs --flow-log-ids %s", egressGatewayType: "aws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id %s",
	policyType: "aws iam delete-policy --policy-arn %s", oidcType: "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn %s",
}

// removal is the command that removes a thing.
func (w *World) removal(o *Object) string {
	format, known := removals[o.Type]
	of := o.text("clusterName")
	switch {
	case o.Type == releaseType:
		return "helm uninstall " + o.text("name") + " --namespace " + o.text("namespace")
	case o.Cluster != "" && w.abandoned(o):
		return w.unhold(o) + " && " + kubectl("delete", o)
	case o.Cluster != "":
		return kubectl("delete", o)
	case o.Type == loadBalancerType && mapOf(o.Outputs["attributes"])[protection] == "true":
		return fmt.Sprintf("aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false && "+format, o.ID, protection, o.ID)
	case known:
		return fmt.Sprintf(format, o.ID)
	}
	switch o.Type {
	case internetGatewayType:
		return fmt.Sprintf("aws ec2 detach-internet-gateway --internet-gateway-id %[1]s --vpc-id %[2]s && aws ec2 delete-internet-gateway --internet-gateway-id %[1]s", o.ID, o.text("vpcId"))
	case routeType:
		return fmt.Sprintf("aws ec2 delete-route --route-table-id %s --destination-cidr-block %s", o.text("routeTableId"), destination(o))
	case groupRuleType:
		return fmt.Sprintf("aws ec2 revoke-security-group-%s --group-id %s --security-group-rule-ids %s", o.text("type"), o.text("securityGroupId"), cmp.Or(o.text("securityGroupRuleId"), o.ID))
	case defaultGroupType:
		return "aws ec2 delete-vpc --vpc-id " + o.text("vpcId")
	case rolePolicyType:
		return fmt.Sprintf("aws iam delete-role-policy --role-name %s --policy-name %s", o.text("role"), o.text("name"))
	case attachmentType:
		return fmt.Sprintf("aws iam detach-role-policy --role-name %s --policy-arn %s", o.text("role"), o.text("policyArn"))
	case nodeGroupType:
		return fmt.Sprintf("aws eks delete-nodegroup --cluster-name %s --nodegroup-name %s", of, o.text("nodeGroupName"))
	case addonType:
		return fmt.Sprintf("aws eks delete-addon --cluster-name %s --addon-name %s", of, o.text("addonName"))
	case accessEntryType:
		return fmt.Sprintf("aws eks delete-access-entry --cluster-name %s --principal-arn %s", of, o.text("principalArn"))
	case accessPolicyType:
		return fmt.Sprintf("aws eks disassociate-access-policy --cluster-name %s --principal-arn %s --policy-arn %s", of, o.text("principalArn"), o.text("policyArn"))
	}
	return "aws resourcegroupstaggingapi get-resources  # look for " + o.ID
}

// removalOrder are the types in the order in which they can be removed; others come between clusters and networks.
var removalOrder = []string{flowLogType, listenerRuleType, listenerType, loadBalancerType, classicType, targetGroupType, nodeGroupType, addonType, accessPolicyType, accessEntryType, clusterType,
	instanceObject, volumeType, endpointType, natType, eipType, interfaceType, groupRuleType, securityGroupType, routeType, associationType, routeTableType,
	cidrReservationType, subnetType, internetGatewayType, egressGatewayType, secondaryType, vpcType, attachmentType, rolePolicyType, policyType, roleType, oidcType, aliasType, keyType, logGroupType}

func removalRank(typ string) int {
	if i := slices.Index(removalOrder, typ); i >= 0 {
		return i
	}
	if strings.HasPrefix(typ, "kubernetes:") {
		return -1
	}
	return len(removalOrder)
}
