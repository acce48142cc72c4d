package world

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	ingressValidation = "https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/networking/validation/validation.go"
	ingressAwait      = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/ingress.go"
)

// The annotations for an Ingress's class: the deprecated one on the Ingress, and the one of the default IngressClass.
const (
	classAnnotation   = "kubernetes.io/ingress.class"
	defaultAnnotation = "ingressclass.kubernetes.io/is-default-class"
)

var (
	ingressAsks = rule("an Ingress has a rule or a default backend",
		"%s is invalid: spec: Invalid value: []: either `defaultBackend` or `rules` must be specified", ingressValidation+" (ValidateIngressSpec)")
	ingressHosts = rule("an Ingress's host is a DNS name, whose first label may be *",
		`%s is invalid: spec.rules[%d].host: Invalid value: %q: %s`, ingressValidation+" (validateIngressRules)")
	ingressPathTypes = rule("an Ingress's path has one of the three types",
		`%s is invalid: %s.pathType: %s`, ingressValidation+" (validateHTTPIngressPath)")
	ingressPaths = rule("an Ingress's path is absolute and has no . or .. elements",
		`%s is invalid: %s.path: Invalid value: %q: %s`, ingressValidation+" (validateHTTPIngressPath)")
	ingressBackends = rule("an Ingress's backend is a Service's port",
		`%s is invalid: %s: %s`, ingressValidation+" (validateIngressBackend)")
	ingressClassNamed = rule("an Ingress's class is a valid name",
		`%s is invalid: spec.ingressClassName: Invalid value: %q: %s`, ingressValidation+" (ValidateIngressSpec)")
	ingressClassOnce = rule("an Ingress has its class in one place only",
		`%s is invalid: annotations.kubernetes.io/ingress.class: Invalid value: %q: can not be set when the class field is also set`,
		ingressValidation+" (ValidateIngressCreate)")
	classController = rule("an IngressClass's controller is a path with a domain",
		`%s is invalid: spec.controller: %s`, ingressValidation+" (validateIngressClassSpec)")
	classControllerStays = rule("an IngressClass's controller cannot change",
		`%s is invalid: spec.controller: Invalid value: %q: field is immutable`, ingressValidation+" (ValidateIngressClassUpdate)")

	ingressTargeted = rule("an Ingress's rules have Services that exist",
		`'%s' timed out waiting to be Ready; Ingress has at least one rule that does not target any Service. Field '.spec.rules[].http.paths[].backend.service.name' may not match any active Service: %s`,
		ingressAwait)
	ingressAddressed = rule("an Ingress gets an address",
		`'%s' timed out waiting to be Ready; Ingress .status.loadBalancer field was not updated with a hostname/IP address`, ingressAwait)
)

func ingressKind() *kind { return kubernetesKind(ingressType, awaitIngress) }

// defaultClass sets the cluster's default class for a new Ingress without one
// (kubernetes/plugin/pkg/admission/network/defaultingressclass).
func (w *World) defaultClass(o *Object) {
	spec := mapOf(o.Outputs["spec"])
	if spec == nil || spec["ingressClassName"] != nil || o.meta().GetAnnotations()[classAnnotation] != "" {
		return
	}
	for _, class := range w.in(o.Cluster, ingressClassType) {
		if class.meta().GetAnnotations()[defaultAnnotation] == "true" {
			spec["ingressClassName"] = class.name()
		}
	}
}

// keepIngressClass keeps the default class of an Ingress.
func keepIngressClass(o, old *Object) {
	spec := mapOf(o.Outputs["spec"])
	_, asked := mapOf(old.Inputs["spec"])["ingressClassName"]
	if class := old.at("spec.ingressClassName"); spec != nil && spec["ingressClassName"] == nil && class != nil && !asked {
		spec["ingressClassName"] = class
	}
}

