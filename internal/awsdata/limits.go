package awsdata

const (
	// RulesPerALB are the rules of an Application Load Balancer by default, those of its listeners' default actions
	// aside (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
	RulesPerALB = 100
	// SecurityGroupsPerInterface are the security groups of a network interface by default, and of a load balancer
	// (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html;
	// docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html).
	SecurityGroupsPerInterface = 5

	// ReservedAddresses are the addresses that AWS keeps in every subnet: ReservedAtStart at its start, and the last
	// one (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
	ReservedAddresses, ReservedAtStart = 5, 4
	// PrefixBits is the length of the prefixes that nodes take for pods, and AddressesPerPrefix the addresses of one
	// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html).
	PrefixBits, AddressesPerPrefix = 28, 16
	// LargestVPCBits is the length of the largest range of a VPC
	// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
	LargestVPCBits = 16
)
