package cluster

import (
	"eksnet/lab/build"
	"eksnet/lab/measure"
	"eksnet/speed"
)

// Measurement returns what measures packets in the lab, nil unless nodes run.
func (l *Lab) Measurement() *measure.Measurement {
	if !l.RunNodes {
		return nil
	}
	return &measure.Measurement{Stack: l.Stack, Cluster: l.client, Dynamic: l.dynamic, AWS: l.account.Config(), Network: l.Network(),
		IPTables: l.NodeProgram("iptables"), IP6Tables: l.NodeProgram("ip6tables"), NFT: l.NodeProgram("nft"), Results: l.Results,
		Kubectl: speed.Kubectl{Program: l.Tools.Path(build.Kubectl), Kubeconfig: l.Kubeconfig()}}
}
