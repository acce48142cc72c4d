package plan

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
)

// warnings are what may not work.
func warnings(s *config.Stack, partition Partition) []Warning {
	var all []Warning
	if partition.Name == china {
		all = append(all, farImages(s, partition)...)
	}
	return slices.Concat(all, creator(s), borrowed(s), accelerators(s.NodeGroups))
}

// farRegistries are registries outside of China that its networks throttle or block; without a host an image is Docker Hub's.
var farRegistries = []string{"registry.k8s.io", "public.ecr.aws", "docker.io", "gcr.io", "ghcr.io", "quay.io"}

func farImages(s *config.Stack, partition Partition) []Warning {
	var all []Warning
	for path, image := range images(s) {
		registry, _, named := strings.Cut(image, "/")
		if !named || !strings.ContainsAny(registry, ".:") || slices.Contains(farRegistries, registry) {
			all = append(all, Warning{path, fmt.Sprintf("%s comes from outside of China, from where pulls are slow or fail; copy it into a registry there and name it, such as %s",
				image, partition.mirror(image, s))})
		}
	}
	return all
}

// creator warns of a principal that EKS has let in by itself if the stack's role makes the cluster: a second entry for it fails.
// Where another principal made it, the entry is right, so nothing is refused.
func creator(s *config.Stack) []Warning {
	var all []Warning
	for path, arn := range admitted(s.Cluster) {
		if s.Role != "" && arn == s.Role {
			all = append(all, Warning{path, "this is the role of aws:assumeRole; if it makes the cluster, EKS makes its entry too, and a second one fails (ResourceInUseException); leave it out unless another principal made the cluster"})
		}
	}
	return all
}
