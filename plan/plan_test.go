package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// isolated is a stack without NAT that can work.
func isolated() *config.Stack {
	s := plantest.Stack()
	s.Network.NAT = config.NATNone
	s.Network.Endpoints = config.Endpoints{config.EndpointsAuto}
	s.Cluster.Endpoint = &config.Endpoint{Private: true}
	s.Workloads = map[string]config.Workload{"echo": {Kind: config.KindNLB, Image: "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/agnhost:2.53"}}
	return s
}

func TestWhatCannotWorkIsRefusedWithTheWayOut(t *testing.T) {
	tests := map[string]struct {
		change  func(*config.Stack)
		problem string
	}{
		"a VPC too small for subnets": {
			func(s *config.Stack) { s.Network.CIDR = "10.0.0.0/24" },
			"network.cidr: 10.0.0.0/24: each zone would get a private /27 and a public /28 of it; at least a /23 is needed (public subnets of /27), such as 10.0.0.0/23",
		},
		"a VPC larger than AWS makes": {
			func(s *config.Stack) { s.Network.CIDR = "10.0.0.0/8" },
			"network.cidr: 10.0.0.0/8: each zone would get a private /11 and a public /12 of it; AWS supports no VPC larger than a /16, such as 10.0.0.0/16",
		},
		"services inside the VPC": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "10.0.128.0/20" },
			"cluster.serviceCidr: 10.0.128.0/20 overlaps network.cidr 10.0.0.0/16; choose a range outside of it, such as 172.20.0.0/16",
		},
		"services around a VPC in the usual range": {
			func(s *config.Stack) { s.Network.CIDR = "172.20.0.0/16" },
			"cluster.serviceCidr: 172.20.0.0/16 overlaps network.cidr 172.20.0.0/16; choose a range outside of it, such as 10.100.0.0/16",
		},
		"too few services": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "172.20.0.0/25" },
			"cluster.serviceCidr: 172.20.0.0/25; EKS accepts /12 to /24, such as 172.20.0.0/16",
		},
		"public addresses for services": {
			func(s *config.Stack) { s.Cluster.ServiceCIDR = "203.0.113.0/24" },
			"cluster.serviceCidr: 203.0.113.0/24; EKS accepts ranges within 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16",
		},
		"nodes that could not reach the API": {
			func(s *config.Stack) { s.Cluster.Endpoint.Private = false },
			"cluster.endpoint: private is false and publicCidrs (203.0.113.0/24) cannot contain the addresses of the NAT gateways, which AWS assigns when the stack is created, so nodes cannot join the cluster; set private: true",
		},
		"a node group whose name is too long with the cluster's": {
			func(s *config.Stack) {
				s.Cluster.Name = "a-cluster-for-the-platform-team"
				s.NodeGroups = map[string]config.NodeGroup{"general-purpose-graviton-nodes": {}}
			},
			`nodeGroups["general-purpose-graviton-nodes"]: the node group would be named a-cluster-for-the-platform-team-general-purpose-graviton-nodes-1a2b3c4, which has 70 characters where EKS accepts 63; shorten it or cluster.name by 7`,
		},
		"no node to begin with": {
			func(s *config.Stack) { s.NodeGroups["general"] = config.NodeGroup{Scaling: config.Scaling{Max: 3}} },
			"nodeGroups: no node group starts an untainted node, so CoreDNS and the load balancer controller cannot be scheduled; give one node group desired 1 or more and no taint but PreferNoSchedule",
		},
		"nodes that repel every pod": {
			func(s *config.Stack) {
				s.NodeGroups["general"] = config.NodeGroup{Scaling: config.Scaling{Desired: 1, Max: 1}, Taints: []config.Taint{{Key: "gpu", Effect: "NoSchedule"}}}
			},
			"nodeGroups: no node group starts an untainted node, so CoreDNS and the load balancer controller cannot be scheduled; give one node group desired 1 or more and no taint but PreferNoSchedule",
		},
		"a region that does not exist": {
			func(s *config.Stack) { s.Region = "eu-west-9" },
			"aws:region: \"eu-west-9\" is not a region with EKS as of November 2026; did you mean eu-west-1? accepted: af-south-1, ap-east-1, ",
		},
		"a region of a partition of its own": {
			func(s *config.Stack) { s.Region = "us-iso-east-1" },
			"aws:region: us-iso-east-1 is in a partition that eksnet does not support; regions of aws, aws-cn and aws-us-gov are accepted",
		},
		"public nodes that could not reach the API": {
			func(s *config.Stack) {
				s.Cluster.Endpoint.Private = false
				s.NodeGroups["edge"] = config.NodeGroup{Subnets: config.PublicSubnets}
			},
			"cluster.endpoint: private is false and publicCidrs (203.0.113.0/24) cannot contain the addresses of the NAT gateways and the nodes, which",
		},
		"public nodes alone that could not reach the API": {
			func(s *config.Stack) {
				s.Network.NAT = config.NATNone
				s.Cluster.Endpoint.Private = false
				s.NodeGroups = map[string]config.NodeGroup{"edge": {Subnets: config.PublicSubnets}}
			},
			"cluster.endpoint: private is false and publicCidrs (203.0.113.0/24) cannot contain the addresses of the nodes, which",
		},
		"a service without an interface endpoint": {
			func(s *config.Stack) { s.Network.Endpoints = config.Endpoints{"sts", "ecr"} },
			`network.endpoints[1]: "ecr" is not a service with an interface endpoint that eksnet supports in aws; accepted: auto, autoscaling, ec2, ec2messages, ecr.api, ecr.dkr, eks, eks-auth, elasticfilesystem,`,
		},
		"an interface endpoint of S3": {
			func(s *config.Stack) { s.Network.Endpoints = config.Endpoints{"s3"} },
			"network.endpoints[0]: s3 always has a gateway endpoint, which is free of charge; remove it",
		},
		"a service that has no endpoint in China": {
			func(s *config.Stack) {
				s.Region = "cn-north-1"
				s.Network.Endpoints = config.Endpoints{"eks-auth"}
			},
			`network.endpoints[0]: "eks-auth" is not a service with an interface endpoint that eksnet supports in aws-cn; accepted: auto, autoscaling, ec2, ec2messages, ecr.api, ecr.dkr, eks, elasticfilesystem,`,
		},
		"a region that AWS does not have": {
			func(s *config.Stack) { s.Region = "eu-west-9" },
			`aws:region: "eu-west-9" is not a region with EKS as of November 2026; did you mean eu-west-1? accepted: af-south-1, ap-east-1,`,
		},
		"a region that GovCloud does not have": {
			func(s *config.Stack) { s.Region, s.Network.NAT = "us-gov-north-9", config.NATZone },
			`aws:region: "us-gov-north-9" is not a region with EKS as of November 2026`,
		},
		"a VPC of link-local addresses": {
			func(s *config.Stack) { s.Network.CIDR = "169.254.0.0/16" },
			"network.cidr: 169.254.0.0/16 overlaps 169.254.0.0/16 (link-local addresses, the instance metadata service among them), which a VPC cannot use; choose a private range, such as 10.0.0.0/16",
		},
		"a VPC of loopback addresses": {
			func(s *config.Stack) { s.Network.CIDR = "127.0.0.0/18" },
			"network.cidr: 127.0.0.0/18 overlaps 127.0.0.0/8 (loopback), which a VPC cannot use; choose a private range, such as 10.0.0.0/18",
		},
		"a VPC of multicast addresses": {
			func(s *config.Stack) { s.Network.CIDR = "230.0.0.0/16" },
			"network.cidr: 230.0.0.0/16 overlaps 224.0.0.0/4 (multicast)",
		},
		"a VPC of addresses for the future": {
			func(s *config.Stack) { s.Network.CIDR = "250.0.0.0/16" },
			"network.cidr: 250.0.0.0/16 overlaps 240.0.0.0/4 (reserved for future use)",
		},
		"a VPC of addresses of no host": {
			func(s *config.Stack) { s.Network.CIDR = "0.0.0.0/16" },
			"network.cidr: 0.0.0.0/16 overlaps 0.0.0.0/8 (addresses of no host)",
		},
		"two answers to one request": {
			func(s *config.Stack) {
				s.Workloads = plantest.GroupedWorkloads(map[string]config.Workload{"a": {Hosts: []string{"shop.example.com"}, Paths: []string{"/"}}, "b": {Hosts: []string{"shop.example.com"}, Paths: []string{"/"}}})
			},
			`workloads["b"]: host "shop.example.com" and path / are also those of workload a in group demo; give one of them another host or path`,
		},
		"one ALB with two schemes": {
			func(s *config.Stack) {
				s.Workloads = plantest.GroupedWorkloads(map[string]config.Workload{"a": {Paths: []string{"/"}, Scheme: config.Internal}, "b": {Paths: []string{"/b"}, Scheme: config.InternetFacing}})
			},
			`workloads["b"].scheme: internet-facing, but workload a of group demo is internal, and a group has one load balancer; give them one scheme or another group`,
		},
		"more rules than an ALB takes": {
			func(s *config.Stack) {
				many := map[string]config.Workload{}
				for i := range 101 {
					many[fmt.Sprintf("w%03d", i)] = config.Workload{Paths: []string{fmt.Sprint("/", i)}}
				}
				s.Workloads = plantest.GroupedWorkloads(many)
			},
			`workloads["w100"].group: with this workload demo has more than 100 rules, one for each host with each path, and an ALB supports no more; use another group`,
		},
		"an x86_64 image on Graviton nodes": {
			func(s *config.Stack) {
				s.NodeGroups["x86"] = config.NodeGroup{AMI: config.AL2023x86, Scaling: config.Scaling{Max: 1}}
				s.Workloads = map[string]config.Workload{"game": {Image: config.Game2048Image}}
			},
			`workloads["game"].image: the image of game-2048 runs on x86_64 only, and no node group starts an untainted x86_64 node; add such a node group, or set an image for arm64`,
		},
		"a viewer of another partition": {
			func(s *config.Stack) { s.Cluster.Viewers = []string{"arn:aws-cn:iam::111122223333:role/viewer"} },
			"cluster.viewers[0]: arn:aws-cn:iam::111122223333:role/viewer is not in the partition of aws:region ap-northeast-2",
		},
		"access for another partition": {
			func(s *config.Stack) {
				s.Cluster.Access = []config.Access{{Principal: "arn:aws-us-gov:iam::111122223333:role/team"}}
			},
			"cluster.access[0].principal: arn:aws-us-gov:iam::111122223333:role/team is not in the partition of aws:region ap-northeast-2",
		},
		"a role of another partition": {
			func(s *config.Stack) { s.Role = "arn:aws-cn:iam::111122223333:role/deployer" },
			"aws:assumeRole.roleArn: arn:aws-cn:iam::111122223333:role/deployer is not in the partition of aws:region ap-northeast-2, whose ARNs begin with arn:aws:",
		},
		"an administrator of another partition": {
			func(s *config.Stack) { s.Cluster.Admins = []string{"arn:aws-cn:iam::111122223333:role/admin"} },
			"cluster.admins[0]: arn:aws-cn:iam::111122223333:role/admin is not in the partition of aws:region ap-northeast-2, whose ARNs begin with arn:aws:",
		},
		"a certificate of another partition": {
			func(s *config.Stack) {
				s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, Certificate: "arn:aws-cn:acm:ap-northeast-2:111122223333:certificate/1"}}
			},
			`workloads["shop"].certificate: arn:aws-cn:acm:ap-northeast-2:111122223333:certificate/1 is not in the partition of aws:region ap-northeast-2, whose ARNs begin with arn:aws:`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := plantest.Stack()
			test.change(s)
			if _, problems := plan.New(s); !strings.Contains(problems.Error(), test.problem) {
				t.Errorf("want  %s\ngot   %s", test.problem, problems)
			}
		})
	}
}

