package eks

import (
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// ReachesInternet reports whether a node can reach addresses outside of its VPC.
func ReachesInternet(w *store.Account, node *store.Object) bool {
	subnet := w.Get(store.SubnetType, node.Text("subnetId"))
	return subnet != nil && ec2.EgressPathOf(w, subnet).Works(node.Text("publicIP") != "")
}

// ReachesService reports whether a node can reach an AWS service in its region.
func ReachesService(w *store.Account, node *store.Object, service string) bool {
	return ec2.ReachesService(w, node, service)
}

// ReachesRegistry reports whether a node can reach the private registries of a region: those of another region through
// the internet, those of its own also through the endpoints of ECR and of S3, which stores the layers.
func ReachesRegistry(w *store.Account, node *store.Object, region string) bool {
	if region != w.Region {
		return ReachesInternet(w, node)
	}
	return ReachesService(w, node, "ecr.api") && ReachesService(w, node, "ecr.dkr") && ReachesService(w, node, "s3")
}

// RoleOfNode returns the role of a node's instance.
func RoleOfNode(w *store.Account, node *store.Object) *store.Object {
	return iam.FindRole(w, node.Text("roleArn"))
}

// ControlPlaneReaches reports whether a node's security groups allow the cluster's control plane on a TCP port.
func ControlPlaneReaches(w *store.Account, cluster string, node *store.Object, port int) bool {
	eni := ec2.PrimaryInterface(w, node)
	if eni == nil {
		return false
	}
	for _, plane := range ec2.InterfacesOf(w, "Amazon EKS "+cluster) {
		if ec2.AllowsTCP(w, plane, eni, port) {
			return true
		}
	}
	return false
}
