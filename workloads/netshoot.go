package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// netshoot is a box of tools to look at the network from: curl, dig, iperf3, tcpdump, traceroute and more
// (github.com/nicolaka/netshoot). It does nothing until somebody comes in by kubectl exec, and listens nowhere.
//
// It is root, whom ping, traceroute and tcpdump ask for, with the one capability that they need. It hears that it should end: a shell
// that only waits would not.
var netshoot = app{
	name: "netshoot",
	run: func(_ config.Workload, container *corev1.ContainerArgs) {
		container.Command = pulumi.ToStringArray([]string{"/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 3600 & wait; done"})
	},
	image: config.NetshootImage,
	pods:  &corev1.PodSecurityContextArgs{SeccompProfile: runtimeDefault},
	container: &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		Capabilities:             &corev1.CapabilitiesArgs{Drop: capabilities("ALL"), Add: capabilities("NET_RAW")},
	},
}
