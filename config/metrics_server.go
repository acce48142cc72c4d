package config

// MetricsServer is the EKS add-on metrics-server, which measures the CPU and memory of nodes and pods, for autoscale of
// workloads, kubectl top and kubeOpsView. Not installed by default; {} installs it.
type MetricsServer struct {
	// Version is the version of the add-on, such as v0.8.1-eksbuild.10. Default: the default of EKS when the add-on is
	// created.
	Version string `json:"version"`
	// Replicas is the number of pods, 1 to 10. Default 2.
	Replicas int `json:"replicas"`
}

func (m *MetricsServer) setDefaults() {
	*m = MetricsServer{Replicas: 2}
}

func (m *MetricsServer) check(v *validator, _ *Stack) {
	v.addonVersion("addons.metricsServer.version", m.Version)
	v.between("addons.metricsServer.replicas", m.Replicas, 1, 10, "replicas")
}

// controller has the default requests of the add-on (aws eks describe-addon-configuration). A Deployment's
// maxUnavailable of 25% is 0 with fewer than four pods
// (kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable).
func (m *MetricsServer) controller() Controller {
	return Controller{Path: "addons.metricsServer", Pods: []ControllerPods{
		{Name: "metrics-server", Count: m.Replicas, MilliCPU: 100, MiB: 200, Surges: m.Replicas < 4}}}
}
