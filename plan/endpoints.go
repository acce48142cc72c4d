package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// A service that a VPC can reach by an interface endpoint, as far as clusters have to do with it.
type service struct {
	// auto reports whether nodes, the CNI or the load balancer controller use it.
	auto bool
	// needed says what does not work without it where there is no other way out, "" for nothing.
	needed string
	// china is the beginning of its name in aws-cn, "" if it has no endpoint there as far as published.
	china string
}

// The beginnings of the names of endpoint services. In aws-cn it depends on the service; EC2's DescribeVpcEndpointServices
// tells which, and the AWS CDK keeps its answers (github.com/aws/aws-cdk, aws-ec2/lib/vpc-endpoint.ts).
const (
	usual   = "com.amazonaws"
	chinese = "cn.com.amazonaws"
)

// interfaceServices follow docs.aws.amazon.com/eks/latest/userguide/private-clusters.html and
// docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html, as of November 2026. The upper ones are
// what the stack itself uses; the others are what people add to clusters, and cost by the hour.
var interfaceServices = map[string]service{
	"ec2":                  {auto: true, needed: "the CNI gives no addresses", china: chinese},
	"ecr.api":              {auto: true, needed: "nodes pull no images", china: chinese},
	"ecr.dkr":              {auto: true, needed: "nodes pull no images", china: chinese},
	"eks":                  {auto: true, china: chinese},
	"elasticloadbalancing": {auto: true, needed: "the controller makes no load balancers", china: usual},
	"sts":                  {auto: true, needed: "CNI and controller get no credentials", china: chinese},

	"autoscaling":       {china: chinese}, // for the cluster autoscaler
	"ec2messages":       {china: usual},
	"eks-auth":          {}, // for EKS Pod Identity
	"elasticfilesystem": {china: chinese},
	"kms":               {china: usual},
	"logs":              {china: usual}, // for agents that send pods' logs: EKS and the VPC send theirs without it
	"monitoring":        {china: chinese},
	"secretsmanager":    {china: usual},
	"ssm":               {china: usual},
	"ssmmessages":       {china: usual},
}

// endpoints resolves network.endpoints and refuses what is no service with an interface endpoint.
func endpoints(s *config.Stack, partition Partition, problems *config.Problems) []string {
	offered := offeredIn(partition)
	var all []string
	for i, name := range s.Network.Endpoints {
		at := config.At("network.endpoints", i)
		switch {
		case name == config.EndpointsAuto:
			all = append(all, slices.DeleteFunc(slices.Clone(offered), func(name string) bool { return !interfaceServices[name].auto })...)
		case name == "s3":
			problems.Add(at, "s3 has a gateway endpoint in any case, which costs nothing; remove it")
		case slices.Contains(offered, name):
			all = append(all, name)
		default:
			problems.Add(at, "%q is not a service with an interface endpoint that eksnet knows in %s; accepted: auto, %s", name, partition.Name, strings.Join(offered, ", "))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// offeredIn are the services with an interface endpoint in a partition, sorted.
func offeredIn(partition Partition) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(interfaceServices)) {
		if partition.Name != china || interfaceServices[name].china != "" {
			names = append(names, name)
		}
	}
	return names
}

// EndpointService is the name by which EC2 knows the interface endpoint of a service, such as
// com.amazonaws.eu-central-1.ecr.api.
func (p Partition) EndpointService(region, name string) string {
	prefix := usual
	if p.Name == china {
		prefix = interfaceServices[name].china
	}
	return fmt.Sprintf("%s.%s.%s", prefix, region, name)
}
