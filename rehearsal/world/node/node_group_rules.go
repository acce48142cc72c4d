package node

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// A resource whose creation failed remains under its ID, in a state that no update changes. It is deleted and created
// again.
var (
	NodeGroupActive = store.NewRule("a node group whose creation failed is not updated",
		"updating EKS Node Group (%s): operation error EKS: UpdateNodegroupConfig, ResourceInUseException: Nodegroup cannot be updated as it is currently not in Active State",
		"https://github.com/aws/containers-roadmap/issues/2204")
)

const (
	createNodeGroupOp = "creating EKS Node Group (%s): operation error EKS: CreateNodegroup, "
	nodeGroupDocs     = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"
	templateDocs      = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
)

var (
	NodeGroupName = store.NewRule("a node group's name has 63 characters at most",
		"expected length of node_group_name to be in the range (1 - 63), got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	NodeTaint = store.NewRule("a taint's effect is an effect of EKS",
		"expected effect to be one of [NO_SCHEDULE NO_EXECUTE PREFER_NO_SCHEDULE], got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html")
	NodeUpdate = store.NewRule("a node group's update is limited by a number or by a percentage",
		"\"update_config.0.max_unavailable\": one of `update_config.0.max_unavailable,update_config.0.max_unavailable_percentage` must be specified, and not both",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go")
	NodeUpdateRange = store.NewRule("a node group's update limit is from 1 to 100",
		"expected update_config.0.%s to be in the range (1 - 100), got %d",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html")
	NodeGroupUnique = store.NewRule("a node group's name is unique in its cluster",
		createNodeGroupOp+"ResourceInUseException: NodeGroup already exists with name %s and cluster name %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	NodeGroupQuota = store.NewRule("a cluster has at most thirty node groups",
		createNodeGroupOp+"ResourceLimitExceededException: Nodegroups limit exceeded: 30",
		"https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html")
	NodeRoleTrust = store.NewRule("a node role exists and trusts EC2",
		createNodeGroupOp+"InvalidParameterException: Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	NodeSubnets = store.NewRule("a node group's subnets exist in its cluster's VPC",
		createNodeGroupOp+"InvalidParameterException: Subnet %s does not exist in the VPC %s of the cluster",
		nodeGroupDocs)
	NodeImage = store.NewRule("a node group's AMI type exists",
		createNodeGroupOp+"InvalidParameterException: amiType %s is not supported",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html")
	NodeImageVersion = store.NewRule("a node group's image exists for its Kubernetes version: no Amazon Linux 2 since 1.33",
		createNodeGroupOp+"InvalidParameterException: Requested AMI for this version %s is not supported (amiType %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html")
	NodeArchitecture = store.NewRule("a node group's instance types have the architecture of its AMI type",
		createNodeGroupOp+"InvalidParameterException: [%s] is not a valid instance type for requested amiType %s",
		nodeGroupDocs)
	NodeVersion = store.NewRule("a node group is not newer than its cluster, nor three minor versions older",
		createNodeGroupOp+"InvalidParameterException: Nodegroup Kubernetes version %s is not supported by the cluster's version %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html")
	NodeGroupBack = store.NewRule("a node group's Kubernetes version is not downgraded",
		"updating EKS Node Group (%s): operation error EKS: UpdateNodegroupVersion, InvalidParameterException: Nodegroup cannot be downgraded from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html")
	NodeTemplate = store.NewRule("a node group's launch template exists, in that version",
		createNodeGroupOp+"InvalidRequestException: The specified launch template, with template ID %s and version %s, does not exist.",
		templateDocs)
	NodeTemplateDisk = store.NewRule("a node group with a launch template has its disk and remote access in the template",
		createNodeGroupOp+"InvalidParameterException: %s must be specified within the launch template.",
		templateDocs)
	NodeTemplateType = store.NewRule("instance types are in the node group or in its launch template, not in both",
		createNodeGroupOp+"InvalidParameterException: Cannot specify instance types in launch template and API request (%s)",
		templateDocs)
	NodeTemplateForbidden = store.NewRule("a node group's launch template has no instance profile, subnet or market options",
		createNodeGroupOp+"InvalidParameterException: Launch template %s should not specify %s.",
		templateDocs)
	NodeTemplateImage = store.NewRule("a node group whose launch template has an image has the AMI type CUSTOM or none",
		createNodeGroupOp+"InvalidParameterException: You cannot specify an image id within the launch template, since your nodegroup is configured to use an EKS optimized AMI (%s).",
		templateDocs)
	NodeCapacity = store.NewRule("a node group's capacity type is a type of EKS",
		createNodeGroupOp+"InvalidParameterException: capacityType %s is not one of [ON_DEMAND, SPOT, CAPACITY_BLOCK]",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
)

// imageArchitectures are the AMI types with the architecture of their processors.
var imageArchitectures = map[string]string{
	"AL2_x86_64": "x86_64", "AL2_x86_64_GPU": "x86_64", "AL2_ARM_64": "arm64", "CUSTOM": "",
	"AL2023_x86_64_STANDARD": "x86_64", "AL2023_ARM_64_STANDARD": "arm64", "AL2023_x86_64_NEURON": "x86_64", "AL2023_x86_64_NVIDIA": "x86_64",
	"BOTTLEROCKET_x86_64": "x86_64", "BOTTLEROCKET_ARM_64": "arm64", "BOTTLEROCKET_x86_64_NVIDIA": "x86_64", "BOTTLEROCKET_ARM_64_NVIDIA": "arm64",
	"AL2023_ARM_64_NVIDIA": "arm64",
}

// nodeGroupFits checks what EKS checks before it creates a node group.
func nodeGroupFits(w *store.Account, o, cluster *store.Object, id string) error {
	inputs := inputsOf(o)
	capacity := cmp.Or(inputs.Capacity, "ON_DEMAND")
	return store.First(
		NodeRoleTrust.When(!iam.TrustsService(w, iam.FindRole(w, inputs.Role), "ec2"), id, inputs.Role),
		NodeCapacity.When(!slices.Contains([]string{"ON_DEMAND", "SPOT", "CAPACITY_BLOCK"}, capacity), id, capacity),
		nodeSubnetsFit(w, inputs, cluster, id), limitsFit(w, o, id), templateUsable(w, o, inputs, id), imageFits(w, o, inputs, cluster, id))
}

func nodeSubnetsFit(w *store.Account, inputs *NodeGroup, cluster *store.Object, id string) error {
	vpc := eks.ClusterOf(cluster).VPC.ID
	for _, s := range inputs.Subnets {
		subnet := w.Get(store.SubnetType, s)
		if err := NodeSubnets.When(subnet == nil || ec2.SubnetOf(subnet).VPC != vpc, id, s, vpc); err != nil {
			return err
		}
	}
	return nil
}

func imageFits(w *store.Account, o *store.Object, inputs *NodeGroup, cluster *store.Object, id string) error {
	current := eks.ClusterOf(cluster).Version
	image, version := cmp.Or(inputs.Image, defaultImage), cmp.Or(inputs.Version, current)
	architecture, known := imageArchitectures[image]
	behind := eks.MinorVersion(current) - eks.MinorVersion(version)
	if err := store.First(
		NodeImage.When(!known, id, image),
		NodeVersion.When(behind < 0 || behind > 3 || !slices.Contains(eks.SupportedVersions, version), id, version, current),
		NodeImageVersion.When(strings.HasPrefix(image, "AL2_") && eks.MinorVersion(version) >= 33, id, version, image)); err != nil {
		return err
	}
	for _, name := range instanceTypesOf(w, o) {
		t, err := ec2.TypeOf(id, name)
		if err := store.First(err, NodeArchitecture.When(architecture != "" && t.Architecture != architecture, id, name, image)); err != nil {
			return err
		}
	}
	return nil
}

// templateUsable checks a node group's launch template.
func templateUsable(w *store.Account, o *store.Object, inputs *NodeGroup, id string) error {
	if inputs.Template == nil {
		return nil
	}
	name, version := cmp.Or(inputs.Template.ID, inputs.Template.Name), inputs.Template.Version
	lt := templateOf(w, o)
	if err := NodeTemplate.When(lt == nil || !hasVersion(lt, version), id, name, version); err != nil {
		return err
	}
	template := ec2.LaunchTemplateOf(lt)
	inSubnet := slices.ContainsFunc(template.Interfaces, func(i ec2.TemplateInterface) bool { return i.Subnet != nil })
	return store.First(
		NodeTemplateDisk.When(inputs.DiskSize != nil, id, "Disk size"),
		NodeTemplateDisk.When(inputs.RemoteAccess != nil, id, "Remote access configuration"),
		NodeTemplateType.When(len(inputs.InstanceTypes) > 0 && template.InstanceType != "", id, template.InstanceType),
		NodeTemplateForbidden.When(template.InstanceProfile != nil, id, name, "an instance profile"),
		NodeTemplateForbidden.When(template.MarketOptions != nil, id, name, "instance market options"),
		NodeTemplateForbidden.When(inSubnet, id, name, "a subnet"),
		NodeTemplateImage.When(template.Image != "" && inputs.Image != "" && inputs.Image != "CUSTOM", id, inputs.Image))
}

func hasVersion(lt *store.Object, version string) bool {
	if version == "$Latest" || version == "$Default" {
		return true
	}
	n, err := strconv.Atoi(version)
	return err == nil && n >= 1 && n <= ec2.LaunchTemplateOf(lt).LatestVersion
}
