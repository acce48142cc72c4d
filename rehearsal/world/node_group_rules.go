package world

import (
	"slices"
	"strconv"
	"strings"
)

const (
	createNodeGroupOp = "creating EKS Node Group (%s): operation error EKS: CreateNodegroup, "
	nodeGroupDocs     = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"
	templateDocs      = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
)

var (
	nodeGroupName = rule("a node group's name has 63 characters at most",
		"expected length of node_group_name to be in the range (1 - 63), got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	nodeTaint = rule("a taint's effect is an effect of EKS",
		"expected effect to be one of [NO_SCHEDULE NO_EXECUTE PREFER_NO_SCHEDULE], got %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html")
	nodeUpdate = rule("a node group's update is limited by a number or by a percentage",
		"\"update_config.0.max_unavailable\": one of `update_config.0.max_unavailable,update_config.0.max_unavailable_percentage` must be specified, and not both",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go")
	nodeUpdateRange = rule("a node group's update limit is from 1 to 100",
		"expected update_config.0.%s to be in the range (1 - 100), got %d",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html")
	nodeGroupUnique = rule("a node group's name is unique in its cluster",
		createNodeGroupOp+"ResourceInUseException: NodeGroup already exists with name %s and cluster name %s",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
	nodeGroupQuota = rule("a cluster has at most thirty node groups",
		createNodeGroupOp+"ResourceLimitExceededException: Nodegroups limit exceeded: 30",
		"https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html")
	nodeRoleTrust = rule("a node role exists and trusts EC2",
		createNodeGroupOp+"InvalidParameterException: Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html")
	nodeSubnets = rule("a node group's subnets exist in its cluster's VPC",
		createNodeGroupOp+"InvalidParameterException: Subnet %s does not exist in the VPC %s of the cluster",
		nodeGroupDocs)
	nodeImage = rule("a node group's AMI type exists",
		createNodeGroupOp+"InvalidParameterException: amiType %s is not supported",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html")
	nodeImageVersion = rule("a node group's image exists for its Kubernetes version: no Amazon Linux 2 since 1.33",
		createNodeGroupOp+"InvalidParameterException: Requested AMI for this version %s is not supported (amiType %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html")
	nodeArchitecture = rule("a node group's instance types have the architecture of its AMI type",
		createNodeGroupOp+"InvalidParameterException: [%s] is not a valid instance type for requested amiType %s",
		nodeGroupDocs)
	nodeVersion = rule("a node group is not newer than its cluster, nor three minor versions older",
		createNodeGroupOp+"InvalidParameterException: Nodegroup Kubernetes version %s is not supported by the cluster's version %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html")
	nodeGroupBack = rule("a node group's Kubernetes version is not downgraded",
		"updating EKS Node Group (%s): operation error EKS: UpdateNodegroupVersion, InvalidParameterException: Nodegroup cannot be downgraded from %s to %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html")
	nodeTemplate = rule("a node group's launch template exists, in that version",
		createNodeGroupOp+"InvalidRequestException: The specified launch template, with template ID %s and version %s, does not exist.",
		templateDocs)
	nodeTemplateDisk = rule("a node group with a launch template has its disk and remote access in the template",
		createNodeGroupOp+"InvalidParameterException: %s must be specified within the launch template.",
		templateDocs)
	nodeTemplateType = rule("instance types are in the node group or in its launch template, not in both",
		createNodeGroupOp+"InvalidParameterException: Cannot specify instance types in launch template and API request (%s)",
		templateDocs)
	nodeTemplateForbidden = rule("a node group's launch template has no instance profile, subnet or market options",
		createNodeGroupOp+"InvalidParameterException: Launch template %s should not specify %s.",
		templateDocs)
	nodeTemplateImage = rule("a node group whose launch template has an image has the AMI type CUSTOM or none",
		createNodeGroupOp+"InvalidParameterException: You cannot specify an image id within the launch template, since your nodegroup is configured to use an EKS optimized AMI (%s).",
		templateDocs)
	nodeCapacity = rule("a node group's capacity type is a type of EKS",
		createNodeGroupOp+"InvalidParameterException: capacityType %s is not one of [ON_DEMAND, SPOT, CAPACITY_BLOCK]",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
)

// images are the AMI types with the architecture of their processors.
var images = map[string]string{
	"AL2_x86_64": "x86_64", "AL2_x86_64_GPU": "x86_64", "AL2_ARM_64": "arm64", "CUSTOM": "",
	"AL2023_x86_64_STANDARD": "x86_64", "AL2023_ARM_64_STANDARD": "arm64", "AL2023_x86_64_NEURON": "x86_64", "AL2023_x86_64_NVIDIA": "x86_64",
	"BOTTLEROCKET_x86_64": "x86_64", "BOTTLEROCKET_ARM_64": "arm64", "BOTTLEROCKET_x86_64_NVIDIA": "x86_64", "BOTTLEROCKET_ARM_64_NVIDIA": "arm64",
	"AL2023_ARM_64_NVIDIA": "arm64",
}

// nodeGroupFits checks what EKS checks before it creates a node group.
func (w *World) nodeGroupFits(o, cluster *Object, id string) error {
	role, capacity := orText(o.Inputs["nodeRoleArn"], ""), orText(o.Inputs["capacityType"], "ON_DEMAND")
	return first(
		nodeRoleTrust.when(!w.trustsService(w.roleOf(role), "ec2"), id, role),
		nodeCapacity.when(!slices.Contains([]string{"ON_DEMAND", "SPOT", "CAPACITY_BLOCK"}, capacity), id, capacity),
		w.nodeSubnetsFit(o, cluster, id), w.limitsFit(o, id), w.templateUsable(o, id), w.imageFits(o, cluster, id))
}

func (w *World) nodeSubnetsFit(o, cluster *Object, id string) error {
	vpc := cluster.text("vpcConfig.vpcId")
	for _, s := range texts(o.Inputs["subnetIds"]) {
		subnet := w.get(subnetType, s)
		if err := nodeSubnets.when(subnet == nil || subnet.text("vpcId") != vpc, id, s, vpc); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) imageFits(o, cluster *Object, id string) error {
	image, version := orText(o.Inputs["amiType"], "AL2023_x86_64_STANDARD"), orText(o.Inputs["version"], cluster.text("version"))
	architecture, known := images[image]
	behind := minor(cluster.text("version")) - minor(version)
	if err := first(
		nodeImage.when(!known, id, image),
		nodeVersion.when(behind < 0 || behind > 3 || !slices.Contains(supportedVersions, version), id, version, cluster.text("version")),
		nodeImageVersion.when(strings.HasPrefix(image, "AL2_") && minor(version) >= 33, id, version, image)); err != nil {
		return err
	}
	for _, name := range w.typesOf(o) {
		t, err := typeOf(id, name)
		if err := first(err, nodeArchitecture.when(architecture != "" && t.architecture != architecture, id, name, image)); err != nil {
			return err
		}
	}
	return nil
}

// templateUsable checks a node group's launch template.
func (w *World) templateUsable(o *Object, id string) error {
	given := mapOf(o.Inputs["launchTemplate"])
	if given == nil {
		return nil
	}
	name := orText(given["id"], orText(given["name"], ""))
	version, _ := given["version"].(string)
	lt := w.templateOf(o)
	if err := nodeTemplate.when(lt == nil || !hasVersion(lt, version), id, name, version); err != nil {
		return err
	}
	image := orText(o.Inputs["amiType"], "")
	interfaces, _ := lt.Inputs["networkInterfaces"].([]any)
	inSubnet := slices.ContainsFunc(interfaces, func(i any) bool { return mapOf(i)["subnetId"] != nil })
	return first(
		nodeTemplateDisk.when(o.Inputs["diskSize"] != nil, id, "Disk size"),
		nodeTemplateDisk.when(o.Inputs["remoteAccess"] != nil, id, "Remote access configuration"),
		nodeTemplateType.when(len(texts(o.Inputs["instanceTypes"])) > 0 && lt.text("instanceType") != "", id, lt.text("instanceType")),
		nodeTemplateForbidden.when(lt.Inputs["iamInstanceProfile"] != nil, id, name, "an instance profile"),
		nodeTemplateForbidden.when(lt.Inputs["instanceMarketOptions"] != nil, id, name, "instance market options"),
		nodeTemplateForbidden.when(inSubnet, id, name, "a subnet"),
		nodeTemplateImage.when(lt.text("imageId") != "" && image != "" && image != "CUSTOM", id, image))
}

func hasVersion(lt *Object, version string) bool {
	if version == "$Latest" || version == "$Default" {
		return true
	}
	n, err := strconv.Atoi(version)
	return err == nil && n >= 1 && n <= lt.number("latestVersion")
}
