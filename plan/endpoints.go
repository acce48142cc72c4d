package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// interfaceService is a service that a VPC can reach by an interface endpoint, as far as clusters use it.
type interfaceService struct {
	// auto reports whether nodes, the CNI or the load balancer controller use it.
	auto bool
	// needed says what does not work without it where there is no other way out, "" for nothing.
	needed string
	// china is the beginning of its name in aws-cn, "" if it has no endpoint there as far as published.
	china string
}

// The beginnings of the names of endpoint services. In aws-cn it depends on the service; EC2's
// DescribeVpcEndpointServices returns it, and the AWS CDK keeps its answers (github.com/aws/aws-cdk,
// aws-ec2/lib/vpc-endpoint.ts).
const (
	standardPrefix = "com.amazonaws"
	chinesePrefix  = "cn.com.amazonaws"
)

// interfaceServices follow docs.aws.amazon.com/eks/latest/userguide/private-clusters.html and
// docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html, as of November 2026. The upper ones
// are what the stack itself uses; the others are what people add to clusters, and cost by the hour.
var interfaceServices = map[string]interfaceService{
	"ec2":                  {auto: true, needed: "the CNI assigns no addresses", china: chinesePrefix},
	"ecr.api":              {auto: true, needed: "nodes cannot pull images", china: chinesePrefix},
	"ecr.dkr":              {auto: true, needed: "nodes cannot pull images", china: chinesePrefix},
	"eks":                  {auto: true, china: chinesePrefix},
	"elasticloadbalancing": {auto: true, needed: "the controller cannot create load balancers", china: standardPrefix},
	"sts":                  {auto: true, needed: "CNI and controller get no credentials", china: chinesePrefix},

	"autoscaling":       {china: chinesePrefix}, // for the cluster autoscaler
	"ec2messages":       {china: standardPrefix},
	"eks-auth":          {}, // for EKS Pod Identity: see serviceFor
	"elasticfilesystem": {china: chinesePrefix},
	"kms":               {china: standardPrefix},
	"logs":              {china: standardPrefix}, // for agents that send pods' logs: EKS and the VPC send theirs without it
	"monitoring":        {china: chinesePrefix},
	"secretsmanager":    {china: standardPrefix},
	"ssm":               {china: standardPrefix},
	"ssmmessages":       {china: standardPrefix},
}

// serviceFor returns a service as far as a cluster uses it. With EKS Pod Identity the agent on each node calls EKS
// Auth, and pods do not call STS, which nodes need also then
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html).
func serviceFor(s *config.Stack, name string) interfaceService {
	service := interfaceServices[name]
	if s.Cluster.Identity == config.PodIdentity {
		switch name {
		case "eks-auth":
			service.auto, service.needed = true, "CNI and controllers get no credentials"
		case "sts":
			service.needed = "nodes cannot join the cluster"
		}
	}
	return service
}

// computeEndpoints returns the services of network.endpoints, auto resolved, without those that checkEndpoints refuses.
func computeEndpoints(s *config.Stack, partition Partition) []string {
	offered := servicesIn(partition)
	var all []string
	for _, name := range s.Network.Endpoints {
		switch {
		case name == config.EndpointsAuto:
			all = append(all, slices.DeleteFunc(slices.Clone(offered), func(name string) bool { return !serviceFor(s, name).auto })...)
		case slices.Contains(offered, name):
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// checkEndpoints refuses what is no service with an interface endpoint.
func checkEndpoints(s *config.Stack, partition Partition, problems *config.Problems) {
	offered := servicesIn(partition)
	for i, name := range s.Network.Endpoints {
		at := config.At("network.endpoints", i)
		switch {
		case name == config.EndpointsAuto || slices.Contains(offered, name):
		case name == "s3":
			problems.Add(at, "s3 always has a gateway endpoint, which is free of charge; remove it")
		default:
			problems.Add(at, "%q is not a service with an interface endpoint that eksnet supports in %s; accepted: auto, %s", name, partition.Name, strings.Join(offered, ", "))
		}
	}
}

// servicesIn returns the services with an interface endpoint in a partition, sorted.
func servicesIn(partition Partition) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(interfaceServices)) {
		if partition.Name != china || interfaceServices[name].china != "" {
			names = append(names, name)
		}
	}
	return names
}

// EndpointService returns the name by which EC2 knows the interface endpoint of a service, such as
// com.amazonaws.eu-central-1.ecr.api.
func (p Partition) EndpointService(region, name string) string {
	prefix := standardPrefix
	if p.Name == china {
		prefix = interfaceServices[name].china
	}
	return fmt.Sprintf("%s.%s.%s", prefix, region, name)
}
