package leftover

import (
	"regexp"
	"slices"
	"strings"
)

// Subject is the stack whose leftovers are searched for.
type Subject struct {
	// Stack is the Pulumi stack, and Cluster the name of its cluster.
	Stack, Cluster string
	// Owner is the owner ID of ExternalDNS in the cluster.
	Owner string
}

// ExternalDNSOwner returns the owner ID of ExternalDNS in a cluster. No cluster name has a dot, so two clusters of an
// account have different owners.
func ExternalDNSOwner(cluster, region string) string { return cluster + "." + region }

// Key recognizes the resources of one creator. A resource has the tag, and a name, or a description, that matches.
type Key struct {
	// Creator is who creates the resources.
	Creator string
	// Tag and Value are the tag, Tag "" for a key without one and Value "*" for any value.
	Tag, Value string
	// Pattern is a regular expression of the name, of the description where the resource has no name, or of a record's
	// text. "" is any.
	Pattern string
	// Types are the types of its resources, none for all.
	Types []string
	// Inside says that the key does not name the stack or the cluster, so it is valid only in a VPC of the stack.
	Inside bool
	// Why is the reason for which the resources remain.
	Why string
}

// In Tag, Value and Pattern these words stand for names of the Subject.
const (
	stackWord, clusterWord, ownerWord = "STACK", "CLUSTER", "OWNER"
)

// Keys are all keys. The first one that matches a resource says who created it. Tags of controllers precede the tag of
// the stack, which the load balancer controller and launch templates add to what they create. Names without tags are
// last: the stack's own log group has the name of one that EKS creates.
var Keys = []Key{
	{Creator: "load balancer controller", Tag: "elbv2.k8s.aws/cluster", Value: clusterWord, Types: []string{LoadBalancerType, TargetGroupType, SecurityGroupType},
		Why: "the controller was deleted, or could not act, before it had deleted the load balancer of a Service, an Ingress or a Gateway (kubernetes-sigs/aws-load-balancer-controller#2894)"},
	{Creator: "EKS", Tag: "aws:eks:cluster-name", Value: clusterWord, Types: []string{SecurityGroupType},
		Why: "EKS does not delete the cluster's security group while an interface or a rule uses it (eksctl-io/eksctl#5135)"},
	{Creator: "EKS", Tag: "kubernetes.io/cluster/" + clusterWord, Value: "owned", Pattern: "^eks-cluster-sg-" + clusterWord + "-[0-9a-f]+$", Types: []string{SecurityGroupType},
		Why: "EKS does not delete the cluster's security group while an interface or a rule uses it (eksctl-io/eksctl#5135)"},
	{Creator: "cloud controller of EKS", Tag: "kubernetes.io/cluster/" + clusterWord, Value: "owned", Types: []string{ClassicType},
		Why: "the cluster or the policy of its role was deleted before the Service (eksctl-io/eksctl#487)"},
	{Creator: "cloud controller of EKS", Tag: "kubernetes.io/cluster/" + clusterWord, Value: "owned", Pattern: "^k8s-elb-a[0-9a-f]{31}$", Types: []string{SecurityGroupType},
		Why: "the cluster was deleted before the Service, or another group has a rule for the group (aws/containers-roadmap#1841)"},
	{Creator: "EBS CSI driver", Tag: "kubernetes.io/cluster/" + clusterWord, Value: "owned", Types: []string{VolumeType, SnapshotType},
		Why: "the PersistentVolumeClaim was not deleted before the cluster, or its class retains volumes (eksctl-io/eksctl#274)"},
	{Creator: "VPC CNI", Tag: "cluster.k8s.amazonaws.com/name", Value: clusterWord, Types: []string{InterfaceType},
		Why: "the node terminated before the CNI had deleted its interfaces, or the CNI had lost its permissions (aws/amazon-vpc-cni-k8s#1447)"},
	{Creator: "VPC CNI", Tag: "node.k8s.amazonaws.com/instance_id", Value: "*", Pattern: "^aws-K8S-i-", Types: []string{InterfaceType}, Inside: true,
		Why: "the node terminated before the CNI had deleted its interfaces, or the CNI had lost its permissions (aws/amazon-vpc-cni-k8s#1447)"},
	{Creator: "VPC resource controller of EKS", Tag: "eks:eni:owner", Value: "eks-vpc-resource-controller", Types: []string{InterfaceType}, Inside: true,
		Why: "the cluster, or the policy AmazonEKSVPCResourceController of its role, was deleted before pods with security groups of their own (aws/amazon-vpc-resource-controller-k8s#69)"},
	{Creator: "VPC CNI", Tag: "kubernetes.io/cluster/" + clusterWord, Value: "owned", Types: []string{InterfaceType},
		Why: "the node terminated before its interfaces were deleted (aws/amazon-vpc-cni-k8s#2854)"},
	{Creator: "node group of EKS", Tag: "eks:cluster-name", Value: clusterWord, Types: []string{ScalingGroupType, TemplateType, InstanceType, VolumeType},
		Why: "the deletion of the node group failed or did not end (docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html)"},
	{Creator: "stack", Tag: StackTag, Value: stackWord,
		Why: "an `up` or a `destroy` was interrupted, or something else prevented the deletion"},
	{Creator: "ExternalDNS", Pattern: `^"?heritage=external-dns,external-dns/owner=` + ownerWord + "(,|\"|$)", Types: []string{RecordType},
		Why: "ExternalDNS was deleted before the Services and Ingresses whose names it writes (kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt)"},
	{Creator: "EKS", Pattern: "^/aws/eks/" + clusterWord + "/cluster$", Types: []string{LogGroupType},
		Why: "EKS delivers the last events of a control plane after its deletion, and creates the group again for them (terraform-aws-modules/terraform-aws-eks#920)"},
	{Creator: "CloudWatch agent", Pattern: "^/aws/containerinsights/" + clusterWord + "/", Types: []string{LogGroupType},
		Why: "the agent creates its log groups, and nothing deletes them (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring)"},
	{Creator: "GuardDuty", Tag: "GuardDutyManaged", Value: "true", Types: []string{EndpointType, SecurityGroupType}, Inside: true,
		Why: "GuardDuty does not delete its endpoint and its security group with the cluster (hashicorp/terraform-provider-aws#46747)"},
}

