package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// echo answers /clientip with the address that it sees, /hostname with its pod's name, /echo?msg=hello with hello, and any other
// path with the time (github.com/kubernetes/kubernetes, test/images/agnhost/netexec). It runs as nobody.
var echo = app{
	name:   "echo",
	args:   []string{"netexec", "--http-port=8080"},
	port:   8080,
	health: "/healthz",
	image:  config.EchoImage,
	pod:    &corev1.PodSecurityContextArgs{RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(65534), SeccompProfile: runtimeDefault},
	container: &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		Capabilities:             &corev1.CapabilitiesArgs{Drop: capabilities("ALL")},
	},
}
