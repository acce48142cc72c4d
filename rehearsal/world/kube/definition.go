package kube

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"eksnet/rehearsal/world/kube/custom"
	"eksnet/rehearsal/world/store"
)

const definitionSource = "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiextensions-apiserver/pkg/"

var (
	CustomFields = store.NewRule("a custom resource has only fields of its definition",
		`%s in version %q cannot be handled as a %s: strict decoding error: unknown field %q`,
		"https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/")
	CustomValues = store.NewRule("a custom resource's values match the schema of its definition",
		`%s is invalid: %s`,
		"https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation")
	CustomServed = store.NewRule("a custom resource's definition is there",
		`creation of resource %q with kind %s/%s failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: no matches for kind %[3]q in version %[2]q`,
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (Create; five attempts)")
	DefinitionStays = store.NewRule("no custom resource is created while its definition is being deleted",
		`create not allowed while custom resource definition is terminating`, definitionSource+"apiserver/customresource_handler.go")
	DefinitionNamed = store.NewRule("a definition has the name of its resources and their group",
		`%s is invalid: metadata.name: Invalid value: %q: must be spec.names.plural+"."+spec.group`, definitionSource+"apis/apiextensions/validation/validation.go")
	DefinitionApproved = store.NewRule("a definition in a group of Kubernetes says who approved it",
		`%s is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111`,
		definitionSource+"apis/apiextensions/validation/validation.go; https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/")
)

// definitionFinalizer keeps a deleted definition until the objects of its kind are deleted.
const definitionFinalizer = "customresourcecleanup.apiextensions.k8s.io"

// validateDefinition refuses a definition with a wrong name, or one in a group of Kubernetes without its approval.
func validateDefinition(o *store.Object) error {
	spec := Live[apiextensionsv1.CustomResourceDefinition](&store.Object{Outputs: o.Outputs}).Spec
	title := "CustomResourceDefinition.apiextensions.k8s.io \"" + Name(o) + `"`
	guarded := spec.Group == "k8s.io" || strings.HasSuffix(spec.Group, ".k8s.io") || strings.HasSuffix(spec.Group, ".kubernetes.io")
	return store.First(
		DefinitionNamed.When(Name(o) != spec.Names.Plural+"."+spec.Group, title, Name(o)),
		DefinitionApproved.When(guarded && Meta(o).GetAnnotations()[apiextensionsv1.KubeAPIApprovedAnnotation] == "", title),
	)
}

// ApplyByHand creates an object of the operator, whose fields kubectl manages.
func ApplyByHand(w *store.Account, cluster string, manifest store.Properties) error {
	version, kind := store.OrText(manifest["apiVersion"], ""), store.OrText(manifest["kind"], "")
	t := ServedType(w, cluster, version, kind)
	if err := CustomServed.When(t == nil, store.OrText(store.Nested(manifest, "metadata", "name"), ""), version, kind); err != nil || t == nil {
		return err
	}
	o := &store.Object{Type: tokenOf(t.group, t.version, t.Kind), Cluster: cluster, Owner: store.OperatorOwner, Inputs: store.Clone(manifest)}
	if err := AcceptObject(w, t, o); err != nil {
		return err
	}
	OwnFields(o, "kubectl", version)
	w.Put(o)
	return nil
}

// EstablishDefinition sets what the controllers of the API server set on a new definition: its names are accepted and
// served, and its deletion deletes the objects of its kind.
func EstablishDefinition(o *store.Object) {
	var stored []any
	for _, version := range store.ListOf(store.Nested(o.Outputs, "spec", "versions")) {
		if version["storage"] == true {
			stored = append(stored, version["name"])
		}
	}
	o.Set("status", map[string]any{"acceptedNames": store.CloneValue(fieldOf(o, "spec", "names")), "storedVersions": stored, "conditions": []any{
		map[string]any{"type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found", "lastTransitionTime": store.Created},
		map[string]any{"type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": "the initial names have been accepted", "lastTransitionTime": store.Created},
	}})
	AddFinalizer(o, definitionFinalizer)
}

// DefinitionController deletes the custom resources of deleted definitions.
var DefinitionController = store.Actor{
	Name:  "custom resource controller",
	Does:  "deletes the custom resources of a deleted definition, then the definition",
	Needs: "nothing: it runs in EKS's control plane; a custom resource with a finalizer remains until the finalizer's actor acts",
	Items: store.KeysOf(store.CrdType), Watch: watchDefinitions, Act: emptyDefinition,
}

// watchDefinitions adds a definition, or the definitions being deleted in the cluster of another object.
func watchDefinitions(w *store.Account, changed *store.Object, add func(store.Key)) bool {
	if changed.Cluster == "" || changed.Type != store.CrdType && BuiltinType(changed.Type) != nil {
		return true
	}
	for _, o := range ObjectsIn(w, changed.Cluster, store.CrdType, Deleting) {
		add(o.Key())
	}
	return true
}

// emptyDefinition deletes the objects of a deleted definition's kind, and removes its finalizer once there are none.
func emptyDefinition(w *store.Account, item store.Key) (bool, error) {
	definition := w.Find(item.Cluster, store.CrdType, item.ID)
	if definition == nil || !Deleting(definition) {
		return false, nil
	}
	changed, instances := false, instancesOf(w, definition)
	for _, o := range instances {
		changed = MarkDeleted(w, o) || changed
	}
	if len(instances) == 0 && slices.Contains(Finalizers(definition), definitionFinalizer) {
		ReleaseFinalizer(w, definition, definitionFinalizer)
		changed = true
	}
	return changed, nil
}

// KindsServed returns the kinds of a group and version for which a cluster has a definition.
func KindsServed(w *store.Account, cluster, groupVersion string) []string {
	var kinds []string
	for _, o := range ObjectsIn(w, cluster, store.CrdType) {
		spec := Live[apiextensionsv1.CustomResourceDefinition](o).Spec
		if slices.ContainsFunc(spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool {
			return v.Served && spec.Group+"/"+v.Name == groupVersion
		}) {
			kinds = append(kinds, spec.Names.Kind)
		}
	}
	return kinds
}

// instancesOf returns the objects of a definition's kind.
func instancesOf(w *store.Account, definition *store.Object) []*store.Object {
	spec := Live[apiextensionsv1.CustomResourceDefinition](definition).Spec
	var found []*store.Object
	for _, version := range spec.Versions {
		found = append(found, ObjectsIn(w, definition.Cluster, tokenOf(spec.Group, version.Name, spec.Names.Kind))...)
	}
	return found
}

// schemaOf returns the schema of a custom resource's version, nil for a type whose definition does not exist.
func schemaOf(w *store.Account, t *kubernetesType, o *store.Object) (*custom.Schema, error) {
	definition := w.Find(o.Cluster, store.CrdType, t.plural+"."+t.group)
	if definition == nil {
		return nil, nil
	}
	versions := Live[apiextensionsv1.CustomResourceDefinition](definition).Spec.Versions
	at := slices.IndexFunc(versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == t.version })
	if at < 0 {
		return nil, nil
	}
	return custom.SchemaOf(&versions[at])
}

