package cluster

import (
	"path/filepath"

	"eksnet/lab/build"
)

// newLoadBalancerController returns the AWS Load Balancer Controller. There is only one process of it, without an
// election.
func (l *Lab) newLoadBalancerController() *controller {
	return &controller{lab: l, controllerProgram: controllerProgram{name: build.LoadBalancerController, title: "the load balancer controller",
		path: l.Tools.Path(build.LoadBalancerController), readiness: "http://127.0.0.1:61779/readyz",
		complete: func(arguments []string, folder string) []string {
			return append(arguments, "--webhook-cert-dir="+filepath.Join(folder, certificateFolder), "--enable-leader-election=false")
		}}}
}
