package awsdata

// Names and values of the VPC CNI for pods of IPv6 clusters that connect to IPv4 hosts
// (github.com/aws/amazon-vpc-cni-k8s, cmd/aws-vpc-cni/main.go and cmd/egress-cni-plugin/netconf.go).
const (
	// IPv4EgressRange has the addresses of pods, the same ones on each node.
	IPv4EgressRange = "169.254.172.0/22"
	// IPv4EgressInterface is the name of the pod's interface that has the address.
	IPv4EgressInterface = "v4if0"
)