// completeCustom sets the defaults of a custom resource, and refuses fields that its schema does not have.
func completeCustom(w *store.Account, t *kubernetesType, o *store.Object) error {
	if t.empty != nil {
		return nil
	}
	schema, err := schemaOf(w, t, o)
	if schema == nil || err != nil {
		return err
	}
	completed, unknown, err := schema.Complete(o.Outputs)
	if err != nil {
		return err
	}
	if err := CustomFields.When(len(unknown) > 0, t.Kind, t.version, t.Kind, strings.Join(unknown, `", unknown field "`)); err != nil {
		return err
	}
	o.Outputs = completed
	return nil
}

// validateCustom checks a custom resource against the schema of its definition and its rules; old is nil for a new one.
func validateCustom(w *store.Account, t *kubernetesType, o, old *store.Object) error {
	schema, err := schemaOf(w, t, o)
	if schema == nil || err != nil {
		return err
	}
	var before map[string]any
	if old != nil {
		before = old.Outputs
	}
	problems := schema.Problems(o.Outputs, before)
	return CustomValues.When(len(problems) > 0, titled(t, o), problems.ToAggregate())
}

// customKind returns the kind of a custom resource, whose definition must exist when the provider sends it. A custom
// resource that goes with its definition counts as deleted.
func customKind(typ string) *store.Kind {
	parts := strings.Split(typ, ":")
	version, kind := parts[1], parts[2]
	served := func(c *store.Call, o *store.Object) (*kubernetesType, error) {
		t := ServedType(c.Account, o.Cluster, version, kind)
		return t, CustomServed.When(t == nil, store.OrText(store.Nested(o.Inputs, "metadata", "name"), ""), version, kind)
	}
	k := kindOf(typ, nil)
	await := k.Await
	k.Await = func(c *store.Call, o *store.Object) error {
		if err := await(c, o); err != nil {
			return err
		}
		return controllers.Unmodelled(c.Account, o)
	}
	k.Create = func(c *store.Call, o *store.Object) error {
		t, err := served(c, o)
		if err != nil || t == nil {
			return err
		}
		definition := c.Find(o.Cluster, store.CrdType, t.plural+"."+t.group)
		if err := DefinitionStays.When(Deleting(definition)); err != nil {
			return err
		}
		return AcceptObject(c.Account, t, o)
	}
	k.Update = func(c *store.Call, o, old *store.Object) error {
		t, err := served(c, o)
		if err != nil || t == nil {
			return err
		}
		manifest := appliedManifest(c, o, old)
		if err := resolveOwners(manifest, o, old); err != nil {
			return err
		}
		return ChangeObject(c.Account, t, manifest, o, old)
	}
	return k
}

// reviewByPolicies refuses what an admission policy of the cluster denies; old is nil for a new object.
func reviewByPolicies(w *store.Account, t *kubernetesType, o, old *store.Object) error {
	bindings := ObjectsIn(w, o.Cluster, store.AdmissionBindingType)
	if len(bindings) == 0 {
		return nil
	}
	request := &custom.Request{Group: t.group, Version: t.version, Plural: t.plural, Name: Name(o), Operation: admissionv1.Create, Object: o.Outputs}
	if old != nil {
		request.Operation, request.Old = admissionv1.Update, old.Outputs
	}
	return custom.ReviewByPolicies(request, liveAll[admissionv1.ValidatingAdmissionPolicy](ObjectsIn(w, o.Cluster, store.AdmissionPolicyType)),
		liveAll[admissionv1.ValidatingAdmissionPolicyBinding](bindings))
}

// liveAll returns objects as the API's own type.
func liveAll[T any](objects []*store.Object) []T {
	var all []T
	for _, o := range objects {
		all = append(all, Live[T](o))
	}
	return all
}
