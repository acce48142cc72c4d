package eks

import (
	"cmp"
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
		"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2915")
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

// requestedEntry returns the properties in an access entry's inputs, with EKS's default type.
func requestedEntry(o *store.Object) *AccessEntry {
	in, _ := store.As[AccessEntry](o.Inputs)
	in.Kind = cmp.Or(in.Kind, "STANDARD")
	return &in
}

// standard reports whether an entry is not for nodes.
func (e *AccessEntry) standard() bool { return e.Kind == "STANDARD" }

// AccessEntryType returns the type of an access entry, "" if there is none.
func AccessEntryType(o *store.Object) string {
	if o == nil {
		return ""
	}
	return AccessEntryOf(o).Kind
}

func accessEntryKind() *store.Kind {
	return &store.Kind{
		Typ: store.AccessEntryType, Tagged: true, Defaults: store.Properties{"type": "STANDARD"},
		ForceNew: []string{"clusterName", "principalArn", "type"},
		Create:   createAccessEntry,
		Update:   updateAccessEntry,
		Remove:   removeAccessEntry,
		Creation: 2 * time.Second, Deletion: time.Second,
	}
}

// nodeEntries are the types of access entries for nodes.
var nodeEntries = []string{"EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"}

func createAccessEntry(c *store.Call, o *store.Object) error {
	in := requestedEntry(o)
	id := in.Cluster + ":" + in.Principal
	op := Operation("creating", "EKS Access Entry", id, "CreateAccessEntry")
	cluster, err := ActiveCluster(c.Account, op, in.Cluster)
	if err != nil {
		return err
	}
	err = store.First(
		EntryMode.When(ClusterOf(cluster).Access.Mode == "CONFIG_MAP", op),
		EntryServiceLinked.When(strings.Contains(in.Principal, ":role/aws-service-role/"), id),
		EntryPrincipal.When(!iam.IsPrincipal(c.Account, in.Principal), id),
		EntryUnique.When(c.Get(store.AccessEntryType, id) != nil, id),
		EntryType.When(!in.standard() && !slices.Contains(nodeEntries, in.Kind), id, in.Kind),
		entryAllows(in, id))
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
	return entryAllows(requestedEntry(o), o.ID)
}

func entryAllows(in *AccessEntry, id string) error {
	system := slices.ContainsFunc(in.Groups, func(g string) bool { return strings.HasPrefix(g, "system:") })
	return store.First(
		EntryPlain.When(!in.standard() && (len(in.Groups) > 0 || in.User != ""), id, in.Kind),
		EntryGroups.When(system, id, strings.Join(in.Groups, ",")))
}

func showEntry(w *store.Account, o *store.Object) {
	in := requestedEntry(o)
	user := in.Principal
	if strings.Contains(in.Principal, ":role/") && in.standard() {
		user = iam.SessionOf(in.Principal, "{{SessionName}}")
	}
	o.Show(store.Properties{"accessEntryArn": w.ARN("eks", "access-entry/"+in.Cluster+"/"+store.LastOf(in.Principal, ":")), "createdAt": store.Created,
		"modifiedAt": store.Created, "kubernetesGroups": store.AnyOf(in.Groups), "userName": cmp.Or(in.User, user)})
}

func removeAccessEntry(c *store.Call, o *store.Object) error {
	// An entry is deleted with its associations.
	entry := AccessEntryOf(o)
	for _, a := range c.With(store.AccessPolicyType, "clusterName", entry.Cluster, store.HasProperty("principalArn", entry.Principal)) {
		c.Drop(a)
	}
	return nil
}

// CreateAccessEntry creates an access entry that EKS creates automatically: for the creator of a cluster and for the
// role of a node group.
func CreateAccessEntry(w *store.Account, cluster, principal, typ string) {
	id := cluster + ":" + principal
	if w.Get(store.AccessEntryType, id) != nil {
		return
	}
	o := &store.Object{Type: store.AccessEntryType, ID: id, Owner: "eks",
		Inputs: store.Properties{"clusterName": cluster, "principalArn": principal, "type": typ}}
	showEntry(w, o)
	w.Put(o)
}

// CreateCreatorEntry creates the access entry of the creator of a cluster, as EKS does unless
// bootstrapClusterCreatorAdminPermissions is false.
func CreateCreatorEntry(w *store.Account, cluster *store.Object) {
	properties := ClusterOf(cluster)
	admin := properties.Access.CreatorAdmin
	if admin != nil && !*admin || properties.Access.Mode == "CONFIG_MAP" {
		return
	}
	creator := properties.Creator
	CreateAccessEntry(w, cluster.ID, creator, "STANDARD")
	policy := "arn:" + w.Partition().ID + ":eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	o := &store.Object{Type: store.AccessPolicyType, ID: cluster.ID + "#" + creator + "#" + policy, Owner: "eks"}
	o.Show(store.Properties{"clusterName": cluster.ID, "principalArn": creator, "policyArn": policy, "accessScope": map[string]any{"type": "cluster"},
		"associatedAt": store.Created, "modifiedAt": store.Created})
	w.Put(o)
}

// IsCreator reports whether the caller created a cluster without access entries, in which its creator has all rights.
func IsCreator(w *store.Account, eks *store.Object, who store.Caller) bool {
	cluster := ClusterOf(eks)
	return cluster.Access.Mode == "CONFIG_MAP" && who.Principal == cluster.Creator
}
