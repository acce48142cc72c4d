package workloads_test

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/workloads"
)

// speedResources returns the resources of a measurement of speed.
func speedResources(t *testing.T) map[string]resource.PropertyMap {
	t.Helper()
	c := &mockCluster{registered: map[string]resource.PropertyMap{}}
	spec := config.Workload{Kind: config.KindSpeed, App: config.AppIperf3, Image: "registry.example.com/netshoot:1", Replicas: 4}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		clients, err := workloads.NewApplication(ctx, "shop", &workloads.ApplicationArgs{Spec: spec})
		if err != nil {
			return err
		}
		if _, err := workloads.NewPods(ctx, "shop", &workloads.PodsArgs{Spec: spec, Application: clients}); err != nil {
			return err
		}
		_, err = workloads.NewSpeed(ctx, "shop", &workloads.SpeedArgs{Spec: spec, Application: clients})
		return err
	}, pulumi.WithMocks("eksnet", "test", c))
	if err != nil {
		t.Fatal(err)
	}
	return c.registered
}

// With several servers, the connections of one measurement would go to different pods.
func TestTheServiceOfAMeasurementHasOneServer(t *testing.T) {
	made := speedResources(t)
	server, service := made["Deployment shop-server"], made["Service shop-speed"]
	const name = `["app.kubernetes.io/name"]`
	if got := propertyAt(server, "spec.replicas"); got != 1.0 {
		t.Errorf("there are %v servers", got)
	}
	selected := propertyAt(service, "spec.selector"+name)
	if selected != propertyAt(server, "spec.template.metadata.labels"+name) || selected == propertyAt(made["Deployment shop"], "spec.template.metadata.labels"+name) {
		t.Errorf("the Service selects %v", selected)
	}
	if ports := fmt.Sprint(propertyAt(service, "spec.ports")); ports != "[map[name:iperf3 port:5201 protocol:TCP targetPort:iperf3] map[name:iperf3-udp port:5201 protocol:UDP targetPort:iperf3-udp]]" {
		t.Errorf("the Service has ports %s", ports)
	}
}

func TestTheServerIsOnTheNodeOfAClientAndPrefersAZoneWithMore(t *testing.T) {
	made := speedResources(t)
	const affinity, name = "spec.template.spec.affinity.podAffinity.", `["app.kubernetes.io/name"]`
	const required, preferred = affinity + "requiredDuringSchedulingIgnoredDuringExecution[0].", affinity + "preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm."
	server, client := made["Deployment shop-server"], propertyAt(made["Deployment shop"], "spec.template.metadata.labels"+name)
	for path, want := range map[string]any{
		required + "topologyKey": "kubernetes.io/hostname", required + "labelSelector.matchLabels" + name: client,
		preferred + "topologyKey": "topology.kubernetes.io/zone", preferred + "labelSelector.matchLabels" + name: client,
	} {
		if got := propertyAt(server, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	for i, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		if got := propertyAt(made["Deployment shop"], fmt.Sprintf("spec.template.spec.topologySpreadConstraints[%d].topologyKey", i)); got != key {
			t.Errorf("clients are spread over %v, want %s", got, key)
		}
	}
}

func TestClientsAreIdleAndNeitherTheyNorTheServerHaveALimitOfCPU(t *testing.T) {
	made := speedResources(t)
	const container = "spec.template.spec.containers[0]."
	for _, object := range []string{"Deployment shop", "Deployment shop-server"} {
		if limit := propertyAt(made[object], container+"resources.limits.cpu"); limit != nil {
			t.Errorf("%s has a limit of %v CPU", object, limit)
		}
		if image := propertyAt(made[object], container+"image"); image != "registry.example.com/netshoot:1" {
			t.Errorf("%s runs %v", object, image)
		}
	}
	if ports := propertyAt(made["Deployment shop"], container+"ports"); ports != nil {
		t.Errorf("clients listen on %v", ports)
	}
	if command := fmt.Sprint(propertyAt(made["Deployment shop-server"], container+"command")); command != "[iperf3 --server --port=5201]" {
		t.Errorf("the server runs %s", command)
	}
}

// The line of a socket that listens on port 5201 is as the kernel writes it; the second one is connected.
func TestTheProbeOfTheServerFindsItsListeningSocketAlone(t *testing.T) {
	made := speedResources(t)
	command, _ := propertyAt(made["Deployment shop-server"], "spec.template.spec.containers[0].readinessProbe.exec.command").([]any)
	if len(command) != 3 {
		t.Fatalf("the probe is %v", command)
	}
	const listening = "   0: 00000000000000000000000000000000:1451 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1"
	const connected = "   1: 0100007F:1451 0100007F:8A3C 01 00000000:00000000 00:00000000 00000000     0        0 42 1"
	const other = "   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1"
	for lines, ready := range map[string]bool{listening: true, connected: false, other: false, connected + "\n" + listening: true} {
		script := "cat() { echo '" + lines + "'; }; " + command[2].(string)
		if err := exec.Command("/bin/sh", "-c", script).Run(); (err == nil) != ready {
			t.Errorf("with %s the probe ends with %v", lines, err)
		}
	}
}