// StackTag is the key of the tag that names the stack of a resource.
const StackTag = "eksnet/stack"

// Match returns the key that recognizes a resource. Whether a key with Inside is valid depends on the resource's VPC,
// which the caller knows.
func (s Subject) Match(r Resource) (Key, bool) {
	i := slices.IndexFunc(Keys, func(k Key) bool { return s.matches(k, r) })
	if i < 0 {
		return Key{}, false
	}
	return Keys[i], true
}

func (s Subject) matches(k Key, r Resource) bool {
	if len(k.Types) > 0 && !slices.Contains(k.Types, r.Type) {
		return false
	}
	if k.Tag != "" {
		value, tagged := r.Tags[s.fill(k.Tag)]
		if !tagged || k.Value != "*" && value != s.fill(k.Value) {
			return false
		}
	}
	if k.Pattern == "" {
		return true
	}
	text := r.Name
	if r.Type == InterfaceType || r.Type == RecordType {
		text = r.Description
	}
	return regexp.MustCompile(s.pattern(k)).MatchString(text)
}

// fill replaces the words of a tag by the subject's names.
func (s Subject) fill(text string) string {
	return strings.NewReplacer(stackWord, s.Stack, clusterWord, s.Cluster, ownerWord, s.Owner).Replace(text)
}

// pattern returns a key's pattern with the subject's names, which may have characters of regular expressions.
func (s Subject) pattern(k Key) string {
	return Subject{Stack: regexp.QuoteMeta(s.Stack), Cluster: regexp.QuoteMeta(s.Cluster), Owner: regexp.QuoteMeta(s.Owner)}.fill(k.Pattern)
}

// NamesCluster reports whether a key identifies the cluster by its name alone, which another cluster may have had too.
func (k Key) NamesCluster() bool {
	return strings.Contains(k.Tag+k.Value+k.Pattern, clusterWord)
}

// Tag is a tag of a key for a subject.
type Tag struct{ Key, Value string }

// Tags are the tags of a subject's resources of a type, or of any type if it is "". Tags of keys that are valid only
// inside a VPC are not among them: those resources are found by their VPC.
func (s Subject) Tags(typ string) []Tag {
	var tags []Tag
	for _, k := range Keys {
		tag := Tag{s.fill(k.Tag), s.fill(k.Value)}
		concerns := typ == "" || len(k.Types) == 0 || slices.Contains(k.Types, typ)
		if k.Tag != "" && !k.Inside && concerns && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// LogGroupPrefixes begin the names of the log groups of a subject's cluster.
func (s Subject) LogGroupPrefixes() []string {
	return []string{"/aws/eks/" + s.Cluster + "/", "/aws/containerinsights/" + s.Cluster + "/"}
}
