package path_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	model "sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan/balancer"
)

// This combines the matrix with the options that determine a path. Combinations that the plan refuses are skipped.
func TestThePathsAreThoseOfTheControllersOwnModel(t *testing.T) {
	compared := map[string]int{}
	for _, workload := range candidateWorkloads() {
		s, _, problems := readStackFile(`{"shop": ` + workload + `}`)
		if problems.Err() != nil {
			continue
		}
		way, err := path.Of(s, "shop")
		if err != nil {
			t.Fatal(err)
		}
		o := registerWorkload(t, s, "shop")
		m, err := modelOf(o, s.Workloads["shop"].Group)
		if err != nil {
			t.Errorf("%s: the controller refuses: %v", workload, err)
			continue
		}
		compared[way.Kind]++
		for what, both := range comparePath(way, m, o) {
			if both[0] != both[1] {
				t.Errorf("%s: %s is %s, and the controller's %s", workload, what, both[0], both[1])
			}
		}
	}
	if t.Log(compared); compared[config.KindNLB] < 200 || compared[config.KindALB] < 50 {
		t.Errorf("compared %v alone", compared)
	}
}

// candidateWorkloads returns workloads, valid or not, with every value of every key that determines a path.
func candidateWorkloads() []string {
	const certificate = `"arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"`
	settings := [][]string{
		{`"kind": "nlb"`, `"kind": "alb"`},
		{`"target": "ip"`, `"target": "instance"`, `"target": "instance", "trafficPolicy": "Local"`},
		{``, `"protocol": "UDP"`, `"protocol": "TLS", "certificate": ` + certificate, `"certificate": ` + certificate, `"certificate": ` + certificate + `, "redirect": false`},
		{``, `"proxyProtocol": true, "app": "nginx"`},
		{``, `"preserveClientAddress": true`, `"preserveClientAddress": false`},
		{``, `"crossZone": true`, `"port": 8443`, `"scheme": "internal", "zones": ["ap-northeast-2b", "ap-northeast-2c"]`, `"group": "web", "hosts": ["a.example.com", "b.example.com"], "paths": ["/", "/c"]`},
		{``, `"health": {"interval": 5}`, `"health": {"protocol": "HTTP", "path": "/ready", "healthyThreshold": 4}`, `"health": {"protocol": "HTTP", "port": 10256}`,
			`"health": {"port": "traffic-port"}`, `"health": {"port": 8080, "unhealthyThreshold": 7}`},
	}
	all := []string{""}
	for _, values := range settings {
		var next []string
		for _, begun := range all {
			for _, value := range values {
				next = append(next, strings.Trim(begun+", "+value, ", "))
			}
		}
		all = next
	}
	for i := range all {
		all[i] = "{" + all[i] + "}"
	}
	return all
}

// comparePath returns, by subject, what the path says and what the controller's model says.
func comparePath(way path.Path, m controllerModel, o workloadObjects) map[string][2]string {
	attributes := map[string]string{}
	for _, a := range m.targets[0].Spec.TargetGroupAttributes {
		attributes[a.Key] = a.Value
	}
	for _, a := range m.balancer.Spec.LoadBalancerAttributes {
		attributes["balancer "+a.Key] = a.Value
	}
	target := m.targets[0].Spec
	compared := map[string][2]string{
		"scheme":         {way.Balancer.Scheme, string(m.balancer.Spec.Scheme)},
		"zones":          {formatJSON(way.Balancer.Zones), formatJSON(zonesOf(m))},
		"listeners":      {formatJSON(way.Balancer.Listeners), formatJSON(listenersOf(m))},
		"target":         {way.Target.Type, string(target.TargetType)},
		"protocol":       {protocolOf(way), string(target.Protocol)},
		"health check":   {formatJSON(*way.Health), formatJSON(healthOf(way, target))},
		"source":         {string(way.Source), string(sourceOf(target, attributes, o))},
		"client address": {way.ClientAddressIn, clientAddressBy(way.Kind, attributes)},
	}
	if way.Kind == config.KindNLB {
		compared["cross-zone"] = [2]string{fmt.Sprint(way.Zones.ToTarget), attributes["balancer load_balancing.cross_zone.enabled"]}
	}
	return compared
}

func formatJSON(value any) string {
	encoded, _ := json.Marshal(value)
	return string(encoded)
}

func zonesOf(m controllerModel) []string {
	var zones []string
	for _, subnet := range m.balancer.Spec.SubnetMappings {
		zones = append(zones, strings.TrimPrefix(subnet.SubnetID, "subnet-"))
	}
	return zones
}

// listenersOf returns the controller's listeners. A listener redirects if its default action does and no rule
// precedes it.
func listenersOf(m controllerModel) []balancer.Listener {
	var all []balancer.Listener
	for _, l := range m.listeners {
		ruled := slices.ContainsFunc(m.rules, func(r *model.ListenerRule) bool { return strings.HasPrefix(r.ID(), l.ID()+":") })
		redirects := l.Spec.DefaultActions[0].RedirectConfig != nil && !ruled
		all = append(all, balancer.Listener{Port: int(l.Spec.Port), Protocol: string(l.Spec.Protocol), Redirect: redirects})
	}
	slices.SortFunc(all, func(a, b balancer.Listener) int { return a.Port - b.Port })
	return all
}

// protocolOf returns the protocol between load balancer and targets.
func protocolOf(way path.Path) string {
	if way.Kind == config.KindALB {
		return "HTTP"
	}
	return way.Target.Protocol
}

// healthOf returns the controller's health check. Its port determines what responds.
func healthOf(way path.Path, target model.TargetGroupSpec) balancer.HealthCheck {
	h := target.HealthCheckConfig
	c := balancer.HealthCheck{Protocol: string(h.Protocol), Interval: int(*h.IntervalSeconds), Timeout: int(*h.TimeoutSeconds), Healthy: int(*h.HealthyThresholdCount), Unhealthy: int(*h.UnhealthyThresholdCount)}
	if h.Path != nil {
		c.Path = *h.Path
	}
	switch port := h.Port.String(); port {
	case "traffic-port":
		c.Port, c.By = way.Target.Port, balancer.AnswersPod
	case fmt.Sprint(healthNodePort):
		c.By = balancer.AnswersLocal
	case "10256":
		c.Port, c.By = h.Port.IntValue(), balancer.AnswersProxy
	default:
		c.Port, c.By = h.Port.IntValue(), balancer.AnswersPod
	}
	return c
}

// sourceOf returns the source address at the pod, by the controller's attributes and AWS's defaults.
func sourceOf(target model.TargetGroupSpec, attributes map[string]string, o workloadObjects) path.Address {
	nodes := target.TargetType == model.TargetTypeInstance
	preserved := nodes || target.Protocol == model.ProtocolUDP
	if value, given := attributes["preserve_client_ip.enabled"]; given {
		preserved = value == "true"
	}
	switch {
	case nodes && o.service.Spec.ExternalTrafficPolicy != "Local":
		return path.Nodes
	case preserved && o.ingress == nil:
		return path.Clients
	default:
		return path.Balancers
	}
}

func clientAddressBy(kind string, attributes map[string]string) string {
	switch {
	case attributes["proxy_protocol_v2.enabled"] == "true":
		return "the proxy protocol, version 2"
	case kind == config.KindALB:
		return "the header X-Forwarded-For"
	default:
		return ""
	}
}
