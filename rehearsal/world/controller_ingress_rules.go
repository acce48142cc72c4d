package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

// buildDefaults sends what no rule takes to the default backend of the one member that has one.
func (c *controller) buildDefaults(g *ingressGroup, m *balancerModel) error {
	var with []string
	for _, o := range g.members {
		ingress := live[networkingv1.Ingress](o)
		if ingress.Spec.DefaultBackend == nil {
			continue
		}
		with = append(with, o.ID)
		if err := oneDefault.when(len(with) > 1, strings.Join(with, " ")); err != nil {
			return err
		}
		target, err := c.backendTarget(g, m, o, ingress.Spec.DefaultBackend)
		if err != nil {
			return err
		}
		for i := range m.listeners {
			m.listeners[i].forward = target
		}
	}
	return nil
}

// buildRules gives each listener the rules of the members that have it, exact paths before prefixes and long ones before short ones.
func (c *controller) buildRules(g *ingressGroup, m *balancerModel) error {
	for _, o := range g.members {
		ports, err := listens(o)
		if err != nil {
			return err
		}
		rules, err := c.rulesOf(g, m, o)
		if err != nil {
			return fmt.Errorf("ingress: %s: %w", o.ID, err)
		}
		for i := range m.listeners {
			if _, listens := ports[m.listeners[i].port]; listens {
				m.listeners[i].rules = append(m.listeners[i].rules, rules...)
			}
		}
	}
	return nil
}

func (c *controller) rulesOf(g *ingressGroup, m *balancerModel, o *Object) ([]ruleModel, error) {
	ingress := live[networkingv1.Ingress](o)
	tags, err := c.tagsOfIngress(&ingress)
	if err != nil {
		return nil, err
	}
	var rules []ruleModel
	for _, r := range ingress.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		paths := slices.Clone(r.HTTP.Paths)
		slices.SortStableFunc(paths, func(a, b networkingv1.HTTPIngressPath) int {
			order := cmp.Compare(pathOrder(a), pathOrder(b))
			if order == 0 && pathOrder(a) == 1 {
				return cmp.Compare(len(b.Path), len(a.Path))
			}
			return order
		})
		for _, path := range paths {
			patterns, err := patternsOf(path)
			if err != nil {
				return nil, err
			}
			target, err := c.backendTarget(g, m, o, &path.Backend)
			if err != nil {
				return nil, err
			}
			rules = append(rules, ruleModel{host: r.Host, paths: patterns, tags: tags, forward: target})
		}
	}
	return rules, nil
}

// tagsOfIngress are those that an Ingress asks for, and those that everything gets.
func (c *controller) tagsOfIngress(ingress *networkingv1.Ingress) (map[string]string, error) {
	tags := map[string]string{}
	_, err := ingressAnnotations.ParseStringMapAnnotation(annotations.IngressSuffixTags, &tags, ingress.Annotations)
	if tags == nil {
		tags = map[string]string{}
	}
	maps.Copy(tags, c.defaultTags())
	return tags, attributeParses.when(err != nil, err)
}

func pathOrder(path networkingv1.HTTPIngressPath) int {
	return slices.Index([]networkingv1.PathType{networkingv1.PathTypeExact, networkingv1.PathTypePrefix, networkingv1.PathTypeImplementationSpecific}, *path.PathType)
}

var pathPlain = rule("an exact path or a prefix has no wildcards",
	`%s path shouldn't contain wildcards: %s`, ingressModelSource+"listener_rules.go")

// patternsOf are a path as a load balancer's rule names it.
func patternsOf(path networkingv1.HTTPIngressPath) ([]string, error) {
	if *path.PathType == networkingv1.PathTypeImplementationSpecific {
		return []string{cmp.Or(path.Path, "/*")}, nil
	}
	kind := strings.ToLower(string(*path.PathType))
	if err := pathPlain.when(strings.ContainsAny(path.Path, "*?"), kind, path.Path); err != nil {
		return nil, err
	}
	switch {
	case *path.PathType == networkingv1.PathTypeExact:
		return []string{path.Path}, nil
	case path.Path == "/":
		return []string{"/*"}, nil
	}
	prefix := strings.TrimSuffix(path.Path, "/")
	return []string{prefix, prefix + "/*"}, nil
}