// Nodes in private subnets without NAT have no way to the internet.
func TestWhatNeedsTheInternetIsRefusedWithoutNAT(t *testing.T) {
	tests := map[string]struct {
		change  func(*config.Stack)
		problem string
	}{
		"an API in the internet alone": {
			func(s *config.Stack) {
				s.Cluster.Endpoint = &config.Endpoint{Public: true, PublicCIDRs: []string{"0.0.0.0/0"}}
			},
			"cluster.endpoint: private is false and network.nat is none, so nodes in private subnets cannot join the cluster; set private: true",
		},
		"endpoints that do not suffice": {
			func(s *config.Stack) { s.Network.Endpoints = config.Endpoints{"ec2", "ecr.api", "sts"} },
			"network.endpoints: network.nat is none, but endpoints that nodes in private subnets need are missing: ecr.dkr (without it nodes cannot pull images), elasticloadbalancing (without it the controller cannot create load balancers); add them, or write auto",
		},
		"a public image": {
			func(s *config.Stack) { s.Workloads["echo"] = config.Workload{Image: config.EchoImage} },
			`workloads["echo"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled with network.nat none; copy it to a private registry in aws:region ap-northeast-2 and use that, such as 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/agnhost:2.53`,
		},
		"a private registry of another region": {
			func(s *config.Stack) {
				s.Workloads["echo"] = config.Workload{Image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/agnhost:2.53"}
			},
			`workloads["echo"].image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/agnhost:2.53 cannot be pulled with network.nat none; copy it to a private registry in aws:region`,
		},
		"a public image of the controller": {
			func(s *config.Stack) {
				s.Addons.LoadBalancerController.Image = "public.ecr.aws/eks/aws-load-balancer-controller"
			},
			"addons.loadBalancerController.image: public.ecr.aws/eks/aws-load-balancer-controller cannot be pulled with network.nat none; copy it to a private registry in aws:region ap-northeast-2 and use that, such as 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/aws-load-balancer-controller",
		},
		"the metrics of the CNI without a way to CloudWatch": {
			func(s *config.Stack) { s.Addons.CNIMetricsHelper = &config.CNIMetricsHelper{} },
			"addons.cniMetricsHelper: network.nat is none, so its pod has no way to CloudWatch; add monitoring to network.endpoints, or remove it",
		},
		"EKS Pod Identity without a way to EKS Auth": {
			func(s *config.Stack) {
				s.Cluster.Identity, s.Network.Endpoints = config.PodIdentity, config.Endpoints{"ec2", "ecr.api", "ecr.dkr", "elasticloadbalancing", "sts"}
			},
			"network.endpoints: network.nat is none, but endpoints that nodes in private subnets need are missing: eks-auth (without it CNI and controllers get no credentials); add them, or write auto",
		},
		"EKS Pod Identity without STS, which nodes need": {
			func(s *config.Stack) {
				s.Cluster.Identity, s.Network.Endpoints = config.PodIdentity, config.Endpoints{"ec2", "ecr.api", "ecr.dkr", "eks-auth", "elasticloadbalancing"}
			},
			"network.endpoints: network.nat is none, but endpoints that nodes in private subnets need are missing: sts (without it nodes cannot join the cluster); add them, or write auto",
		},
		"ExternalDNS without a way to Route 53": {
			func(s *config.Stack) {
				const mirror = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/"
				s.Addons.ExternalDNS = &config.ExternalDNS{Image: mirror + "external-dns:v0.21.0", TeardownImage: mirror + "aws-cli:2.34.56"}
			},
			"addons.externalDns: network.nat is none, so its pod has no way to Route 53, which has no interface endpoint that eksnet supports; remove it, or write nat: single",
		},
	}
	if _, problems := plan.New(isolated()); problems.Err() != nil {
		t.Fatalf("a stack without NAT that can work is refused: %s", problems)
	}
	sufficient := isolated()
	sufficient.Addons.CNIMetricsHelper = &config.CNIMetricsHelper{}
	sufficient.Network.Endpoints = append(sufficient.Network.Endpoints, "monitoring")
	if _, problems := plan.New(sufficient); problems.Err() != nil {
		t.Errorf("a CNI metrics helper with the endpoint of CloudWatch is refused: %s", problems)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := isolated()
			test.change(s)
			if _, problems := plan.New(s); len(problems) != 1 || problems[0].String() != test.problem && !strings.HasPrefix(problems[0].String(), test.problem) {
				t.Errorf("want  %s\ngot   %s", test.problem, problems)
			}
		})
	}
}

