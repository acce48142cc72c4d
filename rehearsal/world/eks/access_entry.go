package eks

import (
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

const accessEntryDocs = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"

var (
	EntryMode = store.NewRule("access entries need an authentication mode that includes the API",
		"%s, InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
		"https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html")
	EntryUnique = store.NewRule("a principal has one access entry in a cluster",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, ResourceInUseException: The specified access entry resource is already in use on this cluster.",
		accessEntryDocs)
	EntryPrincipal = store.NewRule("an access entry's principal is an IAM role or user in the partition",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The specified principalArn is invalid: invalid principal.",
		accessEntryDocs)
	EntryServiceLinked = store.NewRule("an access entry's principal is not a service-linked role",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role",
		"https://github.com/hashicorp/terraform-provider-aws/issues/36447; https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html")
	EntryType = store.NewRule("an access entry has a type of EKS",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The specified type %s is invalid.",
		accessEntryDocs)
	EntryPlain = store.NewRule("an access entry for nodes has neither groups nor a user name",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The type %s does not accept kubernetesGroups or username.",
		accessEntryDocs)
	EntryGroups = store.NewRule("an access entry's groups are not system groups",
		"creating EKS Access Entry (%s): operation error EKS: CreateAccessEntry, InvalidParameterException: The kubernetes group name %s is invalid, it cannot start with system:",
		accessEntryDocs)
	AccessPolicyKnown = store.NewRule("an access policy is a policy of EKS",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The specified policyArn is invalid: invalid policy %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html")
	AccessPolicyEntry = store.NewRule("an access policy is associated with a principal that has an entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, ResourceNotFoundException: The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	AccessPolicyStandard = store.NewRule("an access policy is associated with a standard entry",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidRequestException: Access policies can only be associated with access entries of type STANDARD, not %s.",
		"https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html")
	AccessPolicyScope = store.NewRule("an access policy's scope names namespaces if, and only if, its type is namespace",
		"creating EKS Access Policy Association (%s): operation error EKS: AssociateAccessPolicy, InvalidParameterException: The access scope %s with namespaces %v is invalid.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessScope.html")
)

// AccessEntry is a principal's access to a cluster.
type AccessEntry struct {
	Cluster   string   `json:"clusterName"`
	Principal string   `json:"principalArn"`
	Kind      string   `json:"type"` // STANDARD, or one for nodes
	Groups    []string `json:"kubernetesGroups"`
	User      string   `json:"userName"`
	ARN       string   `json:"accessEntryArn"`
}

// AccessEntryOf returns the properties of an access entry.
func AccessEntryOf(o *store.Object) *AccessEntry { return store.Decode[AccessEntry](o) }

// AccessPolicyAssociation gives a principal the rights of an access policy.
type AccessPolicyAssociation struct {
	Cluster   string      `json:"clusterName"`
	Principal string      `json:"principalArn"`
	Policy    string      `json:"policyArn"`
	Scope     AccessScope `json:"accessScope"`
}

// AccessScope is the part of a cluster in which an access policy applies.
type AccessScope struct {
	Kind       string   `json:"type"` // cluster or namespace
	Namespaces []string `json:"namespaces"`
}

// AccessPolicyAssociationOf returns the properties of an access policy association.
func AccessPolicyAssociationOf(o *store.Object) *AccessPolicyAssociation {
	return store.Decode[AccessPolicyAssociation](o)
}

func AccessEntryKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.AccessEntryType, Tagged: true, Defaults: store.Properties{"type": "STANDARD"},
		ForceNew: []string{"clusterName", "principalArn", "type"},
		Create:   createAccessEntry,
		Update:   updateAccessEntry,
		Remove:   removeAccessEntry,
		Creation: 2 * time.Second, Deletion: time.Second,
	}, {
		Typ: store.AccessPolicyType, ForceNew: []string{"accessScope", "clusterName", "policyArn", "principalArn"},
		Create:   associateAccessPolicy,
		Creation: 2 * time.Second, Deletion: time.Second,
	}}
}

// nodeEntries are the types of access entries for nodes.
var nodeEntries = []string{"EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"}

func createAccessEntry(c *store.Call, o *store.Object) error {
	id := o.Text("clusterName") + ":" + o.Text("principalArn")
	op := Operation("creating", "EKS Access Entry", id, "CreateAccessEntry")
	cluster, err := ActiveCluster(c.Account, op, o.Text("clusterName"))
	if err != nil {
		return err
	}
	typ := store.OrText(o.Inputs["type"], "STANDARD")
	err = store.First(
		EntryMode.When(cluster.Text("accessConfig.authenticationMode") == "CONFIG_MAP", op),
		EntryServiceLinked.When(strings.Contains(o.Text("principalArn"), ":role/aws-service-role/"), id),
		EntryPrincipal.When(!iam.Principal(c.Account, o.Text("principalArn")), id),
		EntryUnique.When(c.Get(store.AccessEntryType, id) != nil, id),
		EntryType.When(typ != "STANDARD" && !slices.Contains(nodeEntries, typ), id, typ),
		entryAllows(o, id))
	if err != nil {
		return err
	}
	o.ID = id
	showEntry(c.Account, o)
	return nil
}

