package world

import "strings"

// eksElsewhere are EKS's registries in regions with another account than the default one
// (https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html, read in November 2026).
var eksElsewhere = map[string]string{
	"af-south-1": "877085696533", "ap-east-1": "800184023465", "ap-east-2": "533267051163", "ap-south-2": "900889452093", "ap-southeast-3": "296578399912",
	"ap-southeast-4": "491585149902", "ap-southeast-5": "151610086707", "ap-southeast-6": "333609536671", "ap-southeast-7": "121268973566", "ca-west-1": "761377655185",
	"cn-north-1": "918309763551", "cn-northwest-1": "961992271922", "eu-central-2": "900612956339", "eu-south-1": "590381155156",
	"eu-south-2": "455263428931", "il-central-1": "066635153087", "me-central-1": "759879836304", "me-south-1": "558608220178",
	"mx-central-1": "730335286997", "us-gov-east-1": "151742754352", "us-gov-west-1": "013241004608",
}

const usualAccount = "602401143452"

// eksAccount returns the account of EKS's registry in a region.
func eksAccount(region string) string {
	if account, other := eksElsewhere[region]; other {
		return account
	}
	return usualAccount
}

var imageKept = rule("an image of EKS is in EKS's registry of its region",
	`Failed to pull image %q: failed to resolve reference: unexpected status from HEAD request: 404 Not Found: the registry of EKS in %s is %s`,
	"https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html")

// ownedByEKS refuses an image in one of EKS's accounts that is not the one of the region, or not in its partition.
// Images in other private registries are taken to exist.
func ownedByEKS(image, region string) error {
	host, _, _ := strings.Cut(image, "/")
	account, _, _ := strings.Cut(host, ".")
	want := eksAccount(region) + ".dkr.ecr." + region + "." + partitionOf(region).dnsSuffix
	return imageKept.when(eksAccounts[account] && host != want, image, region, want)
}

// eksAccounts are all accounts of EKS's registries.
var eksAccounts = func() map[string]bool {
	accounts := map[string]bool{usualAccount: true}
	for _, account := range eksElsewhere {
		accounts[account] = true
	}
	return accounts
}()

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
