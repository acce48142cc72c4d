package workloads

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// iperf3 is the clients of a measurement of speed: pods of netshoot, in which `eksnet speed` starts iperf3 and ping.
var iperf3 = app{
	name:      "iperf3",
	image:     config.NetshootImage,
	configure: netshoot.configure,
	pods:      netshoot.pods,
	container: netshoot.container,
}

// SpeedArgs holds the spec and wires of a measurement of speed.
type SpeedArgs struct {
	Spec config.Workload
	// Application is the clients.
	Application *Application
}

// Speed is the server of a measurement of speed between pods. There is one server, so that each connection to its
// Service has a known place; the clients, of which one is on the server's node, are the pods of the workload.
type Speed struct{ pulumi.ResourceState }

// NewSpeed registers the server and its Service.
func NewSpeed(ctx *pulumi.Context, name string, args *SpeedArgs, opts ...pulumi.ResourceOption) (*Speed, error) {
	s := &Speed{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Speed", name, s, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(s)
	server := config.SpeedServer(name)
	labels := pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(server)}
	deployment, err := appsv1.NewDeployment(ctx, server, &appsv1.DeploymentArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: args.Application.Namespace, Name: pulumi.String(server), Labels: labels},
		Spec: &appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(1),
			Selector: &metav1.LabelSelectorArgs{MatchLabels: labels},
			Template: &corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: labels}, Spec: args.serverSpec()},
		},
	}, in)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	_, err = corev1.NewService(ctx, config.SpeedService(name), &corev1.ServiceArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: deployment.Metadata.Namespace().Elem(), Name: pulumi.String(config.SpeedService(name))},
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: labels,
			Ports:    corev1.ServicePortArray{speedPort("TCP"), speedPort("UDP")},
		},
	}, in)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	component.Outputs(ctx, s, pulumi.Map{})
	return s, nil
}

// Names of the server's ports, by protocol.
var speedPorts = map[string]string{"TCP": "iperf3", "UDP": "iperf3-udp"}

// speedPort returns a port of the Service. iperf3 opens its control connection and the flows of a TCP measurement at
// one TCP port, and sends datagrams to the UDP port of the same number.
func speedPort(protocol string) *corev1.ServicePortArgs {
	return &corev1.ServicePortArgs{Name: pulumi.String(speedPorts[protocol]), Port: pulumi.Int(awsdata.Iperf3Port),
		TargetPort: pulumi.String(speedPorts[protocol]), Protocol: pulumi.String(protocol)}
}

// serverSpec returns the pod of the server. iperf3 maps a file in /tmp for the data of each flow.
func (args *SpeedArgs) serverSpec() *corev1.PodSpecArgs {
	var ports corev1.ContainerPortArray
	for _, protocol := range []string{"TCP", "UDP"} {
		ports = append(ports, &corev1.ContainerPortArgs{Name: pulumi.String(speedPorts[protocol]), ContainerPort: pulumi.Int(awsdata.Iperf3Port), Protocol: pulumi.String(protocol)})
	}
	return &corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(false),
		SecurityContext:              runAs(65534),
		Affinity:                     &corev1.AffinityArgs{PodAffinity: args.besideClients()},
		Containers: corev1.ContainerArray{&corev1.ContainerArgs{
			Name:           pulumi.String("iperf3"),
			Image:          pulumi.String(args.Spec.Image),
			Command:        pulumi.ToStringArray([]string{"iperf3", "--server", fmt.Sprintf("--port=%d", awsdata.Iperf3Port)}),
			Ports:          ports,
			ReadinessProbe: &corev1.ProbeArgs{Exec: &corev1.ExecActionArgs{Command: pulumi.ToStringArray(listens(awsdata.Iperf3Port))}, PeriodSeconds: pulumi.Int(5)},
			Resources: &corev1.ResourceRequirementsArgs{
				Requests: pulumi.ToStringMap(balancer.ApplicationRequests.Quantities()),
				Limits:   pulumi.ToStringMap(map[string]string{"memory": "256Mi"}), // no limit of CPU: it would limit the speed on one node
			},
			SecurityContext: unprivileged,
			VolumeMounts:    corev1.VolumeMountArray{&corev1.VolumeMountArgs{Name: pulumi.String("tmp"), MountPath: pulumi.String("/tmp")}},
		}},
		Volumes: corev1.VolumeArray{&corev1.VolumeArgs{Name: pulumi.String("tmp"), EmptyDir: &corev1.EmptyDirVolumeSourceArgs{}}},
	}
}

// besideClients returns the affinity that places the server on the node of a client, for the measurement in a node, and
// if possible in the zone with most clients, for that between two nodes of a zone.
func (args *SpeedArgs) besideClients() *corev1.PodAffinityArgs {
	clients := func(topology string) *corev1.PodAffinityTermArgs {
		return &corev1.PodAffinityTermArgs{TopologyKey: pulumi.String(topology), LabelSelector: &metav1.LabelSelectorArgs{MatchLabels: args.Application.Labels}}
	}
	return &corev1.PodAffinityArgs{
		RequiredDuringSchedulingIgnoredDuringExecution: corev1.PodAffinityTermArray{clients("kubernetes.io/hostname")},
		PreferredDuringSchedulingIgnoredDuringExecution: corev1.WeightedPodAffinityTermArray{&corev1.WeightedPodAffinityTermArgs{
			Weight: pulumi.Int(100), PodAffinityTerm: clients("topology.kubernetes.io/zone"),
		}},
	}
}

// listens returns a command that succeeds while a process of the pod listens on a TCP port: state 0A of a socket in the
// kernel's table. A probe that connects would take the place of a client, because the server measures one at a time.
func listens(port int) []string {
	return []string{"/bin/sh", "-c", fmt.Sprintf("cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ':%04X [0-9A-F]*:[0-9A-F]* 0A '", port)}
}