func TestNodesInPublicSubnetsNeedNoNAT(t *testing.T) {
	s := plantest.Stack()
	s.Network.NAT = config.NATNone
	s.NodeGroups = map[string]config.NodeGroup{"edge": {AMI: config.AL2023arm, Subnets: config.PublicSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}}
	s.Workloads = map[string]config.Workload{"echo": {Image: config.EchoImage}}
	p, problems := plan.New(s)
	if problems.Err() != nil {
		t.Error(problems)
	}
	if !p.PublicNodes || len(p.Gateways) != 0 || p.Gateway("ap-northeast-2a") != "" {
		t.Errorf("public nodes %v, gateways %q", p.PublicNodes, p.Gateways)
	}
	if p, _ := plan.New(plantest.Stack()); p.PublicNodes {
		t.Error("nodes in private subnets are taken for public ones")
	}
}

func TestAutoIsAllThatTheStackUses(t *testing.T) {
	for region, want := range map[string]string{
		"ap-northeast-2": "ec2 ecr.api ecr.dkr eks elasticloadbalancing sts",
		"us-gov-west-1":  "ec2 ecr.api ecr.dkr eks elasticloadbalancing sts",
		"cn-north-1":     "ec2 ecr.api ecr.dkr eks elasticloadbalancing sts",
	} {
		s := plantest.Stack()
		s.Region, s.Network.Endpoints = region, config.Endpoints{config.EndpointsAuto}
		if p, _ := plan.New(s); strings.Join(p.Endpoints, " ") != want {
			t.Errorf("auto in %s is %q, want %s", region, p.Endpoints, want)
		}
	}
	s := plantest.Stack()
	s.Cluster.Identity, s.Network.Endpoints = config.PodIdentity, config.Endpoints{config.EndpointsAuto}
	if p, _ := plan.New(s); !slices.Contains(p.Endpoints, "eks-auth") {
		t.Errorf("auto with EKS Pod Identity is %q", p.Endpoints)
	}
	s = plantest.Stack()
	s.Network.Endpoints = config.Endpoints{"sts", "ecr.api"}
	if p, problems := plan.New(s); problems.Err() != nil || !slices.Equal(p.Endpoints, []string{"ecr.api", "sts"}) {
		t.Errorf("a list of two is planned as %q %v", p.Endpoints, problems)
	}
}

