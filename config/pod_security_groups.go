package config

// PodSecurityGroups is how the VPC CNI enforces security groups of pods.
type PodSecurityGroups struct {
	// Mode is standard (default) or strict. With standard the security group of a pod applies to traffic between the pod
	// and other nodes; traffic of its own node, such as probes, is not checked, and traffic that leaves the VPC has the
	// node's address and security group. With strict the security group applies to all traffic of the pod, which keeps
	// its address everywhere. A change replaces the pods that have a security group.
	Mode string `json:"mode"`
}

// The modes, as the VPC CNI names them (github.com/aws/amazon-vpc-cni-k8s v1.23.2, README.md,
// POD_SECURITY_GROUP_ENFORCING_MODE).
const (
	EnforceStandard = "standard"
	EnforceStrict   = "strict"
)

func (p *PodSecurityGroups) setDefaults() {
	*p = PodSecurityGroups{Mode: EnforceStandard}
}

func (v *validator) podSecurityGroups(path string, groups *PodSecurityGroups) {
	if groups != nil {
		v.oneOf(path+".mode", groups.Mode, EnforceStandard, EnforceStrict)
	}
}

// podSecurityGroup refuses a security group of pods in a workload that cannot have one. The proxies of Istio connect to
// istiod and to each other on ports that the group does not allow.
func (v *validator) podSecurityGroup(path string, w Workload, cni VPCCNI) {
	path += ".podSecurityGroup"
	switch {
	case !w.PodSecurityGroup:
	case cni.PodSecurityGroups == nil:
		v.Add(path, "true, but without addons.vpcCni.podSecurityGroups pods have the security group of the cluster; write addons: {vpcCni: {podSecurityGroups: {}}}, or remove it")
	case w.Mesh:
		v.Add(path, "true, but the proxies of mesh: true connect on ports that the group does not allow; remove one of them")
	case w.TrafficPolicy == PolicyLocal && cni.PodSecurityGroups.Mode == EnforceStrict:
		v.Add(path, "true, but with mode strict nodes do not forward to their own pods with trafficPolicy Local; write addons.vpcCni.podSecurityGroups: {mode: standard}, or trafficPolicy: Cluster (docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html)")
	}
}
