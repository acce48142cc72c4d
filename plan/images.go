package plan

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// images returns those that nodes pull, by path, without EKS's own: its registries are in every region.
func images(s *config.Stack) iter.Seq2[string, string] {
	return func(yield func(path, image string) bool) {
		if image := s.Addons.LoadBalancerController.Image; image != "" && !yield("addons.loadBalancerController.image", image) {
			return
		}
		for _, controller := range s.Addons.Controllers() {
			for _, image := range controller.Images {
				if !yield(image.Path, image.Name) {
					return
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
			if s.Workloads[name].App == config.AppIstioGateway {
				continue // the proxies of the gateway and of other pods have one image
			}
			if image := s.Workloads[name].Image; image != "" && !yield(config.In("workloads", name)+".image", image) {
				return
			}
		}
	}
}

// hasImage reports whether an image is in a private registry of the region: the endpoints of ECR lead to no other
// (docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).
func (p Partition) hasImage(image, region string) bool {
	registry, _, _ := strings.Cut(image, "/")
	account, rest, _ := strings.Cut(registry, ".")
	return len(account) == 12 && strings.Trim(account, "0123456789") == "" && rest == "dkr.ecr."+region+"."+p.DNSSuffix
}

// mirror returns the name that an image would have in the stack's own private registry.
func (p Partition) mirror(image string, s *config.Stack) string {
	account := "111122223333"
	if len(s.Accounts) > 0 {
		account = s.Accounts[0]
	}
	name := image[strings.LastIndex(image, "/")+1:]
	return account + ".dkr.ecr." + s.Region + "." + p.DNSSuffix + "/" + name
}
