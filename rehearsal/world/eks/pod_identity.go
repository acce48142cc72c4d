package eks

import (
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/store"
)

const createAssociation = "creating EKS Pod Identity Association: operation error EKS: CreatePodIdentityAssociation"

var (
	AssociationUnique = store.NewRule("a service account has one Pod Identity association in a cluster",
		"%s, ResourceInUseException: Association already exists: %s",
		"https://github.com/eksctl-io/eksctl/issues/7753")
	AssociationRole = store.NewRule("the role of a Pod Identity association exists",
		"%s, InvalidParameterException: Role provided in the request does not exist.",
		"https://github.com/hashicorp/terraform-provider-aws, internal/service/eks/pod_identity_association.go; #34711")
	AssociationTrust = store.NewRule("the role of a Pod Identity association trusts pods.eks.amazonaws.com to assume and to tag",
		"%s, InvalidParameterException: Trust policy of the role provided is invalid. Follow the official documentation to resolve the issue.",
		"https://github.com/hashicorp/terraform-provider-aws/issues/41483; https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html")
)

// Association is an EKS Pod Identity association: the role of the pods of a service account, neither of which has to
// exist.
type Association struct {
	Cluster        string `json:"clusterName"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	RoleARN        string `json:"roleArn"`
	Addon          string `json:"addon"` // a fact: the ID of the add-on that owns it
}

// AssociationOf returns the properties of an association.
func AssociationOf(o *store.Object) *Association { return store.Decode[Association](o) }

// FindAssociation returns the association of a service account, nil for none.
func FindAssociation(w *store.Account, cluster, namespace, serviceAccount string) *store.Object {
	return store.FirstOf(w.With(store.PodIdentityType, "clusterName", cluster,
		store.HasProperty("namespace", namespace), store.HasProperty("serviceAccount", serviceAccount)))
}

func podIdentityKind() *store.Kind {
	return &store.Kind{
		Typ: store.PodIdentityType, Tagged: true, ForceNew: []string{"clusterName", "namespace", "serviceAccount"},
		Create: func(c *store.Call, o *store.Object) error {
			if _, err := ActiveCluster(c.Account, createAssociation, AssociationOf(o).Cluster); err != nil {
				return err
			}
			if err := CheckAssociation(c.Account, createAssociation, AssociationOf(o)); err != nil {
				return err
			}
			showAssociation(c.Account, o)
			return nil
		},
		Update: func(c *store.Call, o, old *store.Object) error {
			op := "updating EKS Pod Identity Association (" + o.ID + "): operation error EKS: UpdatePodIdentityAssociation"
			if err := checkAssociated(c.Account, op, AssociationOf(o).RoleARN); err != nil {
				return err
			}
			o.Retain(old, "associationArn", "associationId")
			return nil
		},
		Creation: time.Second, Deletion: time.Second,
	}
}

// CheckAssociation refuses an association that EKS does not create.
func CheckAssociation(w *store.Account, op string, a *Association) error {
	if other := FindAssociation(w, a.Cluster, a.Namespace, a.ServiceAccount); other != nil {
		return AssociationUnique.When(true, op, other.ID)
	}
	return checkAssociated(w, op, a.RoleARN)
}

// checkAssociated refuses a role that no association can have.
func checkAssociated(w *store.Account, op, roleARN string) error {
	role := iam.FindRole(w, roleARN)
	return store.First(AssociationRole.When(role == nil, op), AssociationTrust.When(!iam.NamesPodIdentity(w, role), op))
}

// showAssociation sets the ID and ARN of a new association.
func showAssociation(w *store.Account, o *store.Object) {
	o.ID = "a-" + strings.ReplaceAll(kms.NewUUID(w.NewID("")), "-", "")[:17]
	o.Show(store.Properties{"associationId": o.ID, "associationArn": w.ARN("eks", "podidentityassociation/"+AssociationOf(o).Cluster+"/"+o.ID)})
}

// SetAddonAssociations makes the associations that an add-on owns those of its inputs. Add-ons run in kube-system.
func SetAddonAssociations(w *store.Account, addon *store.Object, op string) error {
	in, _ := store.As[Addon](addon.Inputs)
	wanted := in.PodIdentities
	for _, o := range w.With(store.PodIdentityType, "addon", addon.ID) {
		a := AssociationOf(o)
		if !slices.Contains(wanted, PodIdentity{ServiceAccount: a.ServiceAccount, RoleARN: a.RoleARN}) {
			w.Drop(o)
		}
	}
	for _, p := range wanted {
		a := &Association{Cluster: in.Cluster, Namespace: "kube-system", ServiceAccount: p.ServiceAccount, RoleARN: p.RoleARN}
		if own := FindAssociation(w, a.Cluster, a.Namespace, a.ServiceAccount); own != nil && AssociationOf(own).Addon == addon.ID {
			continue
		}
		if err := CheckAssociation(w, op, a); err != nil {
			return err
		}
		o := &store.Object{Type: store.PodIdentityType, Owner: "eks", Inputs: store.Properties{"clusterName": a.Cluster,
			"namespace": a.Namespace, "serviceAccount": a.ServiceAccount, "roleArn": a.RoleARN}}
		showAssociation(w, o)
		o.Learn("addon", addon.ID)
		w.Put(o)
	}
	return nil
}
