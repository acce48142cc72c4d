package stack

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/cluster"
	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/network"
	"eksnet/plan/address"
)

// option is a short name for the signatures below.
type option = pulumi.ResourceOption

func (b *builder) vpc(opts ...option) *network.VPC {
	return registerComponent(b, "VPC", func() (*network.VPC, error) {
		return network.NewVPC(b.ctx, b.name, &network.VPCArgs{
			CIDR:         b.spec.Network.CIDR,
			Zones:        b.plan.Zones,
			IPAMPool:     b.spec.Network.IPAMPool,
			PodCIDR:      b.spec.Network.PodCIDR,
			PodDiscovery: b.spec.Network.PodDiscovery(),
			IPv6:         b.spec.Network.IPv6(),
			PublicNodes:  b.plan.PublicNodes,
		}, b.withAWS(opts)...)
	})
}

func (b *builder) internet(vpc *network.VPC, opts ...option) *network.Internet {
	return registerComponent(b, "internet", func() (*network.Internet, error) {
		return network.NewInternet(b.ctx, b.name, &network.InternetArgs{VPC: vpc}, b.withAWS(opts)...)
	})
}

func (b *builder) endpoints(vpc *network.VPC, opts ...option) *network.Endpoints {
	return registerComponent(b, "endpoints", func() (*network.Endpoints, error) {
		return network.NewEndpoints(b.ctx, b.name, &network.EndpointsArgs{
			Region:    b.spec.Region,
			Partition: b.plan.Partition,
			Services:  b.plan.Endpoints,
			CIDR:      b.spec.Network.CIDR,
			PodCIDR:   b.spec.Network.PodCIDR,
			VPC:       vpc,
		}, b.withAWS(opts)...)
	})
}

// egressOnly returns nil in an IPv4 cluster.
func (b *builder) egressOnly(vpc *network.VPC, opts ...option) *network.EgressOnly {
	if !b.spec.Network.IPv6() {
		return nil
	}
	return registerComponent(b, "egress-only internet gateway", func() (*network.EgressOnly, error) {
		return network.NewEgressOnly(b.ctx, b.name, &network.EgressOnlyArgs{VPC: vpc}, b.withAWS(opts)...)
	})
}

// nat returns nil with nat: none.
func (b *builder) nat(vpc *network.VPC, opts ...option) *network.NAT {
	if len(b.plan.Gateways) == 0 {
		return nil
	}
	return registerComponent(b, "NAT", func() (*network.NAT, error) {
		return network.NewNAT(b.ctx, b.name, &network.NATArgs{Gateway: b.plan.Gateway, VPC: vpc, Advise: component.NewAdvice}, b.withAWS(opts)...)
	})
}

func (b *builder) nodeRole(opts ...option) *cluster.NodeRole {
	return registerComponent(b, "node role", func() (*cluster.NodeRole, error) {
		return cluster.NewNodeRole(b.ctx, b.name+"-node", &cluster.NodeRoleArgs{Partition: b.plan.Partition}, b.withAWS(opts)...)
	})
}

// logsKey registers the key of the log groups, if one of them is encrypted with it.
func (b *builder) logsKey(vpc *network.VPC, opts ...option) *cluster.LogsKey {
	if flow := b.spec.Network.FlowLogs; !b.spec.Cluster.Logs.Encryption && (flow == nil || !flow.Encryption) {
		return nil
	}
	return registerComponent(b, "key of the logs", func() (*cluster.LogsKey, error) {
		return cluster.NewLogsKey(b.ctx, b.name+"-logs", &cluster.LogsKeyArgs{
			ClusterName: b.spec.Cluster.Name,
			Region:      b.spec.Region,
			Partition:   b.plan.Partition,
			Account:     vpc.Owner,
		}, b.withAWS(opts)...)
	})
}

// keyOf returns the ARN of the key for a log group, nil for one without.
func keyOf(key *cluster.LogsKey, encrypted bool) pulumi.StringPtrInput {
	if key == nil || !encrypted {
		return nil
	}
	return key.ARN
}

func (b *builder) logs(key *cluster.LogsKey, opts ...option) *cluster.Logs {
	return registerComponent(b, "control plane logs", func() (*cluster.Logs, error) {
		spec := b.spec.Cluster.Logs
		return cluster.NewLogs(b.ctx, b.name, &cluster.LogsArgs{ClusterName: b.spec.Cluster.Name, Spec: spec, Key: keyOf(key, spec.Encryption)}, b.withAWS(opts)...)
	})
}

func (b *builder) controlPlane(vpc *network.VPC, nodeRole *cluster.NodeRole, opts ...option) *cluster.ControlPlane {
	return registerComponent(b, "control plane", func() (*cluster.ControlPlane, error) {
		return cluster.NewControlPlane(b.ctx, b.name, &cluster.ControlPlaneArgs{
			Spec:          b.spec.Cluster,
			IPv6:          b.spec.Network.IPv6(),
			HasZonalShift: b.existing.HasZonalShift,
			Caller:        cluster.Caller{Region: b.spec.Region, Profile: b.spec.Profile, Role: b.spec.Role},
			VPC:           vpc.ID,
			Subnets:       network.IDs(controlPlaneSubnets(vpc)),
			NodeRole:      nodeRole.Role,
		}, b.withAWS(opts)...)
	})
}

