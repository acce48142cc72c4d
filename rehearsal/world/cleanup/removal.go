package cleanup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/internal/leftover"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// RemovalCommand returns the command that deletes a resource.
func RemovalCommand(w *store.Account, o *store.Object) string {
	kind, known := leftover.KindOf(o.Type)
	command := kind.RemovalCommand(o.ID, removalFields(w, o))
	switch {
	case o.Type == store.ReleaseType:
		release := helm.ReleaseOf(o)
		return "helm uninstall " + release.Name + " --namespace " + release.Namespace
	case o.Cluster != "" && abandoned(w, o):
		return unhold(w, o) + " && " + eks.Kubectl("delete", o)
	case o.Cluster != "":
		return eks.Kubectl("delete", o)
	case o.Type == store.LoadBalancerType && elb.LoadBalancerOf(o).Attributes[protection] == "true":
		return fmt.Sprintf("aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false && %s", o.ID, protection, command)
	case o.Type == store.GroupRuleType:
		return kind.RemovalCommand(cmp.Or(ec2.SecurityGroupRuleOf(o).ID, o.ID), removalFields(w, o))
	case o.Type == store.RecordType:
		return route53.DeletionCommand(o)
	case o.Type == store.DefaultGroupType:
		return "aws ec2 delete-vpc --vpc-id " + o.Text("vpcId")
	case known:
		return command
	}
	return "aws resourcegroupstaggingapi get-resources  # look for " + o.ID
}

// removalFields returns what the removal command of a resource needs beside its ID.
func removalFields(w *store.Account, o *store.Object) map[string]string {
	switch o.Type {
	case store.InternetGatewayType:
		return map[string]string{"vpc": ec2.InternetGatewayOf(o).VPC}
	case store.RouteType:
		return map[string]string{"table": ec2.RouteOf(o).Table, "destination": ec2.RouteDestination(o)}
	case store.GroupRuleType:
		rule := ec2.SecurityGroupRuleOf(o)
		return map[string]string{"direction": rule.Direction, "group": rule.Group}
	case store.RolePolicyType:
		policy := iam.RolePolicyOf(o)
		return map[string]string{"role": policy.Role, "policy": policy.Name}
	case store.AttachmentType:
		attachment := iam.AttachmentOf(o)
		return map[string]string{"role": attachment.Role, "policy": attachment.Policy}
	case store.ZoneAssociationType:
		association := route53.AssociationOf(o)
		return map[string]string{"zone": association.Zone, "region": w.Region, "vpc": association.VPC}
	case store.NodeGroupType:
		group := node.NodeGroupOf(o)
		return map[string]string{"cluster": group.Cluster, "name": group.Name}
	case store.AddonType:
		addon := eks.AddonOf(o)
		return map[string]string{"cluster": addon.Cluster, "name": addon.Name}
	case store.PodIdentityType:
		return map[string]string{"cluster": eks.AssociationOf(o).Cluster}
	case store.AccessEntryType:
		entry := eks.AccessEntryOf(o)
		return map[string]string{"cluster": entry.Cluster, "principal": entry.Principal}
	case store.AccessPolicyType:
		association := eks.AccessPolicyAssociationOf(o)
		return map[string]string{"cluster": association.Cluster, "principal": association.Principal, "policy": association.Policy}
	}
	return nil
}

// TypeDeletedBy returns the type that the verb of an AWS CLI command deletes, such as "ec2 delete-vpc", and the name of
// the flag with the ID. The type is "" for a verb that needs more than an ID.
func TypeDeletedBy(verb string) (typ, flag string) {
	for _, kind := range leftover.Kinds {
		words := strings.Fields(kind.Command)
		if i := slices.Index(words, "{id}"); kind.NeedsOnlyID() && strings.Join(words[1:3], " ") == verb {
			return kind.Type, strings.TrimPrefix(words[i-1], "--")
		}
	}
	return "", ""
}

// RemovalRank returns the position of a type in the order in which resources are deleted. Objects in a cluster are
// deleted first.
func RemovalRank(typ string) int {
	if strings.HasPrefix(typ, "kubernetes:") {
		return -1
	}
	return leftover.Rank(typ)
}
