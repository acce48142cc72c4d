package externaldns

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// named is a name that an object has, and the load balancer that it is a name of.
type named struct {
	name, target string
	// object is the object as the TXT records name it, such as service/default/web.
	object string
}

// names returns the names of the objects that ExternalDNS reads, in the order of the objects. Of a name of several
// objects the first one has it.
func (c *Controller) names() []named {
	var all []named
	add := func(o *store.Object, kind, target string, names []string) {
		if target == "" {
			return
		}
		for _, name := range names {
			name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
			if name != "" && !slices.ContainsFunc(all, func(n named) bool { return n.name == name }) {
				all = append(all, named{name, target, kind + "/" + o.ID})
			}
		}
	}
	if c.hasSource("service") {
		for _, o := range kube.ObjectsIn(c.Account, c.deployment.Cluster, store.ServiceType, isForExternalDNS) {
			s := kube.Live[corev1.Service](o)
			if s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) > 0 {
				add(o, "service", s.Status.LoadBalancer.Ingress[0].Hostname, annotated(o))
			}
		}
	}
	if c.hasSource("ingress") {
		for _, o := range kube.ObjectsIn(c.Account, c.deployment.Cluster, store.IngressType, isForExternalDNS) {
			ingress := kube.Live[networkingv1.Ingress](o)
			if len(ingress.Status.LoadBalancer.Ingress) > 0 {
				add(o, "ingress", ingress.Status.LoadBalancer.Ingress[0].Hostname, hostsOf(&ingress, annotated(o)))
			}
		}
	}
	return all
}

// isForExternalDNS reports whether an object has no annotation that leaves its names to another controller
// (source/annotations/processors.go).
func isForExternalDNS(o *store.Object) bool {
	controller, named := kube.Meta(o).GetAnnotations()[awsdata.ExternalDNSController]
	return !named || controller == "dns-controller"
}

// annotated returns the names in the annotation of an object.
func annotated(o *store.Object) []string {
	return strings.Split(kube.Meta(o).GetAnnotations()[awsdata.ExternalDNSHostname], ",")
}

// hostsOf returns the hosts of an Ingress: of its rules, its certificates and its annotation (source/ingress.go).
func hostsOf(ingress *networkingv1.Ingress, annotated []string) []string {
	var hosts []string
	for _, rule := range ingress.Spec.Rules {
		hosts = append(hosts, rule.Host)
	}
	for _, certificate := range ingress.Spec.TLS {
		hosts = append(hosts, certificate.Hosts...)
	}
	return append(hosts, annotated...)
}

// ZonesOf returns the hosted zones of an ExternalDNS.
func ZonesOf(w *store.Account, item store.Key) []*store.Object {
	return newController(w, w.Find(item.Cluster, item.Typ, item.ID)).zones()
}

// zones returns the hosted zones that the filters match.
func (c *Controller) zones() []*store.Object {
	return c.All(store.HostedZoneType, func(o *store.Object) bool {
		zone := route53.ZoneOf(o)
		domains, ids := c.flags["domain-filter"], c.flags["zone-id-filter"]
		return (len(domains) == 0 || slices.ContainsFunc(domains, func(d string) bool { return zone.Name == d || strings.HasSuffix(zone.Name, "."+d) })) &&
			(len(ids) == 0 || slices.Contains(ids, o.ID))
	})
}

// zonesFor returns the zones in which a name gets records: the public one with the longest domain, and all private ones
// (provider/aws/aws.go, suitableZones).
func zonesFor(name string, zones []*store.Object) []*store.Object {
	var public *store.Object
	var found []*store.Object
	for _, o := range zones {
		zone := route53.ZoneOf(o)
		if name != zone.Name && !strings.HasSuffix(name, "."+zone.Name) {
			continue
		}
		if zone.Private() {
			found = append(found, o)
		} else if public == nil || len(zone.Name) > len(route53.ZoneOf(public).Name) {
			public = o
		}
	}
	if public != nil {
		found = append(found, public)
	}
	return found
}

// txtName returns the name of the TXT record of a record: that of an alias of type A has the type CNAME
// (registry/txt/registry.go, registry/mapper).
func (c *Controller) txtName(name, typ string) string {
	if typ == "A" {
		typ = "CNAME"
	}
	typ = strings.ToLower(typ)
	prefix := c.flag("txt-prefix")
	label, rest, _ := strings.Cut(name, ".")
	if replacement := c.flag("txt-wildcard-replacement"); label == "*" && replacement != "" {
		label = replacement
	}
	if strings.Contains(prefix, "%{record_type}") {
		prefix = strings.ReplaceAll(prefix, "%{record_type}", typ)
	} else {
		label = typ + "-" + label
	}
	return prefix + label + "." + rest
}
