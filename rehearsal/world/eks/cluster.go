package eks

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

// SupportedVersions are the Kubernetes versions that EKS offers in November 2026, the oldest first, and
// oldestStandard is the oldest one in standard support
// (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
var SupportedVersions = []string{"1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}

const oldestStandard = "1.34"

// Cluster is a cluster of EKS.
type Cluster struct {
	Name         string   `json:"name"`
	RoleARN      string   `json:"roleArn"`
	Version      string   `json:"version"`
	Status       string   `json:"status"` // ACTIVE or FAILED
	Endpoint     string   `json:"endpoint"`
	LogTypes     []string `json:"enabledClusterLogTypes"`
	SystemAddons *bool    `json:"bootstrapSelfManagedAddons"`

	VPC        ClusterVPC        `json:"vpcConfig"`
	Access     ClusterAccess     `json:"accessConfig"`
	Network    ClusterNetwork    `json:"kubernetesNetworkConfig"`
	Encryption ClusterEncryption `json:"encryptionConfig"`
	Compute    ClusterCompute    `json:"computeConfig"`
	Authority  ClusterAuthority  `json:"certificateAuthority"`
	Upgrade    ClusterUpgrade    `json:"upgradePolicy"`
	ZonalShift map[string]any    `json:"zonalShiftConfig"` // nil without a setting

	// Facts of a cluster.
	UniqueID string `json:"id"`      // in its endpoint and its issuer
	Group    string `json:"group"`   // the ID of the security group that EKS creates
	Creator  string `json:"creator"` // the principal that created the cluster
	Issuer   string `json:"issuer"`  // the URL of its OIDC issuer
	CutOff   bool   `json:"cutOff"`  // whether its operators' network does not reach its endpoint
}

// ClusterVPC is the network of a control plane, and who reaches its endpoint.
type ClusterVPC struct {
	ID             string   `json:"vpcId"`
	Subnets        []string `json:"subnetIds"`
	SecurityGroups []string `json:"securityGroupIds"`
	ClusterGroup   string   `json:"clusterSecurityGroupId"`
	PublicAccess   *bool    `json:"endpointPublicAccess"`
	PrivateAccess  bool     `json:"endpointPrivateAccess"`
	PublicCIDRs    []string `json:"publicAccessCidrs"`
}

// ClusterAccess is how callers are authenticated.
type ClusterAccess struct {
	Mode         string `json:"authenticationMode"`
	CreatorAdmin *bool  `json:"bootstrapClusterCreatorAdminPermissions"`
}

// ClusterNetwork is the network of Services.
type ClusterNetwork struct {
	Family       string       `json:"ipFamily"`
	Services     store.Prefix `json:"serviceIpv4Cidr"`
	IPv6Services store.Prefix `json:"serviceIpv6Cidr"`
}

// IPv6 is the family of a cluster whose pods and Services have IPv6 addresses.
const IPv6 = "ipv6"

// IsIPv6 reports whether the pods and Services of a cluster have IPv6 addresses.
func IsIPv6(w *store.Account, cluster string) bool {
	o := w.Get(store.ClusterType, cluster)
	return o != nil && ClusterOf(o).Network.Family == IPv6
}

// ClusterEncryption is the encryption of secrets with a key of KMS.
type ClusterEncryption struct {
	Resources []string `json:"resources"`
	Provider  struct {
		KeyARN *string `json:"keyArn"`
	} `json:"provider"`
}

// ClusterCompute is the configuration of EKS Auto Mode.
type ClusterCompute struct {
	Enabled bool `json:"enabled"`
}

// ClusterUpgrade is the support in which a cluster may stay.
type ClusterUpgrade struct {
	Support string `json:"supportType"` // STANDARD or EXTENDED
}

// ClusterAuthority is a certificate authority.
type ClusterAuthority struct {
	Data string `json:"data"` // in base64
}

// ClusterOf returns the properties of a cluster.
func ClusterOf(o *store.Object) *Cluster { return store.Decode[Cluster](o) }

// requestedCluster returns the properties in a cluster's inputs.
func requestedCluster(o *store.Object) *Cluster {
	in, _ := store.As[Cluster](o.Inputs) // without those of a wrong type, as in Decode
	return &in
}

// Public reports whether the endpoint has a public address, which is EKS's default.
func (v *ClusterVPC) Public() bool { return v.PublicAccess == nil || *v.PublicAccess }

// key returns the ARN of the key, "" for none.
func (e *ClusterEncryption) key() string {
	if e.Provider.KeyARN == nil {
		return ""
	}
	return *e.Provider.KeyARN
}

// VPCOfCluster returns the ID of a cluster's VPC.
func VPCOfCluster(w *store.Account, cluster string) string {
	if eks := w.Get(store.ClusterType, cluster); eks != nil {
		return ClusterOf(eks).VPC.ID
	}
	return ""
}

func clusterKind() *store.Kind {
	return &store.Kind{
		Typ: store.ClusterType, Name: "name", Tagged: true, Defaults: store.Properties{"bootstrapSelfManagedAddons": true},
		ForceNew: []string{"accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons", "kubernetesNetworkConfig.ipFamily",
			"kubernetesNetworkConfig.serviceIpv4Cidr", "name", "outpostConfig", "remoteNetworkConfig", "roleArn"},
		Check:    checkCluster,
		Create:   createCluster,
		Update:   updateCluster,
		Remove:   removeCluster,
		Creation: 590 * time.Second, Deletion: 150 * time.Second,
	}
}

var clusterForm = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)

