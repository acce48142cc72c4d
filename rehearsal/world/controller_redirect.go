package world

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

var (
	redirectAgrees = rule("Ingresses that share a load balancer redirect to one port",
		`conflicting sslRedirect port: [%s]`, ingressSource+"model_builder.go (buildSSLRedirectConfig)")
	redirectListens = rule("a port that is redirected to has a listener",
		`listener does not exist for SSLRedirect port: %d`, ingressSource+"model_builder.go (buildSSLRedirectConfig)")
	redirectEncrypts = rule("a port that is redirected to speaks HTTPS",
		`listener protocol non-SSL for SSLRedirect port: %d`, ingressSource+"model_builder.go (buildSSLRedirectConfig)")
)

// buildRedirect sends everything that comes by HTTP to the port of HTTPS that members name. Such a listener has no rules.
func (c *controller) buildRedirect(g *ingressGroup, m *balancerModel) error {
	var ports []string
	for _, o := range g.members {
		var port int32
		given, err := ingressAnnotations.ParseInt32Annotation(annotations.IngressSuffixSSLRedirect, &port, o.meta().GetAnnotations())
		if refused := attributeParses.when(err != nil, "ingress: "+o.ID+": "+orError(err)); refused != nil {
			return refused
		}
		if given {
			ports = union(ports, []string{strconv.Itoa(int(port))})
		}
	}
	if len(ports) == 0 {
		return nil
	}
	to, _ := strconv.Atoi(ports[0])
	at := slices.IndexFunc(m.listeners, func(l listenerModel) bool { return l.port == to })
	if err := first(
		redirectAgrees.when(len(ports) > 1, strings.Join(ports, " ")),
		redirectListens.when(at < 0, to),
		redirectEncrypts.when(at >= 0 && m.listeners[max(at, 0)].protocol != "HTTPS", to),
	); err != nil {
		return err
	}
	for i := range m.listeners {
		if m.listeners[i].protocol == "HTTP" {
			m.listeners[i].redirect, m.listeners[i].rules, m.listeners[i].forward = to, nil, nil
		}
	}
	return nil
}

// orError is an error's text, "" for none.
func orError(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
