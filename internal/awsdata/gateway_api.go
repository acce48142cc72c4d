package awsdata

// The Gateway API, as the load balancer controller supports it.
const (
	// GatewayAPIVersion is the version of the Gateway API whose definitions the stack creates.
	GatewayAPIVersion = "1.5.1"
	// GatewayAPIController is the minor version of the load balancer controller that is built for it: earlier ones are
	// built for earlier definitions, and later ones require those of 1.6, which no longer serve the version v1alpha2 of
	// TCPRoute and UDPRoute that this one reads (sigs.k8s.io/aws-load-balancer-controller, go.mod and
	// pkg/gateway/crddetect; github.com/kubernetes-sigs/gateway-api, config/crd).
	GatewayAPIController = "3.2"

	// RuleConditionValues are the values of all conditions of a rule of an Application Load Balancer, RuleTargetGroups
	// the target groups of its action (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html),
	// and MostWeight the largest weight of one of them (API_TargetGroupTuple).
	RuleConditionValues, RuleTargetGroups, MostWeight = 5, 5, 999
	// RouteMatches are the matches of a rule of an HTTPRoute (gateway-api.sigs.k8s.io/reference/spec).
	RouteMatches = 64
)