func TestEndpointServicesHaveTheNamesOfTheirPartition(t *testing.T) {
	for _, test := range []struct{ region, service, want string }{
		{"eu-central-1", "ecr.api", "com.amazonaws.eu-central-1.ecr.api"},
		{"us-gov-west-1", "sts", "com.amazonaws.us-gov-west-1.sts"},
		{"cn-north-1", "sts", "cn.com.amazonaws.cn-north-1.sts"},
		{"cn-north-1", "logs", "com.amazonaws.cn-north-1.logs"},
	} {
		s := plantest.Stack()
		s.Region = test.region
		p, _ := plan.New(s)
		if got := p.Partition.EndpointService(test.region, test.service); got != test.want {
			t.Errorf("%s in %s is %s, want %s", test.service, test.region, got, test.want)
		}
	}
}

func TestTheControllerTakesAnImageThatNodesReachAndCallsWhatThereIs(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*config.Stack)
		want   plan.Controller
	}{
		"usually": {func(s *config.Stack) {},
			plan.Controller{Image: "public.ecr.aws/eks/aws-load-balancer-controller", Shield: true, WAF: true}},
		"without NAT": {func(s *config.Stack) { s.Network.NAT = config.NATNone },
			plan.Controller{Image: "602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/amazon/aws-load-balancer-controller"}},
		"in China": {func(s *config.Stack) { s.Region = "cn-northwest-1" },
			plan.Controller{Image: "961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn/amazon/aws-load-balancer-controller"}},
		"in GovCloud": {func(s *config.Stack) { s.Region = "us-gov-east-1" },
			plan.Controller{Image: "151742754352.dkr.ecr.us-gov-east-1.amazonaws.com/amazon/aws-load-balancer-controller", Shield: true, WAF: true}},
		"by the operator's word": {func(s *config.Stack) { s.Addons.LoadBalancerController.Image = "registry.example.com/lbc" },
			plan.Controller{Image: "registry.example.com/lbc", Shield: true, WAF: true}},
	} {
		s := plantest.Stack()
		test.change(s)
		if p, _ := plan.New(s); p.Controller != test.want {
			t.Errorf("%s: %+v, want %+v", name, p.Controller, test.want)
		}
	}
}

