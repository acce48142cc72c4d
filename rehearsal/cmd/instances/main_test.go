package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheTablesAreWhatTheModulesSay(t *testing.T) {
	for name, generate := range tables {
		want, err := generate()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(filepath.Join("../../../internal/awsdata", name)); !bytes.Equal(got, want) {
			t.Errorf("%s is not that of the modules; run: cd rehearsal && go run ./cmd/instances", name)
		}
	}
}

func TestTheModulesSourceIsReadCompletely(t *testing.T) {
	limits, err := readLimits()
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) < 1000 {
		t.Errorf("%d instance types", len(limits))
	}
	for name, want := range map[string]limit{
		"m5.large": {interfaces: 3, addresses: 10}, "t2.micro": {interfaces: 2, addresses: 2, xen: true}, "m5.metal": {interfaces: 15, addresses: 50, metal: true},
	} {
		if got := limits[name]; got != want {
			t.Errorf("%s has %+v, want %+v", name, got, want)
		}
	}
}

func TestBranchInterfacesAreThoseOfTypesWithATrunkInterface(t *testing.T) {
	branches, err := readBranches()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"m5.large": 9, "m6g.xlarge": 18, "c5.18xlarge": 107, "t3.medium": 0, "t4g.large": 0, "m4.large": 0} {
		if got := branches[name]; got != want {
			t.Errorf("%s has %d branch interfaces, want %d", name, got, want)
		}
	}
}

func TestProcessorsFollowFromNamesAndExceptions(t *testing.T) {
	sizes := []string{"large", "xlarge", "24xlarge", "metal"}
	for name, want := range map[[2]string]int{
		{"m5", "large"}: 2, {"m5", "xlarge"}: 4, {"c5", "9xlarge"}: 36, {"m5", "metal"}: 96, {"m7i", "metal-24xl"}: 96, {"m7g", "medium"}: 1, {"t3", "medium"}: 2,
		{"t4g", "nano"}: 2, {"t2", "micro"}: 1, {"c4", "8xlarge"}: 36, {"g4dn", "metal"}: 96, {"hpc7a", "96xlarge"}: 192, {"m5", "enormous"}: 0,
	} {
		if got := processors(name[0], name[1], sizes); got != want {
			t.Errorf("%s.%s has %d vCPUs, want %d", name[0], name[1], got, want)
		}
	}
}

func TestMemoryFollowsFromNamesAndExceptions(t *testing.T) {
	for name, want := range map[string]int{
		"m5.large": 8192, "m7g.medium": 4096, "c7i-flex.xlarge": 8192, "r6i.32xlarge": 1048576, "t3.nano": 512, "t4g.small": 2048, "t3.medium": 4096, "t2.2xlarge": 32768,
		"c5n.large": 5376, "c5n.18xlarge": 196608, "i3.large": 15616, "g4dn.xlarge": 16384, "g6e.xlarge": 32768, "x2iedn.32xlarge": 4194304, "p5.48xlarge": 2097152,
		"hpc7a.12xlarge": 786432, "u-24tb1.metal": 25165824, "im4gn.large": 8192, "is4gen.large": 12288, "inf1.xlarge": 8192, "c9g.medium": 2048, "y1.large": 0,
	} {
		family, size, _ := strings.Cut(name, ".")
		if got := memoryOf(family, size, processors(family, size, []string{"large", "112xlarge", "metal"})); got != want {
			t.Errorf("%s has %d MiB, want %d", name, got, want)
		}
	}
}

// A type whose vCPUs are unknown must not be in the table as one without vCPUs.
func TestATypeThatDoesNotFollowTheRulesIsRefused(t *testing.T) {
	if _, err := render(map[string]limit{"m99.enormous": {interfaces: 2, addresses: 4}}); err == nil {
		t.Error("rendered without vCPUs")
	}
	if _, err := render(map[string]limit{"m99.large": {interfaces: 2, addresses: 4}, "m99.xlarge": {xen: true}}); err == nil {
		t.Error("rendered with two hypervisors in one family")
	}
}

func TestBandwidthIsReadFromWordsAndFromSeveralCards(t *testing.T) {
	for text, want := range map[string]int{
		"Up to 12.5 Gigabit": 12500, "10 Gigabit": 10000, "4x 100 Gigabit": 400000, "Up to 5 Gigabit": 5000, "66.66 Gigabit": 66660,
		"3200 Gigabit": 3200000, "High": 0, "Low to Moderate": 0, "": 0, "NA": 0,
	} {
		if got := megabits(text); got != want {
			t.Errorf("%q is %d Mbit/s, want %d", text, got, want)
		}
	}
}

// A type beyond 16 vCPUs has no burst bandwidth, and one whose burst bandwidth is less than its baseline is an error in
// a source.
func TestBurstBandwidthIsNeverBelowTheBaseline(t *testing.T) {
	if got := burstOf("m99.8xlarge", 10000, nil); got != 10000 {
		t.Errorf("m99.8xlarge bursts to %d", got)
	}
	if got := burstOf("m99.large", 900, nil); got != 0 {
		t.Errorf("m99.large bursts to %d, and nothing says so", got)
	}
	if got := burstOf("m99.large", 900, map[string]int{"m99.large": 12500}); got != 12500 {
		t.Errorf("m99.large bursts to %d", got)
	}
	if got := burstOf("m99.large", 900, map[string]int{"m99.large": 500}); got != 900 {
		t.Errorf("m99.large bursts to %d", got)
	}
}

func TestThePricesAreThoseOfOneRegion(t *testing.T) {
	all, err := readPrices()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 500 {
		t.Errorf("%d prices", len(all))
	}
	for name, want := range map[string]float64{"t3.medium": 0.0416, "m5.large": 0.096, "m7g.large": 0.0816} {
		if all[name] != want {
			t.Errorf("%s costs %g USD an hour, want %g", name, all[name], want)
		}
	}
}
