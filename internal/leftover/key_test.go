package leftover

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var dev = Subject{Stack: "dev-ap-northeast-2", Cluster: "dev", Owner: "dev"}

// sample is a resource that one of the keys recognizes, and creator who creates it.
type sample struct {
	creator string
	Resource
}

func tagged(typ string, tags ...string) Resource {
	r := Resource{Type: typ, Tags: map[string]string{}}
	for i := 0; i < len(tags); i += 2 {
		r.Tags[tags[i]] = tags[i+1]
	}
	return r
}

func samples() []sample {
	clusterGroup := tagged(SecurityGroupType, "kubernetes.io/cluster/dev", "owned", "Name", "eks-cluster-sg-dev-1234567890")
	clusterGroup.Name = "eks-cluster-sg-dev-1234567890"
	generatedGroup := clusterGroup
	generatedGroup.Name = "eks-cluster-sg-dev-44796ebf4"
	classicGroup := tagged(SecurityGroupType, "kubernetes.io/cluster/dev", "owned")
	classicGroup.Name = "k8s-elb-a0123456789abcdef0123456789abcde"
	old := tagged(InterfaceType, "node.k8s.amazonaws.com/instance_id", "i-0123456789abcdef0")
	old.Description = "aws-K8S-i-0123456789abcdef0"
	return []sample{
		{"load balancer controller", tagged(LoadBalancerType, "elbv2.k8s.aws/cluster", "dev", "eksnet/stack", "dev-ap-northeast-2")},
		{"load balancer controller", tagged(TargetGroupType, "elbv2.k8s.aws/cluster", "dev")},
		{"load balancer controller", tagged(SecurityGroupType, "elbv2.k8s.aws/cluster", "dev", "kubernetes.io/cluster/dev", "owned")},
		{"EKS", clusterGroup},
		{"EKS", generatedGroup},
		{"EKS", tagged(SecurityGroupType, "aws:eks:cluster-name", "dev", "kubernetes.io/cluster/dev", "owned")},
		{"stack", tagged(SecurityGroupType, "kubernetes.io/cluster/dev", "owned", "eksnet/stack", "dev-ap-northeast-2")},
		{"cloud controller of EKS", classicGroup},
		{"cloud controller of EKS", tagged(ClassicType, "kubernetes.io/cluster/dev", "owned")},
		{"EBS CSI driver", tagged(VolumeType, "kubernetes.io/cluster/dev", "owned", "ebs.csi.aws.com/cluster", "true")},
		{"EBS CSI driver", tagged(SnapshotType, "kubernetes.io/cluster/dev", "owned")},
		{"VPC CNI", tagged(InterfaceType, "cluster.k8s.amazonaws.com/name", "dev")},
		{"VPC CNI", old},
		{"VPC CNI", tagged(InterfaceType, "kubernetes.io/cluster/dev", "owned", "eks:eni:owner", "amazon-vpc-cni")},
		{"VPC resource controller of EKS", tagged(InterfaceType, "eks:eni:owner", "eks-vpc-resource-controller")},
		{"node group of EKS", tagged(ScalingGroupType, "eks:cluster-name", "dev")},
		{"node group of EKS", tagged(TemplateType, "eks:cluster-name", "dev")},
		{"ExternalDNS", Resource{Type: RecordType, Name: "a-echo.example.com", Description: `"heritage=external-dns,external-dns/owner=dev,external-dns/resource=service/echo/echo"`}},
		{"EKS", Resource{Type: LogGroupType, Name: "/aws/eks/dev/cluster"}},
		{"CloudWatch agent", Resource{Type: LogGroupType, Name: "/aws/containerinsights/dev/performance"}},
		{"GuardDuty", tagged(EndpointType, "GuardDutyManaged", "true")},
		{"stack", tagged(VPCType, "eksnet/stack", "dev-ap-northeast-2")},
	}
}

func TestEachResourceIsRecognizedByTheKeyOfItsCreator(t *testing.T) {
	used := map[string]bool{}
	for _, s := range samples() {
		key, found := dev.Match(s.Resource)
		used[key.Creator+key.Tag+key.Pattern] = true
		if !found || key.Creator != s.creator {
			t.Errorf("%s %q with %v is recognized as one of %q, want %q", s.Type, s.Name, s.Tags, key.Creator, s.creator)
		}
	}
	for _, key := range Keys {
		if !used[key.Creator+key.Tag+key.Pattern] {
			t.Errorf("no sample has the key %s %s%s", key.Creator, key.Tag, key.Pattern)
		}
	}
}

// Names of other stacks and clusters that contain this one's, and values that a pattern could match.
func TestResourcesOfOthersAreNotRecognized(t *testing.T) {
	others := []Subject{{Stack: "dev-ap-northeast", Cluster: "de", Owner: "de"}, {Stack: "dev-ap-northeast-22", Cluster: "dev2", Owner: "dev2"},
		{Stack: "prod", Cluster: "d.v", Owner: "d.v"}, {Stack: "DEV-ap-northeast-2", Cluster: "DEV", Owner: "DEV"}, {Stack: "x", Cluster: "x-dev", Owner: "x-dev"}}
	for _, other := range others {
		for _, s := range samples() {
			key, found := other.Match(s.Resource)
			if found && !key.Inside {
				t.Errorf("%s %q with %v is recognized as one of stack %s", s.Type, s.Name, s.Tags, other.Stack)
			}
		}
	}
	longer := tagged(SecurityGroupType, "kubernetes.io/cluster/dev", "owned")
	longer.Name = "eks-cluster-sg-dev-two-1234567890"
	if _, found := dev.Match(longer); found {
		t.Error("the security group of cluster dev-two is recognized as that of dev")
	}
	shared := tagged(SubnetType, "kubernetes.io/cluster/dev", "shared")
	if _, found := dev.Match(shared); found {
		t.Error("a subnet that a cluster shares is recognized as its own")
	}
}

func TestEveryKeyHasAReasonWithASourceAndTypesThatAreKinds(t *testing.T) {
	source := regexp.MustCompile(`\([^ ]+(#\d+|/[^ ]+)\)$`)
	for _, k := range Keys {
		if k.Creator != "stack" && !source.MatchString(k.Why) {
			t.Errorf("%s: the reason %q has no source", k.Creator, k.Why)
		}
		for _, typ := range k.Types {
			if Rank(typ) == len(Kinds) {
				t.Errorf("%s: %s is no kind", k.Creator, typ)
			}
		}
		if k.Tag == "" && (k.Pattern == "" || strings.Trim(k.Pattern, "^$") == "") {
			t.Errorf("%s: the key matches everything", k.Creator)
		}
	}
}

func TestTheTagsOfATypeAreThoseOfItsKeys(t *testing.T) {
	stack := Tag{"eksnet/stack", "dev-ap-northeast-2"}
	for typ, want := range map[string][]Tag{
		SubnetType:    {stack},
		InterfaceType: {{"cluster.k8s.amazonaws.com/name", "dev"}, {"kubernetes.io/cluster/dev", "owned"}, stack},
		TemplateType:  {{"eks:cluster-name", "dev"}, stack},
		"":            {{"elbv2.k8s.aws/cluster", "dev"}, {"aws:eks:cluster-name", "dev"}, {"kubernetes.io/cluster/dev", "owned"}, {"cluster.k8s.amazonaws.com/name", "dev"}, {"eks:cluster-name", "dev"}, stack},
	} {
		if got := dev.Tags(typ); !slices.Equal(got, want) {
			t.Errorf("tags of %q are %v, want %v", typ, got, want)
		}
	}
}
