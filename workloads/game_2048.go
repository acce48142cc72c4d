package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// game2048 is the game of AWS's guides, pages in Alpine's nginx (github.com/alexwhen/docker-2048). It answers at / alone.
//
// Its nginx starts as root on port 80 and hands requests to workers of another user, so it keeps the rights for that:
// to bind the port, to become that user, to give it the folders for bodies, and to enter /var/lib/nginx, which is that user's.
// There and in /run it writes as it starts, so the root file system is not read-only.
var game2048 = app{
	name:         "game-2048",
	image:        config.Game2048Image,
	architecture: "amd64",
	pods:         &corev1.PodSecurityContextArgs{SeccompProfile: runtimeDefault},
	container: &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		Capabilities: &corev1.CapabilitiesArgs{
			Drop: capabilities("ALL"),
			Add:  capabilities("NET_BIND_SERVICE", "SETUID", "SETGID", "CHOWN", "DAC_OVERRIDE"),
		},
	},
}
