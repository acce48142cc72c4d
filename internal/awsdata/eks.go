package awsdata

// EKSRegistryAccounts are the accounts of the registries that EKS keeps for the images of its add-ons and of the load
// balancer controller, by region, as of November 2026 (docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html;
// ap-southeast-5 from nodeadm's own table in github.com/awslabs/amazon-eks-ami, nodeadm/internal/aws/ecr). EKS has a
// registry in each of its regions.
var EKSRegistryAccounts = map[string]string{
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

// ZonesWithoutControlPlanes are the ids of zones where EKS takes no subnets for control planes
// (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). Nodes may be there. Which name an account has for an id
// is its own.
var ZonesWithoutControlPlanes = []string{"use1-az3", "usw1-az2", "cac1-az3"}

// PublicControllerImage is the image of the load balancer controller's own chart, in a registry that is reached over
// the internet alone.
const PublicControllerImage = "public.ecr.aws/eks/aws-load-balancer-controller"

// CoreDNSReplicas is how many CoreDNS pods EKS starts by default
// (docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html).
const CoreDNSReplicas = 2
