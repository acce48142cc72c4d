package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"eksnet/config"
)

// supportDate is the day of the tables below. A plan takes no clock, so it compares with this day: the tables are
// renewed with the program.
const supportDate = "2026-11-21"

// warningPeriod is how long before the end of standard support a plan begins to warn.
const warningPeriod = 60 * 24 * time.Hour

// supported are the days on which EKS's support of a Kubernetes version ends.
type supported struct{ standard, extended string }

// kubernetesSupport follows docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html: 14 months of standard
// support, in which a cluster's hour costs least, and 12 of extended support for clusters with this upgrade policy. At
// the end EKS upgrades the control plane to the next version.
var kubernetesSupport = map[string]supported{
	"1.36": {"2027-08-02", "2028-08-02"},
	"1.35": {"2027-03-27", "2028-03-27"},
	"1.34": {"2026-12-02", "2027-12-02"},
	"1.33": {"2026-07-29", "2027-07-29"},
}

// checkUpgradePolicy refuses the upgrade policy standard for a version that is in extended support: extended support
// cannot be turned off once it has started (docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html,
// upgradePolicy).
func checkUpgradePolicy(c config.Cluster, problems *config.Problems) {
	ends, known := kubernetesSupport[c.Version]
	if known && c.UpgradePolicy == config.SupportStandard && ends.standard <= supportDate {
		problems.Add("cluster.upgradePolicy", "%s, but standard support of Kubernetes %s ended on %s; write extended, with which the control plane costs six times as much per hour, until the cluster has a newer version",
			c.UpgradePolicy, c.Version, ends.standard)
	}
}

// AdviseOnSupport warns of a Kubernetes version that is out of standard support on a day (2026-11-21), or leaves it
// within 60 days.
func AdviseOnSupport(c config.Cluster, day string) []config.Warning {
	const path = "cluster.version"
	version := c.Version
	ends, known := kubernetesSupport[version]
	if !known {
		return nil
	}
	next := "upgrade to a newer version, one minor version at a time"
	switch {
	case ends.extended <= day:
		return []config.Warning{{Path: path, Text: fmt.Sprintf("extended support of Kubernetes %s ended on %s: EKS creates no clusters of this version and upgrades existing ones; %s", version, ends.extended, next)}}
	case ends.standard <= day:
		return []config.Warning{{Path: path, Text: fmt.Sprintf("standard support of Kubernetes %s ended on %s: the control plane costs more per hour, and on %s EKS upgrades the cluster automatically; %s", version, ends.standard, ends.extended, next)}}
	case ends.standard <= dayAfter(day, warningPeriod) && c.UpgradePolicy == config.SupportStandard:
		return []config.Warning{{Path: path, Text: fmt.Sprintf("standard support of Kubernetes %s ends on %s, after which EKS upgrades the control plane automatically, and this version is refused; %s, or write cluster.upgradePolicy: extended, at six times the price per hour", version, ends.standard, next)}}
	case ends.standard <= dayAfter(day, warningPeriod):
		return []config.Warning{{Path: path, Text: fmt.Sprintf("standard support of Kubernetes %s ends on %s, after which the control plane costs more per hour; %s", version, ends.standard, next)}}
	default:
		return nil
	}
}

// dayAfter returns the day some time after a day, the day itself where it cannot be read.
func dayAfter(day string, later time.Duration) string {
	start, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return start.Add(later).Format(time.DateOnly)
}

// Addons are the versions of the EKS add-ons, "" for EKS's own default.
type Addons struct {
	VPCCNI    string `json:"vpcCni"`
	KubeProxy string `json:"kubeProxy"`
	CoreDNS   string `json:"coreDns"`
	// MetricsServer is nil if the stack does not install it.
	MetricsServer *string `json:"metricsServer,omitempty"`
	// PodIdentityAgent is nil with IRSA.
	PodIdentityAgent *string `json:"podIdentityAgent,omitempty"`
}

