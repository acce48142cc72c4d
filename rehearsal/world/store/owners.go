package store

// CloudOwner is the owner of what the cloud controller creates.
const CloudOwner = "aws-cloud-controller"

// CloudSource is where its code is.
const CloudSource = "https://github.com/kubernetes/cloud-provider-aws/blob/master/"

// CloudError begins the text of its events.
const CloudError = `error syncing load balancer: failed to ensure load balancer: `

// ControllerOwner owns what the load balancer controller creates.
const ControllerOwner = "aws-load-balancer-controller"

// ControllerSource is where its code is.
const ControllerSource = "https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/"

// The tags of what the load balancer controller creates begin with the prefix of a Service, of Ingresses or of a
// Gateway; with StackTag they have the name of the Service, of the group of Ingresses or of the Gateway.
const (
	ServicePrefix    = "service.k8s.aws"
	IngressPrefix    = "ingress.k8s.aws"
	ALBGatewayPrefix = "gateway.k8s.aws.alb"
	NLBGatewayPrefix = "gateway.k8s.aws.nlb"
	StackTag         = "/stack"
)

// StackPrefixes are the prefixes of tags of what the load balancer controller creates.
var StackPrefixes = []string{ServicePrefix, IngressPrefix, ALBGatewayPrefix, NLBGatewayPrefix}

// MadeForBalancer reports whether a security group is that of one load balancer.
func MadeForBalancer(group *Object) bool {
	if group == nil {
		return false
	}
	for _, prefix := range StackPrefixes {
		if _, tagged := group.Tags()[prefix+StackTag]; tagged {
			return true
		}
	}
	return group.Owner == CloudOwner
}

// ResourceControllerOwner is the owner of the trunk and branch interfaces of the VPC resource controller.
const ResourceControllerOwner = "vpc-resource-controller"

// OperatorOwner is the owner of what was in the account before any stack and remains after it.
const OperatorOwner = "operator"
