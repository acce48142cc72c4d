package node

import (
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

// KeyPairExists has the words of EC2 Auto Scaling, which checks the launch template when EKS creates or changes the
// group. EKS reports them as a fault of the template.
var KeyPairExists = store.NewRule("the key pair of a node group's launch template exists in the region",
	dataFailed+"You must use a valid fully-formed launch template. The key pair '%s' does not exist",
	"https://github.com/eksctl-io/eksctl/issues/1989; https://github.com/Guimove/terraform-aws-bastion/issues/173")

// keyPairFits refuses a key pair that the account does not have in the region.
func keyPairFits(w *store.Account, group *store.Object) error {
	lt := templateOf(w, group)
	if lt == nil {
		return nil
	}
	name := ec2.LaunchTemplateOf(lt).KeyName
	return KeyPairExists.Unready(name != "" && w.Get(store.KeyPairType, name) == nil, group.ID, name)
}
