package workloads

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// app is what tells one application's pods from another's. Where it listens is in balancer.ApplicationOf.
type app struct {
	name string
	// run tells the container what to run, where the image's own command is not enough.
	run func(spec config.Workload, container *corev1.ContainerArgs)
	// image is the app's own, architecture what that one runs on, as in the label kubernetes.io/arch; "" for any.
	image, architecture string
	// pods and container are what its processes may do.
	pods      *corev1.PodSecurityContextArgs
	container *corev1.SecurityContextArgs
	volumes   corev1.VolumeArray
	mounts    corev1.VolumeMountArray
}

var apps = map[string]app{config.AppEcho: echo, config.App2048: game2048, config.AppNginx: nginx, config.AppNetshoot: netshoot}

// appOf is the application of a workload.
func appOf(spec config.Workload) (app, error) {
	found, ok := apps[spec.App]
	if !ok {
		return app{}, fmt.Errorf("app %q; accepted: %s", spec.App, strings.Join(slices.Sorted(maps.Keys(apps)), ", "))
	}
	return found, nil
}

// What pods and Services call their ports: the one that a load balancer sends to, that of probes where it is another, and that of UDP.
const (
	portName  = "http"
	probeName = "probe"
	udpName   = "udp"
)

// ports are where the container listens.
func (a app) ports(spec config.Workload) corev1.ContainerPortArray {
	serves := balancer.ApplicationOf(spec)
	var all corev1.ContainerPortArray
	if serves.TCP != 0 {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(portName), ContainerPort: pulumi.Int(serves.TCP)})
	}
	for _, further := range serves.Further {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(probeName), ContainerPort: pulumi.Int(further)})
	}
	if spec.Protocol == config.ProtocolUDP {
		all = append(all, &corev1.ContainerPortArgs{Name: pulumi.String(udpName), ContainerPort: pulumi.Int(serves.UDP), Protocol: pulumi.String("UDP")})
	}
	return all
}

// probe asks where the application answers everybody: not where it expects the proxy protocol, which a kubelet does not speak.
func (a app) probe(spec config.Workload) *corev1.ProbeArgs {
	serves, port := balancer.ApplicationOf(spec), portName
	if len(serves.Further) > 0 {
		port = probeName
	}
	return &corev1.ProbeArgs{HttpGet: &corev1.HTTPGetActionArgs{Path: pulumi.String(serves.Health), Port: pulumi.String(port)}}
}

// nodes are those that an image runs on. What a mirror's image runs on is the operator's to know.
func (a app) nodes(image string) pulumi.StringMapInput {
	if a.architecture == "" || image != a.image {
		return nil
	}
	return pulumi.StringMap{"kubernetes.io/arch": pulumi.String(a.architecture)}
}

// runtimeDefault are the system calls that the container runtime lets through.
var runtimeDefault = &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}

func capabilities(names ...string) pulumi.StringArray { return pulumi.ToStringArray(names) }

// unprivileged is what a process may do that needs no rights at all.
var unprivileged = &corev1.SecurityContextArgs{
	AllowPrivilegeEscalation: pulumi.Bool(false),
	ReadOnlyRootFilesystem:   pulumi.Bool(true),
	Capabilities:             &corev1.CapabilitiesArgs{Drop: capabilities("ALL")},
}

// runAs is a user other than root.
func runAs(user int) *corev1.PodSecurityContextArgs {
	return &corev1.PodSecurityContextArgs{RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(user), SeccompProfile: runtimeDefault}
}
