package kube

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	strictjson "sigs.k8s.io/json"

	"eksnet/rehearsal/world/store"
)

// Sources of the API server's behaviour.
const (
	apiServerHandlers   = "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers"
	apiServerValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go"
)

var (
	StrictFields = store.NewRule("a manifest has only fields of its type",
		`%s in version %q cannot be handled as a %s: strict decoding error: %s`,
		"https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation")
	Decodable = store.NewRule("a manifest's values have the types of their fields",
		`%s in version %q cannot be handled as a %s: %s`,
		apiServerHandlers+"/create.go transformDecodeError")
	KindServed = store.NewRule("a manifest has the type of the endpoint that it is sent to",
		`the API version in the data (%s, Kind=%s) does not match the expected API version (%s, Kind=%s)`,
		apiServerHandlers+"/create.go")
	NameRequired = store.NewRule("an object has a name",
		`resource name may not be empty`,
		apiServerHandlers+"/namer.go")
	MetadataValid = store.NewRule("names, labels and annotations are well formed",
		`%s is invalid: %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go")
	Unscoped = store.NewRule("a cluster-scoped object has no namespace",
		`namespace not allowed on this type`,
		apiServerHandlers+"/namer.go")
	Unique = store.NewRule("a name is unique",
		`%s %q already exists`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewAlreadyExists (HTTP 409)")
)

// titled returns an object in the form of validation errors: Deployment.apps "web".
func titled(t *kubernetesType, o *store.Object) string { return t.title() + ` "` + Name(o) + `"` }

// AcceptObject does what the API server does with a new object before it stores it: o.Inputs is the manifest, and o.ID
// and o.Outputs are set.
func AcceptObject(w *store.Account, t *kubernetesType, o *store.Object) error {
	o.Outputs = withScope(t, store.Clone(o.Inputs))
	if err := store.First(decode(t, o.Outputs), checkMetadata(t, o), namespaceServes(w, t, o)); err != nil {
		return err
	}
	fillDefaults(o)
	if o.Type == store.IngressType {
		defaultClass(w, o)
	}
	if err := store.First(completeCustom(w, t, o), CallMutatingWebhooks(w, t, o, admissionv1.Create)); err != nil {
		return err
	}
	o.ID = ObjectID(Namespace(o), Name(o))
	if err := store.First(validate(w, t, o, nil), reviewByPolicies(w, t, o, nil), CallValidatingWebhooks(w, t, o, admissionv1.Create)); err != nil {
		return err
	}
	if err := Unique.When(w.Find(o.Cluster, o.Type, o.ID) != nil, t.resource(), Name(o)); err != nil {
		return err
	}
	complete(w, o, nil)
	setGeneration(t, o, nil)
	return nil
}

// ChangeObject does what the API server does with a new manifest for an existing object. What others wrote is kept:
// status, finalizers, fields of other managers, and defaults of the server or a webhook.
func ChangeObject(w *store.Account, t *kubernetesType, manifest store.Properties, o, old *store.Object) error {
	o.Outputs = withScope(t, store.Clone(manifest))
	for _, kept := range []string{"finalizers", "deletionTimestamp"} {
		if value := fieldOf(old, "metadata", kept); value != nil {
			o.SetAt(store.CloneValue(value), "metadata", kept)
		}
	}
	if status, ok := old.Outputs["status"]; ok {
		o.Set("status", store.CloneValue(status))
	}
	if err := store.First(decode(t, o.Outputs), checkMetadata(t, o)); err != nil {
		return err
	}
	keepServerFields(o, old)
	keepManagedFields(o, old)
	fillDefaults(o)
	if err := store.First(completeCustom(w, t, o), CallMutatingWebhooks(w, t, o, admissionv1.Update)); err != nil {
		return err
	}
	if err := store.First(validate(w, t, o, old), reviewByPolicies(w, t, o, old), CallValidatingWebhooks(w, t, o, admissionv1.Update)); err != nil {
		return err
	}
	complete(w, o, old)
	setGeneration(t, o, old)
	return nil
}

// withScope fills in the default namespace, as the provider does.
func withScope(t *kubernetesType, manifest store.Properties) store.Properties {
	if manifest["metadata"] == nil {
		manifest["metadata"] = map[string]any{}
	}
	if metadata := store.MapOf(manifest["metadata"]); t.Namespaced && (metadata["namespace"] == nil || metadata["namespace"] == "") {
		metadata["namespace"] = metav1.NamespaceDefault
	}
	return manifest
}

// decode refuses a manifest that does not decode strictly into the type.
func decode(t *kubernetesType, manifest store.Properties) error {
	apiVersion, _ := manifest["apiVersion"].(string)
	kind, _ := manifest["kind"].(string)
	if err := KindServed.When(apiVersion != t.apiVersion() || kind != t.Kind, apiVersion, kind, t.apiVersion(), t.Kind); err != nil {
		return err
	}
	if t.empty == nil {
		return nil
	}
	raw, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	unknown, err := strictjson.UnmarshalStrict(raw, t.empty())
	if refused := Decodable.When(err != nil, t.Kind, t.version, t.Kind, err); refused != nil {
		return refused
	}
	return StrictFields.When(len(unknown) > 0, t.Kind, t.version, t.Kind, errors.Join(unknown...))
}

// checkMetadata refuses malformed names, labels and annotations.
func checkMetadata(t *kubernetesType, o *store.Object) error {
	if err := NameRequired.When(Name(o) == ""); err != nil {
		return err
	}
	if err := Unscoped.When(!t.Namespaced && Namespace(o) != ""); err != nil {
		return err
	}
	metadata, err := store.As[metav1.ObjectMeta](store.MapOf(o.Outputs["metadata"]))
	if err != nil {
		return err
	}
	problems := apivalidation.ValidateObjectMeta(&metadata, t.Namespaced, nameRuleOf(t), field.NewPath("metadata"))
	return MetadataValid.When(len(problems) > 0, titled(t, o), problems.ToAggregate())
}

// nameRuleOf returns the validation of names of a type.
func nameRuleOf(t *kubernetesType) apivalidation.ValidateNameFunc {
	switch {
	case t.Typ == store.NamespaceType:
		return apivalidation.NameIsDNSLabel
	case t.Typ == store.ServiceType:
		return apivalidation.NameIsDNS1035Label
	case t.group == "rbac.authorization.k8s.io":
		return func(string, bool) []string { return nil } // any path segment
	}
	return apivalidation.NameIsDNSSubdomain
}

// validate checks what the API server checks of a type beyond its schema; old is nil for a new object.
func validate(w *store.Account, t *kubernetesType, o, old *store.Object) error {
	switch o.Type {
	case store.DeploymentType:
		return validateDeployment(o, old)
	case store.ServiceType:
		return validateService(w, o, old)
	case store.ConfigMapType:
		return validateConfigMap(o, old)
	case store.IngressType:
		return validateIngress(o, old)
	case store.IngressClassType:
		return validateIngressClass(o, old)
	case store.NetworkPolicyType:
		return validatePolicy(o)
	case store.DisruptionType:
		return validateDisruption(o)
	case store.AutoscalerType:
		return validateAutoscaler(o)
	case store.ClusterBindingType:
		return validateBinding(o, old)
	}
	switch {
	case o.Type == store.CrdType:
		return validateDefinition(o)
	case t.empty == nil:
		return validateCustom(w, t, o, old)
	}
	return nil
}

// complete sets what the API server and its controllers set on a valid object.
func complete(w *store.Account, o, old *store.Object) {
	switch o.Type {
	case store.NamespaceType:
		if old == nil {
			o.Set("status", map[string]any{"phase": "Active"})
		}
	case store.CrdType:
		EstablishDefinition(o)
	case store.ServiceType:
		completeService(w, o, old)
	case store.IngressType:
		if o.Outputs["status"] == nil {
			o.Set("status", map[string]any{"loadBalancer": map[string]any{}})
		}
	}
}

// keepServerFields keeps the fields that the server set and the manifest leaves out.
func keepServerFields(o, old *store.Object) {
	switch o.Type {
	case store.ServiceType:
		keepServiceFields(o, old)
	case store.IngressType:
		keepIngressClass(o, old)
	}
}

// Kinds are the types of Kubernetes that a program may own. The API server responds at once; the provider's waits take
// time. A Service waits ten seconds for its endpoints to settle, and has its load balancer's name by then, long before
// the load balancer is active (pulumi-kubernetes, provider/pkg/await/service.go); the waits of a call have what its
// deletion waits for. Pods pull an image and become ready.
func Kinds() []*store.Kind {
	timed := func(k *store.Kind, creation, deletion time.Duration) *store.Kind {
		k.Creation, k.Deletion = creation, deletion
		return k
	}
	kinds := []*store.Kind{
		timed(namespaceKind(), time.Second, 6*time.Second),
		timed(kindOf(store.ServiceAccountType, nil), time.Second, time.Second),
		timed(configMapKind(), time.Second, time.Second),
		timed(deploymentKind(), 15*time.Second, 5*time.Second),
		timed(serviceKind(), 11*time.Second, time.Second),
		timed(ingressKind(), 11*time.Second, time.Second),
		timed(kindOf(store.IngressClassType, nil), time.Second, time.Second),
		timed(kindOf(store.NetworkPolicyType, nil), time.Second, time.Second),
		timed(kindOf(store.DisruptionType, nil), time.Second, time.Second),
		timed(kindOf(store.AutoscalerType, nil), time.Second, time.Second),
		timed(kindOf(store.ClusterRoleType, nil), time.Second, time.Second),
		timed(kindOf(store.ClusterBindingType, nil, "roleRef"), time.Second, time.Second),
		timed(adopting(kindOf(store.CrdType, nil)), time.Second, time.Second),
		timed(adopting(kindOf(store.AdmissionPolicyType, nil)), time.Second, time.Second),
		timed(adopting(kindOf(store.AdmissionBindingType, nil)), time.Second, time.Second),
	}
	for _, typ := range store.CustomTypes {
		kinds = append(kinds, timed(customKind(typ), time.Second, time.Second))
	}
	for _, typ := range store.PatchTypes {
		kinds = append(kinds, timed(patchKind(typ), time.Second, time.Second))
	}
	return kinds
}

// kindOf returns the kind of a type that a program may own. Its steps are the API server's; await is the
// provider's.
func kindOf(typ string, await func(*store.Call, *store.Object) error, forceNew ...string) *store.Kind {
	t := BuiltinType(typ)
	return &store.Kind{
		Typ:      typ,
		ForceNew: slices.Concat([]string{"metadata.name", "metadata.namespace"}, forceNew),
		Create:   func(c *store.Call, o *store.Object) error { return AcceptObject(c.Account, t, o) },
		Update: func(c *store.Call, o, old *store.Object) error {
			manifest := appliedManifest(c, o, old)
			if err := resolveOwners(manifest, o, old); err != nil {
				return err
			}
			return ChangeObject(c.Account, t, manifest, o, old)
		},
		Await: func(c *store.Call, o *store.Object) error {
			switch {
			case skipsAwait(o):
				return nil
			case waitAnnotation(o) != "":
				return awaitAnnotated(c.Account, o)
			case await == nil:
				return nil
			}
			return await(c, o)
		},
		Remove: func(c *store.Call, o *store.Object) error { return RemoveFromCluster(c, o) },
		Read:   readManagedFields,
	}
}
