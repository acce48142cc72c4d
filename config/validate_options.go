package config

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// option is a key of a workload that some kinds have and others do not, as the tag kinds of its field says.
type option struct {
	key   string
	field int
	kinds []string
}

// workloadOptions are the keys of a workload, but for those that all kinds have.
var workloadOptions = readOptions(reflect.TypeFor[Workload]())

func readOptions(typ reflect.Type) []option {
	var all []option
	for i := range typ.NumField() {
		if kinds, tagged := typ.Field(i).Tag.Lookup("kinds"); tagged {
			all = append(all, option{typ.Field(i).Tag.Get("json"), i, strings.Fields(kinds)})
		}
	}
	return all
}

const (
	opensConnections = "opens connections of its own, so that no policy of nodes keeps the client's address"
	sendsHeader      = "tells the client's address in the header X-Forwarded-For"
	hasNoAttributes  = "has no attributes by name"
)

// insteadOf says what a kind of load balancer does that does not have an option. Those that are not in it read no
// requests.
var insteadOf = map[string]map[string]string{
	"protocol":              {KindCLB: "listens for TCP alone", KindALB: "listens for HTTP, and for HTTPS with a certificate"},
	"trafficPolicy":         {KindALB: opensConnections},
	"proxyProtocol":         {KindALB: sendsHeader},
	"preserveClientAddress": {KindALB: sendsHeader, KindCLB: "opens connections of its own, and tells the client's address by proxyProtocol alone"},
	"crossZone":             {KindALB: "always sends to all zones"},
	"zones":                 {KindCLB: "stands in all zones"},
	"securityGroups":        {KindCLB: "wears the group that EKS's cloud controller makes"},
	"elasticIps":            {KindCLB: "takes addresses of AWS's choice", KindALB: "takes addresses of AWS's choice"},
	"attributes":            {KindCLB: hasNoAttributes},
	"certificate":           {KindCLB: "passes TLS on as it comes"},
	"health":                {KindCLB: "is told how to check by EKS's cloud controller"},
	"deregistrationDelay":   {KindCLB: "has draining for that"},
	"draining":              {KindNLB: "has deregistrationDelay for that", KindALB: "has deregistrationDelay for that"},
	"targetGroupAttributes": {KindCLB: hasNoAttributes},
	"readinessGate":         {KindCLB: "sends to nodes, and pods learn nothing of it"},
}

// options refuses what a workload's kind does not have.
func (v *validator) options(path string, w Workload) {
	values := reflect.ValueOf(w)
	for _, o := range workloadOptions {
		value := values.Field(o.field)
		if value.IsZero() || slices.Contains(o.kinds, w.Kind) {
			continue
		}
		why := "has no load balancer"
		if w.Balanced() {
			if why = insteadOf[o.key][w.Kind]; why == "" {
				why = "passes connections on and reads no requests"
			}
		}
		shown, _ := json.Marshal(value.Interface())
		v.Add(path+"."+o.key, "%s, but %s %s; remove it or write kind: %s", shorten(string(shown)), w.Kind, why, list(o.kinds...))
	}
}
