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

// supportDate is the day of the tables below. A plan takes no clock, so it compares with this day: the tables are renewed with the
// program.
const supportDate = "2026-11-21"

// leaving is how long before the end of standard support a plan begins to warn.
const leaving = 60 * 24 * time.Hour

// supported are the days on which EKS's support of a Kubernetes version ends.
type supported struct{ standard, extended string }

// kubernetesSupport follows docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html: 14 months of standard support, in which a
// cluster's hour costs least, and 12 of extended support, after which EKS upgrades the cluster by itself.
var kubernetesSupport = map[string]supported{
	"1.36": {"2027-08-02", "2028-08-02"},
	"1.35": {"2027-03-27", "2028-03-27"},
	"1.34": {"2026-12-02", "2027-12-02"},
	"1.33": {"2026-07-29", "2027-07-29"},
}

// SupportOn warns of a Kubernetes version that is out of standard support on a day (2026-11-21), or leaves it within 60 days.
func SupportOn(version, day string) []Warning {
	const path = "cluster.version"
	ends, known := kubernetesSupport[version]
	if !known {
		return nil
	}
	next := "move to a newer one, one minor version at a time"
	switch {
	case ends.extended <= day:
		return []Warning{{path, fmt.Sprintf("extended support of Kubernetes %s ended on %s: EKS makes no cluster of it and upgrades those that it has; %s", version, ends.extended, next)}}
	case ends.standard <= day:
		return []Warning{{path, fmt.Sprintf("standard support of Kubernetes %s ended on %s: the control plane's hour costs more, and on %s EKS upgrades the cluster by itself; %s", version, ends.standard, ends.extended, next)}}
	case ends.standard <= dayAfter(day, leaving):
		return []Warning{{path, fmt.Sprintf("standard support of Kubernetes %s ends on %s, and then the control plane's hour costs more; %s", version, ends.standard, next)}}
	default:
		return nil
	}
}

// dayAfter is the day some time after a day, the day itself where it cannot be read.
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
}

// addonVersions are the typed versions of the add-ons, or the table's defaults. A version that the table does not know is refused,
// unless it is newer in a minor line that it knows. aws-cn and aws-us-gov get add-ons later than the table says: there EKS chooses.
func addonVersions(s *config.Stack, partition Partition, problems *config.Problems) Addons {
	lines, known := addonLines[s.Cluster.Version]
	if !known {
		return Addons{VPCCNI: s.Addons.VPCCNI.Version, KubeProxy: s.Addons.KubeProxy.Version, CoreDNS: s.Addons.CoreDNS.Version}
	}
	choose := func(path, typed string, line addonLine) string {
		switch {
		case typed != "" && !line.takes(typed):
			problems.Add("addons."+path+".version", "%s is not known for Kubernetes %s; known are %s, and newer ones of the same minor versions (aws eks describe-addon-versions --kubernetes-version %[2]s lists EKS's)",
				typed, s.Cluster.Version, strings.Join(line.all(), ", "))
		case typed == "" && partition.Name == commercial:
			return line.usual
		}
		return typed
	}
	return Addons{
		VPCCNI:    choose("vpcCni", s.Addons.VPCCNI.Version, lines.vpcCNI),
		KubeProxy: choose("kubeProxy", s.Addons.KubeProxy.Version, proxies(s.Cluster.Version)),
		CoreDNS:   choose("coreDns", s.Addons.CoreDNS.Version, lines.coreDNS),
	}
}

// proxies are the versions of kube-proxy for a cluster: those of its own minor version, and of up to three before it
// (kubernetes.io/releases/version-skew-policy/#kube-proxy).
func proxies(version string) addonLine {
	line := addonLine{usual: addonLines[version].kubeProxy.usual}
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

// takes tells whether a version is in one of the minor lines, and not older than the oldest known there.
func (l addonLine) takes(version string) bool {
	given := numbersOf(version)
	return slices.ContainsFunc(l.oldest, func(known string) bool {
		least := numbersOf(known)
		return slices.Equal(given[:2], least[:2]) && slices.Compare(given[:], least[:]) >= 0
	})
}

// all are the versions that the table knows, oldest first.
func (l addonLine) all() []string {
	known := append(slices.Clone(l.oldest), l.usual)
	slices.SortFunc(known, func(a, b string) int {
		x, y := numbersOf(a), numbersOf(b)
		return cmp.Or(slices.Compare(x[:], y[:]), cmp.Compare(a, b))
	})
	return slices.Compact(known)
}

// numbersOf are the four numbers of vX.Y.Z-eksbuild.N, 0 for what is not there.
func numbersOf(version string) (numbers [4]int) {
	release, build, _ := strings.Cut(strings.TrimPrefix(version, "v"), "-eksbuild.")
	for i, part := range append(strings.SplitN(release, ".", 3), build) {
		numbers[min(i, 3)], _ = strconv.Atoi(part)
	}
	return numbers
}
