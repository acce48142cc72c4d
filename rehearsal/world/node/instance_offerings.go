package node

import (
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

var (
	TypeOffered = store.NewRule("a node's zone offers its instance type",
		launchFailed+"Unsupported - Your requested instance type (%s) is not supported in your requested Availability Zone (%s). Please retry your request by not specifying an Availability Zone or choosing %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html; https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html")
)

// offeredType returns the first of a node group's types that a zone offers, as EC2 Auto Scaling does.
func offeredType(w *store.Account, o *store.Object, group *NodeGroup, name string) (string, error) {
	types := instanceTypesOf(w, o)
	var elsewhere []string
	for _, z := range store.ZonesOf(w.Region) {
		if z.Name != name {
			if ec2.OffersType(z, types[0]) {
				elsewhere = append(elsewhere, z.Name)
			}
			continue
		}
		for _, typ := range types {
			if ec2.OffersType(z, typ) {
				return typ, nil
			}
		}
	}
	return types[0], TypeOffered.Unready(true, o.ID, group.scalingGroup(), types[0], name, strings.Join(elsewhere, ", "))
}
