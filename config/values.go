package config

import (
	"regexp"
	"strings"
)

// Accepted values, as they are typed.
const (
	NATZone   = "zone"
	NATSingle = "single"

	OnDemand = "onDemand"
	Spot     = "spot"

	AL2023x86 = "al2023-x86_64"
	AL2023arm = "al2023-arm64"

	KindNLB = "nlb"

	InternetFacing = "internet-facing"
	Internal       = "internal"
)

// Versions are the Kubernetes versions in EKS's standard support, newest first, as of November 2026
// (docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
var Versions = []string{"1.36", "1.35", "1.34"}

// LogTypes are the control plane's logs (EKS API, LogSetup).
var LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// RetentionDays are the periods that CloudWatch Logs accepts (PutRetentionPolicy).
var RetentionDays = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

var (
	regionName   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	clusterName  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$`)
	principalARN = regexp.MustCompile(`^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$`)
	instanceType = regexp.MustCompile(`^([a-z]+[0-9]+[a-z-]*|u-[0-9a-z]+|[a-z0-9-]+)\.(metal|[a-z0-9]+)(-[0-9a-z]+)?$`)
	addonVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$`)
	chartVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	dnsLabel     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	labelValue   = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$`)
	labelPrefix  = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
	imageName    = regexp.MustCompile(`^[a-z0-9][a-z0-9.:_/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$`)
	tagText      = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	gravitonType = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)(-[a-z0-9]+)?\.`)
)

// amiFor is the AL2023 image of an instance type's architecture: Graviton families carry a g after the generation
// (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
func amiFor(instanceType string) string {
	if gravitonType.MatchString(instanceType) {
		return AL2023arm
	}
	return AL2023x86
}

// labelKey tells whether a text can be the key of a Kubernetes label or taint.
func labelKey(key string) bool {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		return key != "" && len(key) <= 63 && labelValue.MatchString(key)
	}
	return labelPrefix.MatchString(prefix) && len(prefix) <= 253 && name != "" && len(name) <= 63 && labelValue.MatchString(name)
}
