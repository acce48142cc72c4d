package awsdata

const (
	// DeregistrationDelay is how long, in seconds, a target that leaves keeps its connections by default
	// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
	DeregistrationDelay = 300
	// GracePeriod is how long, in seconds, a pod has to end by default
	// (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination).
	GracePeriod = 30
)
