package awsdata

import (
	"strconv"
	"strings"
	"sync"
)

// SingleFlowMegabits is the most that one flow between two instances gets in Mbit/s, unless they are in the same
// cluster placement group, in which it is 10,000
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html).
const SingleFlowMegabits = 5000

// ZoneTransferPrice is what AWS bills for a GB that crosses zones of a region, in USD and for each of the two
// directions: out of one instance and into the other (aws.amazon.com/ec2/pricing/on-demand, data transfer within the
// same AWS Region). It is the price in the partition aws.
const ZoneTransferPrice = 0.01

// Bandwidth is the network bandwidth of an instance type in Mbit/s, in each direction.
type Bandwidth struct {
	// Baseline is what an instance always gets.
	Baseline int
	// Burst is what an instance gets while it has network credits, for minutes: typically 5 to 60
	// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html). It is the baseline of types
	// without credits, and 0 if it is unknown.
	Burst int
}

// Bandwidths returns the bandwidth of instance types by name. Types that EC2 describes in words, such as "Moderate",
// are not in it.
var Bandwidths = sync.OnceValue(func() map[string]Bandwidth {
	all := map[string]Bandwidth{}
	for line := range strings.Lines(strings.TrimPrefix(bandwidthTable, "\n")) {
		figures, names, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		baseline, burst, _ := strings.Cut(figures, "/")
		var b Bandwidth
		b.Baseline, _ = strconv.Atoi(baseline)
		b.Burst, _ = strconv.Atoi(burst)
		for name := range strings.FieldsSeq(names) {
			all[name] = b
		}
	}
	return all
})
