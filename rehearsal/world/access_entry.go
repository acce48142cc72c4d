package world

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	accessEntryType  = "aws:eks/accessEntry:AccessEntry"
	accessPolicyType = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
)

const accessEntryDocs = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"

var (
	entryMode = rule("access entries need an authentication mode that includes the API",
		"%s, InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")
	entryUnique = rule("a principal has one access entry in a cluster",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, ResourceInUseException: The specified access entry resource is already in use on this cluster.",
		accessEntryDocs)
	entryPrincipal = rule("an access entry's principal is an IAM role or user in the partition",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The specified principalArn is invalid: invalid principal.",
		accessEntryDocs)
	entryServiceLinked = rule("an access entry's principal is not a service-linked role",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role",
		"https://github.com/hashicorp/terraform-provider-aws/issues/36447; https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html")
	entryType = rule("an access entry has a type of EKS",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The specified type %s is invalid.",
		accessEntryDocs)
	entryPlain = rule("an access entry for nodes has neither groups nor a user name",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The type %s does not accept kubernetesGroups or username.",
		accessEntryDocs)
	entryGroups = rule("an access entry's groups are not system groups",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The kubernetes group name %s is invalid, it cannot start with system:",
		accessEntryDocs)
	accessPolicyKnown = rule("an access policy is a policy of EKS",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The specified policyArn is invalid: invalid policy %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html")
	accessPolicyEntry = rule("an access policy is associated with a principal that has an entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, ResourceNotFoundException: The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	accessPolicyStandard = rule("an access policy is associated with a standard entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidRequestException: Access policies can only be associated with access entries of type STANDARD, not %s.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	accessPolicyScope = rule("an access policy's scope names namespaces if, and only if, its type is namespace",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The access scope %s with namespaces %v is invalid.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessScope.html")
)

func accessEntryKinds() []*kind {
	return []*kind{{
		typ: accessEntryType, tagged: true, defaults: Properties{"type": "STANDARD"},
		forceNew: []string{"clusterName", "principalArn", "type"},
		create:   createAccessEntry,
		update:   updateAccessEntry,
		remove:   removeAccessEntry,
		creation: 2 * time.Second, deletion: time.Second,
	}, {
		typ: accessPolicyType, forceNew: []string{"accessScope", "clusterName", "policyArn", "principalArn"},
		create:   associateAccessPolicy,
		creation: 2 * time.Second, deletion: time.Second,
	}}
}

// nodeEntries are the types of access entries for nodes.
var nodeEntries = []string{"EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"}

func createAccessEntry(c *call, o *Object) error {
	id := o.text("clusterName") + ":" + o.text("principalArn")
	op := operation("creating", "EKS Access Entry", id, "CreateAccessEntry")
	cluster, err := c.clusterOf(op, o.text("clusterName"))
	if err != nil {
		return err
	}
	typ := orText(o.Inputs["type"], "STANDARD")
	err = first(
		entryMode.when(cluster.text("accessConfig.authenticationMode") == "CONFIG_MAP", op),
		entryServiceLinked.when(strings.Contains(o.text("principalArn"), ":role/aws-service-role/"), id),
		entryPrincipal.when(!c.principal(o.text("principalArn")), id),
		entryUnique.when(c.get(accessEntryType, id) != nil, id),
		entryType.when(typ != "STANDARD" && !slices.Contains(nodeEntries, typ), id, typ),
		entryAllows(o, id))
	if err != nil {
		return err
	}
	o.ID = id
	c.showEntry(o)
	return nil
}

func updateAccessEntry(c *call, o, old *Object) error {
	c.showEntry(o)
	o.retain(old, "kubernetesGroups", "userName")
	return entryAllows(o, o.ID)
}

// principal reports whether EKS accepts an ARN: an IAM role or user in the partition, and not a session. A principal of
// another account is taken to exist, because the simulated account cannot check it. A role of the account that the
// program creates must exist.
func (w *World) principal(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if withoutPath.MatchString(arn) {
		return false
	}
	return len(parts) == 6 && parts[0] == "arn" && parts[1] == w.partition().id && parts[2] == "iam" && len(parts[4]) == 12 &&
		(strings.HasPrefix(parts[5], "role/") || strings.HasPrefix(parts[5], "user/"))
}

// withoutPath matches a role of IAM Identity Center without its path, which does not exist
// (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2969).
var withoutPath = regexp.MustCompile(`:role/AWSReservedSSO_[^/]+_[0-9a-f]{16}$`)

func entryAllows(o *Object, id string) error {
	typ, groups := orText(o.Inputs["type"], "STANDARD"), texts(o.Inputs["kubernetesGroups"])
	name, _ := o.Inputs["userName"].(string)
	system := slices.IndexFunc(groups, func(g string) bool { return strings.HasPrefix(g, "system:") })
	return first(
		entryPlain.when(typ != "STANDARD" && (len(groups) > 0 || name != ""), id, typ),
		entryGroups.when(system >= 0, id, strings.Join(groups, ",")))
}

func (w *World) showEntry(o *Object) {
	principal := o.text("principalArn")
	user := principal
	if strings.Contains(principal, ":role/") && orText(o.Inputs["type"], "STANDARD") == "STANDARD" {
		user = sessionOf(principal, "{{SessionName}}")
	}
	o.show(Properties{"accessEntryArn": w.arn("eks", "access-entry/"+o.text("clusterName")+"/"+lastOf(principal, ":")), "createdAt": created,
		"modifiedAt": created, "kubernetesGroups": anyOf(texts(o.Inputs["kubernetesGroups"])), "userName": orText(o.Inputs["userName"], user)})
}

// admit creates an access entry that EKS creates automatically: for the creator of a cluster and for the role of a node
// group.
func (w *World) admit(cluster, principal, typ string) {
	id := cluster + ":" + principal
	if w.get(accessEntryType, id) != nil {
		return
	}
	o := &Object{Type: accessEntryType, ID: id, Owner: "eks",
		Inputs: Properties{"clusterName": cluster, "principalArn": principal, "type": typ}}
	w.showEntry(o)
	w.put(o)
}

func removeAccessEntry(c *call, o *Object) error {
	// An entry is deleted with its associations.
	for _, a := range c.with(accessPolicyType, "clusterName", o.text("clusterName"), where("principalArn", o.text("principalArn"))) {
		c.drop(a)
	}
	return nil
}

func associateAccessPolicy(c *call, o *Object) error {
	cluster, principal, policy := o.text("clusterName"), o.text("principalArn"), o.text("policyArn")
	id := cluster + "#" + principal + "#" + policy
	op := operation("creating", "EKS Access Policy Association", id, "AssociateAccessPolicy")
	if _, err := c.clusterOf(op, cluster); err != nil {
		return err
	}
	entry := c.get(accessEntryType, cluster+":"+principal)
	name, ours := strings.CutPrefix(policy, "arn:"+c.partition().id+":eks::aws:cluster-access-policy/")
	scope, namespaces := o.text("accessScope.type"), o.texts("accessScope.namespaces")
	err := first(
		accessPolicyEntry.when(entry == nil, id),
		accessPolicyKnown.when(!ours || accessRights[name] == nil, id, policy),
		accessPolicyStandard.when(entry != nil && entry.text("type") != "STANDARD", id, entry.typeText()),
		accessPolicyScope.when((scope == "namespace") == (len(namespaces) == 0) || (scope != "namespace" && scope != "cluster"), id, scope, namespaces))
	if err != nil {
		return err
	}
	o.ID = id
	o.show(Properties{"associatedAt": created, "modifiedAt": created})
	return nil
}

func (o *Object) typeText() string {
	if o == nil {
		return ""
	}
	return o.text("type")
}

// admitCreator creates the access entry of the creator of a cluster, as EKS does unless
// bootstrapClusterCreatorAdminPermissions is false.
func (w *World) admitCreator(cluster *Object) {
	if cluster.at("accessConfig.bootstrapClusterCreatorAdminPermissions") == false || cluster.text("accessConfig.authenticationMode") == "CONFIG_MAP" {
		return
	}
	creator := cluster.text("creator")
	w.admit(cluster.ID, creator, "STANDARD")
	policy := "arn:" + w.partition().id + ":eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	o := &Object{Type: accessPolicyType, ID: cluster.ID + "#" + creator + "#" + policy, Owner: "eks"}
	o.show(Properties{"clusterName": cluster.ID, "principalArn": creator, "policyArn": policy, "accessScope": map[string]any{"type": "cluster"},
		"associatedAt": created, "modifiedAt": created})
	w.put(o)
}