func updateAccessEntry(c *store.Call, o, old *store.Object) error {
	showEntry(c.Account, o)
	o.Retain(old, "kubernetesGroups", "userName")
	return entryAllows(o, o.ID)
}

func entryAllows(o *store.Object, id string) error {
	typ, groups := store.OrText(o.Inputs["type"], "STANDARD"), store.Texts(o.Inputs["kubernetesGroups"])
	name, _ := o.Inputs["userName"].(string)
	system := slices.IndexFunc(groups, func(g string) bool { return strings.HasPrefix(g, "system:") })
	return store.First(
		EntryPlain.When(typ != "STANDARD" && (len(groups) > 0 || name != ""), id, typ),
		EntryGroups.When(system >= 0, id, strings.Join(groups, ",")))
}

func showEntry(w *store.Account, o *store.Object) {
	principal := o.Text("principalArn")
	user := principal
	if strings.Contains(principal, ":role/") && store.OrText(o.Inputs["type"], "STANDARD") == "STANDARD" {
		user = iam.SessionOf(principal, "{{SessionName}}")
	}
	o.Show(store.Properties{"accessEntryArn": w.ARN("eks", "access-entry/"+o.Text("clusterName")+"/"+store.LastOf(principal, ":")), "createdAt": store.Created,
		"modifiedAt": store.Created, "kubernetesGroups": store.AnyOf(store.Texts(o.Inputs["kubernetesGroups"])), "userName": store.OrText(o.Inputs["userName"], user)})
}

// Admit creates an access entry that EKS creates automatically: for the creator of a cluster and for the role of a node
// group.
func Admit(w *store.Account, cluster, principal, typ string) {
	id := cluster + ":" + principal
	if w.Get(store.AccessEntryType, id) != nil {
		return
	}
	o := &store.Object{Type: store.AccessEntryType, ID: id, Owner: "eks",
		Inputs: store.Properties{"clusterName": cluster, "principalArn": principal, "type": typ}}
	showEntry(w, o)
	w.Put(o)
}

func removeAccessEntry(c *store.Call, o *store.Object) error {
	// An entry is deleted with its associations.
	for _, a := range c.With(store.AccessPolicyType, "clusterName", o.Text("clusterName"), store.Where("principalArn", o.Text("principalArn"))) {
		c.Drop(a)
	}
	return nil
}

func associateAccessPolicy(c *store.Call, o *store.Object) error {
	cluster, principal, policy := o.Text("clusterName"), o.Text("principalArn"), o.Text("policyArn")
	id := cluster + "#" + principal + "#" + policy
	op := Operation("creating", "EKS Access Policy Association", id, "AssociateAccessPolicy")
	if _, err := ActiveCluster(c.Account, op, cluster); err != nil {
		return err
	}
	entry := c.Get(store.AccessEntryType, cluster+":"+principal)
	name, ours := strings.CutPrefix(policy, "arn:"+c.Partition().ID+":eks::aws:cluster-access-policy/")
	scope, namespaces := o.Text("accessScope.type"), o.Texts("accessScope.namespaces")
	err := store.First(
		AccessPolicyEntry.When(entry == nil, id),
		AccessPolicyKnown.When(!ours || AccessRights[name] == nil, id, policy),
		AccessPolicyStandard.When(entry != nil && entry.Text("type") != "STANDARD", id, TypeText(entry)),
		AccessPolicyScope.When((scope == "namespace") == (len(namespaces) == 0) || (scope != "namespace" && scope != "cluster"), id, scope, namespaces))
	if err != nil {
		return err
	}
	o.ID = id
	o.Show(store.Properties{"associatedAt": store.Created, "modifiedAt": store.Created})
	return nil
}

func TypeText(o *store.Object) string {
	if o == nil {
		return ""
	}
	return o.Text("type")
}

// AdmitCreator creates the access entry of the creator of a cluster, as EKS does unless
// bootstrapClusterCreatorAdminPermissions is false.
func AdmitCreator(w *store.Account, cluster *store.Object) {
	if cluster.At("accessConfig.bootstrapClusterCreatorAdminPermissions") == false || cluster.Text("accessConfig.authenticationMode") == "CONFIG_MAP" {
		return
	}
	creator := cluster.Text("creator")
	Admit(w, cluster.ID, creator, "STANDARD")
	policy := "arn:" + w.Partition().ID + ":eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	o := &store.Object{Type: store.AccessPolicyType, ID: cluster.ID + "#" + creator + "#" + policy, Owner: "eks"}
	o.Show(store.Properties{"clusterName": cluster.ID, "principalArn": creator, "policyArn": policy, "accessScope": map[string]any{"type": "cluster"},
		"associatedAt": store.Created, "modifiedAt": store.Created})
	w.Put(o)
}
