package world

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

const clusterType = "aws:eks/cluster:Cluster"

// supportedVersions are the Kubernetes versions that EKS offers in November 2026, the oldest first: those before 1.34
// in extended support (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
var supportedVersions = []string{"1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}

func clusterKinds() []*kind {
	return []*kind{{
		typ: clusterType, name: "name", tagged: true, defaults: Properties{"bootstrapSelfManagedAddons": true},
		forceNew: []string{"accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons", "kubernetesNetworkConfig.ipFamily",
			"kubernetesNetworkConfig.serviceIpv4Cidr", "name", "outpostConfig", "remoteNetworkConfig", "roleArn"},
		check:    checkCluster,
		create:   createCluster,
		update:   updateCluster,
		remove:   removeCluster,
		creation: 590 * time.Second, deletion: 150 * time.Second,
	}}
}

var clusterForm = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)

var logTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

func checkCluster(in Properties) []Failure {
	name, known := in["name"].(string)
	failures := clusterName.failure(known && !clusterForm.MatchString(name), "name", name)
	if cidr, known := at(in, "kubernetesNetworkConfig.serviceIpv4Cidr").(string); known {
		p, ok := network(cidr)
		bad := !ok || p.Bits() < 12 || p.Bits() > 24 || !p.Addr().IsPrivate()
		failures = append(failures, serviceRange.failure(bad, "kubernetesNetworkConfig.serviceIpv4Cidr", cidr)...)
	}
	for _, l := range texts(in["enabledClusterLogTypes"]) {
		failures = append(failures, clusterLogTypes.failure(!slices.Contains(logTypes, l), "enabledClusterLogTypes", logTypes, l)...)
	}
	for _, cidr := range texts(at(in, "vpcConfig.publicAccessCidrs")) {
		_, ok := network(cidr)
		failures = append(failures, publicCIDRWritten.failure(!ok, "vpcConfig.publicAccessCidrs", cidr)...)
	}
	return failures
}

func createCluster(c *call, o *Object) error {
	name := o.text("name")
	if err := clusterUnique.when(c.get(clusterType, name) != nil, name); err != nil {
		return err
	}
	if err := checkSimulated(o); err != nil {
		return err
	}
	o.Inputs["version"] = orText(o.Inputs["version"], "1.35")
	subnets, err := c.clusterFits(o, name)
	if err != nil {
		return err
	}
	o.ID = name
	vpc := c.get(vpcType, subnets[0].text("vpcId"))
	o.learn("id", strings.ToUpper(strings.ReplaceAll(uuid(c.newID("")), "-", "")))
	group := c.makeGroup("eks-cluster-sg-"+name+"-"+c.newID("")[1:10], vpc.ID, "eks", map[string]any{
		"Name": "eks-cluster-sg-" + name, "kubernetes.io/cluster/" + name: "owned", "aws:eks:cluster-name": name})
	group.set("description", "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.")
	o.learn("group", group.ID)
	o.learn("creator", c.caller.principal)
	c.showCluster(o, vpc, nil)
	c.placeControlPlane(o)
	c.startCluster(o)
	c.forgetLateLogs(name)
	return nil
}

// checkSimulated refuses features of EKS that are not modelled.
func checkSimulated(o *Object) error {
	for _, property := range []string{"outpostConfig", "remoteNetworkConfig"} {
		if o.Inputs[property] != nil {
			return unmodelled("%s of cluster %s", property, o.text("name"))
		}
	}
	if at(o.Inputs, "computeConfig.enabled") == true {
		return unmodelled("EKS Auto Mode of cluster %s", o.text("name"))
	}
	if family := at(o.Inputs, "kubernetesNetworkConfig.ipFamily"); family != nil && family != "ipv4" {
		return unmodelled("%v clusters such as %s", family, o.text("name"))
	}
	return nil
}

// placeControlPlane creates the control plane's interfaces in subnets of two zones, with its security groups.
func (w *World) placeControlPlane(o *Object) {
	description := "Amazon EKS " + o.ID
	for _, eni := range w.interfacesOf(description) {
		w.drop(eni)
	}
	groups := append([]string{o.text("vpcConfig.clusterSecurityGroupId")}, o.texts("vpcConfig.securityGroupIds")...)
	zones := map[string]bool{}
	for _, id := range o.texts("vpcConfig.subnetIds") {
		subnet := w.get(subnetType, id)
		zone := subnet.text("availabilityZone")
		if zones[zone] || len(zones) == 2 {
			continue
		}
		zones[zone] = true
		w.attach(networkInterface{subnet: subnet, owner: "eks", description: description, groups: groups, managed: true})
	}
}