// controlPlaneSubnets returns the control plane's own subnets, or else the private subnets of its zones.
func controlPlaneSubnets(vpc *network.VPC) []*network.Subnet {
	if len(vpc.ControlPlane) > 0 {
		return vpc.ControlPlane
	}
	return vpc.Private[:address.ControlPlaneZones]
}

func (b *builder) access(control *cluster.ControlPlane, opts ...option) *cluster.Access {
	return registerComponent(b, "access", func() (*cluster.Access, error) {
		return cluster.NewAccess(b.ctx, b.name, &cluster.AccessArgs{
			Spec:        b.spec.Cluster,
			Partition:   b.plan.Partition,
			ClusterName: control.Name,
		}, b.withAWS(opts)...)
	})
}

func (b *builder) cniRole(control *cluster.ControlPlane, opts ...option) *addons.ServiceAccountRole {
	return registerComponent(b, "role of the VPC CNI", func() (*addons.ServiceAccountRole, error) {
		args := &addons.ServiceAccountRoleArgs{
			Namespace:      addons.CNINamespace,
			ServiceAccount: addons.CNIServiceAccount,
			ProviderARN:    control.ProviderARN,
			Issuer:         control.Issuer,
			ClusterARN:     control.ARN,
		}
		if b.spec.Network.IPv6() {
			args.Policy = pulumi.String(addons.IPv6CNIPolicy(b.plan.Partition).JSON())
		} else {
			args.Managed = b.plan.Partition.ManagedPolicy("AmazonEKS_CNI_Policy")
		}
		return addons.NewServiceAccountRole(b.ctx, b.name+"-vpc-cni", args, b.withAWS(opts)...)
	})
}

// flowLogs returns nil if the stack file does not enable flow logs.
func (b *builder) flowLogs(vpc *network.VPC, key *cluster.LogsKey, opts ...option) *network.FlowLogs {
	if b.spec.Network.FlowLogs == nil {
		return nil
	}
	return registerComponent(b, "flow logs", func() (*network.FlowLogs, error) {
		return network.NewFlowLogs(b.ctx, b.name+"-flow", &network.FlowLogsArgs{
			Spec:      *b.spec.Network.FlowLogs,
			Region:    b.spec.Region,
			Partition: b.plan.Partition,
			VPC:       vpc,
			Key:       keyOf(key, b.spec.Network.FlowLogs.Encryption),
		}, b.withAWS(opts)...)
	})
}

func (b *builder) cni(vpc *network.VPC, control *cluster.ControlPlane, role *addons.ServiceAccountRole, opts ...option) *addons.Addon {
	spec := b.spec.Addons.VPCCNI
	spec.Version = b.plan.Addons.VPCCNI
	var pods []*network.Subnet // with an ENIConfig; the CNI discovers others by their tag
	if b.spec.Network.CustomNetworking() {
		pods = vpc.Pods
	}
	return registerComponent(b, "VPC CNI", func() (*addons.Addon, error) {
		return addons.NewCNI(b.ctx, b.name+"-vpc-cni", &addons.CNIArgs{
			Spec:          spec,
			IPv6:          b.spec.Network.IPv6(),
			Region:        b.spec.Region,
			ClusterName:   control.Name,
			Role:          role.ARN,
			PodSubnets:    network.IDsByZone(pods),
			PodIdentity:   b.podIdentity(),
			SecurityGroup: control.SecurityGroup,
		}, b.withAWS(opts)...)
	})
}

func (b *builder) kubeProxy(control *cluster.ControlPlane, opts ...option) *addons.Addon {
	spec := b.spec.Addons.KubeProxy
	spec.Version = b.plan.Addons.KubeProxy
	return registerComponent(b, "kube-proxy", func() (*addons.Addon, error) {
		return addons.NewKubeProxy(b.ctx, b.name+"-kube-proxy", &addons.KubeProxyArgs{Spec: spec, ClusterName: control.Name}, b.withAWS(opts)...)
	})
}

func (b *builder) coreDNS(control *cluster.ControlPlane, opts ...option) *addons.Addon {
	spec := b.spec.Addons.CoreDNS
	spec.Version = b.plan.Addons.CoreDNS
	return registerComponent(b, "CoreDNS", func() (*addons.Addon, error) {
		return addons.NewCoreDNS(b.ctx, b.name+"-coredns", &addons.CoreDNSArgs{Spec: spec, ClusterName: control.Name}, b.withAWS(opts)...)
	})
}

