package awsdata_test

import (
	"testing"

	"eksnet/internal/awsdata"
)

func TestBranchInterfacesAreReadByFamilyAndSize(t *testing.T) {
	for name, want := range map[string]int{
		"m5.large": 9, "c5d.xlarge": 18, "m7g.medium": 4, "r7i.metal-24xl": 107, "c5.18xlarge": 107, "t3.medium": 0, "t4g.large": 0, "m4.xlarge": 0, "m5": 0,
	} {
		if got := awsdata.BranchInterfaces(name); got != want {
			t.Errorf("%s can have %d branch interfaces, want %d", name, got, want)
		}
	}
}
