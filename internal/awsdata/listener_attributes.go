package awsdata

// IdleTimeout is the attribute of an NLB's TCP listener, in seconds from LeastIdleTimeout to MostIdleTimeout
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html).
const (
	IdleTimeout      = "tcp.idle_timeout.seconds"
	LeastIdleTimeout = 60
	MostIdleTimeout  = 6000
)