// metricsServer returns nil if the stack file does not install it.
func (b *builder) metricsServer(control *cluster.ControlPlane, opts ...option) *addons.Addon {
	spec := b.spec.Addons.MetricsServer
	if spec == nil {
		return nil
	}
	return registerComponent(b, "metrics-server", func() (*addons.Addon, error) {
		return addons.NewMetricsServer(b.ctx, b.name+"-metrics-server", &addons.MetricsServerArgs{Spec: *spec, ClusterName: control.Name}, b.withAWS(opts)...)
	})
}

// nodeGroups registers the node groups in the order of their names, which is the same in each run.
func (b *builder) nodeGroups(vpc *network.VPC, control *cluster.ControlPlane, role *cluster.NodeRole, opts ...option) []pulumi.Resource {
	var groups []pulumi.Resource
	for _, name := range slices.Sorted(maps.Keys(b.spec.NodeGroups)) {
		groups = append(groups, registerComponent(b, "node group "+name, func() (*cluster.NodeGroup, error) {
			return cluster.NewNodeGroup(b.ctx, b.name+"-"+name, &cluster.NodeGroupArgs{
				Spec:        b.nodeGroupSpec(name),
				ClusterName: control.Name,
				Version:     b.spec.Cluster.Version,
				Role:        role.Role.Arn,
				Subnets:     network.IDs(nodeSubnets(vpc, b.spec.NodeGroups[name])),
				MaxPods:     b.plan.KubeletMaxPods(name),
				Tags:        b.tags(),
				Untagged:    b.spec.TagsNotOnInstances,
			}, b.withAWS(opts)...)
		}))
	}
	return groups
}

func nodeSubnets(vpc *network.VPC, group config.NodeGroup) []*network.Subnet {
	if group.Subnets == config.PublicSubnets {
		return vpc.Public
	}
	return vpc.Private
}

// kubernetes registers the provider of all objects in the cluster.
func (b *builder) kubernetes(control *cluster.ControlPlane, opts ...option) *kubernetes.Provider {
	return registerComponent(b, "Kubernetes provider", func() (*kubernetes.Provider, error) {
		return control.KubernetesProvider(b.ctx, b.name, opts...)
	})
}

func (b *builder) controllerRole(control *cluster.ControlPlane, opts ...option) *addons.ServiceAccountRole {
	return registerComponent(b, "role of the load balancer controller", func() (*addons.ServiceAccountRole, error) {
		return addons.NewServiceAccountRole(b.ctx, b.name+"-lbc", &addons.ServiceAccountRoleArgs{
			Namespace:      addons.ControllerNamespace,
			ServiceAccount: addons.ControllerServiceAccount,
			ProviderARN:    control.ProviderARN,
			Issuer:         control.Issuer,
			ClusterARN:     control.ARN,
			Policy:         pulumi.String(addons.LoadBalancerPolicy(b.plan.Partition).JSON()),
		}, b.withAWS(opts)...)
	})
}

func (b *builder) backendSecurityGroup(vpc *network.VPC, opts ...option) *addons.BackendSecurityGroup {
	return registerComponent(b, "backend security group of the load balancer controller", func() (*addons.BackendSecurityGroup, error) {
		return addons.NewBackendSecurityGroup(b.ctx, b.name+"-lbc-backend", &addons.BackendSecurityGroupArgs{VPC: vpc.ID, IPv6: b.spec.Network.IPv6()}, b.withAWS(opts)...)
	})
}

func (b *builder) controller(in *kubernetes.Provider, vpc *network.VPC, control *cluster.ControlPlane, role *addons.ServiceAccountRole, backend *addons.BackendSecurityGroup, opts ...option) *addons.LoadBalancerController {
	return registerComponent(b, "load balancer controller", func() (*addons.LoadBalancerController, error) {
		return addons.NewLoadBalancerController(b.ctx, b.name+"-lbc", &addons.LoadBalancerControllerArgs{
			Spec:                 b.spec.Addons.LoadBalancerController,
			Plan:                 b.plan.Controller,
			Region:               b.spec.Region,
			ClusterName:          control.Name,
			VPC:                  vpc.ID,
			Role:                 role.Annotation,
			BackendSecurityGroup: backend.ID,
			Tags:                 b.tags(),
			GatewayAPI:           b.gatewayAPIVersion(),
		}, append(opts, pulumi.Provider(in))...)
	})
}

// ingressClass is in every stack, so that Ingresses which are created by hand work in a stack without an ALB too.
func (b *builder) ingressClass(in *kubernetes.Provider, opts ...option) *addons.IngressClass {
	return registerComponent(b, "ingress class", func() (*addons.IngressClass, error) {
		return addons.NewIngressClass(b.ctx, b.name+"-alb", append(opts, pulumi.Provider(in))...)
	})
}

// withAWS adds the stack's AWS provider to a component's options; its children inherit it.
func (b *builder) withAWS(opts []option) []option {
	return append(opts, pulumi.Provider(b.aws))
}
