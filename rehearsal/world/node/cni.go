package node

import (
	"encoding/json"
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// cniActions are the EC2 actions of the CNI on every node.
var cniActions = []string{"ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DetachNetworkInterface"}

// cniConfiguration is the configuration of the vpc-cni add-on, as far as it is simulated.
type cniConfiguration struct {
	Env  cniEnvironment `json:"env"`
	Init struct {
		Env struct {
			DisableEarlyDemux string `json:"DISABLE_TCP_EARLY_DEMUX"`
		} `json:"env"`
	} `json:"init"`
	ENIConfig struct {
		Subnets map[string]podNetwork `json:"subnets"` // by zone
	} `json:"eniConfig"`
}

// cniEnvironment are the variables of aws-node. Their values are texts, as the add-on's schema requires.
type cniEnvironment struct {
	SubnetDiscovery string `json:"ENABLE_SUBNET_DISCOVERY"`
	Prefixes        string `json:"ENABLE_PREFIX_DELEGATION"`
	CustomNetwork   string `json:"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"`
	WarmENIs        string `json:"WARM_ENI_TARGET"`
	WarmPrefixes    string `json:"WARM_PREFIX_TARGET"`
	WarmIPs         string `json:"WARM_IP_TARGET"`
	MinimumIPs      string `json:"MINIMUM_IP_TARGET"`
	PodInterfaces   string `json:"ENABLE_POD_ENI"`
	EnforcingMode   string `json:"POD_SECURITY_GROUP_ENFORCING_MODE"`
}

// podNetwork is the subnet of the pods in a zone, and the security groups of the interfaces in it.
type podNetwork struct {
	Subnet string   `json:"id"`
	Groups []string `json:"securityGroups"`
}

// cniSettings holds the configuration of a cluster's CNI, from the add-on's environment.
type cniSettings struct {
	prefixes  bool
	custom    bool                  // whether pods have their own subnets
	networks  map[string]podNetwork // the pods' subnets by zone, for custom networking
	discovers bool                  // whether further interfaces are also in subnets with the tag
	warm      warmTargets
	ipv6      ipv6Mode

	podInterfaces bool   // whether pods with security groups have branch interfaces
	enforcing     string // the mode in which these are enforced, "" for the default
	strict        bool   // whether that is strict, the default
	disablesDemux bool   // whether nodes have no TCP early demux
}

func readCNISettings(w *store.Account, cluster string) cniSettings {
	var values cniConfiguration
	if addon := w.Get(store.AddonType, cluster+":vpc-cni"); addon != nil {
		// The add-on's schema was checked before it was stored; without a configuration there is no JSON.
		_ = json.Unmarshal([]byte(eks.AddonOf(addon).Configuration), &values)
	}
	ipv6 := readIPv6Mode(w, cluster, values.Env)
	// In an IPv6 cluster, EKS enables prefixes if the configuration does not say otherwise.
	prefixes := values.Env.Prefixes == "true" || ipv6.on && values.Env.Prefixes == ""
	return cniSettings{prefixes: prefixes, ipv6: ipv6, custom: values.Env.CustomNetwork == "true", networks: values.ENIConfig.Subnets,
		discovers: values.Env.CustomNetwork != "true" && values.Env.SubnetDiscovery != "false", warm: readWarmTargets(values.Env),
		podInterfaces: values.Env.PodInterfaces == "true", enforcing: values.Env.EnforcingMode, strict: values.Env.EnforcingMode != "standard",
		disablesDemux: values.Init.Env.DisableEarlyDemux == "true"}
}

// fault returns why aws-node exits with its settings, "" if it runs
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/cmd/aws-vpc-cni/main.go, validateEnvVars).
func (s cniSettings) fault() string {
	if s.podInterfaces && !slices.Contains([]string{"", "strict", "standard"}, s.enforcing) {
		return "aws-node exits: POD_SECURITY_GROUP_ENFORCING_MODE must be set to either 'strict' or 'standard'"
	}
	if s.ipv6.on {
		return s.ipv6Fault()
	}
	if s.prefixes && s.warm.prefixes <= 0 && s.warm.ips <= 0 && s.warm.minimum <= 0 {
		return "aws-node exits: Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/MINIMUM_IP_TARGET is not set. Please configure either one of the WARM_{PREFIX/IP}_TARGET or MINIMUM_IP_TARGET env variables"
	}
	return ""
}

// cniMissing returns what the CNI of a node lacks to work, "" if it works: its pods, or its permissions in IAM. Its
// pods are as old as their node, and its association is older.
func cniMissing(w *store.Account, node *store.Object) string {
	cluster := node.Cluster
	if kube.WorkloadOf(w, cluster, "vpc-cni") == nil {
		return "the cluster has no CNI: neither the vpc-cni add-on nor a self-managed aws-node"
	}
	if fault := readCNISettings(w, cluster).fault(); fault != "" {
		return fault
	}
	role, err := cniRole(w, node)
	if err != nil {
		return err.Error()
	}
	actions := cniActions
	if mode := readCNISettings(w, cluster).ipv6; mode.on {
		actions = mode.actions()
	}
	for _, action := range actions {
		if !iam.IsAllowed(w, role, action, "*", nil) {
			return "the CNI's role " + IDText(role) + " may not " + action
		}
	}
	return ""
}

