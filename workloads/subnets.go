package workloads

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// withSubnets adds the load balancer's subnets to annotations, in the order of their zones. The controllers apply a
// changed list in place; without a list a load balancer keeps the subnets that were discovered at its creation
// (github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/service/model_build_load_balancer.go and
// pkg/ingress/model_build_load_balancer.go; github.com/kubernetes/cloud-provider-aws,
// pkg/providers/v1/aws_loadbalancer.go).
func withSubnets(annotations map[string]string, name string, subnets pulumi.StringArray) pulumi.StringMap {
	all := pulumi.ToStringMap(annotations)
	all[name] = subnets.ToStringArrayOutput().ApplyT(func(ids []string) string { return strings.Join(ids, ",") }).(pulumi.StringOutput)
	return all
}
