package cleanup

import (
	"cmp"
	"fmt"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
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

// PendingDeletions are the resources that AWS deletes automatically: keys that are pending deletion, which cost
// nothing, and interfaces of deleted load balancers.
func PendingDeletions(w *store.Account) []Leftover {
	var pending []Leftover
	for _, o := range w.All(store.PendingKeyType) {
		reason := fmt.Sprintf("KMS deletes it in %d days", kms.KeyOf(o).Window)
		pending = append(pending, Leftover{Type: store.KeyType, ID: o.ID, Reason: reason, Remove: "aws kms cancel-key-deletion --key-id " + o.ID + "  # to keep it"})
	}
	for _, o := range w.All(store.InterfaceType, ec2.IsLingering) {
		pending = append(pending, Leftover{Type: o.Type, ID: o.ID, Owner: o.Owner, Reason: "it lingers for some minutes after " + ec2.InterfaceOf(o).Description})
	}
	return pending
}

// nameOf returns the name by which an operator finds a resource.
func nameOf(o *store.Object) string {
	name, _ := o.Tags()["Name"].(string)
	return cmp.Or(name, o.Text("name"), kube.Name(o))
}

// reasonFor returns why a resource remains.
func reasonFor(o *store.Object) string {
	switch {
	case o.Cluster != "":
		return "no resource of the stack: created in cluster " + o.Cluster
	case o.Type == store.LogGroupType && o.Owner == "eks":
		return "EKS writes a cluster's logs here, the last ones some minutes after the cluster was deleted, and does not delete the group"
	case o.Type == store.InterfaceType && o.Owner == "vpc-cni":
		return "the CNI could not delete it when its node was terminated"
	case o.Type == store.InterfaceType && o.Owner == store.ResourceControllerOwner:
		return "the VPC resource controller could not delete it when its pod ended: the cluster or the policy AmazonEKSVPCResourceController of its role was deleted before"
	case o.Type == store.SecurityGroupType && o.Owner == "eks":
		return "EKS does not delete its security group if it is still used by an interface or a rule when the cluster is deleted"
	case o.Owner == store.ControllerOwner && o.Tags()[lbc.ResourceTag] == "backend-sg" && o.Facts[lbc.Known] != true:
		return "the " + store.ControllerOwner + " shares it among its load balancers, and one that starts while all of them are being deleted, or with a flag that names another group, does not delete it"
	case o.Owner == store.ControllerOwner || o.Owner == store.CloudOwner:
		return "created by the " + o.Owner + madeForWhom(o) + ", which could not act or was already deleted when it should have deleted it"
	case o.Type == store.RecordType && o.Owner == externaldns.Owner:
		return "created by ExternalDNS, which could not act or was already deleted when it should have deleted it"
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