// computeAddons returns the typed versions of the add-ons, or the table's defaults. aws-cn and aws-us-gov get add-ons
// later than the table says: there EKS chooses.
func computeAddons(s *config.Stack, partition Partition) Addons {
	lines := addonLines[s.Cluster.Version]
	choose := func(typed string, line addonLine) string {
		if typed == "" && partition.Name == standard {
			return line.preferred
		}
		return typed
	}
	all := Addons{
		VPCCNI:    choose(s.Addons.VPCCNI.Version, lines.vpcCNI),
		KubeProxy: choose(s.Addons.KubeProxy.Version, lines.kubeProxy),
		CoreDNS:   choose(s.Addons.CoreDNS.Version, lines.coreDNS),
	}
	if m := s.Addons.MetricsServer; m != nil {
		all.MetricsServer = &m.Version
	}
	if s.Cluster.Identity == config.PodIdentity {
		version := choose(podIdentityAgentVersion(s), podIdentityAgentLine)
		all.PodIdentityAgent = &version
	}
	return all
}

// podIdentityAgentVersion returns the typed version of the EKS Pod Identity Agent, "" for none.
func podIdentityAgentVersion(s *config.Stack) string {
	if agent := s.Addons.PodIdentityAgent; agent != nil {
		return agent.Version
	}
	return ""
}

// checkAddonVersions refuses a version that the table does not know, unless it is newer in a minor line that it knows.
func checkAddonVersions(s *config.Stack, problems *config.Problems) {
	lines, inTable := addonLines[s.Cluster.Version]
	check := func(path, typed string, line addonLine) {
		if inTable && typed != "" && !line.accepts(typed) {
			problems.Add("addons."+path+".version", "%s is not a known version for Kubernetes %s; accepted: %s, and newer ones of the same minor versions (aws eks describe-addon-versions --kubernetes-version %[2]s lists all)",
				typed, s.Cluster.Version, strings.Join(line.all(), ", "))
		}
	}
	check("vpcCni", s.Addons.VPCCNI.Version, lines.vpcCNI)
	check("kubeProxy", s.Addons.KubeProxy.Version, kubeProxyVersions(s.Cluster.Version))
	check("coreDns", s.Addons.CoreDNS.Version, lines.coreDNS)
	check("podIdentityAgent", podIdentityAgentVersion(s), podIdentityAgentLine)
}

// kubeProxyVersions returns the versions of kube-proxy for a cluster: those of its own minor version, and of up to
// three before it (kubernetes.io/releases/version-skew-policy/#kube-proxy).
func kubeProxyVersions(version string) addonLine {
	line := addonLine{preferred: addonLines[version].kubeProxy.preferred}
	for _, older := range slices.Sorted(maps.Keys(addonLines)) {
		if behind := minorOf(version) - minorOf(older); behind >= 0 && behind <= 3 {
			line.oldest = append(line.oldest, addonLines[older].kubeProxy.oldest...)
		}
	}
	return line
}

func minorOf(version string) int {
	_, minor, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(minor)
	return n
}

// accepts reports whether a version is in one of the minor lines, and not older than the oldest known there.
func (l addonLine) accepts(version string) bool {
	numbers := numbersOf(version)
	return slices.ContainsFunc(l.oldest, func(known string) bool {
		least := numbersOf(known)
		return slices.Equal(numbers[:2], least[:2]) && slices.Compare(numbers[:], least[:]) >= 0
	})
}

// all returns the versions that the table knows, oldest first.
func (l addonLine) all() []string {
	versions := append(slices.Clone(l.oldest), l.preferred)
	slices.SortFunc(versions, func(a, b string) int {
		x, y := numbersOf(a), numbersOf(b)
		return cmp.Or(slices.Compare(x[:], y[:]), cmp.Compare(a, b))
	})
	return slices.Compact(versions)
}

// numbersOf returns the four numbers of vX.Y.Z-eksbuild.N, 0 for what is not there.
func numbersOf(version string) (numbers [4]int) {
	release, build, _ := strings.Cut(strings.TrimPrefix(version, "v"), "-eksbuild.")
	for i, part := range append(strings.SplitN(release, ".", 3), build) {
		numbers[min(i, 3)], _ = strconv.Atoi(part)
	}
	return numbers
}
