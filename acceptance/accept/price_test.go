package accept_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/acceptance/accept"
	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/stackfile"
	"eksnet/plan"
)

// Control plane 0.10, three NAT gateways 0.135, an NLB 0.0225, six addresses 0.03, three m7g.large of 0.0816 and their
// disks of 20 GB for 0.08 a month.
func TestThePriceIsTheSumOfWhatIsBilledByTheHour(t *testing.T) {
	spec, planned, err := stackfile.Load("../..", "local")
	if err != nil {
		t.Fatal(err)
	}
	disks := 3 * float64(spec.NodeGroups["general"].DiskGiB) * 0.08 / 730
	want := fmt.Sprintf("%.2f USD an hour by the list prices of us-east-1, %.2f of it for nodes with their disks; traffic is not included", 0.10+0.135+0.0225+0.03+3*0.0816+disks, 3*0.0816+disks)
	if got := accept.PriceText(spec, planned.Billed); got != want || disks == 0 {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAControlPlaneInExtendedSupportCostsSixTimesAsMuch(t *testing.T) {
	price := func(what string) string {
		return accept.PriceText(&config.Stack{}, []plan.Billed{{What: what, Count: 1}})
	}
	if standard, extended := price(plan.BilledControlPlane), price(plan.BilledExtendedControlPlane); !strings.HasPrefix(standard, "0.10 USD") || !strings.HasPrefix(extended, "0.60 USD") {
		t.Errorf("%s; %s", standard, extended)
	}
}

func TestEverythingThatIsBilledByTheHourHasAPrice(t *testing.T) {
	for _, stack := range stackfile.List("../..") {
		spec, planned, err := stackfile.Load("../..", stack)
		if err != nil {
			t.Fatal(err)
		}
		whole := accept.PriceText(spec, planned.Billed)
		if strings.Contains(whole, "is not known") {
			t.Errorf("%s: %s", stack, whole)
		}
		for i, b := range planned.Billed {
			without := append(append(planned.Billed[:0:0], planned.Billed[:i]...), planned.Billed[i+1:]...)
			b.Count *= 100 // an address costs less than a cent
			if with := accept.PriceText(spec, append(without, b)); b.Count > 0 && with == whole && b.What != "node" {
				t.Errorf("%s: %s has no price", stack, b.What)
			}
		}
	}
}

// EKS chooses of several types, so the highest price counts.
func TestNodesCountWithTheHighestPriceAndWhatIsNotKnownIsSaid(t *testing.T) {
	group := config.NodeGroup{InstanceTypes: []string{"m6g.large", "m8g.large", "y9.large"}, Capacity: config.Spot, Scaling: config.Scaling{Desired: 2}}
	got := accept.PriceText(&config.Stack{NodeGroups: map[string]config.NodeGroup{"general": group}}, nil)
	price := 2 * max(awsdata.InstancePrices()["m6g.large"].Hourly, awsdata.InstancePrices()["m8g.large"].Hourly)
	want := fmt.Sprintf("%.2f USD an hour by the list prices of us-east-1, %.2f of it for nodes with their disks; group general: the price of y9.large is not known, see aws.amazon.com/ec2/pricing/on-demand; "+
		"Spot Instances count with their on-demand price, and cost less; traffic is not included", price, price)
	if got != want || price == 0 {
		t.Errorf("%s, want %s", got, want)
	}
}
