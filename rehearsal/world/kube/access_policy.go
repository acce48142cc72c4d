package kube

import (
	"path"
	"slices"
	"strings"

	ekspkg "eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

const accessPermissions = "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"

var CallerMay = store.NewRule("a caller can do in a cluster what its access policies allow",
	`%s is forbidden: User %q cannot %s resource %q in API group %q %s`,
	accessPermissions)

// authorize refuses what a caller's access policies do not allow for an object. Calls of AWS's own controllers are not
// checked here.
func authorize(c *store.Call, verb, typ, namespace, name string) error {
	if c.Cluster == "" {
		return nil
	}
	if typ == store.ReleaseType {
		return authorizeRelease(c, verb, namespace)
	}
	t := typeServed(c, typ)
	if t == nil {
		return nil
	}
	if t.Namespaced && namespace == "" {
		namespace = "default"
	}
	where, within, what := "at the cluster scope", "", t.resource()
	if t.Namespaced {
		where, within = "in the namespace \""+namespace+"\"", namespace
	} else if t.Typ == store.NamespaceType {
		within = name
	}
	if name != "" && verb != "create" {
		what += ` "` + name + `"`
	}
	return CallerMay.When(!isAllowed(c, verb, t, within), what, c.Caller.ARN, verb, t.plural, t.group, where)
}

// authorizeRelease checks what Helm needs: it stores a release in a Secret, and the controller's chart has cluster
// roles.
func authorizeRelease(c *store.Call, verb, namespace string) error {
	if err := authorize(c, verb, store.SecretType, namespace, ""); err != nil || verb == "get" {
		return err
	}
	return authorize(c, verb, store.ClusterRoleType, "", "")
}

// typeServed returns the type of a token: a built-in one, or one of a CustomResourceDefinition in the cluster.
func typeServed(c *store.Call, typ string) *kubernetesType {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 {
		return nil
	}
	return ServedType(c.Account, c.Cluster, strings.TrimPrefix(parts[1], "core/"), parts[2])
}

// isAllowed reports whether one of the caller's policies allows a verb in a namespace, "" for the whole cluster.
func isAllowed(c *store.Call, verb string, t *kubernetesType, namespace string) bool {
	eks := c.Get(store.ClusterType, c.Cluster)
	if eks == nil || ekspkg.IsCreator(c.Account, eks, c.Caller) {
		return true
	}
	accessed := ekspkg.Accessed{Typ: t.Typ, Group: t.group, Namespaced: t.Namespaced, Custom: t.empty == nil}
	associations := c.With(store.AccessPolicyType, "clusterName", c.Cluster, store.HasProperty("principalArn", c.Caller.Principal))
	return slices.ContainsFunc(associations, func(a *store.Object) bool {
		association := ekspkg.AccessPolicyAssociationOf(a)
		allows := ekspkg.AccessRights[store.LastOf(association.Policy, "/")]
		return allows != nil && allows(verb, accessed) && (association.Scope.Kind == "cluster" || inScope(association.Scope.Namespaces, namespace))
	})
}

// inScope reports whether one of a scope's names, such as team-*, matches a namespace.
func inScope(names []string, namespace string) bool {
	return namespace != "" && slices.ContainsFunc(names, func(name string) bool {
		matches, err := path.Match(name, namespace)
		return matches && err == nil
	})
}

// AuthorizeCreate refuses what a caller's access policies do not allow, for an object that does not exist yet: a
// manifest has its namespace in its metadata, a release at its top level.
func AuthorizeCreate(c *store.Call, typ string, inputs store.Properties) error {
	metadata := store.MapOf(inputs["metadata"])
	namespace := store.OrText(metadata["namespace"], store.OrText(inputs["namespace"], ""))
	return authorize(c, "create", typ, namespace, store.OrText(metadata["name"], ""))
}

// Authorize refuses what a caller's access policies do not allow for an existing object: its ID in a cluster is its
// name, after its namespace if it has one.
func Authorize(c *store.Call, verb, typ, id string) error {
	namespace, name, within := strings.Cut(id, "/")
	if !within {
		namespace, name = "", id
	}
	return authorize(c, verb, typ, namespace, name)
}
