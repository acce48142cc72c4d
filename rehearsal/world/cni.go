package world

import (
	"slices"
)

// cniActions are the EC2 actions of the CNI on every node.
var cniActions = []string{"ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DetachNetworkInterface"}

// cniSettings holds the configuration of a cluster's CNI, from the add-on's environment.
type cniSettings struct {
	prefixes   bool
	ownSubnets map[string]any // the pods' subnets by zone, for custom networking
	warm       warmTargets
}

func (w *World) cniSettings(cluster string) cniSettings {
	values := configuration(w.get(addonType, cluster+":vpc-cni"))
	env := mapOf(values["env"])
	settings := cniSettings{prefixes: env["ENABLE_PREFIX_DELEGATION"] == "true", warm: warmOf(env)}
	if env["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] == "true" {
		settings.ownSubnets = mapOf(mapOf(values["eniConfig"])["subnets"])
		if settings.ownSubnets == nil {
			settings.ownSubnets = map[string]any{}
		}
	}
	return settings
}

// fault returns why aws-node exits with its settings, "" if it runs
// (https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/cmd/aws-vpc-cni/main.go, validateEnvVars).
func (s cniSettings) fault() string {
	if s.prefixes && s.warm.prefixes <= 0 && s.warm.ips <= 0 && s.warm.minimum <= 0 {
		return "aws-node exits: Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/MINIMUM_IP_TARGET is not set. Please configure either one of the WARM_{PREFIX/IP}_TARGET or MINIMUM_IP_TARGET env variables"
	}
	return ""
}

// cniMissing returns what the CNI of a node lacks to work, "" if it works: its pods, or its permissions in IAM.
func (w *World) cniMissing(cluster string, nodeRole *Object) string {
	if w.workloadOf(cluster, "vpc-cni") == nil {
		return "the cluster has no CNI: neither the vpc-cni add-on nor a self-managed aws-node"
	}
	if fault := w.cniSettings(cluster).fault(); fault != "" {
		return fault
	}
	role := nodeRole
	addon := w.get(addonType, cluster+":vpc-cni")
	if addon != nil && addon.text("status") == createFailed {
		addon = nil
	}
	if arn := addon.roleARN(); arn != "" {
		if err := w.assumeRoleWithWebIdentity(arn, cluster, "kube-system", "aws-node"); err != nil {
			return err.Error()
		}
		role = w.roleOf(arn)
	} else if own := w.podIdentityRole(addon, "aws-node"); own != nil {
		role = own
	}
	for _, action := range cniActions {
		if !w.allowed(role, action, "*", nil) {
			return "the CNI's role " + role.idText() + " may not " + action
		}
	}
	return ""
}

func (o *Object) roleARN() string {
	if o == nil {
		return ""
	}
	return orText(o.Inputs["serviceAccountRoleArn"], "")
}

func (o *Object) idText() string {
	if o == nil {
		return ""
	}
	return o.ID
}

// podIdentityRole returns the role that an add-on's service account gets by pod identity, nil for none: that needs the
// agent.
func (w *World) podIdentityRole(addon *Object, serviceAccount string) *Object {
	if addon == nil || w.workloadOf(addon.text("clusterName"), "eks-pod-identity-agent") == nil {
		return nil
	}
	associations, _ := addon.Inputs["podIdentityAssociations"].([]any)
	for _, a := range associations {
		arn, _ := mapOf(a)["roleArn"].(string)
		if role := w.roleOf(arn); mapOf(a)["serviceAccount"] == serviceAccount && w.trustsService(role, "pods.eks") {
			return role
		}
	}
	return nil
}

// cniWorks reports whether the CNI on a node can assign and release addresses.
func (w *World) cniWorks(node *Object) bool {
	if w.cniMissing(node.Cluster, w.roleOf(node.text("roleArn"))) != "" {
		return false
	}
	token := w.get(addonType, node.Cluster+":vpc-cni").roleARN() != ""
	return w.reaches(node, "ec2") && (!token || w.reaches(node, "sts"))
}

// interfacesOn returns a node's interfaces, the first one first.
func (w *World) interfacesOn(node *Object) []*Object {
	enis := w.with(interfaceType, "instance", node.text("instanceId"))
	slices.SortStableFunc(enis, func(a, b *Object) int {
		if a.Owner != "vpc-cni" && b.Owner == "vpc-cni" {
			return -1
		}
		if a.Owner == "vpc-cni" && b.Owner != "vpc-cni" {
			return 1
		}
		return 0
	})
	return enis
}

// podInterfaces returns the interfaces whose addresses pods get: all of a node's, but with custom networking only those
// that the CNI created.
func (w *World) podInterfaces(node *Object, settings cniSettings) []*Object {
	enis := w.interfacesOn(node)
	if settings.ownSubnets != nil {
		enis = slices.DeleteFunc(enis, func(o *Object) bool { return o.Owner != "vpc-cni" })
	}
	return enis
}

// podSubnet returns the subnet in which the CNI creates a node's further interfaces, and their security groups.
func (w *World) podSubnet(node, primary *Object, settings cniSettings) (*Object, []string) {
	if settings.ownSubnets == nil {
		return w.get(subnetType, node.text("subnetId")), primary.texts("securityGroups")
	}
	own := mapOf(settings.ownSubnets[node.text("zone")])
	id, _ := own["id"].(string)
	groups := texts(own["securityGroups"])
	if len(groups) == 0 {
		groups = primary.texts("securityGroups")
	}
	return w.get(subnetType, id), groups
}

// takePodAddress assigns an address to a pod on a node, "" if the CNI has none: the pod waits.
func (w *World) takePodAddress(node *Object) string {
	for _, eni := range w.podInterfaces(node, w.cniSettings(node.Cluster)) {
		used := eni.texts("pods")
		for _, address := range podAddresses(eni) {
			if !slices.Contains(used, address) {
				eni.set("pods", anyOf(append(used, address)))
				return address
			}
		}
	}
	return ""
}

// addressForPod assigns an address to a pod on a node once the CNI has one, and returns why it gets none.
func (w *World) addressForPod(node *Object) (string, error) {
	if address := w.takePodAddress(node); address != "" {
		return address, nil
	}
	if missing := w.cniMissing(node.Cluster, w.roleOf(node.text("roleArn"))); missing != "" {
		return "", explain("%s", missing)
	}
	_, err := w.grow(node)
	return w.takePodAddress(node), err
}

// releasePodAddress releases a pod's address.
func (w *World) releasePodAddress(address string) {
	for _, eni := range w.holding(interfaceType, "pods", address) {
		used := eni.texts("pods")
		if i := slices.Index(used, address); i >= 0 {
			eni.set("pods", anyOf(slices.Delete(used, i, i+1)))
		}
	}
}