func TestWhatMayNotWorkIsWarnedOf(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*config.Stack)
		want   []string
	}{
		"nothing": {func(s *config.Stack) { s.Workloads = map[string]config.Workload{"echo": {Image: config.EchoImage}} }, nil},
		"images from afar in China": {func(s *config.Stack) {
			s.Region = "cn-north-1"
			s.Workloads = map[string]config.Workload{
				"echo": {Image: config.EchoImage}, "hub": {Image: "nginx:1.29"}, "game": {Image: config.Game2048Image},
				"near": {Image: "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/agnhost:2.53"},
			}
		}, []string{
			`workloads["echo"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 is in a registry outside China, from which pulls are slow or fail; copy it to a registry in China and use that, such as 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/agnhost:2.53`,
			`workloads["game"].image: public.ecr.aws/l6m2t8p7/docker-2048@sha256:`,
			`workloads["hub"].image: nginx:1.29 is in a registry outside China, from which pulls are slow or fail; copy it to a registry in China and use that, such as`,
		}},
		"images of the frozen registry": {func(s *config.Stack) {
			s.Addons.LoadBalancerController.Image = "k8s.gcr.io/mirror/controller"
			s.Workloads = map[string]config.Workload{"echo": {Image: "k8s.gcr.io/echoserver:1.5"}, "near": {Image: "registry.example.com/k8s.gcr.io/echoserver:1.5"}}
		}, []string{
			`addons.loadBalancerController.image: k8s.gcr.io/mirror/controller is in k8s.gcr.io, which is frozen`,
			`workloads["echo"].image: k8s.gcr.io/echoserver:1.5 is in k8s.gcr.io, which is frozen since April 2023: it gets no new images, and it may be switched off; write registry.k8s.io/echoserver:1.5`,
		}},
		"an administrator who makes the cluster": {func(s *config.Stack) { s.Role = s.Cluster.Admins[0] }, []string{
			`cluster.admins[0]: this is the role of aws:assumeRole; if it creates the cluster, EKS creates its access entry, and a second one fails (ResourceInUseException); remove it unless another principal created the cluster`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := plantest.Stack()
			test.change(s)
			p, _ := plan.New(s)
			if len(p.Warnings) != len(test.want) {
				t.Fatalf("warnings %v, want %q", p.Warnings, test.want)
			}
			for i, want := range test.want {
				if got := p.Warnings[i].String(); !strings.HasPrefix(got, want) {
					t.Errorf("got %s\nwant %s", got, want)
				}
			}
		})
	}
}

