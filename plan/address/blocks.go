package address

import (
	"net/netip"

	"eksnet/internal/awsdata"
)

// Usable returns how many addresses of a subnet AWS does not keep for itself.
func Usable(subnet netip.Prefix) int { return 1<<(32-subnet.Bits()) - awsdata.ReservedAddresses }

// WholeBlocks returns how many /28 blocks of a subnet of a length can be prefixes: in the first and in the last AWS
// keeps addresses.
func WholeBlocks(bits int) int { return max(1<<max(awsdata.PrefixBits-bits, 0)-2, 0) }

// CutBits are how many bits longer the prefix of a subnet is than that of the range that it is cut from, by its kind.
// The control plane's subnets have one length in every VPC.
var CutBits = map[string]int{KindPrivate: privateBits, KindPublic: publicBits, KindPods: blockBits}