var supportTypes = []string{"EXTENDED", "STANDARD"}

var logTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// checkCluster reads untyped inputs: in a preview some of them are unknown.
func checkCluster(in store.Properties) []store.Failure {
	name, known := in["name"].(string)
	failures := ClusterName.Failure(known && !clusterForm.MatchString(name), "name", name)
	if cidr, known := store.MapOf(in["kubernetesNetworkConfig"])["serviceIpv4Cidr"].(string); known {
		p, ok := ec2.ParseNetwork(cidr)
		bad := !ok || p.Bits() < 12 || p.Bits() > 24 || !p.Addr().IsPrivate()
		failures = append(failures, ServiceRange.Failure(bad, "kubernetesNetworkConfig.serviceIpv4Cidr", cidr)...)
	}
	for _, l := range store.Texts(in["enabledClusterLogTypes"]) {
		failures = append(failures, ClusterLogTypes.Failure(!slices.Contains(logTypes, l), "enabledClusterLogTypes", logTypes, l)...)
	}
	support, known := store.MapOf(in["upgradePolicy"])["supportType"].(string)
	failures = append(failures, UpgradePolicyWritten.Failure(known && !slices.Contains(supportTypes, support), "upgradePolicy.supportType", supportTypes, support)...)
	for _, cidr := range store.Texts(store.MapOf(in["vpcConfig"])["publicAccessCidrs"]) {
		_, ok := ec2.ParseNetwork(cidr)
		failures = append(failures, PublicCIDRWritten.Failure(!ok, "vpcConfig.publicAccessCidrs", cidr)...)
	}
	return failures
}

// Launcher installs in a new cluster what EKS installs in it.
type Launcher interface {
	Launch(a *store.Account, cluster *store.Object)
}

// launcher is set once, before the first account exists.
var launcher Launcher

// ConnectLauncher sets what installs the objects of a new cluster.
func ConnectLauncher(l Launcher) { launcher = l }

func createCluster(c *store.Call, o *store.Object) error {
	name := ClusterOf(o).Name
	if err := ClusterUnique.When(c.Get(store.ClusterType, name) != nil, name); err != nil {
		return err
	}
	if err := checkSimulated(o, name); err != nil {
		return err
	}
	o.Inputs["version"] = store.OrText(o.Inputs["version"], "1.35")
	vpc, err := clusterFits(c.Account, o, name)
	if err != nil {
		return err
	}
	o.ID = name
	o.Learn("id", strings.ToUpper(strings.ReplaceAll(kms.NewUUID(c.NewID("")), "-", "")))
	group := ec2.MakeSecurityGroup(c.Account, "eks-cluster-sg-"+name+"-"+c.NewID("")[1:10], vpc.ID, "eks", map[string]any{
		"Name": "eks-cluster-sg-" + name, "kubernetes.io/cluster/" + name: "owned", "aws:eks:cluster-name": name})
	group.Set("description", "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.")
	o.Learn("group", group.ID)
	o.Learn("creator", c.Caller.Principal)
	showCluster(c.Account, o, vpc, nil)
	placeControlPlane(c.Account, o)
	launcher.Launch(c.Account, o)
	forgetLateLogs(c.Account, name)
	return nil
}

