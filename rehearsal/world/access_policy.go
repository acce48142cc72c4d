package world

import (
	"path"
	"slices"
	"strings"
)

const accessPermissions = "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"

var callerMay = rule("a caller can do in a cluster what its access policies allow",
	`%s is forbidden: User %q cannot %s resource %q in API group %q %s`,
	accessPermissions)

// right reports whether a verb is allowed on a type of object.
type right func(verb string, t *kubernetesType) bool

// accessRights are what EKS's access policies allow for the types of the simulated API server. The fixed lists on AWS's
// page cover namespaced types and reading namespaces; none of them covers custom resources.
var accessRights = map[string]right{
	"AmazonEKSClusterAdminPolicy": func(string, *kubernetesType) bool { return true },
	"AmazonEKSAdminViewPolicy":    func(verb string, _ *kubernetesType) bool { return verb == "get" },
	"AmazonEKSAdminPolicy":        ofNamespaces(func(string, *kubernetesType) bool { return true }),
	"AmazonEKSEditPolicy":         ofNamespaces(func(_ string, t *kubernetesType) bool { return t.group != rbac }),
	"AmazonEKSViewPolicy": ofNamespaces(func(verb string, t *kubernetesType) bool {
		return verb == "get" && t.typ != secretType && t.group != rbac
	}),
	"AmazonEKSSecretAdminPolicy":  func(_ string, t *kubernetesType) bool { return t.typ == secretType },
	"AmazonEKSSecretReaderPolicy": func(verb string, t *kubernetesType) bool { return verb == "get" && t.typ == secretType },
}

const rbac = "rbac.authorization.k8s.io"

// ofNamespaces are rights to the objects in namespaces, and to read the namespaces themselves.
func ofNamespaces(within right) right {
	return func(verb string, t *kubernetesType) bool {
		return t.typ == namespaceType && verb == "get" || t.namespaced && t.empty != nil && within(verb, t)
	}
}

// may refuses what a caller's access policies do not allow for an object. Calls of AWS's own controllers are not
// checked here.
func (c *call) may(verb, typ, namespace, name string) error {
	if c.cluster == "" {
		return nil
	}
	if typ == releaseType {
		return c.mayRelease(verb, namespace)
	}
	t := c.typeServed(typ)
	if t == nil {
		return nil
	}
	if t.namespaced && namespace == "" {
		namespace = "default"
	}
	where, within, what := "at the cluster scope", "", t.resource()
	if t.namespaced {
		where, within = "in the namespace \""+namespace+"\"", namespace
	} else if t.typ == namespaceType {
		within = name
	}
	if name != "" && verb != "create" {
		what += ` "` + name + `"`
	}
	return callerMay.when(!c.granted(verb, t, within), what, c.caller.arn, verb, t.plural, t.group, where)
}

// mayRelease checks what Helm needs: it stores a release in a Secret, and the controller's chart has cluster roles.
func (c *call) mayRelease(verb, namespace string) error {
	if err := c.may(verb, secretType, namespace, ""); err != nil || verb == "get" {
		return err
	}
	return c.may(verb, clusterRoleType, "", "")
}

// typeServed returns the type of a token: a built-in one, or one of a CustomResourceDefinition in the cluster.
func (c *call) typeServed(typ string) *kubernetesType {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 {
		return nil
	}
	return c.served(c.cluster, strings.TrimPrefix(parts[1], "core/"), parts[2])
}

// granted reports whether one of the caller's policies allows a verb in a namespace, "" for the whole cluster.
func (c *call) granted(verb string, t *kubernetesType, namespace string) bool {
	eks := c.get(clusterType, c.cluster)
	if eks == nil || c.creates(eks, c.caller) {
		return true
	}
	associations := c.with(accessPolicyType, "clusterName", c.cluster, where("principalArn", c.caller.principal))
	return slices.ContainsFunc(associations, func(a *Object) bool {
		allows := accessRights[lastOf(a.text("policyArn"), "/")]
		return allows != nil && allows(verb, t) && (a.text("accessScope.type") == "cluster" || scoped(a.texts("accessScope.namespaces"), namespace))
	})
}

// scoped reports whether one of a scope's names, such as team-*, matches a namespace.
func scoped(names []string, namespace string) bool {
	return namespace != "" && slices.ContainsFunc(names, func(name string) bool {
		matches, err := path.Match(name, namespace)
		return matches && err == nil
	})
}

// mayMake is may for an object that does not exist yet: a manifest has its namespace in its metadata, a release at its
// top level.
func (c *call) mayMake(typ string, inputs Properties) error {
	name, _ := at(inputs, "metadata.name").(string)
	return c.may("create", typ, orText(at(inputs, "metadata.namespace"), orText(inputs["namespace"], "")), name)
}

// mayWith is may for an existing object: its ID in a cluster is its name, after its namespace if it has one.
func (c *call) mayWith(verb, typ, id string) error {
	namespace, name, within := strings.Cut(id, "/")
	if !within {
		namespace, name = "", id
	}
	return c.may(verb, typ, namespace, name)
}