// cniRole returns the role of the CNI on a node: that of its association, of the add-on's service account, or the
// node's.
func cniRole(w *store.Account, node *store.Object) (*store.Object, error) {
	cluster := node.Cluster
	if association := eks.FindAssociation(w, cluster, "kube-system", "aws-node"); association != nil {
		return RoleOfAssociation(w, association.ID), CheckPodIdentity(w, node, association.ID)
	}
	addon := w.Get(store.AddonType, cluster+":vpc-cni")
	if addon != nil && eks.AddonOf(addon).Status == eks.CreateFailed {
		addon = nil
	}
	if arn := roleOfAddon(addon); arn != "" {
		return iam.FindRole(w, arn), iam.AssumeRoleWithWebIdentity(w, arn, cluster, "kube-system", "aws-node")
	}
	return eks.RoleOfNode(w, node), nil
}

// roleOfAddon returns the ARN of the role that an add-on's service account assumes, "" for none.
func roleOfAddon(addon *store.Object) string {
	if addon == nil {
		return ""
	}
	return eks.AddonOf(addon).RoleARN
}

// IDText returns the ID of an object, "" for none.
func IDText(o *store.Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// cniWorks reports whether the CNI on a node can assign and release addresses.
func cniWorks(w *store.Account, node *store.Object) bool {
	if cniMissing(w, node) != "" {
		return false
	}
	token := roleOfAddon(w.Get(store.AddonType, node.Cluster+":vpc-cni")) != "" && eks.FindAssociation(w, node.Cluster, "kube-system", "aws-node") == nil
	return ec2.ReachesService(w, node, "ec2") && (!token || ec2.ReachesService(w, node, "sts"))
}

// podInterfaces returns the interfaces whose addresses pods get: all of a node's but the trunk interface, with custom
// networking only those that the CNI created.
func podInterfaces(w *store.Account, node *store.Object, settings cniSettings) []*store.Object {
	return slices.DeleteFunc(ec2.InterfacesOn(w, node), func(o *store.Object) bool {
		return o.Owner == store.ResourceControllerOwner || settings.custom && o.Owner != "vpc-cni"
	})
}

// podSubnets returns the subnets in which the CNI creates a further interface of a node, in the order in which it tries
// them, and the security groups of the interface.
func podSubnets(w *store.Account, node, primary *store.Object, settings cniSettings) ([]*store.Object, []string) {
	n, groups := NodeOf(node), ec2.InterfaceOf(primary).Groups
	own := w.Get(store.SubnetType, n.Subnet)
	switch {
	case settings.custom:
		network := settings.networks[n.Zone]
		if len(network.Groups) > 0 {
			groups = network.Groups
		}
		if subnet := w.Get(store.SubnetType, network.Subnet); subnet != nil {
			return []*store.Object{subnet}, groups
		}
		return nil, groups
	case settings.discovers && mayDescribeSubnets(w, node):
		return discoveredSubnets(w, own), groups
	}
	return []*store.Object{own}, groups
}

// subnetTag is the tag of subnets that the CNI discovers. The value 0 excludes a subnet.
const subnetTag = "kubernetes.io/role/cni"

// discoveredSubnets returns the node's own subnet, unless its tag excludes it, and those of the zone with the tag, the
// one with the most free addresses first
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/pkg/awsutils/awsutils.go, GetVpcSubnets and
// isSubnetValidForENICreation).
func discoveredSubnets(w *store.Account, own *store.Object) []*store.Object {
	zone := ec2.SubnetOf(own).Zone
	found := w.With(store.SubnetType, "vpcId", ec2.SubnetOf(own).VPC, func(o *store.Object) bool {
		value := store.OrText(o.Tags()[subnetTag], "")
		return ec2.SubnetOf(o).Zone == zone && value != "0" && (value != "" || o.ID == own.ID)
	})
	slices.SortStableFunc(found, func(a, b *store.Object) int { return ec2.SubnetFree(w, b) - ec2.SubnetFree(w, a) })
	return found
}

// mayDescribeSubnets reports whether the CNI finds subnets. If it may not describe them, it uses the node's own subnet.
func mayDescribeSubnets(w *store.Account, node *store.Object) bool {
	role, err := cniRole(w, node)
	return err == nil && iam.IsAllowed(w, role, "ec2:DescribeSubnets", "*", nil)
}

// TakePodAddress assigns an address to a pod on a node, "" if the CNI has none: the pod waits.
func TakePodAddress(w *store.Account, node *store.Object) string {
	settings := readCNISettings(w, node.Cluster)
	if settings.ipv6.on {
		return takeIPv6Address(w, node)
	}
	for _, eni := range podInterfaces(w, node, settings) {
		used := ec2.InterfaceOf(eni).Pods
		for _, address := range podAddresses(eni) {
			if !slices.Contains(used, address) {
				eni.Set("pods", append(slices.Clip(used), address))
				return address
			}
		}
	}
	return ""
}

// addressForPod assigns an address to a pod on a node once the CNI has one, and returns why it gets none.
func addressForPod(w *store.Account, node *store.Object) (string, error) {
	if address := TakePodAddress(w, node); address != "" {
		return address, nil
	}
	if missing := cniMissing(w, node); missing != "" {
		return "", store.Explain("%s", missing)
	}
	_, err := GrowAddressPool(w, node)
	return TakePodAddress(w, node), err
}

// ReleasePodAddress releases a pod's address.
func ReleasePodAddress(w *store.Account, address string) {
	for _, eni := range w.Holding(store.InterfaceType, "pods", address) {
		used := slices.Clone(ec2.InterfaceOf(eni).Pods)
		if i := slices.Index(used, address); i >= 0 {
			eni.Set("pods", slices.Delete(used, i, i+1))
		}
		if ec2.InterfaceOf(eni).Trunk != "" {
			releaseBranch(w, eni)
		}
	}
}

// DetachInterface detaches an interface of the CNI, which then remains.
func DetachInterface(eni *store.Object) {
	eni.Set("status", "available")
	eni.Set("instance", "")
	eni.Set("pods", []any{})
}