// showCluster sets a cluster's outputs; its ID and security group are from its creation. An update (old is the cluster
// before it) keeps what the inputs leave out.
func (w *World) showCluster(o, vpc, old *Object) {
	id := o.text("id")
	group := o.text("group")
	config := endpointAccess(o)
	config["publicAccessCidrs"] = anyOf(publicRanges(o, old))
	completed := func(property string, defaults Properties) Properties {
		if old != nil {
			defaults = withDefaults(mapOf(old.Outputs[property]), defaults)
		}
		return withDefaults(mapOf(o.Inputs[property]), defaults)
	}
	config["clusterSecurityGroupId"], config["vpcId"] = group, vpc.ID
	// The address of a cluster never changes, and does not depend on its endpoint access.
	endpoint := orText(w.options.Endpoint, "https://"+id+".gr7."+w.region+".eks."+w.partition().dnsSuffix)
	authority := map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(orText(w.options.Authority, "authority of "+id)))}
	issuer := "https://oidc.eks." + w.region + "." + w.partition().dnsSuffix + "/id/" + id
	o.learn("issuer", issuer)
	o.show(Properties{
		"arn": w.arn("eks", "cluster/"+o.ID), "name": o.ID, "clusterId": "", "createdAt": created, "endpoint": endpoint,
		"platformVersion": "eks.1", "status": "ACTIVE", "version": o.text("version"), "vpcConfig": config,
		"accessConfig": completed("accessConfig", Properties{"authenticationMode": "CONFIG_MAP",
			"bootstrapClusterCreatorAdminPermissions": true}),
		"certificateAuthority": authority, "certificateAuthorities": []any{cloneValue(authority)},
		"identities": []any{map[string]any{"oidcs": []any{map[string]any{"issuer": issuer}}}},
		"kubernetesNetworkConfig": completed("kubernetesNetworkConfig", Properties{"ipFamily": "ipv4",
			"serviceIpv4Cidr": serviceDefault(vpc), "elasticLoadBalancing": map[string]any{"enabled": false}}),
		"upgradePolicy": completed("upgradePolicy", Properties{"supportType": "EXTENDED"}),
	})
}

// endpointAccess returns the endpoint access in a cluster's inputs, with the provider's defaults.
func endpointAccess(o *Object) Properties {
	return withDefaults(mapOf(o.Inputs["vpcConfig"]), Properties{"endpointPublicAccess": true, "endpointPrivateAccess": false})
}

// publicRanges returns the networks that may reach the public endpoint: those of the inputs, or the current ones, or
// all. EKS keeps them while the endpoint is private
// (docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigResponse.html).
func publicRanges(o, old *Object) []string {
	if given := texts(at(o.Inputs, "vpcConfig.publicAccessCidrs")); len(given) > 0 {
		return given
	}
	if old != nil && len(old.texts("vpcConfig.publicAccessCidrs")) > 0 {
		return old.texts("vpcConfig.publicAccessCidrs")
	}
	return []string{"0.0.0.0/0"}
}

// serviceDefault returns the range of Services that EKS selects if none is set: the one that does not overlap the
// VPC's.
func serviceDefault(vpc *Object) string {
	if p, ok := network(vpc.text("cidrBlock")); ok && p.Overlaps(netip.MustParsePrefix("10.0.0.0/8")) {
		return "172.20.0.0/16"
	}
	return "10.100.0.0/16"
}

// issuerOf returns the URL of a cluster's OIDC issuer, "" for a cluster that does not exist.
func (w *World) issuerOf(cluster string) string {
	if o := w.get(clusterType, cluster); o != nil {
		return o.text("issuer")
	}
	return ""
}

func updateCluster(c *call, o, old *Object) error {
	if _, err := c.clusterOf(operation("updating", "EKS Cluster", o.ID, "UpdateClusterConfig"), o.ID); err != nil {
		return err
	}
	o.Inputs["version"] = orText(o.Inputs["version"], old.text("version"))
	if err := c.clusterChangeFits(o, old); err != nil {
		return err
	}
	c.showCluster(o, c.get(vpcType, old.text("vpcConfig.vpcId")), old)
	if jsonText(texts(at(o.Inputs, "vpcConfig.subnetIds"))) != jsonText(old.texts("vpcConfig.subnetIds")) ||
		jsonText(texts(at(o.Inputs, "vpcConfig.securityGroupIds"))) != jsonText(old.texts("vpcConfig.securityGroupIds")) {
		c.placeControlPlane(o)
	}
	return nil
}

func removeCluster(c *call, o *Object) error {
	groups := c.with(nodeGroupType, "clusterName", o.ID)
	if err := clusterHasNoNodes.when(len(groups) > 0, o.ID, named(groups)); err != nil {
		return err
	}
	for _, eni := range c.interfacesOf("Amazon EKS " + o.ID) {
		c.drop(eni)
	}
	// EKS deletes its security group, except one that an interface or a rule still uses.
	group := c.get(securityGroupType, o.text("vpcConfig.clusterSecurityGroupId"))
	if group != nil && len(c.groupUsers(group.ID)) == 0 {
		for _, r := range c.with(groupRuleType, "securityGroupId", group.ID) {
			c.drop(r)
		}
		c.drop(group)
	}
	for _, part := range c.all("", func(p *Object) bool { return p.Cluster == o.ID }) {
		c.drop(part)
	}
	for _, typ := range []string{accessEntryType, accessPolicyType, addonType} {
		for _, part := range c.with(typ, "clusterName", o.ID) {
			c.drop(part)
		}
	}
	c.expectLateLogs(o)
	return nil
}
