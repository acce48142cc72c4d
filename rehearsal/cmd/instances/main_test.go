package main

import (
	"bytes"
	"os"
	"testing"
)

const plan = "../../../plan/instance_table.go"

func TestThePlansTableIsWhatTheCNISays(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(plan); !bytes.Equal(got, want) {
		t.Errorf("%s is not that of %s %s; run: cd rehearsal && go run ./cmd/instances", plan, module, version)
	}
}

func TestTheModulesSourceIsReadWhole(t *testing.T) {
	limits, err := download()
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

// A type whose vCPUs nobody knows must not get into the table as one with none.
func TestATypeThatDoesNotFollowTheRulesIsRefused(t *testing.T) {
	if _, err := render(map[string]limit{"m99.enormous": {interfaces: 2, addresses: 4}}); err == nil {
		t.Error("rendered without vCPUs")
	}
	if _, err := render(map[string]limit{"m99.large": {interfaces: 2, addresses: 4}, "m99.xlarge": {xen: true}}); err == nil {
		t.Error("rendered with two hypervisors in one family")
	}
}