// A rule that matches fewer requests is before one that matches more, whatever the names of the workloads.
func TestOneGroupThatTakesEveryPodIsEnough(t *testing.T) {
	s := plantest.Stack()
	s.Workloads = map[string]config.Workload{"game": {Image: config.Game2048Image}}
	s.NodeGroups["gpu"] = config.NodeGroup{Taints: []config.Taint{{Key: "gpu", Effect: "NoSchedule"}}}
	s.NodeGroups["general"] = config.NodeGroup{AMI: config.BottlerocketX86, Scaling: config.Scaling{Desired: 1, Max: 1}, Taints: []config.Taint{{Key: "spot", Effect: "PreferNoSchedule"}}}
	if _, problems := plan.New(s); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestEverybodyMayReachAPublicEndpointSoNodesMayToo(t *testing.T) {
	s := plantest.Stack()
	s.Cluster.Endpoint = &config.Endpoint{Public: true, PublicCIDRs: []string{"0.0.0.0/0"}}
	if _, problems := plan.New(s); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestValuesThatCannotBeReadAreNotPlanned(t *testing.T) {
	if _, problems := plan.New(&config.Stack{Network: config.Network{CIDR: "x", NAT: config.NATSingle}}); problems.Err() != nil {
		t.Errorf("a second problem where config has reported the first: %s", problems)
	}
}

func TestPartitionsFollowTheRegion(t *testing.T) {
	for region, want := range map[string]plan.Partition{
		"ap-northeast-2": {Name: "aws", DNSSuffix: "amazonaws.com"},
		"cn-north-1":     {Name: "aws-cn", DNSSuffix: "amazonaws.com.cn"},
		"us-gov-west-1":  {Name: "aws-us-gov", DNSSuffix: "amazonaws.com"},
	} {
		s := plantest.Stack()
		s.Region = region
		if p, _ := plan.New(s); p.Partition != want {
			t.Errorf("%s is in %v, want %v", region, p.Partition, want)
		}
	}
}

func TestASingleNATGatewayServesEveryZone(t *testing.T) {
	s := plantest.Stack()
	s.Network.NAT = config.NATSingle
	p, _ := plan.New(s)
	for _, zone := range s.Network.Zones {
		if got := p.Gateway(zone); got != "ap-northeast-2a" {
			t.Errorf("zone %s leaves by %s", zone, got)
		}
	}
}

func TestImagesOfControllersAreThoseThatAreUsed(t *testing.T) {
	s := isolated()
	s.Addons.ExternalDNS = &config.ExternalDNS{TeardownImage: config.TeardownImage}
	_, problems := plan.New(s)
	for _, path := range []string{"addons.externalDns.image: registry.k8s.io/external-dns/external-dns:v0.21.0 cannot be pulled", "addons.externalDns.teardownImage: public.ecr.aws/aws-cli/aws-cli:2.34.56 cannot be pulled"} {
		if !strings.Contains(problems.Error(), path) {
			t.Errorf("%s is missing in %s", path, problems)
		}
	}
}
