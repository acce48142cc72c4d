package leftover

import (
	"fmt"

	"eksnet/internal/awsdata"
)

// MonthlyCost is what a resource of some billed units costs in a month.
func (k Kind) MonthlyCost(units float64) float64 {
	return units * (k.Price.Monthly + k.Price.Hourly*awsdata.HoursPerMonth)
}

// PriceText is the price of a kind, such as "0.045 USD an hour", "" for nothing.
func (k Kind) PriceText() string {
	unit := ""
	if k.Price.Unit != "" {
		unit = " a " + k.Price.Unit
	}
	switch {
	case k.Price.Hourly > 0:
		return fmt.Sprintf("%.4g USD%s an hour", k.Price.Hourly, unit)
	case k.Price.Monthly > 0:
		return fmt.Sprintf("%.4g USD%s a month", k.Price.Monthly, unit)
	}
	return ""
}