func validateIngress(o, old *Object) error {
	ingress, title := live[networkingv1.Ingress](o), titled(builtin(ingressType), o)
	spec, annotated := &ingress.Spec, ingress.Annotations[classAnnotation]
	err := first(
		ingressAsks.when(len(spec.Rules) == 0 && spec.DefaultBackend == nil, title),
		ingressClassOnce.when(old == nil && annotated != "" && spec.IngressClassName != nil, title, annotated),
	)
	if err != nil {
		return err
	}
	if class := spec.IngressClassName; class != nil {
		if malformed := validation.IsDNS1123Subdomain(*class); len(malformed) > 0 {
			return ingressClassNamed.when(true, title, *class, malformed[0])
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
		return ingressHosts.when(true, title, i, r.Host, problem)
	}
	if r.HTTP == nil {
		return nil
	}
	at := fmt.Sprintf("spec.rules[%d].http.paths", i)
	if err := ingressBackends.when(len(r.HTTP.Paths) == 0, title, at, "Required value"); err != nil {
		return err
	}
	for j := range r.HTTP.Paths {
		path := &r.HTTP.Paths[j]
		at := fmt.Sprintf("%s[%d]", at, j)
		if err := first(validatePath(title, at, path), validateBackend(title, at+".backend", &path.Backend)); err != nil {
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
	if err := ingressPathTypes.when(path.PathType == nil, title, at, "Required value: pathType must be specified"); err != nil || path.PathType == nil {
		return err
	}
	known := []networkingv1.PathType{networkingv1.PathTypeExact, networkingv1.PathTypeImplementationSpecific, networkingv1.PathTypePrefix}
	if err := ingressPathTypes.when(!slices.Contains(known, *path.PathType), title, at,
		fmt.Sprintf(`Unsupported value: %q: supported values: "Exact", "ImplementationSpecific", "Prefix"`, *path.PathType)); err != nil {
		return err
	}
	absolute := strings.HasPrefix(path.Path, "/")
	if *path.PathType == networkingv1.PathTypeImplementationSpecific {
		return ingressPaths.when(path.Path != "" && !absolute, title, at, path.Path, "must be an absolute path")
	}
	if err := ingressPaths.when(!absolute, title, at, path.Path, "must be an absolute path"); err != nil {
		return err
	}
	for _, sequence := range []string{"//", "/./", "/../", "%2f", "%2F"} {
		if err := ingressPaths.when(strings.Contains(path.Path, sequence), title, at, path.Path, fmt.Sprintf("must not contain '%s'", sequence)); err != nil {
			return err
		}
	}
	return nil
}

func validateBackend(title, at string, backend *networkingv1.IngressBackend) error {
	if err := ingressBackends.when(backend.Service == nil && backend.Resource == nil, title, at, "Required value: port name or number is required"); err != nil || backend.Service == nil {
		return err
	}
	name, port := backend.Service.Name, backend.Service.Port
	if err := first(
		ingressBackends.when(name == "", title, at+".service.name", "Required value"),
		portProblem(ingressBackends, title, at+".service.name", name, validation.IsDNS1035Label, name != ""),
		ingressBackends.when(port.Name != "" && port.Number != 0, title, at, "Invalid value: \"\": cannot set both port name & port number"),
		ingressBackends.when(port.Name == "" && port.Number == 0, title, at, "Required value: port name or number is required"),
		portProblem(ingressBackends, title, at+".service.port.name", port.Name, validation.IsValidPortName, port.Name != ""),
	); err != nil || port.Name != "" {
		return err
	}
	return ingressBackends.when(len(validation.IsValidPortNum(int(port.Number))) > 0, title, at+".service.port.number",
		fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", port.Number))
}

func validateIngressClass(o, old *Object) error {
	class, title := live[networkingv1.IngressClass](o), titled(builtin(ingressClassType), o)
	named := class.Spec.Controller
	if err := classController.when(named == "", title, "Required value"); err != nil {
		return err
	}
	if old != nil {
		return classControllerStays.when(old.text("spec.controller") != named, title, named)
	}
	domain, path, both := strings.Cut(named, "/")
	malformed := !both || path == "" || len(named) > 250 || len(validation.IsDNS1123Subdomain(domain)) > 0
	return classController.when(malformed, title, fmt.Sprintf(`Invalid value: %q: must be a domain-prefixed path (such as "acme.io/foo")`, named))
}

// awaitIngress returns what the provider's wait does: nil once the Services of its rules exist and it has an address.
func awaitIngress(c *call, o *Object) error {
	ingress := live[networkingv1.Ingress](o)
	for _, r := range ingress.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for _, path := range r.HTTP.Paths {
			if path.Backend.Service == nil || path.Backend.Service.Port.Name == "use-annotation" {
				continue
			}
			named := path.Backend.Service.Name
			if err := ingressTargeted.when(!c.hasEndpoints(identity(o.namespace(), named), o.Cluster), o.name(), named); err != nil {
				return incomplete(err, nil)
			}
		}
	}
	if err := ingressAddressed.when(len(ingress.Status.LoadBalancer.Ingress) == 0, o.name()); err != nil {
		return incomplete(err, c.unserved(o))
	}
	return nil
}

// hasEndpoints reports whether a Service exists for which Kubernetes keeps a list of endpoints, which may be empty.
func (w *World) hasEndpoints(service, cluster string) bool {
	o := w.find(cluster, serviceType, service)
	return o != nil && (o.text("spec.type") == "ExternalName" || len(mapOf(o.at("spec.selector"))) > 0)
}
