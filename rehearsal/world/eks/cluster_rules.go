package eks

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

const (
	createClusterOp = "creating EKS Cluster (%s): operation error EKS: CreateCluster, "
	networkReqs     = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
)

var (
	ClusterName = store.NewRule("a cluster's name has at most 100 letters, digits, - and _",
		"invalid value for name (%s): must be 1-100 alphanumeric, dash or underscore characters, and begin with an alphanumeric character",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
	ClusterLogTypes = store.NewRule("a cluster's log types are those of EKS",
		"expected enabled_cluster_log_types to be one of %q, got %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html")
	ServiceRange = store.NewRule("the range of Services is private and from /12 to /24",
		"expected service_ipv4_cidr to be a private network of /12 to /24, got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html")
	PublicCIDRWritten = store.NewRule("a network that may reach the API is a CIDR block without host bits",
		"%q is not a valid CIDR block",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/verify/validate.go")
	ClusterUnique = store.NewRule("a cluster's name is unique in its region",
		createClusterOp+"ResourceInUseException: Cluster already exists with name: %[1]s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
	ClusterRole = store.NewRule("a cluster's role exists and trusts EKS",
		createClusterOp+"InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html")
	ClusterRolePolicy = store.NewRule("a cluster's role has AmazonEKSClusterPolicy",
		createClusterOp+"InvalidParameterException: The provided role doesn't have the Amazon EKS Managed Policies associated with it. Please ensure the following policy is attached: arn:%s:iam::aws:policy/AmazonEKSClusterPolicy",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html")
	ClusterVersion = store.NewRule("a cluster's Kubernetes version is one that EKS offers",
		createClusterOp+"InvalidParameterException: unsupported Kubernetes version %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html")
	ClusterSubnets = store.NewRule("a cluster's subnets exist",
		createClusterOp+"InvalidParameterException: The subnet ID '%s' does not exist",
		networkReqs)
	ClusterOneVPC = store.NewRule("a cluster's subnets and security groups are in one VPC",
		createClusterOp+"InvalidParameterException: Subnets and security groups specified must be in the same VPC: %s",
		networkReqs)
	ClusterZones = store.NewRule("a cluster's subnets are in at least two zones",
		createClusterOp+"InvalidParameterException: Subnets specified must be in at least two different AZs",
		networkReqs)
	ClusterZonesAllowed = store.NewRule("a cluster's subnets are in zones where EKS has control planes",
		createClusterOp+"UnsupportedAvailabilityZoneException: Cannot create cluster '%[1]s' because %[2]s, the targeted availability zone, does not currently have sufficient capacity to support the cluster. Retry and choose from these availability zones: %[3]s",
		networkReqs)
	ClusterAddresses = store.NewRule("a cluster's subnets have six free addresses",
		createClusterOp+"InvalidParameterException: Provided subnets %s Free IPs: %d , need at least 6 IPs in each subnet to be free for this operation",
		networkReqs)
	ClusterGroups = store.NewRule("a cluster's security groups exist",
		createClusterOp+"InvalidParameterException: The security group '%s' does not exist",
		networkReqs)
	ClusterEndpoint = store.NewRule("a cluster's API has an endpoint",
		createClusterOp+"InvalidParameterException: Private and public endpoint access cannot be disabled",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	ClusterDNS = store.NewRule("a private endpoint needs the VPC's DNS support and hostnames",
		createClusterOp+"InvalidParameterException: Private endpoint access requires enableDnsHostnames and enableDnsSupport to be true for %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	ClusterCIDRs = store.NewRule("the networks that may reach the API are public addresses",
		createClusterOp+"InvalidParameterException: The following CIDRs are invalid in publicAccessCidrs: [%s]",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	ClusterCIDRsQuota = store.NewRule("at most forty networks may reach the API",
		createClusterOp+"ResourceLimitExceededException: the maximum of 40 publicAccessCidrs is exceeded: %d",
		"https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html")
	ClusterServices = store.NewRule("the range of Services does not overlap the VPC",
		createClusterOp+"InvalidParameterException: The specified service IPv4 CIDR %s overlaps a CIDR of VPC %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html")
	ClusterIPv6Partition = store.NewRule("an IPv6 cluster is in no region of China",
		createClusterOp+"InvalidParameterException: ipFamily ipv6 is not supported in %s",
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-eks-cluster-kubernetesnetworkconfig.html")
	ClusterIPv6Services = store.NewRule("the range of an IPv6 cluster's Services is chosen by EKS",
		createClusterOp+"InvalidParameterException: serviceIpv4Cidr %s cannot be specified for a cluster with ipFamily ipv6",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html")
	ClusterIPv6Subnets = store.NewRule("an IPv6 cluster's subnets have IPv6 networks",
		createClusterOp+"InvalidParameterException: Subnets specified must have an IPv6 CIDR block for a cluster with ipFamily ipv6: %s",
		networkReqs)
	ClusterKey = store.NewRule("a cluster's key exists and is enabled",
		createClusterOp+"InvalidParameterException: KMS key %s does not exist or is not enabled",
		"https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html")
	ClusterEncrypts = store.NewRule("a cluster encrypts secrets only",
		createClusterOp+"InvalidParameterException: encryptionConfig resources must be [secrets], got %v",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_EncryptionConfig.html")
	ClusterAuthMode = store.NewRule("a cluster's authentication mode is a mode of EKS",
		createClusterOp+"InvalidParameterException: authenticationMode %s is not one of [API, API_AND_CONFIG_MAP, CONFIG_MAP]",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")
	UpgradePolicyWritten = store.NewRule("a cluster's upgrade policy is one of EKS",
		"expected upgrade_policy.0.support_type to be one of %q, got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_UpgradePolicyRequest.html")
	UpgradePolicyExtended = store.NewRule("a cluster of a version in extended support has the upgrade policy EXTENDED",
		"%s, InvalidParameterException: Extended support cannot be disabled for Kubernetes version %s, which is in extended support",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html (upgradePolicy: You cannot disable extended support once it starts)")
	ZonalShiftSent = store.NewRule("an update of a cluster's zonal shift sets it",
		"updating EKS Cluster (%s) zonal shift config: operation error EKS: UpdateClusterConfig, InvalidParameterException: The type for cluster update was not provided.",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/cluster.go (the provider sends no setting if the block is removed)")
	UpgradeStep = store.NewRule("a cluster is upgraded by one minor version at a time, and never downgraded",
		"updating EKS Cluster (%s) version: operation error EKS: UpdateClusterVersion, InvalidParameterException: Unsupported Kubernetes minor version update from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html")
	UpgradeSkew = store.NewRule("nodes are at most three minor versions behind their cluster",
		"updating EKS Cluster (%s) version: operation error EKS: UpdateClusterVersion, InvalidRequestException: Nodegroups %s must be updated before updating cluster version to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html")
	ClusterZonesFixed = store.NewRule("a cluster's zones are fixed at its creation",
		"updating EKS Cluster (%s) VPC configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Provided subnets belong to the AZs '%s'. But they should match the exact set of AZs '%s' in which subnets were provided during cluster creation.",
		"https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html")
	ClusterConfigChanges = store.NewRule("an update of a cluster's endpoint changes something",
		"updating EKS Cluster (%s) VPC configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Cluster is already at the desired configuration with endpointPrivateAccess: %t , endpointPublicAccess: %t, and Public Endpoint Restrictions: %v",
		"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2320")
	EncryptionStays = store.NewRule("a cluster's encryption is not removed and its key does not change",
		"associating EKS Cluster (%s) encryption config: operation error EKS: AssociateEncryptionConfig, InvalidParameterException: Encryption config cannot be removed or changed: it is %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html")
	AuthModeForward = store.NewRule("a cluster's authentication mode changes only in the order CONFIG_MAP, API_AND_CONFIG_MAP, API",
		"updating EKS Cluster (%s) access configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Unsupported authentication mode update from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")
	ClusterHasNoNodes = store.NewRule("a cluster has no node groups when it is deleted",
		"deleting EKS Cluster (%s): operation error EKS: DeleteCluster, ResourceInUseException: Cluster has nodegroups attached (%s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/delete-cluster.html")
	ClusterActive = store.NewRule("a cluster whose creation failed takes neither node groups nor add-ons, and is not updated",
		"%s, InvalidRequestException: Cluster '%s' is not in ACTIVE status",
		"https://github.com/eksctl-io/eksctl/issues/2244")
)

// clusterFits checks a new cluster and returns its VPC.
func clusterFits(w *store.Account, o *store.Object, name string) (*store.Object, error) {
	in := requestedCluster(o)
	role := iam.FindRole(w, in.RoleARN)
	if err := store.First(
		ClusterVersion.When(!slices.Contains(SupportedVersions, in.Version), name, in.Version),
		ClusterRole.When(!iam.TrustsService(w, role, "eks"), name, in.RoleARN),
		ClusterRolePolicy.When(!iam.HasManagedPolicy(w, role, "AmazonEKSClusterPolicy"), name, w.Partition().ID),
		upgradePolicyFits(in, Operation("creating", "EKS Cluster", name, "CreateCluster"))); err != nil {
		return nil, err
	}
	subnets, err := clusterSubnetsFit(w, in, name, true)
	if err != nil {
		return nil, err
	}
	vpc := w.Get(store.VPCType, ec2.SubnetOf(subnets[0]).VPC)
	return vpc, store.First(familyFits(w, in, name, subnets), endpointAccessFits(in, name, vpc), servicesFit(w, in, name, vpc), encryptionFits(w, in, name))
}

// clusterSubnetsFit checks the subnets and security groups of a cluster and returns the subnets. Those of a new cluster
// need free addresses for its control plane.
func clusterSubnetsFit(w *store.Account, in *Cluster, name string, isNew bool) ([]*store.Object, error) {
	var subnets []*store.Object
	vpc, zones := "", map[string]bool{}
	for _, id := range in.VPC.Subnets {
		o := w.Get(store.SubnetType, id)
		if err := ClusterSubnets.When(o == nil, name, id); err != nil {
			return nil, err
		}
		subnet := ec2.SubnetOf(o)
		if len(subnets) == 0 {
			vpc = subnet.VPC
		}
		subnets = append(subnets, o)
		zones[subnet.ZoneID] = true
		if err := store.First(
			ClusterOneVPC.When(subnet.VPC != vpc, name, id),
			ClusterZonesAllowed.When(slices.Contains(awsdata.ZonesWithoutControlPlanes, subnet.ZoneID), name, subnet.Zone, allowedZones(w)),
			ClusterAddresses.When(isNew && ec2.SubnetFree(w, o) < 6, name, id, ec2.SubnetFree(w, o))); err != nil {
			return nil, err
		}
	}
	for _, id := range in.VPC.SecurityGroups {
		group := w.Get(store.SecurityGroupType, id)
		if err := ClusterGroups.When(group == nil, name, id); err != nil {
			return nil, err
		}
		if err := ClusterOneVPC.When(len(subnets) > 0 && ec2.SecurityGroupOf(group).VPC != vpc, name, id); err != nil {
			return nil, err
		}
	}
	return subnets, ClusterZones.When(len(zones) < 2, name)
}

func allowedZones(w *store.Account) string {
	var names []string
	for _, z := range store.ZonesOf(w.Region) {
		if !slices.Contains(awsdata.ZonesWithoutControlPlanes, z.ID) {
			names = append(names, z.Name)
		}
	}
	return strings.Join(names, ", ")
}

// endpointAccessFits checks the endpoint access of a cluster.
func endpointAccessFits(in *Cluster, name string, vpc *store.Object) error {
	public, private, cidrs := in.VPC.Public(), in.VPC.PrivateAccess, in.VPC.PublicCIDRs
	network := ec2.VPCOf(vpc)
	reserved := slices.DeleteFunc(slices.Clone(cidrs), func(cidr string) bool { return !reservedNetwork(cidr) })
	return store.First(
		ClusterEndpoint.When(!public && !private, name),
		ClusterDNS.When(private && !(network.DNSSupport && network.DNSHostnames), name, vpc.ID),
		ClusterCIDRs.When(len(reserved) > 0, name, strings.Join(reserved, ", ")),
		ClusterCIDRsQuota.When(len(cidrs) > 40, name, len(cidrs)))
}

// reservedNetwork reports whether a network is one that no request from the internet comes from.
func reservedNetwork(cidr string) bool {
	p, ok := ec2.ParseNetwork(cidr)
	if !ok || p.Bits() == 0 {
		return !ok
	}
	return p.Addr().IsPrivate() || ec2.ReservedRange(p) != "" || netip.MustParsePrefix("100.64.0.0/10").Contains(p.Addr())
}

// familyFits checks an IPv6 cluster.
func familyFits(w *store.Account, in *Cluster, name string, subnets []*store.Object) error {
	if in.Network.Family != IPv6 {
		return nil
	}
	without := slices.DeleteFunc(slices.Clone(subnets), func(s *store.Object) bool { return ec2.SubnetOf(s).IPv6CIDR != "" })
	return store.First(
		ClusterIPv6Partition.When(w.Partition().ID == "aws-cn", name, w.Region),
		ClusterIPv6Services.When(in.Network.Services.IsValid(), name, in.Network.Services),
		ClusterIPv6Subnets.When(len(without) > 0, name, strings.Join(store.IDs(without), ", ")))
}

func servicesFit(w *store.Account, in *Cluster, name string, vpc *store.Object) error {
	services, mode := in.Network.Services, cmp.Or(in.Access.Mode, "CONFIG_MAP")
	overlaps := slices.ContainsFunc(ec2.NetworksOf(w, vpc), services.Overlaps)
	return store.First(
		ClusterServices.When(overlaps, name, services, vpc.ID),
		ClusterAuthMode.When(!slices.Contains(authModes, mode), name, mode))
}

func encryptionFits(w *store.Account, in *Cluster, name string) error {
	key, resources := in.Encryption.Provider.KeyARN, in.Encryption.Resources
	if key == nil {
		return nil
	}
	return store.First(
		ClusterKey.When(kms.FindKey(w, *key) == nil, name, *key),
		ClusterEncrypts.When(!slices.Equal(resources, []string{"secrets"}), name, resources))
}

// authModes are the authentication modes of a cluster, in the only order in which they can be changed.
var authModes = []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}

// clusterChangeFits checks a changed cluster against the current one.
func clusterChangeFits(w *store.Account, o, old *store.Object) error {
	in, before := requestedCluster(o), ClusterOf(old)
	from, to := before.Version, in.Version
	step := MinorVersion(to) - MinorVersion(from)
	behind := w.With(store.NodeGroupType, "clusterName", o.ID, func(g *store.Object) bool { return MinorVersion(to)-MinorVersion(g.Text("version")) > 3 })
	oldMode, mode := before.Access.Mode, cmp.Or(in.Access.Mode, before.Access.Mode)
	oldKey, key := before.Encryption.key(), in.Encryption.key()
	if err := store.First(
		UpgradeStep.When(step < 0 || step > 1, o.ID, from, to),
		ClusterVersion.When(!slices.Contains(SupportedVersions, to), o.ID, to),
		UpgradeSkew.When(len(behind) > 0, o.ID, store.DescribeAll(behind), to),
		upgradePolicyFits(in, Operation("updating", "EKS Cluster", o.ID, "UpdateClusterConfig")),
		ZonalShiftSent.When(before.ZonalShift != nil && in.ZonalShift == nil, o.ID),
		AuthModeForward.When(slices.Index(authModes, mode) < slices.Index(authModes, oldMode), o.ID, oldMode, mode),
		EncryptionStays.When(oldKey != "" && key != oldKey, o.ID, oldKey)); err != nil {
		return err
	}
	subnets, err := clusterSubnetsFit(w, in, o.ID, false)
	if err != nil {
		return err
	}
	oldSubnets, _ := ec2.FindSubnets(w, "", before.VPC.Subnets)
	oldZones, zones := zonesIn(oldSubnets), zonesIn(subnets)
	vpc := w.Get(store.VPCType, before.VPC.ID)
	return store.First(
		ClusterOneVPC.When(ec2.SubnetOf(subnets[0]).VPC != vpc.ID, o.ID, subnets[0].ID),
		ClusterZonesFixed.When(oldZones != zones, o.ID, zones, oldZones),
		endpointAccessFits(in, o.ID, vpc), endpointChanges(in, old), encryptionFits(w, in, o.ID))
}

// upgradePolicyFits checks the upgrade policy of a cluster. The provider changes the version first, so the new one
// counts (terraform-provider-aws, internal/service/eks/cluster.go, resourceClusterUpdate).
func upgradePolicyFits(in *Cluster, operation string) error {
	extended := MinorVersion(in.Version) < MinorVersion(oldestStandard)
	return UpgradePolicyExtended.When(extended && in.Upgrade.Support == "STANDARD", operation, in.Version)
}

// endpointChanges refuses an update of the endpoint that changes nothing. The provider sends one if the inputs differ
// from the cluster, and an empty list does, although EKS then keeps the current ranges.
func endpointChanges(in *Cluster, old *store.Object) error {
	before := ClusterOf(old).VPC
	public, private, given := in.VPC.Public(), in.VPC.PrivateAccess, in.VPC.PublicCIDRs
	moved := public != before.Public() || private != before.PrivateAccess
	have, want := before.PublicCIDRs, publicRanges(in, old)
	sent := moved || given != nil && !sameElements(given, have)
	return ClusterConfigChanges.When(sent && !moved && sameElements(want, have), old.ID, private, public, have)
}

// sameElements reports whether two lists have the same elements in any order.
func sameElements(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// zonesIn returns the zones of subnets, in order.
func zonesIn(subnets []*store.Object) string {
	var zones []string
	for _, s := range subnets {
		zones = append(zones, ec2.SubnetOf(s).Zone)
	}
	slices.Sort(zones)
	return strings.Join(slices.Compact(zones), ",")
}

// MinorVersion returns the minor number of a Kubernetes version.
func MinorVersion(version string) int {
	var n int
	if _, text, ok := strings.Cut(version, "."); ok {
		text, _, _ = strings.Cut(text, ".")
		n, _ = strconv.Atoi(text)
	}
	return n
}

// ClusterNotFound is EKS's error for every call about a cluster that does not exist.
var ClusterNotFound = store.NewRule("a cluster that is named exists",
	"%s, ResourceNotFoundException: No cluster found for name: %s.",
	"https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html")

// ActiveCluster returns a cluster for an operation, which EKS refuses for one that does not exist or failed.
func ActiveCluster(w *store.Account, operation, name string) (*store.Object, error) {
	o := w.Get(store.ClusterType, name)
	return o, store.First(
		ClusterNotFound.When(o == nil, operation, name),
		ClusterActive.When(o != nil && ClusterOf(o).Status == "FAILED", operation, name))
}

// Operation returns an operation as the provider reports it: "creating EKS Add-On (dev:coredns): operation error EKS:
// CreateAddon".
func Operation(doing, what, id, call string) string {
	return fmt.Sprintf("%s %s (%s): operation error EKS: %s", doing, what, id, call)
}
