package config

import (
	"maps"
	"slices"
	"strings"

	"eksnet/internal/awsdata"
)

// gatewayAPI checks that the definitions of the Gateway API fit the load balancer controller.
func (v *validator) gatewayAPI(a Addons) {
	if a.GatewayAPI == nil {
		return
	}
	const path = "addons.gatewayApi.crds"
	v.oneOf(path, a.GatewayAPI.CRDs, CRDsOwn, CRDsExisting)
	version := a.LoadBalancerController.Version
	if a.GatewayAPI.CRDs != CRDsOwn || !chartVersion.MatchString(version) || strings.HasPrefix(version, awsdata.GatewayAPIController+".") {
		return
	}
	v.Add(path, "own, which are those of Gateway API %s for load balancer controller %s, but addons.loadBalancerController.version is %s; use version %[2]s, or write existing and install those that fit the controller", awsdata.GatewayAPIVersion, awsdata.GatewayAPIController, version)
}

// gateway checks a workload whose load balancer is created for a Gateway.
func (v *validator) gateway(path string, w Workload, api *GatewayAPI) {
	if api == nil {
		v.Add(path+".kind", "%q, but the stack has no Gateway API; add addons: {gatewayApi: {crds: own}}, or write kind: %s", w.Kind, BaseKind(w.Kind))
	}
	if w.Kind == KindGatewayNLB {
		v.groupName(path+".group", w.Group)
	}
	if w.Group != "" && groupName.MatchString(w.Group) && (!dnsLabel.MatchString(w.Group) || len(GatewayNamespace(w.Group)) > 63) {
		v.Add(path+".group", "%q, but the Gateway of the group is in the namespace %s, and the name of a namespace has up to 63 lowercase letters, digits and -; choose another name", w.Group, GatewayNamespace(w.Group))
	}
	if w.Weight != nil {
		v.weight(path+".weight", *w.Weight, w.Group)
	}
	v.routeMatches(path, w)
}

func (v *validator) weight(path string, weight int, group string) {
	if group == "" {
		v.Add(path, "%d, but the workload has a load balancer of its own, so no other workload shares its requests; add group, or remove it", weight)
		return
	}
	if v.outside(path, weight, 0, awsdata.MostWeight) {
		v.Add(path, "%d is not a weight; 0 to %d are accepted", weight, awsdata.MostWeight)
	}
}

// routeMatches refuses hosts and paths that do not fit into the rules of an HTTPRoute: the controller creates a rule of
// the load balancer for each path, with all hosts in one condition, where an Ingress gets one for each host and path.
func (v *validator) routeMatches(path string, w Workload) {
	values := 1
	for _, prefix := range w.Paths {
		if prefix != "/" {
			values = 2 // the path itself and all below it
		}
	}
	if most := awsdata.RuleConditionValues - values; len(w.Hosts) > most {
		v.Add(path+".hosts", "%d hosts, but a rule of a load balancer has up to %d values, and a Gateway's has all hosts and the path; list up to %d, or write kind: alb", len(w.Hosts), awsdata.RuleConditionValues, most)
	}
	if len(w.Paths) > awsdata.RouteMatches {
		v.Add(path+".paths", "%d paths, but a rule of an HTTPRoute has up to %d; list fewer", len(w.Paths), awsdata.RouteMatches)
	}
}

// groups refuses groups that are not one load balancer.
func (v *validator) groups(workloads map[string]Workload) {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		if w.Group == "" || !w.Balanced() {
			continue
		}
		at := In("workloads", name) + ".group"
		if other, named := first[w.Group]; !named {
			first[w.Group] = name
		} else if kind := workloads[other].Kind; kind != w.Kind {
			v.Add(at, "%q is also the group of workload %s, which is of kind %s, and this one is of kind %s: a group is one load balancer; give them one kind or another group", w.Group, other, kind, w.Kind)
		}
		if _, taken := workloads[GatewayNamespace(w.Group)]; taken && w.IsGateway() {
			v.Add(at, "%q, but the Gateway of the group is in the namespace %s, which is that of the workload of this name; rename one of them", w.Group, GatewayNamespace(w.Group))
		}
	}
}
