package kube

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"eksnet/rehearsal/world/store"
)

const (
	ingressValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/networking/validation/validation.go"
	ingressAwait      = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/ingress.go"
)

// The annotations for an Ingress's class: the deprecated one on the Ingress, and the one of the default IngressClass.
const (
	ClassAnnotation   = "kubernetes.io/ingress.class"
	DefaultAnnotation = "ingressclass.kubernetes.io/is-default-class"
)

var (
	IngressRules = store.NewRule("an Ingress has a rule or a default backend",
		"%s is invalid: spec: Invalid value: []: either `defaultBackend` or `rules` must be specified", ingressValidation+" (ValidateIngressSpec)")
	IngressHosts = store.NewRule("an Ingress's host is a DNS name, whose first label may be *",
		`%s is invalid: spec.rules[%d].host: Invalid value: %q: %s`, ingressValidation+" (validateIngressRules)")
	IngressPathTypes = store.NewRule("an Ingress's path has one of the three types",
		`%s is invalid: %s.pathType: %s`, ingressValidation+" (validateHTTPIngressPath)")
	IngressPaths = store.NewRule("an Ingress's path is absolute and has no . or .. elements",
		`%s is invalid: %s.path: Invalid value: %q: %s`, ingressValidation+" (validateHTTPIngressPath)")
	IngressBackends = store.NewRule("an Ingress's backend is a Service's port",
		`%s is invalid: %s: %s`, ingressValidation+" (validateIngressBackend)")
	IngressClassNamed = store.NewRule("an Ingress's class is a valid name",
		`%s is invalid: spec.ingressClassName: Invalid value: %q: %s`, ingressValidation+" (ValidateIngressSpec)")
	IngressClassOnce = store.NewRule("an Ingress has its class in one place only",
		`%s is invalid: annotations.kubernetes.io/ingress.class: Invalid value: %q: can not be set when the class field is also set`,
		ingressValidation+" (ValidateIngressCreate)")
	ClassController = store.NewRule("an IngressClass's controller is a path with a domain",
		`%s is invalid: spec.controller: %s`, ingressValidation+" (validateIngressClassSpec)")
	ClassControllerStays = store.NewRule("an IngressClass's controller cannot change",
		`%s is invalid: spec.controller: Invalid value: %q: field is immutable`, ingressValidation+" (ValidateIngressClassUpdate)")
	IngressTargeted = store.NewRule("an Ingress's rules have Services that exist",
		`'%s' timed out waiting to be Ready; Ingress has at least one rule that does not target any Service. Field '.spec.rules[].http.paths[].backend.service.name' may not match any active Service: %s`,
		ingressAwait)
	IngressAddressed = store.NewRule("an Ingress gets an address",
		`'%s' timed out waiting to be Ready; Ingress .status.loadBalancer field was not updated with a hostname/IP address`, ingressAwait)
)

func ingressKind() *store.Kind { return kindOf(store.IngressType, awaitIngress) }

// defaultClass sets the cluster's default class for a new Ingress without one
// (kubernetes/plugin/pkg/admission/network/defaultingressclass).
func defaultClass(w *store.Account, o *store.Object) {
	spec := store.MapOf(o.Outputs["spec"])
	if spec == nil || spec["ingressClassName"] != nil || Meta(o).GetAnnotations()[ClassAnnotation] != "" {
		return
	}
	for _, class := range ObjectsIn(w, o.Cluster, store.IngressClassType) {
		if Meta(class).GetAnnotations()[DefaultAnnotation] == "true" {
			spec["ingressClassName"] = Name(class)
		}
	}
}

// keepIngressClass keeps the default class of an Ingress.
func keepIngressClass(o, old *store.Object) {
	spec := store.MapOf(o.Outputs["spec"])
	_, asked := store.MapOf(old.Inputs["spec"])["ingressClassName"]
	if class := fieldOf(old, "spec", "ingressClassName"); spec != nil && spec["ingressClassName"] == nil && class != nil && !asked {
		spec["ingressClassName"] = class
	}
}

func validateIngress(o, old *store.Object) error {
	ingress, title := Live[networkingv1.Ingress](o), titled(BuiltinType(store.IngressType), o)
	spec, annotated := &ingress.Spec, ingress.Annotations[ClassAnnotation]
	err := store.First(
		IngressRules.When(len(spec.Rules) == 0 && spec.DefaultBackend == nil, title),
		IngressClassOnce.When(old == nil && annotated != "" && spec.IngressClassName != nil, title, annotated),
	)
	if err != nil {
		return err
	}
	if class := spec.IngressClassName; class != nil {
		if malformed := validation.IsDNS1123Subdomain(*class); len(malformed) > 0 {
			return IngressClassNamed.When(true, title, *class, malformed[0])
		}
	}
	if spec.DefaultBackend != nil {
		if err := validateBackend(title, "spec.defaultBackend", spec.DefaultBackend); err != nil {
			return err
		}
	}
	for i := range spec.Rules {
		if err := validateIngressRule(title, i, &spec.Rules[i]); err != nil {
			return err
		}
	}
	return nil
}

