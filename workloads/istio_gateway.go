package workloads

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// istioGateway is the gateway of the mesh, whose pods are those of a Helm release.
var istioGateway = app{name: "istio-proxy"}

// portOf returns the port of a workload's pods as a Service refers to it. The proxy of a gateway has listeners of which
// its container declares no ports.
func portOf(spec config.Workload) pulumi.Input {
	if spec.App == config.AppIstioGateway {
		return pulumi.Int(balancer.ApplicationOf(spec).TCP)
	}
	return pulumi.String(portName)
}
