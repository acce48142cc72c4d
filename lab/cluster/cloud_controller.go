package cluster

import (
	"context"
	"fmt"
	"os"
	"strings"

	"eksnet/lab/build"
	"eksnet/lab/process"
)

// overriddenServices are the services that the cloud controller calls, by their names in the SDK.
var overriddenServices = []string{"EC2", "Elastic Load Balancing", "Elastic Load Balancing v2"}

// startCloudController starts the AWS cloud controller, which creates Classic Load Balancers for Services and describes
// nodes, with the control plane's role.
func (l *Lab) startCloudController(ctx context.Context) error {
	if len(l.Stack.Cluster.Subnets) == 0 {
		return fmt.Errorf("cloud controller: cluster %s has no subnets", l.Stack.Cluster.Name)
	}
	var config strings.Builder
	// With all of these it does not request the instance metadata service.
	fmt.Fprintf(&config, "[Global]\nRegion = %s\nVPC = %s\nSubnetID = %s\nKubernetesClusterID = %s\n",
		l.Stack.Region, l.account.VPC(), l.Stack.Cluster.Subnets[0], l.Stack.Cluster.Name)
	for i, service := range overriddenServices {
		fmt.Fprintf(&config, "[ServiceOverride \"%d\"]\nService = %s\nRegion = %s\nURL = %s\nSigningRegion = %s\n",
			i+1, service, l.Stack.Region, l.Endpoint(), l.Stack.Region)
	}
	file := l.path("cloud.conf")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		return fmt.Errorf("cloud controller: %w", err)
	}
	controllers := "service-lb-controller"
	if l.RunNodes { // it sets the addresses of nodes, also the public ones
		controllers += ",cloud-node-controller"
	}
	return l.startControlPlaneProcess(ctx, process.Spec{Name: build.CloudController, Path: l.Tools.Path(build.CloudController),
		Env: l.awsEnvironment(credentialVariables(l.account.ControlPlane())...),
		Args: []string{"--cloud-provider=aws", "--cloud-config=" + file, "--kubeconfig=" + l.Kubeconfig(), "--cluster-name=" + l.Stack.Cluster.Name,
			"--controllers=" + controllers, "--configure-cloud-routes=false", "--leader-elect=false", "--authentication-skip-lookup"}})
}
