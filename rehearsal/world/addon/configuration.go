package addon

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// addonSettings are the top-level keys of an add-on's configuration; nil means that they are not checked (aws eks
// describe-addon-configuration).
var addonSettings = map[string][]string{
	"vpc-cni": {"affinity", "enableNetworkPolicy", "enableWindowsIpam", "enableWindowsPrefixDelegation", "env", "eniConfig", "init",
		"livenessProbeTimeoutSeconds", "minimumWindowsIPTarget", "nodeAgent", "nodeSelector", "podAnnotations", "podLabels", "priorityClassName",
		"readinessProbeTimeoutSeconds", "resources", "tolerations", "warmWindowsIPTarget", "warmWindowsPrefixTarget"},
	"coredns": {"affinity", "autoScaling", "computeType", "corefile", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels",
		"replicaCount", "resources", "tolerations", "topologySpreadConstraints"},
	"kube-proxy":             {"affinity", "ipvs", "mode", "nodeSelector", "podAnnotations", "podLabels", "resources", "tolerations"},
	"eks-pod-identity-agent": {"affinity", "agent", "nodeSelector", "podAnnotations", "podLabels", "priorityClassName", "resources", "tolerations", "updateStrategy"},
	"aws-ebs-csi-driver":     nil, "aws-efs-csi-driver": nil, "metrics-server": nil, // the names of some of its keys are public, but no whole schema
	"snapshot-controller":       nil,
	"eks-node-monitoring-agent": nil, "amazon-cloudwatch-observability": nil,
}

// proxyModes are the modes in the schema of kube-proxy's add-on from Kubernetes 1.31 on.
var proxyModes = []any{"iptables", "ipvs", "nftables"}

// configurationFits checks an add-on's configuration against its schema, as far as it is modelled.
func configurationFits(in *eks.Addon, op string, settings []string) error {
	if in.Configuration == "" {
		return nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(in.Configuration), &values); err != nil {
		return AddonConfigured.When(true, op, err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		unknown := settings != nil && !slices.Contains(settings, name)
		if err := AddonConfigured.When(unknown, op,
			fmt.Sprintf("$.%s: is not defined in the schema and the schema does not allow additional properties", name)); err != nil {
			return err
		}
	}
	env := store.MapOf(values["env"])
	for _, name := range slices.Sorted(maps.Keys(env)) {
		_, ok := env[name].(string)
		if err := AddonConfigured.When(!ok, op, fmt.Sprintf("$.env.%s: %T found, string expected", name, env[name])); err != nil {
			return err
		}
	}
	switch in.Name {
	case "vpc-cni":
		return eks.CNIConfigured(values, op)
	case "coredns":
		return coreDNSFits(values, op)
	case "kube-proxy":
		mode, set := values["mode"]
		return AddonConfigured.When(set && !slices.Contains(proxyModes, mode), op,
			fmt.Sprintf("$.mode: does not have a value in the enumeration [%s, %s, %s]", proxyModes...))
	}
	return nil
}
