package node

import (
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/store"
)

var ImageKept = store.NewRule("an image of EKS is in EKS's registry of its region",
	`Failed to pull image %q: failed to resolve reference: unexpected status from HEAD request: 404 Not Found: the registry of EKS in %s is %s`,
	"https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html")

// EKSRegistry returns the registry of EKS's images in a region.
func EKSRegistry(region string) string {
	return awsdata.EKSRegistryAccounts[region] + ".dkr.ecr." + region + "." + store.PartitionOf(region).DNSSuffix
}

// OwnedByEKS refuses an image in one of EKS's accounts that is not the one of the region, or not in its partition.
// Images in other private registries are taken to exist.
func OwnedByEKS(image, region string) error {
	host, _, _ := strings.Cut(image, "/")
	account, _, _ := strings.Cut(host, ".")
	want := EKSRegistry(region)
	return ImageKept.When(ofEKS(account) && host != want, image, region, want)
}

// ofEKS reports whether an account is one of EKS's registries.
func ofEKS(account string) bool {
	for _, registry := range awsdata.EKSRegistryAccounts {
		if registry == account {
			return true
		}
	}
	return false
}

// registryOf returns the host of an image, and the region if it is a private ECR registry.
func registryOf(image string) (host, region string) {
	host, _, found := strings.Cut(image, "/")
	if !found || (!strings.ContainsAny(host, ".:") && host != "localhost") {
		return "docker.io", ""
	}
	parts := strings.Split(host, ".")
	if len(parts) >= 6 && parts[1] == "dkr" && parts[2] == "ecr" && parts[4] == "amazonaws" {
		return host, parts[3]
	}
	return host, ""
}
