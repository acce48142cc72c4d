package awsdata_test

import (
	"testing"

	"eksnet/internal/awsdata"
)

func TestInstanceTypesHaveTheirListPrices(t *testing.T) {
	prices := awsdata.InstancePrices()
	// aws.amazon.com/ec2/pricing/on-demand
	for name, want := range map[string]float64{"t3.medium": 0.0416, "t4g.medium": 0.0336, "m6i.large": 0.096, "m7g.xlarge": 0.1632, "c6g.medium": 0.034} {
		if got := prices[name].Hourly; got != want {
			t.Errorf("%s costs %g USD an hour, want %g", name, got, want)
		}
	}
	unpriced := 0
	for name := range awsdata.InstanceTypes() {
		if prices[name].Hourly == 0 {
			unpriced++
		}
	}
	if all := len(awsdata.InstanceTypes()); unpriced > all/3 {
		t.Errorf("%d of %d instance types have no price", unpriced, all)
	}
}
