package workloads

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// stated are annotations with the subnets where the load balancer stands, in the order of their zones; without subnets the controller
// finds them by their tags.
func stated(annotations map[string]string, name string, subnets pulumi.StringArray) pulumi.StringMap {
	all := pulumi.ToStringMap(annotations)
	if len(subnets) > 0 {
		all[name] = subnets.ToStringArrayOutput().ApplyT(func(ids []string) string { return strings.Join(ids, ",") }).(pulumi.StringOutput)
	}
	return all
}
