package rehearsed

import (
	"maps"
	"slices"
	"strings"
)

// certificateAnnotations are the annotations of Services and Ingresses with the ARNs of certificates, separated by
// commas.
var certificateAnnotations = []string{
	"service.beta.kubernetes.io/aws-load-balancer-ssl-cert", "alb.ingress.kubernetes.io/certificate-arn"}

// certificates returns the ARNs of the listeners' certificates, including those of Classic Load Balancers, and of the
// certificates of Services, Ingresses and Gateways, which may not have listeners yet.
func (w *World) certificates() []string {
	all := map[string]bool{}
	add := func(arns []string) {
		for _, arn := range arns {
			all[arn] = true
		}
	}
	for _, o := range w.All(Listener) {
		add(o.Texts("certificates"))
	}
	for _, o := range w.All(ClassicLoadBalancer) {
		for _, l := range o.Items("listeners") {
			add((&Object{Outputs: l}).Texts("certificates"))
		}
	}
	for _, o := range slices.Concat(w.All(Service), w.All(Ingress)) {
		annotations := o.Map("metadata.annotations")
		for _, name := range certificateAnnotations {
			add(strings.FieldsFunc(annotations[name], func(r rune) bool { return r == ',' || r == ' ' }))
		}
	}
	for _, o := range w.All(BalancerSettings) {
		for _, item := range o.Items("spec.listenerConfigurations") {
			l := &Object{Outputs: item}
			add(append(l.Texts("certificates"), l.Text("defaultCertificate")))
		}
	}
	delete(all, "")
	return slices.Sorted(maps.Keys(all))
}

// elasticIPs returns the Elastic IP addresses of the stack and of the operator.
func (w *World) elasticIPs() (all []Address) {
	for _, o := range w.All(ElasticIP, func(o *Object) bool { return o.Owner == "" || o.Owner == "operator" }) {
		all = append(all, Address{ID: o.ID, PublicIP: o.Text("publicIp"), Tags: o.Map("tags")})
	}
	return all
}
