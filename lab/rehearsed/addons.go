package rehearsed

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// CNI returns the variables of the VPC CNI's configuration, as NAME=VALUE, sorted by name.
func (s *Stack) CNI() ([]string, error) {
	var configuration struct{ Env map[string]string }
	if err := s.readConfiguration("vpc-cni", &configuration); err != nil {
		return nil, err
	}
	var variables []string
	for _, name := range slices.Sorted(maps.Keys(configuration.Env)) {
		variables = append(variables, name+"="+configuration.Env[name])
	}
	return variables, nil
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

// ControlPlaneInterface returns the first of the network interfaces that EKS creates for the API server in the subnets
// of the cluster, nil for none.
func (s *Stack) ControlPlaneInterface() *Interface {
	managed := s.World.All(NetworkInterface, func(o *Object) bool { return o.Owner == "eks" && o.Flag("requesterManaged") })
	if len(managed) == 0 {
		return nil
	}
	o := managed[0]
	return &Interface{ID: o.ID, Subnet: o.Text("subnetId"), PrivateIP: o.Text("privateIp"),
		SecurityGroups: o.Texts("securityGroups"), Tags: o.Map("tags")}
}

// CoreDNS returns the Deployment of the add-on CoreDNS, nil if the cluster has none.
func (s *Stack) CoreDNS() *Object {
	return s.World.Find("kubernetes:apps/v1:Deployment", "kube-system/coredns")
}
