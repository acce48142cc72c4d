package check

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"eksnet/lab/gateway"
)

// addGatewayObjects adds the objects of the Gateway API to which the controller has written.
func (l *observer) addGatewayObjects() error {
	for _, resource := range slices.Concat([]schema.GroupVersionResource{gateway.Classes, gateway.Gateways}, gateway.Routes, gateway.Configurations) {
		objects, err := gateway.List(l.ctx, l.custom, resource)
		if err != nil {
			return err
		}
		for _, o := range objects {
			l.snapshot.addGatewayObject(o.Object, l.hosts)
		}
	}
	return nil
}

// addGatewayObject adds an object of the Gateway API if the controller has written to it. hosts holds the load
// balancers by DNS name.
func (p *Snapshot) addGatewayObject(fields map[string]any, hosts map[string]string) {
	o := &unstructured.Unstructured{Object: fields}
	made := Object{Finalizers: finalizersOf(o), Conditions: gatewayConditions(fields)}
	if host := gateway.Host(fields); host != "" {
		made.Address = addressText(hosts, host)
	}
	if made.Address != "" || len(made.Finalizers) > 0 || len(made.Conditions) > 0 {
		p.Objects[objectTitle(o)] = made
	}
}

// gatewayConditions returns status and reason of each condition: of an object, of the listeners of a Gateway, and of
// the parents of a route.
func gatewayConditions(object map[string]any) map[string]string {
	all := map[string]string{}
	add := func(of string, conditions []any) {
		for _, c := range conditions {
			all[strings.TrimSpace(fmt.Sprintf("%s %v", of, field(c, "type")))] = fmt.Sprintf("%v %v", field(c, "status"), field(c, "reason"))
		}
	}
	status := object["status"]
	add("", listField(status, "conditions"))
	for _, l := range listField(status, "listeners") {
		name := fmt.Sprintf("listener %v", field(l, "name"))
		add(name, listField(l, "conditions"))
		all[name+" routes"] = fmt.Sprint(field(l, "attachedRoutes"))
	}
	for _, parent := range listField(status, "parents") {
		add(parentText(field(parent, "parentRef")), listField(parent, "conditions"))
	}
	return all
}

// parentText describes the parent of a route, with its listener if the route names one. The namespace of a Gateway in
// that of the route may be omitted.
func parentText(reference any) string {
	var parts []string
	for _, name := range []string{"namespace", "name", "sectionName"} {
		if text, is := field(reference, name).(string); is && text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
