package kube

import (
	rbacv1 "k8s.io/api/rbac/v1"
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
	if patched, isPatch := patchedType(typ); isPatch {
		return authorize(c, "patch", patched, namespace, name)
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

const rbacValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/validation/validation.go"

var (
	BindingRole = store.NewRule("a ClusterRoleBinding's role is a named ClusterRole",
		`%s is invalid: roleRef.%s`, rbacValidation+" (ValidateClusterRoleBinding)")
	BindingRoleKept = store.NewRule("a ClusterRoleBinding's role does not change",
		`%s is invalid: roleRef: Invalid value: %q: cannot change roleRef`, rbacValidation+" (ValidateClusterRoleBindingUpdate)")
	BindingSubjects = store.NewRule("a service account in a ClusterRoleBinding has a namespace",
		`%s is invalid: subjects[%d].namespace: Required value`, rbacValidation+" (ValidateRoleBindingSubject)")
)

// validateBinding checks what the API server checks of a ClusterRoleBinding. The role does not have to exist.
func validateBinding(o, old *store.Object) error {
	binding, title := Live[rbacv1.ClusterRoleBinding](o), titled(BuiltinType(store.ClusterBindingType), o)
	role := binding.RoleRef
	if err := store.First(
		BindingRole.When(role.Kind != "ClusterRole", title, `kind: Unsupported value: supported values: "ClusterRole"`),
		BindingRole.When(role.Name == "", title, "name: Required value"),
	); err != nil {
		return err
	}
	if old != nil {
		if before := Live[rbacv1.ClusterRoleBinding](old).RoleRef; before != role {
			return BindingRoleKept.When(true, title, role.Name)
		}
	}
	for i, subject := range binding.Subjects {
		if err := BindingSubjects.When(subject.Kind == rbacv1.ServiceAccountKind && subject.Namespace == "", title, i); err != nil {
			return err
		}
	}
	return nil
}

// Access is a request to the API server, as RBAC sees it.
type Access struct{ Verb, Group, Resource string }

// ServiceAccountMay reports whether ClusterRoleBindings allow a service account a request in the whole cluster
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
func ServiceAccountMay(w *store.Account, cluster, namespace, name string, request Access) bool {
	for _, o := range ObjectsIn(w, cluster, store.ClusterBindingType) {
		binding := Live[rbacv1.ClusterRoleBinding](o)
		bound := slices.ContainsFunc(binding.Subjects, func(s rbacv1.Subject) bool {
			return s.Kind == rbacv1.ServiceAccountKind && s.Namespace == namespace && s.Name == name
		})
		role := w.Find(cluster, store.ClusterRoleType, binding.RoleRef.Name)
		if bound && role != nil && slices.ContainsFunc(Live[rbacv1.ClusterRole](role).Rules, request.isAllowedBy) {
			return true
		}
	}
	return false
}

func (a Access) isAllowedBy(r rbacv1.PolicyRule) bool {
	has := func(all []string, one string) bool { return slices.Contains(all, one) || slices.Contains(all, "*") }
	return has(r.Verbs, a.Verb) && has(r.APIGroups, a.Group) && has(r.Resources, a.Resource) && len(r.ResourceNames) == 0
}
