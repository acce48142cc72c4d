package world

import "testing"

func TestInstanceTypesHaveTheirArchitectureAndLimits(t *testing.T) {
	for name, want := range map[string]instanceType{
		"m7g.large":      {"arm64", 2, 3, 10, true, 8192},
		"t3.medium":      {"x86_64", 2, 3, 6, true, 4096},
		"t3a.small":      {"x86_64", 2, 2, 4, true, 2048},
		"c7i.48xlarge":   {"x86_64", 192, 15, 50, true, 393216},
		"r8g.metal-24xl": {"arm64", 96, 15, 50, true, 786432},
		"x2gd.xlarge":    {"arm64", 4, 4, 15, true, 65536},
		"i4i.2xlarge":    {"x86_64", 8, 4, 15, true, 65536},
		"d3.xlarge":      {"x86_64", 4, 4, 3, true, 32768},
		"g5g.xlarge":     {"arm64", 4, 4, 15, true, 8192},
		"g6.xlarge":      {"x86_64", 4, 4, 15, true, 16384},
		"p3.2xlarge":     {"x86_64", 8, 4, 15, false, 62464},
		"g4dn.metal":     {"x86_64", 96, 15, 50, true, 393216},
	} {
		if got, err := typeOf("", name); err != nil || got != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestATypeOnXenHasNoPrefixes(t *testing.T) {
	for name, want := range map[string]int{"m5.large": 110, "p3.2xlarge": 58, "t2.medium": 17} {
		if kind, err := typeOf("", name); err != nil || kind.maxPods(true, false) != want {
			t.Errorf("%s accepts %d pods, %v", name, kind.maxPods(true, false), err)
		}
	}
}

func TestEveryInstanceTypeOfTheTableIsComplete(t *testing.T) {
	if len(instanceTypes()) < 1000 {
		t.Errorf("%d types", len(instanceTypes()))
	}
	for name, kind := range instanceTypes() {
		if kind.cpus == 0 || kind.interfaces == 0 || kind.addresses < 2 {
			t.Errorf("%s: %+v", name, kind)
		}
	}
}
