package store

// Options are properties of the account that no call changes.
type Options struct {
	// Account is the twelve-digit account ID.
	Account string
	// Endpoint is the address at which a cluster's API server serves health checks, such as https://127.0.0.1:41234.
	Endpoint string
	// Authority is the certificate authority of that server, in PEM, which is in the outputs of clusters. Without one
	// they have a placeholder.
	Authority string
	// Outside is set if the operator is outside the VPC: a private endpoint can then be reached through a proxy only.
	Outside bool
	// Charts holds the folder of each Helm chart by the chart's name.
	Charts map[string]string
	// Published holds further repositories and versions of the charts, see PublishChart.
	Published []PublishedChart
	// Operator is what the operator has before any stack.
	Operator OperatorResources
	// PublicAccessBlock is the account's mode of VPC Block Public Access: BlockIngress, BlockBidirectional or "" for off.
	PublicAccessBlock string
	// Verify checks, after each call, that the queues of the actors miss no item. It is slow.
	Verify bool
	// Changed is called after each change, without the lock; nil for none.
	Changed func()
}

// Modes of VPC Block Public Access (docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html). In both, internet
// gateways forward nothing that they would with the mode off, except for the connections that NAT gateways and
// egress-only internet gateways open in the mode BlockIngress.
const (
	BlockIngress       = "block-ingress"
	BlockBidirectional = "block-bidirectional"
)

// PublishedChart is a place of a chart beside the one that it comes from: Chart and Repository are those inputs of a
// release, where Chart is an oci:// address without a Repository.
type PublishedChart struct{ Chart, Repository, Version string }

// OperatorResources are resources of the operator that stack files name and stacks do not create: allocation IDs of
// Elastic IPs, names of key pairs, prefix lists by ID with their maximum number of entries, hosted zones, and IPAM
// pools by ID with their range.
type OperatorResources struct {
	ElasticIPs  []string
	KeyPairs    []string
	PrefixLists map[string]int
	HostedZones []HostedZone
	IPAMPools   map[string]string
}

// HostedZone is a zone of the operator. ID is "" if the stack file gives the domain alone. Region is that of the stack,
// since an account has none before its first call.
type HostedZone struct {
	ID, Domain, Region string
	Private            bool
}
