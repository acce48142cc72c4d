package terraform

import "strings"

// missingInMoto holds the types that moto 5.2.1 cannot create, with the action that it lacks (moto/eks/responses.py).
// They are validated, and left out of the resources that are created.
var missingInMoto = map[string]string{
	"aws_eks_access_entry":              "eks:CreateAccessEntry",
	"aws_eks_access_policy_association": "eks:AssociateAccessPolicy",
	"aws_eks_addon":                     "eks:CreateAddon",
	"aws_eks_pod_identity_association":  "eks:CreatePodIdentityAssociation",
}

// motoDifferences holds attributes that differ in the second plan because of moto, such as
// aws_eks_cluster.access_config, with the reason. It is empty: no second plan of the provider has been observed. An
// entry needs one.
var motoDifferences = map[string]string{}

// isMotoDifference reports whether an attribute, or the block that contains it, is one of motoDifferences.
func isMotoDifference(typ, path string) bool {
	for listed := range motoDifferences {
		if at := typ + "." + path; at == listed || strings.HasPrefix(at, listed+".") {
			return true
		}
	}
	return false
}
