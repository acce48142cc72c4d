package plan

import (
	"strings"

	"eksnet/config"
)

// Controller is what follows for the AWS Load Balancer Controller.
type Controller struct {
	// Image is the image's repository; the controller's version is its tag.
	Image string
	// Shield and WAF let it call AWS Shield, WAF and WAF Classic. Certificates in ACM have no switch in the chart: the controller
	// looks for them where an Ingress listens on HTTPS without naming one, and all of the stack's name theirs.
	Shield, WAF bool
}

// publicController is the chart's own image, in a registry that only the internet leads to.
const publicController = "public.ecr.aws/eks/aws-load-balancer-controller"

// controller works out where the image comes from and which services the controller may call. Without NAT there is no way to
// Shield and WAF, which it would ask for every ALB (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html), and
// aws-cn has neither Shield nor WAF for it (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation).
func controller(s *config.Stack, partition Partition) Controller {
	isolated := s.Network.NAT == config.NATNone
	guarded := !isolated && partition.Name != china
	c := Controller{Image: s.Addons.LoadBalancerController.Image, Shield: guarded, WAF: guarded}
	if c.Image != "" {
		return c
	}
	if !isolated && partition.Name == commercial {
		c.Image = publicController
		return c
	}
	c.Image = eksRegistry(s.Region, partition) + "/amazon/aws-load-balancer-controller"
	return c
}

// eksRegistry is the registry that EKS keeps in a region for the images of its add-ons and of the controller.
func eksRegistry(region string, partition Partition) string {
	return strings.Join([]string{eksAccounts[region], "dkr.ecr", region, partition.DNSSuffix}, ".")
}

// eksAccounts are the accounts of EKS's registries, as of November 2026
// (docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html; ap-southeast-5 from nodeadm's own table in
// github.com/awslabs/amazon-eks-ami, nodeadm/internal/aws/ecr).
var eksAccounts = map[string]string{
	"af-south-1":     "877085696533",
	"ap-east-1":      "800184023465",
	"ap-east-2":      "533267051163",
	"ap-northeast-1": "602401143452",
	"ap-northeast-2": "602401143452",
	"ap-northeast-3": "602401143452",
	"ap-south-1":     "602401143452",
	"ap-south-2":     "900889452093",
	"ap-southeast-1": "602401143452",
	"ap-southeast-2": "602401143452",
	"ap-southeast-3": "296578399912",
	"ap-southeast-4": "491585149902",
	"ap-southeast-5": "151610086707",
	"ap-southeast-6": "333609536671",
	"ap-southeast-7": "121268973566",
	"ca-central-1":   "602401143452",
	"ca-west-1":      "761377655185",
	"cn-north-1":     "918309763551",
	"cn-northwest-1": "961992271922",
	"eu-central-1":   "602401143452",
	"eu-central-2":   "900612956339",
	"eu-north-1":     "602401143452",
	"eu-south-1":     "590381155156",
	"eu-south-2":     "455263428931",
	"eu-west-1":      "602401143452",
	"eu-west-2":      "602401143452",
	"eu-west-3":      "602401143452",
	"il-central-1":   "066635153087",
	"me-central-1":   "759879836304",
	"me-south-1":     "558608220178",
	"mx-central-1":   "730335286997",
	"sa-east-1":      "602401143452",
	"us-east-1":      "602401143452",
	"us-east-2":      "602401143452",
	"us-gov-east-1":  "151742754352",
	"us-gov-west-1":  "013241004608",
	"us-west-1":      "602401143452",
	"us-west-2":      "602401143452",
}