// checkSimulated refuses features of EKS that are not modelled.
func checkSimulated(o *store.Object, name string) error {
	for _, property := range []string{"outpostConfig", "remoteNetworkConfig"} {
		if o.Inputs[property] != nil {
			return store.Unmodelled("%s of cluster %s", property, name)
		}
	}
	in := requestedCluster(o)
	if in.Compute.Enabled {
		return store.Unmodelled("EKS Auto Mode of cluster %s", name)
	}
	return nil
}

// placeControlPlane creates the control plane's interfaces in subnets of two zones, with its security groups.
func placeControlPlane(w *store.Account, o *store.Object) {
	description := "Amazon EKS " + o.ID
	for _, eni := range ec2.InterfacesOf(w, description) {
		w.Drop(eni)
	}
	network, ipv6 := ClusterOf(o).VPC, ClusterOf(o).Network.Family == IPv6
	groups := append([]string{network.ClusterGroup}, network.SecurityGroups...)
	zones := map[string]bool{}
	for _, id := range network.Subnets {
		subnet := w.Get(store.SubnetType, id)
		zone := ec2.SubnetOf(subnet).Zone
		if zones[zone] || len(zones) == 2 {
			continue
		}
		zones[zone] = true
		ec2.AttachInterface(w, ec2.InterfaceSpec{Subnet: subnet, Owner: "eks", Description: description, Groups: groups, IPv6: ipv6, Managed: true})
	}
}

// showCluster sets a cluster's outputs; its ID and security group are from its creation. An update (old is the cluster
// before it) keeps what the inputs leave out.
func showCluster(w *store.Account, o, vpc, old *store.Object) {
	cluster := ClusterOf(o)
	id := cluster.UniqueID
	config := ec2.WithDefaults(store.MapOf(o.Inputs["vpcConfig"]), store.Properties{"endpointPublicAccess": true, "endpointPrivateAccess": false})
	config["publicAccessCidrs"] = store.AnyOf(publicRanges(requestedCluster(o), old))
	completed := func(property string, defaults store.Properties) store.Properties {
		if old != nil {
			defaults = ec2.WithDefaults(store.MapOf(old.Outputs[property]), defaults)
		}
		return ec2.WithDefaults(store.MapOf(o.Inputs[property]), defaults)
	}
	config["clusterSecurityGroupId"], config["vpcId"] = cluster.Group, vpc.ID
	// The address of a cluster never changes, and does not depend on its endpoint access.
	endpoint := store.OrText(w.Options.Endpoint, endpointOf(w, cluster))
	authority := map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(store.OrText(w.Options.Authority, "authority of "+id)))}
	issuer := "https://oidc.eks." + w.Region + "." + w.Partition().DNSSuffix + "/id/" + id
	o.Learn("issuer", issuer)
	o.Show(store.Properties{
		"arn": w.ARN("eks", "cluster/"+o.ID), "name": o.ID, "clusterId": "", "createdAt": store.Created, "endpoint": endpoint,
		"platformVersion": "eks.1", "status": "ACTIVE", "version": cluster.Version, "vpcConfig": config,
		"accessConfig": completed("accessConfig", store.Properties{"authenticationMode": "CONFIG_MAP",
			"bootstrapClusterCreatorAdminPermissions": true}),
		"certificateAuthority": authority, "certificateAuthorities": []any{store.CloneValue(authority)},
		"identities":              []any{map[string]any{"oidcs": []any{map[string]any{"issuer": issuer}}}},
		"kubernetesNetworkConfig": completed("kubernetesNetworkConfig", networkDefaults(cluster, vpc)),
		"upgradePolicy":           completed("upgradePolicy", store.Properties{"supportType": "EXTENDED"}),
	})
}

