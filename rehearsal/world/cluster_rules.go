package world

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
)

const (
	createClusterOp = "creating EKS Cluster (%s): operation error EKS: CreateCluster, "
	networkReqs     = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
)

var (
	clusterName = rule("a cluster's name has at most 100 letters, digits, - and _",
		"invalid value for name (%s): must be 1-100 alphanumeric, dash or underscore characters, and begin with an alphanumeric character",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
	clusterLogTypes = rule("a cluster's log types are those of EKS",
		"expected enabled_cluster_log_types to be one of %q, got %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html")
	serviceRange = rule("the range of Services is private and from /12 to /24",
		"expected service_ipv4_cidr to be a private network of /12 to /24, got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html")
	publicCIDRWritten = rule("a network that may reach the API is a CIDR block without host bits",
		"%q is not a valid CIDR block",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/verify/validate.go")
	clusterUnique = rule("a cluster's name is unique in its region",
		createClusterOp+"ResourceInUseException: Cluster already exists with name: %[1]s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
	clusterRole = rule("a cluster's role exists and trusts EKS",
		createClusterOp+"InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html")
	clusterRolePolicy = rule("a cluster's role has AmazonEKSClusterPolicy",
		createClusterOp+"InvalidParameterException: The provided role doesn't have the Amazon EKS Managed Policies associated with it. Please ensure the following policy is attached: arn:%s:iam::aws:policy/AmazonEKSClusterPolicy",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html")
	clusterVersion = rule("a cluster's Kubernetes version is one that EKS offers",
		createClusterOp+"InvalidParameterException: unsupported Kubernetes version %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html")
	clusterSubnets = rule("a cluster's subnets exist",
		createClusterOp+"InvalidParameterException: The subnet ID '%s' does not exist",
		networkReqs)
	clusterOneVPC = rule("a cluster's subnets and security groups are in one VPC",
		createClusterOp+"InvalidParameterException: Subnets and security groups specified must be in the same VPC: %s",
		networkReqs)
	clusterZones = rule("a cluster's subnets are in at least two zones",
		createClusterOp+"InvalidParameterException: Subnets specified must be in at least two different AZs",
		networkReqs)
	clusterZonesAllowed = rule("a cluster's subnets are in zones where EKS has control planes",
		createClusterOp+"UnsupportedAvailabilityZoneException: Cannot create cluster '%[1]s' because %[2]s, the targeted availability zone, does not currently have sufficient capacity to support the cluster. Retry and choose from these availability zones: %[3]s",
		networkReqs)
	clusterAddresses = rule("a cluster's subnets have six free addresses",
		createClusterOp+"InvalidParameterException: Provided subnets %s Free IPs: %d , need at least 6 IPs in each subnet to be free for this operation",
		networkReqs)
	clusterGroups = rule("a cluster's security groups exist",
		createClusterOp+"InvalidParameterException: The security group '%s' does not exist",
		networkReqs)
	clusterEndpoint = rule("a cluster's API has an endpoint",
		createClusterOp+"InvalidParameterException: Private and public endpoint access cannot be disabled",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	clusterDNS = rule("a private endpoint needs the VPC's DNS support and hostnames",
		createClusterOp+"InvalidParameterException: Private endpoint access requires enableDnsHostnames and enableDnsSupport to be true for %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	clusterCIDRs = rule("the networks that may reach the API are public addresses",
		createClusterOp+"InvalidParameterException: The following CIDRs are invalid in publicAccessCidrs: [%s]",
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html")
	clusterCIDRsQuota = rule("at most forty networks may reach the API",
		createClusterOp+"ResourceLimitExceededException: the maximum of 40 publicAccessCidrs is exceeded: %d",
		"https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html")
	clusterServices = rule("the range of Services does not overlap the VPC",
		createClusterOp+"InvalidParameterException: The specified service IPv4 CIDR %s overlaps a CIDR of VPC %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html")
	clusterKey = rule("a cluster's key exists and is enabled",
		createClusterOp+"InvalidParameterException: KMS key %s does not exist or is not enabled",
		"https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html")
	clusterEncrypts = rule("a cluster encrypts secrets only",
		createClusterOp+"InvalidParameterException: encryptionConfig resources must be [secrets], got %v",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_EncryptionConfig.html")
	clusterAuthMode = rule("a cluster's authentication mode is a mode of EKS",
		createClusterOp+"InvalidParameterException: authenticationMode %s is not one of [API, API_AND_CONFIG_MAP, CONFIG_MAP]",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")

	upgradeStep = rule("a cluster is upgraded by one minor version at a time, and never downgraded",
		"updating EKS Cluster (%s) version: operation error EKS: UpdateClusterVersion, InvalidParameterException: Unsupported Kubernetes minor version update from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html")
	upgradeSkew = rule("nodes are at most three minor versions behind their cluster",
		"updating EKS Cluster (%s) version: operation error EKS: UpdateClusterVersion, InvalidRequestException: Nodegroups %s must be updated before updating cluster version to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html")
	clusterZonesFixed = rule("a cluster's zones are fixed at its creation",
		"updating EKS Cluster (%s) VPC configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Provided subnets belong to the AZs '%s'. But they should match the exact set of AZs '%s' in which subnets were provided during cluster creation.",
		"https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html")
	clusterConfigChanges = rule("an update of a cluster's endpoint changes something",
		"updating EKS Cluster (%s) VPC configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Cluster is already at the desired configuration with endpointPrivateAccess: %t , endpointPublicAccess: %t, and Public Endpoint Restrictions: %v",
		"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2320")
	encryptionStays = rule("a cluster's encryption is not removed and its key does not change",
		"associating EKS Cluster (%s) encryption config: operation error EKS: AssociateEncryptionConfig, InvalidParameterException: Encryption config cannot be removed or changed: it is %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html")
	authModeForward = rule("a cluster's authentication mode changes only in the order CONFIG_MAP, API_AND_CONFIG_MAP, API",
		"updating EKS Cluster (%s) access configuration: operation error EKS: UpdateClusterConfig, InvalidParameterException: Unsupported authentication mode update from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")
	clusterHasNoNodes = rule("a cluster has no node groups when it is deleted",
		"deleting EKS Cluster (%s): operation error EKS: DeleteCluster, ResourceInUseException: Cluster has nodegroups attached (%s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/delete-cluster.html")
)

// clusterFits checks a new cluster and returns its subnets.
func (w *World) clusterFits(o *Object, name string) ([]*Object, error) {
	role := w.roleOf(o.text("roleArn"))
	version := o.text("version")
	if err := first(
		clusterVersion.when(!slices.Contains(supportedVersions, version), name, version),
		clusterRole.when(!w.trustsService(role, "eks"), name, o.text("roleArn")),
		clusterRolePolicy.when(!w.attached(role, "AmazonEKSClusterPolicy"), name, w.partition().id)); err != nil {
		return nil, err
	}
	subnets, err := w.clusterSubnetsFit(o, name)
	if err != nil {
		return nil, err
	}
	vpc := w.get(vpcType, subnets[0].text("vpcId"))
	return subnets, first(w.endpointAccessFits(o, name, vpc), w.servicesFit(o, name, vpc), w.encryptionFits(o, name))
}

func (w *World) clusterSubnetsFit(o *Object, name string) ([]*Object, error) {
	var subnets []*Object
	zones := map[string]bool{}
	for _, id := range texts(at(o.Inputs, "vpcConfig.subnetIds")) {
		subnet := w.get(subnetType, id)
		if err := clusterSubnets.when(subnet == nil, name, id); err != nil {
			return nil, err
		}
		subnets = append(subnets, subnet)
		zones[subnet.text("availabilityZoneId")] = true
		if err := first(
			clusterOneVPC.when(subnet.text("vpcId") != subnets[0].text("vpcId"), name, id),
			clusterZonesAllowed.when(slices.Contains(awsdata.ZonesWithoutControlPlanes, subnet.text("availabilityZoneId")), name, subnet.text("availabilityZone"), w.allowedZones()),
			clusterAddresses.when(o.ID == "" && w.subnetFree(subnet) < 6, name, id, w.subnetFree(subnet))); err != nil {
			return nil, err
		}
	}
	for _, id := range texts(at(o.Inputs, "vpcConfig.securityGroupIds")) {
		group := w.get(securityGroupType, id)
		if err := clusterGroups.when(group == nil, name, id); err != nil {
			return nil, err
		}
		if err := clusterOneVPC.when(len(subnets) > 0 && group.text("vpcId") != subnets[0].text("vpcId"), name, id); err != nil {
			return nil, err
		}
	}
	return subnets, clusterZones.when(len(zones) < 2, name)
}

func (w *World) allowedZones() string {
	var names []string
	for _, z := range zonesOf(w.region) {
		if !slices.Contains(awsdata.ZonesWithoutControlPlanes, z.id) {
			names = append(names, z.name)
		}
	}
	return strings.Join(names, ", ")
}

// endpointAccessFits checks the endpoint access of a cluster.
func (w *World) endpointAccessFits(o *Object, name string, vpc *Object) error {
	config := endpointAccess(o)
	public, private := config["endpointPublicAccess"] == true, config["endpointPrivateAccess"] == true
	cidrs := texts(config["publicAccessCidrs"])
	reserved := slices.DeleteFunc(slices.Clone(cidrs), func(cidr string) bool { return !reservedNetwork(cidr) })
	return first(
		clusterEndpoint.when(!public && !private, name),
		clusterDNS.when(private && !(vpc.flag("enableDnsSupport") && vpc.flag("enableDnsHostnames")), name, vpc.ID),
		clusterCIDRs.when(len(reserved) > 0, name, strings.Join(reserved, ", ")),
		clusterCIDRsQuota.when(len(cidrs) > 40, name, len(cidrs)))
}

// reservedNetwork reports whether a network is one that no request from the internet comes from.
func reservedNetwork(cidr string) bool {
	p, ok := network(cidr)
	if !ok || p.Bits() == 0 {
		return !ok
	}
	return p.Addr().IsPrivate() || reservedRange(p) != "" || netip.MustParsePrefix("100.64.0.0/10").Contains(p.Addr())
}

func (w *World) servicesFit(o *Object, name string, vpc *Object) error {
	cidr, given := at(o.Inputs, "kubernetesNetworkConfig.serviceIpv4Cidr").(string)
	p, _ := network(cidr)
	overlaps := slices.ContainsFunc(w.networksOf(vpc), func(n netip.Prefix) bool { return given && n.Overlaps(p) })
	mode := orText(at(o.Inputs, "accessConfig.authenticationMode"), "CONFIG_MAP")
	return first(
		clusterServices.when(overlaps, name, cidr, vpc.ID),
		clusterAuthMode.when(!slices.Contains(authModes, mode), name, mode))
}

func (w *World) encryptionFits(o *Object, name string) error {
	key, given := at(o.Inputs, "encryptionConfig.provider.keyArn").(string)
	resources := texts(at(o.Inputs, "encryptionConfig.resources"))
	return first(
		clusterKey.when(given && w.keyOf(key) == nil, name, key),
		clusterEncrypts.when(given && (len(resources) != 1 || resources[0] != "secrets"), name, resources))
}

// authModes are the authentication modes of a cluster, in the only order in which they can be changed.
var authModes = []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}

// clusterChangeFits checks a changed cluster against the current one.
func (w *World) clusterChangeFits(o, old *Object) error {
	from, to := old.text("version"), o.text("version")
	step := minor(to) - minor(from)
	behind := w.with(nodeGroupType, "clusterName", o.ID, func(g *Object) bool { return minor(to)-minor(g.text("version")) > 3 })
	oldMode, mode := old.text("accessConfig.authenticationMode"), orText(at(o.Inputs, "accessConfig.authenticationMode"), old.text("accessConfig.authenticationMode"))
	oldKey, key := old.text("encryptionConfig.provider.keyArn"), orText(at(o.Inputs, "encryptionConfig.provider.keyArn"), "")
	if err := first(
		upgradeStep.when(step < 0 || step > 1, o.ID, from, to),
		clusterVersion.when(!slices.Contains(supportedVersions, to), o.ID, to),
		upgradeSkew.when(len(behind) > 0, o.ID, named(behind), to),
		authModeForward.when(slices.Index(authModes, mode) < slices.Index(authModes, oldMode), o.ID, oldMode, mode),
		encryptionStays.when(oldKey != "" && key != oldKey, o.ID, oldKey)); err != nil {
		return err
	}
	subnets, err := w.clusterSubnetsFit(o, o.ID)
	if err != nil {
		return err
	}
	before, _ := w.subnetsOf("", old.texts("vpcConfig.subnetIds"))
	vpc := w.get(vpcType, old.text("vpcConfig.vpcId"))
	return first(
		clusterOneVPC.when(subnets[0].text("vpcId") != vpc.ID, o.ID, subnets[0].ID),
		clusterZonesFixed.when(zonesIn(before) != zonesIn(subnets), o.ID, zonesIn(subnets), zonesIn(before)),
		w.endpointAccessFits(o, o.ID, vpc), endpointChanges(o, old), w.encryptionFits(o, o.ID))
}

// endpointChanges refuses an update of the endpoint that changes nothing. The provider sends one if the inputs differ
// from the cluster, and an empty list does, although EKS then keeps the current ranges.
func endpointChanges(o, old *Object) error {
	config := endpointAccess(o)
	public, private := config["endpointPublicAccess"] == true, config["endpointPrivateAccess"] == true
	moved := public != old.flag("vpcConfig.endpointPublicAccess") || private != old.flag("vpcConfig.endpointPrivateAccess")
	have, want := old.texts("vpcConfig.publicAccessCidrs"), publicRanges(o, old)
	given, isGiven := at(o.Inputs, "vpcConfig.publicAccessCidrs").([]any)
	sent := moved || isGiven && !sameElements(texts(given), have)
	return clusterConfigChanges.when(sent && !moved && sameElements(want, have), o.ID, private, public, have)
}

// sameElements reports whether two lists have the same elements in any order.
func sameElements(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// zonesIn returns the zones of subnets, in order.
func zonesIn(subnets []*Object) string {
	var zones []string
	for _, s := range subnets {
		zones = append(zones, s.text("availabilityZone"))
	}
	slices.Sort(zones)
	return strings.Join(slices.Compact(zones), ",")
}

// minor returns the minor number of a Kubernetes version.
func minor(version string) int {
	var n int
	if _, text, ok := strings.Cut(version, "."); ok {
		text, _, _ = strings.Cut(text, ".")
		n, _ = strconv.Atoi(text)
	}
	return n
}

// clusterNotFound is EKS's error for every call about a cluster that does not exist.
var clusterNotFound = rule("a cluster that is named exists",
	"%s, ResourceNotFoundException: No cluster found for name: %s.",
	"https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html")

// clusterOf returns a cluster for an operation.
func (w *World) clusterOf(operation, name string) (*Object, error) {
	o := w.get(clusterType, name)
	return o, first(
		clusterNotFound.when(o == nil, operation, name),
		clusterActive.when(o != nil && o.text("status") == "FAILED", operation, name))
}

// operation returns an operation as the provider reports it: "creating EKS Add-On (dev:coredns): operation error EKS:
// CreateAddon".
func operation(doing, what, id, call string) string {
	return fmt.Sprintf("%s %s (%s): operation error EKS: %s", doing, what, id, call)
}
