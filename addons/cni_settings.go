package addons

import (
	"encoding/json"
	"fmt"

	"eksnet/config"
)

// cniSettings holds the configuration values of the VPC CNI add-on that the stack sets. EKS refuses keys that are not
// in the add-on's schema, and numbers and booleans in env that are not strings (aws eks describe-addon-configuration
// --addon-name vpc-cni, as pasted in github.com/aws/amazon-vpc-cni-k8s/issues/3059).
type cniSettings struct {
	Env cniEnv `json:"env"`
	// Init is nil, or has the settings of the init container.
	Init *cniInit `json:"init,omitempty"`
	// EnableNetworkPolicy is "true" or omitted.
	EnableNetworkPolicy string     `json:"enableNetworkPolicy,omitempty"`
	ENIConfig           *eniConfig `json:"eniConfig,omitempty"`
}

// cniEnv holds the CNI's environment variables (github.com/aws/amazon-vpc-cni-k8s, README.md). Omitted ones have the
// add-on's default.
type cniEnv struct {
	PrefixDelegation string `json:"ENABLE_PREFIX_DELEGATION"`
	WarmPrefixes     string `json:"WARM_PREFIX_TARGET,omitempty"`
	WarmENIs         string `json:"WARM_ENI_TARGET,omitempty"`
	WarmIPs          string `json:"WARM_IP_TARGET,omitempty"`
	MinimumIPs       string `json:"MINIMUM_IP_TARGET,omitempty"`
	ExternalSNAT     string `json:"AWS_VPC_K8S_CNI_EXTERNALSNAT,omitempty"`
	CustomNetwork    string `json:"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG,omitempty"`
	ENIConfigLabel   string `json:"ENI_CONFIG_LABEL_DEF,omitempty"`
	PodENI           string `json:"ENABLE_POD_ENI,omitempty"`
	EnforcingMode    string `json:"POD_SECURITY_GROUP_ENFORCING_MODE,omitempty"`
}

// cniInit holds the settings of the CNI's init container. In mode strict, kubelets reach pods with a security group of
// their own only with early demultiplexing of TCP turned off
// (docs.aws.amazon.com/eks/latest/userguide/security-groups-pods-deployment.html).
type cniInit struct {
	Env cniInitEnv `json:"env"`
}

type cniInitEnv struct {
	DisableEarlyDemux string `json:"DISABLE_TCP_EARLY_DEMUX"`
}

// eniConfig creates an ENIConfig for each zone, named after it; nodes select theirs by their zone label
// (github.com/aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni/templates/eniconfig.yaml).
type eniConfig struct {
	Create  bool                 `json:"create"`
	Region  string               `json:"region"`
	Subnets map[string]eniSubnet `json:"subnets"`
}

type eniSubnet struct {
	ID             string   `json:"id"`
	SecurityGroups []string `json:"securityGroups"`
}

// newCNISettings returns the settings that follow from the stack file alone. In an IPv6 cluster, EKS sets the family of
// the add-on itself, and warm targets have no effect (github.com/aws/amazon-vpc-cni-k8s, README.md, ENABLE_IPv6).
func newCNISettings(spec config.VPCCNI, ipv6 bool) cniSettings {
	policies := trueString(spec.NetworkPolicy)
	if ipv6 {
		return cniSettings{Env: cniEnv{PrefixDelegation: "true"}, EnableNetworkPolicy: policies}
	}
	env := cniEnv{
		PrefixDelegation: fmt.Sprint(spec.PrefixDelegation),
		WarmIPs:          targetString(spec.Warm.IPs),
		MinimumIPs:       targetString(spec.Warm.MinimumIPs),
		ExternalSNAT:     trueString(spec.ExternalSNAT),
	}
	if spec.PrefixDelegation {
		env.WarmPrefixes = fmt.Sprint(spec.Warm.Prefixes)
	} else {
		env.WarmENIs = fmt.Sprint(spec.Warm.ENIs)
	}
	settings := cniSettings{Env: env, EnableNetworkPolicy: policies}
	settings.enforceGroups(spec.PodSecurityGroups)
	return settings
}

// enforceGroups adds the settings of security groups for pods.
func (s *cniSettings) enforceGroups(groups *config.PodSecurityGroups) {
	if groups == nil {
		return
	}
	s.Env.PodENI, s.Env.EnforcingMode = "true", groups.Mode
	if groups.Mode == config.EnforceStrict {
		s.Init = &cniInit{Env: cniInitEnv{DisableEarlyDemux: "true"}}
	}
}

// targetString returns a warm target as text, "" for 0, which means not set.
func targetString(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprint(number)
}

func trueString(set bool) string {
	if set {
		return "true"
	}
	return ""
}

// JSON returns the settings in the format of EKS's API.
func (s cniSettings) JSON() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // settings hold only strings and booleans
	}
	return string(text)
}
