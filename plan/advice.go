package plan

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
)

// farRegistries are registries outside of China that its networks throttle or block; without a host an image is Docker
// Hub's.
var farRegistries = []string{"registry.k8s.io", "public.ecr.aws", "docker.io", "gcr.io", "ghcr.io", "quay.io"}

// adviseOnImages warns of images that nodes in aws-cn would pull from outside of China.
func adviseOnImages(s *config.Stack, partition Partition) []config.Warning {
	if partition.Name != china {
		return nil
	}
	var all []config.Warning
	for path, image := range images(s) {
		registry, _, named := strings.Cut(image, "/")
		if !named || !strings.ContainsAny(registry, ".:") || slices.Contains(farRegistries, registry) {
			all = append(all, config.Warning{Path: path, Text: fmt.Sprintf("%s is in a registry outside China, from which pulls are slow or fail; copy it to a registry in China and use that, such as %s",
				image, partition.mirror(image, s))})
		}
	}
	return all
}

// frozenRegistry got no images after April 2023, and registry.k8s.io has the same ones under the same names
// (kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement).
const frozenRegistry, itsSuccessor = "k8s.gcr.io", "registry.k8s.io"

// adviseOnFrozenRegistry warns of images of Kubernetes' former registry.
func adviseOnFrozenRegistry(s *config.Stack) []config.Warning {
	var all []config.Warning
	for path, image := range images(s) {
		if rest, frozen := strings.CutPrefix(image, frozenRegistry+"/"); frozen {
			all = append(all, config.Warning{Path: path, Text: fmt.Sprintf("%s is in %s, which is frozen since April 2023: it gets no new images, and it may be switched off; write %s/%s", image, frozenRegistry, itsSuccessor, rest)})
		}
	}
	return all
}

// adviseOnCreator warns of a principal that EKS has let in by itself if the stack's role makes the cluster: a second
// entry for it fails. Where another principal made it, the entry is right, so nothing is refused.
func adviseOnCreator(s *config.Stack) []config.Warning {
	var all []config.Warning
	for path, arn := range clusterPrincipals(s.Cluster) {
		if s.Role != "" && arn == s.Role {
			all = append(all, config.Warning{Path: path, Text: "this is the role of aws:assumeRole; if it creates the cluster, EKS creates its access entry, and a second one fails (ResourceInUseException); remove it unless another principal created the cluster"})
		}
	}
	return all
}

// adviseOnPrivateAPI warns of an API that answers in the VPC alone where no way there is named: up makes Kubernetes
// objects from where it runs (docs/private-endpoint.md).
func adviseOnPrivateAPI(s *config.Stack) []config.Warning {
	if e := s.Cluster.Endpoint; e != nil && e.Private && !e.Public && e.Proxy == "" {
		return []config.Warning{{Path: "cluster.endpoint", Text: "private only and no proxy: pulumi up and kubectl must run in the VPC or in a network with a route to it (docs/private-endpoint.md); otherwise set proxy, or public with publicCidrs"}}
	}
	return nil
}
