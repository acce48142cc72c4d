package plan

import (
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Controller is what follows for the AWS Load Balancer Controller.
type Controller struct {
	// Image is the image's repository; the controller's version is its tag.
	Image string
	// Shield and WAF let it call AWS Shield, WAF and WAF Classic. Certificates in ACM have no switch in the chart: the
	// controller looks for them where an Ingress listens on HTTPS without naming one, and all of the stack's name
	// theirs.
	Shield, WAF bool
}

// computeController works out where the image comes from and which services the controller may call. Without NAT there
// is no way to Shield and WAF, which it would ask for every ALB
// (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html), and aws-cn has neither Shield nor WAF for it
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation).
func computeController(s *config.Stack, partition Partition) Controller {
	isolated := s.Network.NAT == config.NATNone
	protected := !isolated && partition.Name != china
	c := Controller{Image: s.Addons.LoadBalancerController.Image, Shield: protected, WAF: protected}
	if c.Image != "" {
		return c
	}
	if !isolated && partition.Name == standard {
		c.Image = awsdata.PublicControllerImage
		return c
	}
	c.Image = eksRegistry(s.Region, partition) + "/amazon/aws-load-balancer-controller"
	return c
}

// eksRegistry returns the registry that EKS keeps in a region for the images of its add-ons and of the controller.
func eksRegistry(region string, partition Partition) string {
	return strings.Join([]string{awsdata.EKSRegistryAccounts[region], "dkr.ecr", region, partition.DNSSuffix}, ".")
}
