package balancer

import (
	"fmt"
	"slices"
	"strconv"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Application is where the pods of an application listen.
type Application struct {
	// TCP is the port of requests, UDP that of packets, 0 for none.
	TCP, UDP int
	// Further are other TCP ports.
	Further []int
	// Health is the path that answers 200 once the application can serve.
	Health string
}

// String are the TCP ports, as a message offers them.
func (a Application) String() string {
	text := strconv.Itoa(a.TCP)
	for _, port := range a.Further {
		text += " or " + strconv.Itoa(port)
	}
	return text
}

func (a Application) listensTCP(port int) bool {
	return port == a.TCP || slices.Contains(a.Further, port)
}

// ApplicationOf returns where the pods of a workload listen. Package workloads configures them so.
func ApplicationOf(w config.Workload) Application { return applications[w.App] }

var applications = map[string]Application{
	config.AppEcho:  {TCP: 8080, UDP: 8080, Health: "/healthz"},
	config.App2048:  {TCP: 80, Health: "/"},
	config.AppNginx: {TCP: 8080, Further: []int{8081}, Health: "/healthz"},
	// codeberg.org/hjacobs/kube-ops-view, deploy/deployment.yaml
	config.AppKubeOpsView: {TCP: 8080, Health: "/health"},
	// The listener of the Gateway object, and that of the agent beside the proxy.
	config.AppIstioGateway: {TCP: config.HTTPPort, Further: []int{awsdata.IstioHealthPort}, Health: awsdata.IstioHealthPath},
}

// Requests are the CPU and memory that a pod requests of its node.
type Requests struct{ MilliCPU, MiB int }

// Quantities returns requests as Kubernetes writes them.
func (r Requests) Quantities() map[string]string {
	return map[string]string{"cpu": fmt.Sprintf("%dm", r.MilliCPU), "memory": fmt.Sprintf("%dMi", r.MiB)}
}

// What the pods of an application request, and those of the clients of a NetworkPolicy.
var (
	ApplicationRequests = Requests{MilliCPU: 50, MiB: 64}
	ClientRequests      = Requests{MilliCPU: 10, MiB: 32}
	// IstioGatewayRequests are the default of the chart.
	IstioGatewayRequests = Requests{MilliCPU: 100, MiB: 128}
)
