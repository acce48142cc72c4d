package awsdata_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eksnet/internal/awsdata"
)

// facts are values that no other file may write, as they are in Go source.
func facts() []string {
	var all []string
	for _, account := range awsdata.EKSRegistryAccounts {
		all = append(all, account)
	}
	all = append(all, strconv.Itoa(awsdata.KubeProxyHealthPort), strconv.Itoa(awsdata.KubeletPort), awsdata.PublicControllerImage)
	return append(all, awsdata.ZonesWithoutControlPlanes[1:]...) // the first is in the simulated account's offers of instance types too
}

// attributeNames are written by the simulated account too, whose rules read what the controllers set.
func attributeNames() []string {
	return []string{
		strconv.Quote(awsdata.ForwardedForMode), strconv.Quote(awsdata.PreserveClientIP), strconv.Quote(awsdata.ProxyProtocolV2),
		strconv.Quote(awsdata.DeregistrationTimeout), strconv.Quote(awsdata.TerminateUnhealthy), strconv.Quote(awsdata.LoadBalancerCrossZone),
	}
}

// exempt are files that have a fact from another source, or of another thing.
var exempt = map[string]string{
	"config/stack.go":    "its comments are the reference",
	"config/addons.go":   "its comments are the reference",
	"config/workload.go": "its comments are the reference",
}

// The program, the simulated account and the lab take a fact from here. Tests write values as they should be.
func TestAFactIsWrittenOnce(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"node_modules", "awsdata"}, entry.Name()) || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return filepath.SkipDir
		case filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || exempt[name] != "":
			return nil
		}
		text, err := os.ReadFile(path)
		once := facts()
		if !strings.HasPrefix(name, "rehearsal") {
			once = append(once, attributeNames()...)
		}
		for _, fact := range once {
			if strings.Contains(string(text), fact) {
				t.Errorf("%s writes %s, which is in internal/awsdata", name, fact)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryDefaultOfAnAttributeIsAValueThatItTakes(t *testing.T) {
	for _, tables := range []map[string]awsdata.Attributes{awsdata.LoadBalancerAttributes, awsdata.TargetGroupAttributes} {
		for typ, attributes := range tables {
			for _, name := range slices.Sorted(maps.Keys(attributes)) {
				a := attributes[name]
				number, err := strconv.Atoi(a.Default)
				if a.Default != "" && !slices.Contains(a.Words, a.Default) && (err != nil || number < a.Least || number > a.Most) {
					t.Errorf("%s of %s: %q is not one of %q, nor %d to %d", name, typ, a.Default, a.Words, a.Least, a.Most)
				}
			}
		}
	}
}

func TestBandwidthsHaveBaselineAndBurst(t *testing.T) {
	for name, want := range map[string]awsdata.Bandwidth{
		"t3.medium": {256, 5000}, "t3.small": {128, 5000}, "m5.large": {750, 10000}, "m7g.large": {937, 12500}, "m7i.large": {781, 12500},
		"m5.8xlarge": {10000, 10000}, "c5n.18xlarge": {100000, 100000}, "c8i.large": {Baseline: 937},
	} {
		if got := awsdata.Bandwidths()[name]; got != want {
			t.Errorf("%s has %+v, want %+v", name, got, want)
		}
	}
	if got, known := awsdata.Bandwidths()["t2.medium"]; known {
		t.Errorf("t2.medium has %+v, and EC2 describes it in words", got)
	}
	for name, b := range awsdata.Bandwidths() {
		if b.Baseline <= 0 || b.Burst > 0 && b.Burst < b.Baseline {
			t.Errorf("%s has %+v", name, b)
		}
	}
}
