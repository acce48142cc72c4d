package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// netshoot is an image with network tools: curl, dig, iperf3, tcpdump, traceroute and more
// (github.com/nicolaka/netshoot). It is idle, for use with kubectl exec, and listens on no port.
//
// It runs as root with the one capability that ping, traceroute and tcpdump need. It handles SIGTERM, which a shell as
// the first process otherwise ignores.
var netshoot = app{
	name: "netshoot",
	configure: func(_ *PodsArgs, container *corev1.ContainerArgs) {
		container.Command = pulumi.ToStringArray([]string{"/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 3600 & wait; done"})
	},
	image: config.NetshootImage,
	pods:  &corev1.PodSecurityContextArgs{SeccompProfile: runtimeDefault},
	container: &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		Capabilities:             &corev1.CapabilitiesArgs{Drop: capabilities("ALL"), Add: capabilities("NET_RAW")},
	},
}
