package plan

import (
	"slices"
	"strings"

	"eksnet/config"
)

// ExistingCluster is the cluster of the stack's name on EKS.
type ExistingCluster struct {
	Version, ServiceCIDR string
	// IPFamily is ipv4 or ipv6.
	IPFamily string
	// HasZonalShift reports whether it has a setting of zonal shift, true or false.
	HasZonalShift bool
	// Encrypted reports whether it encrypts Secrets with a key of the stack.
	Encrypted bool
	// Identity is irsa or podIdentity, "" if there is no cluster.
	Identity string
	// PodGroups are the IDs of the security groups of pods, if the stack file no longer enables these.
	PodGroups []string
}

// IdentityTag is the key of the tag that a cluster with EKS Pod Identity has. EKS itself does not know how pods get
// credentials.
const IdentityTag = "eksnet/identity"

// IdentityOf returns how the pods of an existing cluster get credentials, from the tags of the cluster.
func IdentityOf(tags map[string]string) string {
	if tags[IdentityTag] == config.PodIdentity {
		return config.PodIdentity
	}
	return config.IRSA
}

// CheckExisting refuses what EKS does not change in an existing cluster. The AWS provider would replace the cluster,
// and Pulumi cannot do that with objects in it: while it compares the Kubernetes provider with the new cluster, it
// closes the connection to the old one, and the deletion of the first object fails with "the client connection is
// closing" (pulumi/pkg/resource/deploy/providers/registry.go, Diff).
func CheckExisting(s *config.Stack, c ExistingCluster) config.Problems {
	problems := checkUpgrade(s, c.Version)
	const remedy = "or run pulumi destroy before this change, which deletes the cluster and everything in it"
	if c.IPFamily != "" && s.Network.IPFamily != c.IPFamily {
		problems.Add("network.ipFamily", "%s, but the existing cluster has %s, and EKS cannot change it; write %[2]s, %[3]s, or move to another stack (docs/ipv6.md)", s.Network.IPFamily, c.IPFamily, remedy)
		return problems
	}
	if c.ServiceCIDR != "" && s.Cluster.ServiceCIDR != c.ServiceCIDR {
		problems.Add("cluster.serviceCidr", "%q, but the existing cluster has %s, and EKS cannot change it; write %[2]q, %[3]s", s.Cluster.ServiceCIDR, c.ServiceCIDR, remedy)
	}
	if c.Encrypted && !s.Cluster.SecretsEncryption {
		problems.Add("cluster.secretsEncryption", "false, but the existing cluster encrypts Secrets, and EKS cannot remove the encryption; write true, %s", remedy)
	}
	if c.Identity != "" && s.Cluster.Identity != c.Identity {
		problems.Add("cluster.identity", "%s, but the existing cluster has %s, and its pods would lose their credentials in between (docs/identity.md#change); write %[2]s, %[3]s, or move to another stack", s.Cluster.Identity, c.Identity, remedy)
	}
	if len(c.PodGroups) > 0 && s.Addons.VPCCNI.PodSecurityGroups == nil {
		problems.Add(podSecurityGroups, "none, but pods have security groups of their own (%s), and the nodes that replace the existing ones could not run them; write podSecurityGroups again, remove podSecurityGroup from the workloads, run up, and remove podSecurityGroups then", strings.Join(c.PodGroups, ", "))
	}
	return problems
}

// checkUpgrade refuses a Kubernetes version to which EKS does not update an existing cluster: it updates by one minor
// version at a time, and not back (docs.aws.amazon.com/eks/latest/userguide/update-cluster.html). The current version
// is "" if there is no cluster.
func checkUpgrade(s *config.Stack, current string) config.Problems {
	var problems config.Problems
	to, from := slices.Index(config.Versions, s.Cluster.Version), slices.Index(config.Versions, current) // the newest is first
	if current == "" || to < 0 || from < 0 {
		return problems
	}
	switch step := from - to; {
	case step < 0:
		problems.Add("cluster.version", "%q is older than %s, the version of the existing cluster, and EKS does not downgrade; write %q", s.Cluster.Version, current, current)
	case step > 1:
		problems.Add("cluster.version", "%q is %d minor versions after %s, the version of the existing cluster, and EKS updates by one at a time; write %q and run up first",
			s.Cluster.Version, step, current, config.Versions[from-1])
	}
	return problems
}
