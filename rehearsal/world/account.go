package world

// What a cluster needs of the account it lives in. The account's own rules stand beside its resources.

import (
	"encoding/base64"
	"net/netip"
	"slices"
)

// interfaceOf is a node's first network interface, nil where it is gone.
func (w *World) interfaceOf(node *Object) *Object {
	for _, eni := range w.interfacesOn(node) {
		return eni
	}
	return nil
}

// vpcOfCluster is the id of a cluster's VPC.
func (w *World) vpcOfCluster(cluster string) string {
	if eks := w.get(clusterType, cluster); eks != nil {
		return eks.text("vpcConfig.vpcId")
	}
	return ""
}

// reachesInternet tells whether a node gets out of its VPC.
func (w *World) reachesInternet(node *Object) bool {
	subnet := w.get(subnetType, node.text("subnetId"))
	return subnet != nil && w.egress(subnet).works(node.text("publicIP") != "")
}

// reachesService tells whether a node gets to a service of AWS in its region.
func (w *World) reachesService(node *Object, service string) bool {
	return w.reaches(node, service)
}

// reachesRegistry tells whether a node gets to the private registries of a region: those of another out, those of its own also by the
// endpoints of ECR and of S3, where the layers are.
func (w *World) reachesRegistry(node *Object, region string) bool {
	if region != w.region {
		return w.reachesInternet(node)
	}
	return w.reachesService(node, "ecr.api") && w.reachesService(node, "ecr.dkr") && w.reachesService(node, "s3")
}

// roleOfNode is the role of a node's instance.
func (w *World) roleOfNode(node *Object) *Object { return w.roleOf(node.text("roleArn")) }

// hopLimit is how far the answers of a node's metadata service go: its own network namespace, and one further where the
// launch template says so (https://docs.aws.amazon.com/eks/latest/userguide/al2023.html).
func (w *World) hopLimit(node *Object) int {
	if group := w.get(nodeGroupType, node.text("nodeGroup")); group != nil {
		if template := w.templateOf(group); template != nil && template.number("metadataOptions.httpPutResponseHopLimit") > 0 {
			return template.number("metadataOptions.httpPutResponseHopLimit")
		}
	}
	return 1
}

// mayPull refuses a private image that the node's role may not pull.
func (w *World) mayPull(node *Object, image string) error {
	role := w.roleOfNode(node)
	for _, action := range []string{"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
		if err := imageAllowed.when(!w.allowed(role, action, "*", nil), image, role.idText(), action); err != nil {
			return err
		}
	}
	return nil
}

// controlPlaneReaches tells whether a node's security groups let the cluster's control plane in on a TCP port.
func (w *World) controlPlaneReaches(cluster string, node *Object, port int) bool {
	eni := w.interfaceOf(node)
	if eni == nil {
		return false
	}
	for _, plane := range w.interfacesOf("Amazon EKS " + cluster) {
		if w.passes(plane, eni, port) {
			return true
		}
	}
	return false
}

// passes tells whether one interface may open a TCP connection to another.
func (w *World) passes(from, to *Object, port int) bool {
	address, err := netip.ParseAddr(from.text("privateIp"))
	for _, group := range to.texts("securityGroups") {
		// The group that EKS makes for a cluster lets itself in.
		if o := w.get(securityGroupType, group); o != nil && o.Owner == "eks" && slices.Contains(from.texts("securityGroups"), group) {
			return true
		}
		for _, r := range w.permissions(group, "ingress") {
			if !carries(r, port) {
				continue
			}
			if slices.ContainsFunc(peers(r), func(peer string) bool {
				p, ok := network(peer)
				return slices.Contains(from.texts("securityGroups"), peer) || (ok && err == nil && p.Contains(address))
			}) {
				return true
			}
		}
	}
	return false
}

// permissions are a security group's rules in one direction: its own resources and those written in the group.
func (w *World) permissions(group, direction string) []*Object {
	rules := w.with(groupRuleType, "securityGroupId", group, where("type", direction))
	o := w.get(securityGroupType, group)
	if o == nil {
		return rules
	}
	for _, written := range listOf(o.Inputs[direction]) {
		for _, source := range texts(written["securityGroups"]) {
			rules = append(rules, &Object{Outputs: Properties{"protocol": written["protocol"], "fromPort": written["fromPort"],
				"toPort": written["toPort"], "sourceSecurityGroupId": source, "securityGroupId": group}})
		}
		plain := clone(written)
		plain["securityGroupId"] = group
		rules = append(rules, &Object{Outputs: plain})
	}
	return rules
}

// carries tells whether a rule speaks of a TCP port.
func carries(r *Object, port int) bool {
	protocol := r.text("protocol")
	return protocol == "-1" || protocol == "all" || (protocol == "tcp" && r.number("fromPort") <= port && port <= r.number("toPort"))
}

// creates tells whether the caller made a cluster that has no access entries: there its creator has every right.
func (w *World) creates(eks *Object, who caller) bool {
	return eks.text("accessConfig.authenticationMode") == "CONFIG_MAP" && who.principal == eks.text("creator")
}

// encoded is the base64 form of a text.
func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