// endpointOf returns the address of a cluster's API. That of an IPv6 cluster has addresses of both families
// (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
func endpointOf(w *store.Account, cluster *Cluster) string {
	if cluster.Network.Family == IPv6 {
		return "https://" + cluster.UniqueID + ".eks-cluster." + w.Region + ".api.aws"
	}
	return "https://" + cluster.UniqueID + ".gr7." + w.Region + ".eks." + w.Partition().DNSSuffix
}

// networkDefaults returns the network of Services that EKS chooses. The range of an IPv6 cluster is always EKS's
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigResponse.html).
func networkDefaults(cluster *Cluster, vpc *store.Object) store.Properties {
	defaults := store.Properties{"ipFamily": "ipv4", "elasticLoadBalancing": map[string]any{"enabled": false}}
	if cluster.Network.Family == IPv6 {
		id := cluster.UniqueID
		defaults["serviceIpv6Cidr"] = netip.MustParsePrefix(fmt.Sprintf("fd%s:%s:%s::/108", id[:2], id[2:6], id[6:10])).String()
	} else {
		defaults["serviceIpv4Cidr"] = serviceDefault(vpc)
	}
	return defaults
}

// publicRanges returns the networks that may reach the public endpoint: those of the inputs, or the current ones, or
// all. EKS keeps them while the endpoint is private
// (docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigResponse.html).
func publicRanges(in *Cluster, old *store.Object) []string {
	if len(in.VPC.PublicCIDRs) > 0 {
		return in.VPC.PublicCIDRs
	}
	if old != nil && len(ClusterOf(old).VPC.PublicCIDRs) > 0 {
		return ClusterOf(old).VPC.PublicCIDRs
	}
	return []string{"0.0.0.0/0"}
}

// serviceDefault returns the range of Services that EKS selects if none is set: the one that does not overlap the
// VPC's.
func serviceDefault(vpc *store.Object) string {
	if ec2.VPCOf(vpc).CIDR.Overlaps(netip.MustParsePrefix("10.0.0.0/8")) {
		return "172.20.0.0/16"
	}
	return "10.100.0.0/16"
}

func updateCluster(c *store.Call, o, old *store.Object) error {
	if _, err := ActiveCluster(c.Account, Operation("updating", "EKS Cluster", o.ID, "UpdateClusterConfig"), o.ID); err != nil {
		return err
	}
	o.Inputs["version"] = store.OrText(o.Inputs["version"], ClusterOf(old).Version)
	if err := clusterChangeFits(c.Account, o, old); err != nil {
		return err
	}
	before, network := ClusterOf(old).VPC, requestedCluster(o).VPC
	showCluster(c.Account, o, c.Get(store.VPCType, before.ID), old)
	if !slices.Equal(network.Subnets, before.Subnets) || !slices.Equal(network.SecurityGroups, before.SecurityGroups) {
		placeControlPlane(c.Account, o)
	}
	return nil
}

func removeCluster(c *store.Call, o *store.Object) error {
	groups := c.With(store.NodeGroupType, "clusterName", o.ID)
	if err := ClusterHasNoNodes.When(len(groups) > 0, o.ID, store.DescribeAll(groups)); err != nil {
		return err
	}
	for _, eni := range ec2.InterfacesOf(c.Account, "Amazon EKS "+o.ID) {
		c.Drop(eni)
	}
	// EKS deletes its security group, except one that an interface or a rule still uses.
	group := c.Get(store.SecurityGroupType, ClusterOf(o).VPC.ClusterGroup)
	if group != nil && len(ec2.SecurityGroupUsers(c.Account, group.ID)) == 0 {
		for _, r := range c.With(store.GroupRuleType, "securityGroupId", group.ID) {
			c.Drop(r)
		}
		c.Drop(group)
	}
	for _, part := range c.All("", func(p *store.Object) bool { return p.Cluster == o.ID }) {
		c.Drop(part)
	}
	for _, typ := range []string{store.AccessEntryType, store.AccessPolicyType, store.AddonType, store.PodIdentityType} {
		for _, part := range c.With(typ, "clusterName", o.ID) {
			c.Drop(part)
		}
	}
	expectLateLogs(c.Account, o)
	return nil
}
