package rehearsed

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// ipv6Variables are those that EKS sets for the VPC CNI of an IPv6 cluster
// (docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html).
var ipv6Variables = map[string]string{"ENABLE_IPv4": "false", "ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"}

// CNI returns the variables of the VPC CNI's configuration, as NAME=VALUE, sorted by name. Those of an IPv6 cluster are
// among them.
func (s *Stack) CNI() ([]string, error) {
	var configuration struct{ Env map[string]string }
	if err := s.readConfiguration("vpc-cni", &configuration); err != nil {
		return nil, err
	}
	all := map[string]string{}
	if s.Cluster.IPv6 {
		maps.Copy(all, ipv6Variables)
	}
	maps.Copy(all, configuration.Env)
	var variables []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		variables = append(variables, name+"="+all[name])
	}
	return variables, nil
}

// HasPodSecurityGroups reports whether the VPC CNI requests trunk interfaces for security groups of pods.
func (s *Stack) HasPodSecurityGroups() bool {
	variables, err := s.CNI()
	return err == nil && slices.Contains(variables, "ENABLE_POD_ENI=true")
}

// ProxyMode returns the mode in the configuration of add-on kube-proxy, "" for none.
func (s *Stack) ProxyMode() (string, error) {
	var configuration struct{ Mode string }
	err := s.readConfiguration("kube-proxy", &configuration)
	return configuration.Mode, err
}

// readConfiguration reads the configuration of an add-on, and nothing if it has none.
func (s *Stack) readConfiguration(addon string, into any) error {
	addons := s.World.All("aws:eks/addon:Addon", func(o *Object) bool { return o.Text("addonName") == addon })
	if len(addons) == 0 || addons[0].Text("configurationValues") == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(addons[0].Text("configurationValues")), into); err != nil {
		return fmt.Errorf("configuration of add-on %s: %w", addon, err)
	}
	return nil
}

// ControlPlaneInterfaces returns the network interfaces that EKS creates for the API server in the subnets of the
// cluster.
func (s *Stack) ControlPlaneInterfaces() (all []Interface) {
	for _, o := range s.World.All(NetworkInterface, func(o *Object) bool { return o.Owner == "eks" && o.Flag("requesterManaged") }) {
		all = append(all, Interface{ID: o.ID, Subnet: o.Text("subnetId"), PrivateIP: o.Text("privateIp"),
			IPv6: ownIPv6(o), SecurityGroups: o.Texts("securityGroups"), Tags: o.Map("tags")})
	}
	return all
}

// CoreDNS returns the Deployment of the add-on CoreDNS, nil if the cluster has none.
func (s *Stack) CoreDNS() *Object {
	return s.World.Find("kubernetes:apps/v1:Deployment", "kube-system/coredns")
}

// SystemImage returns the image of a DaemonSet that EKS installs, such as kube-proxy, and "" if the cluster lacks it.
func (s *Stack) SystemImage(daemonSet string) string {
	return Image(s.World.Find("kubernetes:apps/v1:DaemonSet", "kube-system/"+daemonSet))
}

// Image returns the image of the first container of a workload, and "" for none.
func Image(workload *Object) string {
	containers, _ := workload.At("spec.template.spec.containers").([]any)
	if len(containers) == 0 {
		return ""
	}
	container, _ := containers[0].(map[string]any)
	image, _ := container["image"].(string)
	return image
}
