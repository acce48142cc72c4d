// Package rows has the combinations of kind, target, traffic policy, protocol, proxy protocol and client address of
// docs/load-balancing.md, the stack with which the lab measures them, and what it measured.
package rows

import (
	"encoding/json"

	"eksnet/config"
)

// Combination is a combination of the keys of a workload that determine its path, "" for those that are not written.
type Combination struct {
	Kind, Target, TrafficPolicy, Protocol string
	ProxyProtocol                         bool
	// PreserveClientAddress is true, false or "".
	PreserveClientAddress string
}

// Combinations yields all combinations, including those that the plan refuses.
func Combinations(yield func(Combination) bool) {
	for _, kind := range []string{config.KindCLB, config.KindNLB, config.KindALB} {
		for _, target := range []string{config.TargetIP, config.TargetInstance} {
			for _, policy := range []string{"", config.PolicyCluster, config.PolicyLocal} {
				for _, protocol := range []string{"", config.ProtocolTCP, config.ProtocolTLS, config.ProtocolUDP} {
					for _, proxy := range []bool{false, true} {
						for _, preserve := range []string{"", "true", "false"} {
							if !yield(Combination{kind, target, policy, protocol, proxy, preserve}) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// certificate is the certificate of TLS listeners.
const certificate = "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"

// Workload returns the combination as the JSON of a workload in a stack file. With the proxy protocol its application
// is nginx, which parses the header.
func (c Combination) Workload() string {
	keys := map[string]any{"kind": c.Kind, "target": c.Target}
	for key, value := range map[string]string{"trafficPolicy": c.TrafficPolicy, "protocol": c.Protocol} {
		if value != "" {
			keys[key] = value
		}
	}
	if c.ProxyProtocol {
		keys["proxyProtocol"], keys["app"] = true, config.AppNginx
	}
	if c.PreserveClientAddress != "" {
		keys["preserveClientAddress"] = c.PreserveClientAddress == "true"
	}
	if c.Protocol == config.ProtocolTLS {
		keys["certificate"] = certificate
	}
	text, _ := json.Marshal(keys) // strings and booleans
	return string(text)
}
