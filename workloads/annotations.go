package workloads

// What the load balancer controller reads of an Ingress
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations).
const (
	albScheme     = "alb.ingress.kubernetes.io/scheme"
	albTargetType = "alb.ingress.kubernetes.io/target-type"
	albGroup      = "alb.ingress.kubernetes.io/group.name"
	albOrder      = "alb.ingress.kubernetes.io/group.order"
	albHealth     = "alb.ingress.kubernetes.io/healthcheck-path"
)

// What it reads of a Service, and the class that makes the Service its own
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations).
const (
	nlbScheme     = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	nlbTargetType = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
	nlbClass      = "service.k8s.aws/nlb"
)

// What EKS's own cloud controller reads of a Service without a class
// (cloud-provider-aws.sigs.k8s.io/service_controller).
const (
	clbInternal = "service.beta.kubernetes.io/aws-load-balancer-internal"
	clbTags     = "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"
)
