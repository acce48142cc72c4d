package ec2_test

import (
	"testing"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/ec2"
)

func TestInstanceTypesHaveTheirArchitectureAndLimits(t *testing.T) {
	for name, want := range map[string]ec2.InstanceType{
		"m7g.large":      {Architecture: "arm64", Cpus: 2, Interfaces: 3, Addresses: 10, Nitro: true, Memory: 8192, Branches: 9},
		"t3.medium":      {Architecture: "x86_64", Cpus: 2, Interfaces: 3, Addresses: 6, Nitro: true, Memory: 4096},
		"t3a.small":      {Architecture: "x86_64", Cpus: 2, Interfaces: 2, Addresses: 4, Nitro: true, Memory: 2048},
		"c7i.48xlarge":   {Architecture: "x86_64", Cpus: 192, Interfaces: 15, Addresses: 50, Nitro: true, Memory: 393216, Branches: 107},
		"r8g.metal-24xl": {Architecture: "arm64", Cpus: 96, Interfaces: 15, Addresses: 50, Nitro: true, Memory: 786432, Branches: 107},
		"x2gd.xlarge":    {Architecture: "arm64", Cpus: 4, Interfaces: 4, Addresses: 15, Nitro: true, Memory: 65536, Branches: 18},
		"i4i.2xlarge":    {Architecture: "x86_64", Cpus: 8, Interfaces: 4, Addresses: 15, Nitro: true, Memory: 65536, Branches: 26},
		"d3.xlarge":      {Architecture: "x86_64", Cpus: 4, Interfaces: 4, Addresses: 3, Nitro: true, Memory: 32768, Branches: 42},
		"g5g.xlarge":     {Architecture: "arm64", Cpus: 4, Interfaces: 4, Addresses: 15, Nitro: true, Memory: 8192, Branches: 18},
		"g6.xlarge":      {Architecture: "x86_64", Cpus: 4, Interfaces: 4, Addresses: 15, Nitro: true, Memory: 16384, Branches: 18},
		"p3.2xlarge":     {Architecture: "x86_64", Cpus: 8, Interfaces: 4, Addresses: 15, Nitro: false, Memory: 62464},
		"g4dn.metal":     {Architecture: "x86_64", Cpus: 96, Interfaces: 15, Addresses: 50, Nitro: true, Memory: 393216, Branches: 107},
	} {
		if got, err := ec2.TypeOf("", name); err != nil || got != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestATypeOnXenHasNoPrefixes(t *testing.T) {
	for name, want := range map[string]int{"m5.large": 110, "p3.2xlarge": 58, "t2.medium": 17} {
		if kind, err := ec2.TypeOf("", name); err != nil || kind.MaxPods(true, false) != want {
			t.Errorf("%s accepts %d pods, %v", name, kind.MaxPods(true, false), err)
		}
	}
}

// The table is that of the VPC resource controller, and the program has its own.
func TestBranchInterfacesAreThoseOfTheProgram(t *testing.T) {
	for name, kind := range ec2.InstanceTypes() {
		if want := awsdata.BranchInterfaces(name); kind.Branches != want {
			t.Errorf("%s has %d branch interfaces, the program has %d", name, kind.Branches, want)
		}
	}
	for name, want := range map[string]int{"m5.large": 9, "m6g.xlarge": 18, "t3.medium": 0, "p3.2xlarge": 0} {
		if kind, err := ec2.TypeOf("", name); err != nil || kind.Branches != want {
			t.Errorf("%s has %d branch interfaces, want %d (%v)", name, kind.Branches, want, err)
		}
	}
}

func TestEveryInstanceTypeOfTheTableIsComplete(t *testing.T) {
	if len(ec2.InstanceTypes()) < 1000 {
		t.Errorf("%d types", len(ec2.InstanceTypes()))
	}
	for name, kind := range ec2.InstanceTypes() {
		if kind.Cpus == 0 || kind.Interfaces == 0 || kind.Addresses < 2 {
			t.Errorf("%s: %+v", name, kind)
		}
	}
}
