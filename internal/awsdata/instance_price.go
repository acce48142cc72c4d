package awsdata

import (
	"strconv"
	"strings"
	"sync"
)

// InstancePrices returns the on-demand prices of instance types, in US dollars an hour in us-east-1, as those of
// ListPrice.
var InstancePrices = sync.OnceValue(func() map[string]ListPrice {
	all := map[string]ListPrice{}
	for line := range strings.Lines(strings.TrimPrefix(priceTable, "\n")) {
		family, sizes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		for entry := range strings.SplitSeq(sizes, ", ") {
			size, price, _ := strings.Cut(entry, " ")
			hourly, _ := strconv.ParseFloat(price, 64)
			all[family+"."+size] = ListPrice{Hourly: hourly}
		}
	}
	return all
})
