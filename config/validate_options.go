package config

import (
	"cmp"
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
	sendsHeader     = "sends the client's address in the header X-Forwarded-For"
	hasNoAttributes = "has no named attributes"
)

// insteadOf says what a kind of load balancer does that does not have an option. Those that are not in it read no
// requests.
var insteadOf = map[string]map[string]string{
	"protocol":              {KindCLB: "has TCP listeners only", KindALB: "has an HTTP listener, and an HTTPS listener with a certificate"},
	"port":                  {KindALB: "listens on port 80, and with a certificate also on port 443, to which redirect sends requests of port 80"},
	"proxyProtocol":         {KindALB: sendsHeader},
	"preserveClientAddress": {KindALB: sendsHeader, KindCLB: "opens its own connections to targets, and sends the client's address only with proxyProtocol"},
	"hostname":              {KindALB: "has hosts, which are also the hosts of its requests"},
	"crossZone":             {KindALB: "always balances across zones"},
	"zones":                 {KindCLB: "is always in all zones"},
	"prefixLists":           {KindCLB: "has rules for sourceRanges alone: the EKS cloud controller creates none for a prefix list"},
	"securityGroups":        {KindCLB: "uses the security group created by the EKS cloud controller"},
	"elasticIps":            {KindCLB: "gets its addresses from AWS", KindALB: "gets its addresses from AWS"},
	"attributes":            {KindCLB: hasNoAttributes},
	"idleTimeout":           {KindCLB: "has the idle timeout of AWS, 60 seconds", KindALB: "has the attribute idle_timeout.timeout_seconds instead"},
	"tlsPolicy":             {KindCLB: "forwards TLS without terminating it"},
	"mutualTls":             {KindCLB: "forwards TLS without terminating it", KindNLB: "does not authenticate clients"},
	"waf":                   {KindCLB: withoutWAF, KindNLB: withoutWAF},
	"certificate":           {KindCLB: "forwards TLS without terminating it"},
	"health":                {KindCLB: "uses the health check that the EKS cloud controller configures"},
	"deregistrationDelay":   {KindCLB: "uses draining instead"},
	"draining":              {KindNLB: "uses deregistrationDelay instead", KindALB: "uses deregistrationDelay instead"},
	"targetGroupAttributes": {KindCLB: hasNoAttributes},
	"readinessGate":         {KindCLB: "sends to nodes, so pods have no readiness gate"},
	"weight":                {KindCLB: noWeight, KindNLB: noWeight, KindALB: noWeight},
	"order":                 {KindGatewayALB: "has its rules in the order of the controller: exact hosts before wildcards, then longer hosts, then longer paths, and for a workload without hosts by the paths alone"},
	"defaultBackend":        {KindGatewayALB: "has no default backend: requests that no rule matches get status 404"},
}

const withoutWAF = "forwards connections and does not read requests, which a web ACL filters"

const noWeight = "sends to one workload, or in a group by the first rule that matches"

// insteadOfOption returns what a kind does instead of an option. A kind for Gateways does what its base kind does,
// unless it has words of its own.
func insteadOfOption(key, kind string) string {
	return cmp.Or(insteadOf[key][kind], insteadOf[key][BaseKind(kind)], "forwards connections and does not read requests")
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
		switch {
		case o.key == "podSecurityGroup":
			why = "has pods with the security group of the cluster"
		case w.Balanced():
			why = insteadOfOption(o.key, w.Kind)
		case w.Kind == KindMesh && o.key == "mesh":
			why = "always has a proxy in each pod"
		case w.Kind == KindMesh:
			why = "is behind the load balancer of addons.istio.gateway, which all workloads of the kind share"
		}
		v.Add(path+"."+o.key, "%s, but %s %s; remove it or write kind: %s", shorten(inYAML(value)), w.Kind, why, list(w.kindsWith(o)...))
	}
}

// inYAML returns a value as a stack file has it on one line, without the keys of a struct that have no value.
func inYAML(value reflect.Value) string {
	var entries []string
	add := func(key string, entry reflect.Value) {
		entries = append(entries, key+": "+inYAML(entry))
	}
	switch {
	case value.Kind() == reflect.Pointer:
		return inYAML(value.Elem())
	case value.Kind() == reflect.Struct:
		for i := range value.NumField() {
			if key := value.Type().Field(i).Tag.Get("json"); !value.Field(i).IsZero() {
				add(key, value.Field(i))
			}
		}
	case value.Kind() == reflect.Map:
		for _, key := range slices.SortedFunc(slices.Values(value.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			add(key.String(), value.MapIndex(key))
		}
	default:
		shown, _ := json.Marshal(value.Interface())
		return string(shown)
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// kindsWith returns the kinds with a load balancer that have an option: those for Gateways or the others, as the
// workload's own kind is, or all if there are none of them.
func (w Workload) kindsWith(o option) []string {
	alike := slices.DeleteFunc(slices.Clone(o.kinds), func(kind string) bool {
		return kind == KindMesh || slices.Contains(GatewayKinds, kind) != w.IsGateway()
	})
	if len(alike) == 0 {
		return o.kinds
	}
	return alike
}