func validateIngressRule(title string, i int, r *networkingv1.IngressRule) error {
	if problem := hostProblem(r.Host); problem != "" {
		return IngressHosts.When(true, title, i, r.Host, problem)
	}
	if r.HTTP == nil {
		return nil
	}
	at := fmt.Sprintf("spec.rules[%d].http.paths", i)
	if err := IngressBackends.When(len(r.HTTP.Paths) == 0, title, at, "Required value"); err != nil {
		return err
	}
	for j := range r.HTTP.Paths {
		path := &r.HTTP.Paths[j]
		at := fmt.Sprintf("%s[%d]", at, j)
		if err := store.First(validatePath(title, at, path), validateBackend(title, at+".backend", &path.Backend)); err != nil {
			return err
		}
	}
	return nil
}

// hostProblem returns what is wrong with a rule's host, "" for nothing.
func hostProblem(host string) string {
	check := validation.IsDNS1123Subdomain
	switch _, err := netip.ParseAddr(host); {
	case err == nil:
		return "must be a DNS name, not an IP address"
	case host == "":
		return ""
	case strings.Contains(host, "*"):
		check = validation.IsWildcardDNS1123Subdomain
	}
	if malformed := check(host); len(malformed) > 0 {
		return malformed[0]
	}
	return ""
}

func validatePath(title, at string, path *networkingv1.HTTPIngressPath) error {
	if err := IngressPathTypes.When(path.PathType == nil, title, at, "Required value: pathType must be specified"); err != nil || path.PathType == nil {
		return err
	}
	known := []networkingv1.PathType{networkingv1.PathTypeExact, networkingv1.PathTypeImplementationSpecific, networkingv1.PathTypePrefix}
	if err := IngressPathTypes.When(!slices.Contains(known, *path.PathType), title, at,
		fmt.Sprintf(`Unsupported value: %q: supported values: "Exact", "ImplementationSpecific", "Prefix"`, *path.PathType)); err != nil {
		return err
	}
	absolute := strings.HasPrefix(path.Path, "/")
	if *path.PathType == networkingv1.PathTypeImplementationSpecific {
		return IngressPaths.When(path.Path != "" && !absolute, title, at, path.Path, "must be an absolute path")
	}
	if err := IngressPaths.When(!absolute, title, at, path.Path, "must be an absolute path"); err != nil {
		return err
	}
	for _, sequence := range []string{"//", "/./", "/../", "%2f", "%2F"} {
		if err := IngressPaths.When(strings.Contains(path.Path, sequence), title, at, path.Path, fmt.Sprintf("must not contain '%s'", sequence)); err != nil {
			return err
		}
	}
	return nil
}

func validateBackend(title, at string, backend *networkingv1.IngressBackend) error {
	if err := IngressBackends.When(backend.Service == nil && backend.Resource == nil, title, at, "Required value: port name or number is required"); err != nil || backend.Service == nil {
		return err
	}
	name, port := backend.Service.Name, backend.Service.Port
	if err := store.First(
		IngressBackends.When(name == "", title, at+".service.name", "Required value"),
		portProblem(IngressBackends, title, at+".service.name", name, validation.IsDNS1035Label, name != ""),
		IngressBackends.When(port.Name != "" && port.Number != 0, title, at, "Invalid value: \"\": cannot set both port name & port number"),
		IngressBackends.When(port.Name == "" && port.Number == 0, title, at, "Required value: port name or number is required"),
		portProblem(IngressBackends, title, at+".service.port.name", port.Name, validation.IsValidPortName, port.Name != ""),
	); err != nil || port.Name != "" {
		return err
	}
	return IngressBackends.When(len(validation.IsValidPortNum(int(port.Number))) > 0, title, at+".service.port.number",
		fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", port.Number))
}

func validateIngressClass(o, old *store.Object) error {
	class, title := Live[networkingv1.IngressClass](o), titled(BuiltinType(store.IngressClassType), o)
	named := class.Spec.Controller
	if err := ClassController.When(named == "", title, "Required value"); err != nil {
		return err
	}
	if old != nil {
		before := Live[networkingv1.IngressClass](old)
		return ClassControllerStays.When(before.Spec.Controller != named, title, named)
	}
	domain, path, both := strings.Cut(named, "/")
	malformed := !both || path == "" || len(named) > 250 || len(validation.IsDNS1123Subdomain(domain)) > 0
	return ClassController.When(malformed, title, fmt.Sprintf(`Invalid value: %q: must be a domain-prefixed path (such as "acme.io/foo")`, named))
}

// awaitIngress returns what the provider's wait does: nil once the Services of its rules exist and it has an address.
func awaitIngress(c *store.Call, o *store.Object) error {
	ingress := Live[networkingv1.Ingress](o)
	for _, r := range ingress.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for _, path := range r.HTTP.Paths {
			if path.Backend.Service == nil || path.Backend.Service.Port.Name == "use-annotation" {
				continue
			}
			named := path.Backend.Service.Name
			if err := IngressTargeted.When(!hasEndpoints(c.Account, ObjectID(Namespace(o), named), o.Cluster), Name(o), named); err != nil {
				return store.NotReady(err, nil)
			}
		}
	}
	if err := IngressAddressed.When(len(ingress.Status.LoadBalancer.Ingress) == 0, Name(o)); err != nil {
		return store.NotReady(err, controllers.LacksAddress(c.Account, o))
	}
	return nil
}

// hasEndpoints reports whether a Service exists for which Kubernetes keeps a list of endpoints, which may be empty.
func hasEndpoints(w *store.Account, service, cluster string) bool {
	o := w.Find(cluster, store.ServiceType, service)
	if o == nil {
		return false
	}
	s := Live[corev1.Service](o)
	return s.Spec.Type == corev1.ServiceTypeExternalName || len(s.Spec.Selector) > 0
}
