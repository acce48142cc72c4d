package addons

import (
	"encoding/json"
	"fmt"

	"eksnet/config"
)

// cniSettings are the settings of the VPC CNI's add-on, as far as the stack has a say: EKS refuses any key that its schema does not
// know, and every number or truth value of env that is not a text (aws eks describe-addon-configuration --addon-name vpc-cni, as pasted in
// github.com/aws/amazon-vpc-cni-k8s/issues/3059).
type cniSettings struct {
	Env cniEnv `json:"env"`
	// EnableNetworkPolicy is "true" or left out.
	EnableNetworkPolicy string     `json:"enableNetworkPolicy,omitempty"`
	ENIConfig           *eniConfig `json:"eniConfig,omitempty"`
}

// cniEnv are the CNI's variables (github.com/aws/amazon-vpc-cni-k8s, README.md). What is left out is the add-on's default.
type cniEnv struct {
	PrefixDelegation string `json:"ENABLE_PREFIX_DELEGATION"`
	WarmPrefixes     string `json:"WARM_PREFIX_TARGET,omitempty"`
	WarmENIs         string `json:"WARM_ENI_TARGET,omitempty"`
	WarmIPs          string `json:"WARM_IP_TARGET,omitempty"`
	MinimumIPs       string `json:"MINIMUM_IP_TARGET,omitempty"`
	ExternalSNAT     string `json:"AWS_VPC_K8S_CNI_EXTERNALSNAT,omitempty"`
	CustomNetwork    string `json:"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG,omitempty"`
	ENIConfigLabel   string `json:"ENI_CONFIG_LABEL_DEF,omitempty"`
}

// eniConfig makes an ENIConfig named after each zone, which nodes find by their label
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

// settingsOf are those that follow from the stack file alone.
func settingsOf(spec config.VPCCNI) cniSettings {
	env := cniEnv{
		PrefixDelegation: fmt.Sprint(spec.PrefixDelegation),
		WarmIPs:          target(spec.Warm.IPs),
		MinimumIPs:       target(spec.Warm.MinimumIPs),
		ExternalSNAT:     on(spec.ExternalSNAT),
	}
	if spec.PrefixDelegation {
		env.WarmPrefixes = fmt.Sprint(spec.Warm.Prefixes)
	} else {
		env.WarmENIs = fmt.Sprint(spec.Warm.ENIs)
	}
	return cniSettings{Env: env, EnableNetworkPolicy: on(spec.NetworkPolicy)}
}

// target is a number that counts where it is set.
func target(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprint(number)
}

func on(set bool) string {
	if set {
		return "true"
	}
	return ""
}

// JSON is the form in which EKS takes them.
func (s cniSettings) JSON() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // settings hold texts alone
	}
	return string(text)
}
