package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// game2048 is the game in AWS's guides, static pages in Alpine's nginx (github.com/alexwhen/docker-2048). It serves
// only /.
//
// Its nginx starts as root on port 80 and its workers run as another user, so it keeps the capabilities to bind the
// port, to change to that user, to change the owner of the folders for request bodies, and to enter /var/lib/nginx,
// which that user owns. It writes there and in /run at startup, so the root file system is not read-only.
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
