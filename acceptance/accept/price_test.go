package accept_test

import (
	"strings"
	"testing"

	"eksnet/acceptance/accept"
	"eksnet/internal/stackfile"
)

// Control plane 0.10, three NAT gateways 0.135, an NLB 0.0225, and six addresses 0.03.
func TestThePriceIsTheSumOfWhatIsBilledByTheHour(t *testing.T) {
	_, planned, err := stackfile.Load("../..", "local")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := accept.PriceText(planned.Billed), "0.29 USD an hour by the list prices of us-east-1, and 3 nodes (group general: m7g.large, on demand), and traffic"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOnlyNodesHaveNoPrice(t *testing.T) {
	for _, stack := range stackfile.List("../..") {
		_, planned, err := stackfile.Load("../..", stack)
		if err != nil {
			t.Fatal(err)
		}
		_, others, _ := strings.Cut(accept.PriceText(planned.Billed), "us-east-1, and ")
		for _, b := range planned.Billed {
			if priced := !strings.Contains(others, b.Detail+")"); priced != (b.What != "node") {
				t.Errorf("%s: %s has a price: %t", stack, b.What, priced)
			}
		}
	}
}
