package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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

// Leftovers are the resources that remain in the account and belong to no stack, except what AWS keeps itself and keys
// that are pending deletion. They are in the order in which the commands work: what others depend on is last.
func (w *World) Leftovers() []Leftover { return w.Orphans(nil) }

// Pending are the resources that AWS deletes automatically: keys that are pending deletion, which cost nothing, and
// interfaces of deleted load balancers.
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

// nameOf returns the name by which an operator finds a resource.
func nameOf(o *Object) string {
	name, _ := o.tags()["Name"].(string)
	return cmp.Or(name, o.text("name"), o.text("metadata.name"))
}

func reasonFor(o *Object) string {
	switch {
	case o.Cluster != "":
		return "no resource of the stack: created in cluster " + o.Cluster
	case o.Type == logGroupType && o.Owner == "eks":
		return "EKS writes a cluster's logs here, the last ones some minutes after the cluster was deleted, and does not delete the group"
	case o.Type == interfaceType && o.Owner == "vpc-cni":
		return "the CNI could not delete it when its node was terminated"
	case o.Type == securityGroupType && o.Owner == "eks":
		return "EKS does not delete its security group if it is still used by an interface or a rule when the cluster is deleted"
	case o.Owner == controllerOwner && o.tags()[resourceTag] == "backend-sg" && o.Facts[known] != true:
		return "the " + controllerOwner + "  shares it among its load balancers, and one that starts while all of them are being deleted does not delete it"
	case o.Owner == controllerOwner || o.Owner == cloudOwner:
		return "created by the " + o.Owner + madeForWhom(o) + ", which could not act or was already deleted when it should have deleted it"
	case o.Owner != "":
		return "created by " + o.Owner + "  and not deleted"
	default:
		return "no resource of the stack: created by hand, or by a call that was abandoned"
	}
}

// madeForWhom returns the object in the cluster for which a controller created a resource, according to its tags.
func madeForWhom(o *Object) string {
	if service, ok := o.tags()["kubernetes.io/service-name"].(string); ok {
		return " for Service " + service
	}
	if s, tagged := stackOf(o); tagged {
		return " for " + s.title()
	}
	return " for its Services"
}

// removals are the commands that delete a resource of a type; %s is its ID.
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

// removal returns the command that deletes a resource.
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

// removalOrder are the types in the order in which they can be deleted; other types are between clusters and networks.
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
