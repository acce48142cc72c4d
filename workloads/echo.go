package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// echo responds to /clientip with the source address, to /hostname with its pod's name, to /echo?msg=hello with hello,
// and to any other path with the time. It responds likewise to UDP packets with the words clientip, hostname and echo
// (github.com/kubernetes/kubernetes, test/images/agnhost/netexec). It runs as user 65534.
var echo = app{
	name: "echo",
	configure: func(args *PodsArgs, container *corev1.ContainerArgs) {
		application, flags := balancer.ApplicationOf(args.Spec), []string{"netexec"}
		flags = append(flags, fmt.Sprintf("--http-port=%d", application.TCP))
		if args.Spec.HasUDP() {
			flags = append(flags, fmt.Sprintf("--udp-port=%d", application.UDP))
		}
		container.Args = pulumi.ToStringArray(flags)
	},
	image:     config.EchoImage,
	pods:      runAs(65534),
	container: unprivileged,
}
