package workloads

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// app describes the pods of one sample application. balancer.ApplicationOf has its ports.
type app struct {
	name string
	// configure sets command, arguments or environment of the container; nil if the image needs none.
	configure func(args *PodsArgs, container *corev1.ContainerArgs)
	// image is the app's default image. architecture is the node label kubernetes.io/arch that this image requires, ""
	// for any.
	image, architecture string
	// pods and container are the security contexts.
	pods      *corev1.PodSecurityContextArgs
	container *corev1.SecurityContextArgs
	volumes   corev1.VolumeArray
	mounts    corev1.VolumeMountArray
	// rights are what the pods may do in the cluster, with a service account of their own; nil for pods that do not call
	// the API server.
	rights rbacv1.PolicyRuleArray
}

var apps = map[string]app{config.AppEcho: echo, config.App2048: game2048, config.AppNginx: nginx, config.AppNetshoot: netshoot, config.AppIperf3: iperf3, config.AppKubeOpsView: kubeOpsView, config.AppIstioGateway: istioGateway}

// findApp returns the application of a workload.
func findApp(spec config.Workload) (app, error) {
	found, ok := apps[spec.App]
	if !ok {
		return app{}, fmt.Errorf("app %q; accepted: %s", spec.App, strings.Join(slices.Sorted(maps.Keys(apps)), ", "))
	}
	return found, nil
}

// Names of ports in pods and Services: the TCP port to which load balancers send, a separate port for readiness probes,
// and the UDP port.
const (
	portName  = "http"
	probeName = "probe"
	udpName   = "udp"
)

// ports returns the ports on which the container listens.
func (a app) ports(spec config.Workload) corev1.ContainerPortArray {
	application := balancer.ApplicationOf(spec)
	var all corev1.ContainerPortArray
	if application.TCP != 0 {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(portName), ContainerPort: pulumi.Int(application.TCP)})
	}
	for _, further := range application.Further {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(probeName), ContainerPort: pulumi.Int(further)})
	}
	if spec.HasUDP() {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(udpName), ContainerPort: pulumi.Int(application.UDP), Protocol: pulumi.String("UDP")})
	}
	return all
}

// probe returns a readiness probe. It uses a port that does not expect the proxy protocol, because kubelets do not send
// that header.
func (a app) probe(spec config.Workload) *corev1.ProbeArgs {
	application, port := balancer.ApplicationOf(spec), portName
	if len(application.Further) > 0 {
		port = probeName
	}
	return &corev1.ProbeArgs{HttpGet: &corev1.HTTPGetActionArgs{Path: pulumi.String(application.Health), Port: pulumi.String(port)}}
}

// nodeSelector returns the selector of nodes that can run an image. It is empty for an image other than the app's own,
// whose architecture is not known here.
func (a app) nodeSelector(image string) pulumi.StringMapInput {
	if a.architecture == "" || image != a.image {
		return nil
	}
	return pulumi.StringMap{"kubernetes.io/arch": pulumi.String(a.architecture)}
}

// runtimeDefault is the container runtime's default seccomp profile.
var runtimeDefault = &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}

func capabilities(names ...string) pulumi.StringArray { return pulumi.ToStringArray(names) }

// unprivileged is the security context of a process that needs no capabilities.
var unprivileged = &corev1.SecurityContextArgs{
	AllowPrivilegeEscalation: pulumi.Bool(false),
	ReadOnlyRootFilesystem:   pulumi.Bool(true),
	Capabilities:             &corev1.CapabilitiesArgs{Drop: capabilities("ALL")},
}

// runAs returns the pod security context of a user other than root.
func runAs(user int) *corev1.PodSecurityContextArgs {
	return &corev1.PodSecurityContextArgs{RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(user), SeccompProfile: runtimeDefault}
}
