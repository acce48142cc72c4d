package world

import (
	"encoding/json"
	"errors"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	strictjson "sigs.k8s.io/json"
)

// Sources of the API server's behaviour.
const (
	apiServerHandlers   = "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers"
	apiServerValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go"
)

var (
	strictFields = rule("a manifest has only fields of its type",
		`%s in version %q cannot be handled as a %s: strict decoding error: %s`,
		"https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation")
	decodable = rule("a manifest's values have the types of their fields",
		`%s in version %q cannot be handled as a %s: %s`,
		apiServerHandlers+"/create.go transformDecodeError")
	kindServed = rule("a manifest has the type of the endpoint that it is sent to",
		`the API version in the data (%s, Kind=%s) does not match the expected API version (%s, Kind=%s)`,
		apiServerHandlers+"/create.go")
	nameRequired = rule("an object has a name",
		`resource name may not be empty`,
		apiServerHandlers+"/namer.go")
	metadataValid = rule("names, labels and annotations are well formed",
		`%s is invalid: %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go")
	unscoped = rule("a cluster-scoped object has no namespace",
		`namespace not allowed on this type`,
		apiServerHandlers+"/namer.go")
	unique = rule("a name is unique",
		`%s %q already exists`,
		"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewAlreadyExists (HTTP 409)")
)

// titled returns an object in the form of validation errors: Deployment.apps "web".
func titled(t *kubernetesType, o *Object) string { return t.title() + ` "` + o.name() + `"` }

// accept does what the API server does with a new object before it stores it: o.Inputs is the manifest, and o.ID and
// o.Outputs are set.
func (w *World) accept(t *kubernetesType, o *Object) error {
	o.Outputs = withScope(t, clone(o.Inputs))
	if err := first(decode(t, o.Outputs), checkMetadata(t, o), w.namespaceServes(t, o)); err != nil {
		return err
	}
	fillDefaults(o)
	if o.Type == ingressType {
		w.defaultClass(o)
	}
	if err := w.mutate(t, o, admissionv1.Create); err != nil {
		return err
	}
	o.ID = identity(o.namespace(), o.name())
	if err := first(w.validate(t, o, nil), w.review(t, o, admissionv1.Create)); err != nil {
		return err
	}
	if err := unique.when(w.find(o.Cluster, o.Type, o.ID) != nil, t.resource(), o.name()); err != nil {
		return err
	}
	w.complete(o, nil)
	return nil
}

// change does what the API server does with a new manifest for an existing object. What others wrote is kept: status,
// finalizers, fields of other managers, and defaults of the server or a webhook.
func (w *World) change(t *kubernetesType, manifest Properties, o, old *Object) error {
	o.Outputs = withScope(t, clone(manifest))
	for _, kept := range []string{"finalizers", "deletionTimestamp"} {
		if value := old.at("metadata." + kept); value != nil {
			o.set("metadata."+kept, cloneValue(value))
		}
	}
	if status, ok := old.Outputs["status"]; ok {
		o.set("status", cloneValue(status))
	}
	if err := first(decode(t, o.Outputs), checkMetadata(t, o)); err != nil {
		return err
	}
	keepServerFields(o, old)
	keepManagedFields(o, old)
	fillDefaults(o)
	if err := w.mutate(t, o, admissionv1.Update); err != nil {
		return err
	}
	if err := first(w.validate(t, o, old), w.review(t, o, admissionv1.Update)); err != nil {
		return err
	}
	w.complete(o, old)
	return nil
}

// withScope fills in the default namespace, as the provider does.
func withScope(t *kubernetesType, manifest Properties) Properties {
	if manifest["metadata"] == nil {
		manifest["metadata"] = map[string]any{}
	}
	if metadata := mapOf(manifest["metadata"]); t.namespaced && (metadata["namespace"] == nil || metadata["namespace"] == "") {
		metadata["namespace"] = metav1.NamespaceDefault
	}
	return manifest
}

// decode refuses a manifest that does not decode strictly into the type.
func decode(t *kubernetesType, manifest Properties) error {
	apiVersion, _ := manifest["apiVersion"].(string)
	kind, _ := manifest["kind"].(string)
	if err := kindServed.when(apiVersion != t.apiVersion() || kind != t.kind, apiVersion, kind, t.apiVersion(), t.kind); err != nil {
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
	if refused := decodable.when(err != nil, t.kind, t.version, t.kind, err); refused != nil {
		return refused
	}
	return strictFields.when(len(unknown) > 0, t.kind, t.version, t.kind, errors.Join(unknown...))
}

// checkMetadata refuses malformed names, labels and annotations.
func checkMetadata(t *kubernetesType, o *Object) error {
	if err := nameRequired.when(o.name() == ""); err != nil {
		return err
	}
	if err := unscoped.when(!t.namespaced && o.namespace() != ""); err != nil {
		return err
	}
	metadata, err := as[metav1.ObjectMeta](mapOf(o.Outputs["metadata"]))
	if err != nil {
		return err
	}
	problems := apivalidation.ValidateObjectMeta(&metadata, t.namespaced, nameRuleOf(t), field.NewPath("metadata"))
	return metadataValid.when(len(problems) > 0, titled(t, o), problems.ToAggregate())
}

// nameRuleOf returns the validation of names of a type.
func nameRuleOf(t *kubernetesType) apivalidation.ValidateNameFunc {
	switch {
	case t.typ == namespaceType:
		return apivalidation.NameIsDNSLabel
	case t.typ == serviceType:
		return apivalidation.NameIsDNS1035Label
	case t.group == "rbac.authorization.k8s.io":
		return func(string, bool) []string { return nil } // any path segment
	}
	return apivalidation.NameIsDNSSubdomain
}

// validate checks what the API server checks of a type beyond its schema; old is nil for a new object.
func (w *World) validate(t *kubernetesType, o, old *Object) error {
	switch o.Type {
	case deploymentType:
		return validateDeployment(o, old)
	case serviceType:
		return w.validateService(o, old)
	case configMapType:
		return validateConfigMap(o, old)
	case ingressType:
		return validateIngress(o, old)
	case ingressClassType:
		return validateIngressClass(o, old)
	case networkPolicyType:
		return validatePolicy(o)
	case disruptionType:
		return validateDisruption(o)
	case autoscalerType:
		return validateAutoscaler(o)
	}
	if t.empty == nil {
		return w.validateCustom(t, o)
	}
	return nil
}

// complete sets what the API server and its controllers set on a valid object.
func (w *World) complete(o, old *Object) {
	switch o.Type {
	case namespaceType:
		if old == nil {
			o.set("status", map[string]any{"phase": "Active"})
		}
	case serviceType:
		w.completeService(o, old)
	case ingressType:
		if o.Outputs["status"] == nil {
			o.set("status", map[string]any{"loadBalancer": map[string]any{}})
		}
	}
}

// keepServerFields keeps the fields that the server set and the manifest leaves out.
func keepServerFields(o, old *Object) {
	switch o.Type {
	case serviceType:
		keepServiceFields(o, old)
	case ingressType:
		keepIngressClass(o, old)
	}
}

// kubernetesKind returns the kind of a type that a program may own. Its steps are the API server's; await is the
// provider's.
func kubernetesKind(typ string, await func(*call, *Object) error, forceNew ...string) *kind {
	t := builtin(typ)
	return &kind{
		typ:      typ,
		forceNew: slices.Concat([]string{"metadata.name", "metadata.namespace"}, forceNew),
		create:   func(c *call, o *Object) error { return c.accept(t, o) },
		update: func(c *call, o, old *Object) error {
			manifest := c.appliedManifest(o, old)
			if err := resolveOwners(manifest, o, old); err != nil {
				return err
			}
			return c.change(t, manifest, o, old)
		},
		await: func(c *call, o *Object) error {
			switch {
			case skipsAwait(o):
				return nil
			case waitsFor(o) != nil:
				return c.awaitAnnotated(o)
			case await == nil:
				return nil
			}
			return await(c, o)
		},
		remove: func(c *call, o *Object) error { return c.removeFromCluster(o) },
		read:   readManagedFields,
	}
}

// skipsAwait reports whether the program disabled the wait (pulumi-kubernetes, pkg/metadata/annotations.go).
func skipsAwait(o *Object) bool { return o.meta().GetAnnotations()["pulumi.com/skipAwait"] == "true" }
