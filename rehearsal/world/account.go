package world

// This file holds what a cluster needs of its account. The account's own rules are beside its resources.

import (
	"encoding/base64"
	"net/netip"
	"slices"
)

// interfaceOf returns a node's first network interface, nil if it is deleted.
func (w *World) interfaceOf(node *Object) *Object {
	for _, eni := range w.interfacesOn(node) {
		return eni
	}
	return nil
}

// vpcOfCluster returns the ID of a cluster's VPC.
func (w *World) vpcOfCluster(cluster string) string {
	if eks := w.get(clusterType, cluster); eks != nil {
		return eks.text("vpcConfig.vpcId")
	}
	return ""
}

// reachesInternet reports whether a node can reach addresses outside of its VPC.
func (w *World) reachesInternet(node *Object) bool {
	subnet := w.get(subnetType, node.text("subnetId"))
	return subnet != nil && w.egress(subnet).works(node.text("publicIP") != "")
}

// reachesService reports whether a node can reach an AWS service in its region.
func (w *World) reachesService(node *Object, service string) bool {
	return w.reaches(node, service)
}

// reachesRegistry reports whether a node can reach the private registries of a region: those of another region through
// the internet, those of its own also through the endpoints of ECR and of S3, which stores the layers.
func (w *World) reachesRegistry(node *Object, region string) bool {
	if region != w.region {
		return w.reachesInternet(node)
	}
	return w.reachesService(node, "ecr.api") && w.reachesService(node, "ecr.dkr") && w.reachesService(node, "s3")
}

// roleOfNode returns the role of a node's instance.
func (w *World) roleOfNode(node *Object) *Object { return w.roleOf(node.text("roleArn")) }

// hopLimit returns the response hop limit of a node's metadata service: its own network namespace, or more if the
// launch template sets it (https://docs.aws.amazon.com/eks/latest/userguide/al2023.html).
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

// controlPlaneReaches reports whether a node's security groups allow the cluster's control plane on a TCP port.
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

// passes reports whether one interface may open a TCP connection to another.
func (w *World) passes(from, to *Object, port int) bool {
	address, err := netip.ParseAddr(from.text("privateIp"))
	for _, group := range to.texts("securityGroups") {
		// The security group that EKS creates for a cluster allows traffic from itself.
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

// permissions returns a security group's rules in one direction: its rule resources and its inline rules.
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

// carries reports whether a rule includes a TCP port.
func carries(r *Object, port int) bool {
	protocol := r.text("protocol")
	return protocol == "-1" || protocol == "all" || (protocol == "tcp" && r.number("fromPort") <= port && port <= r.number("toPort"))
}

// creates reports whether the caller created a cluster without access entries, in which its creator has all rights.
func (w *World) creates(eks *Object, who caller) bool {
	return eks.text("accessConfig.authenticationMode") == "CONFIG_MAP" && who.principal == eks.text("creator")
}

// encoded returns the base64 encoding of a text.
func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
