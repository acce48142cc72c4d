package eks

import (
	"eksnet/rehearsal/world/store"
)

// Accessed is a type of objects to which access is checked.
type Accessed struct {
	Typ, Group         string
	Namespaced, Custom bool
}

// right reports whether a verb is allowed on a type of object.
type right func(verb string, t Accessed) bool

// AccessRights are what EKS's access policies allow for the types of the simulated API server. The fixed lists on AWS's
// page cover namespaced types and reading namespaces; none of them covers custom resources.
var AccessRights = map[string]right{
	"AmazonEKSClusterAdminPolicy": func(string, Accessed) bool { return true },
	"AmazonEKSAdminViewPolicy":    func(verb string, _ Accessed) bool { return verb == "get" },
	"AmazonEKSAdminPolicy":        ofNamespaces(func(string, Accessed) bool { return true }),
	"AmazonEKSEditPolicy":         ofNamespaces(func(_ string, t Accessed) bool { return t.Group != rbac }),
	"AmazonEKSViewPolicy": ofNamespaces(func(verb string, t Accessed) bool {
		return verb == "get" && t.Typ != store.SecretType && t.Group != rbac
	}),
	"AmazonEKSSecretAdminPolicy":  func(_ string, t Accessed) bool { return t.Typ == store.SecretType },
	"AmazonEKSSecretReaderPolicy": func(verb string, t Accessed) bool { return verb == "get" && t.Typ == store.SecretType },
}

const rbac = "rbac.authorization.k8s.io"

// ofNamespaces are rights to the objects in namespaces, and to read the namespaces themselves.
func ofNamespaces(within right) right {
	return func(verb string, t Accessed) bool {
		return t.Typ == store.NamespaceType && verb == "get" || t.Namespaced && !t.Custom && within(verb, t)
	}
}
