package config_test

import (
	"strings"
	"testing"
)

func TestZonesAreReadWithTheirDefaults(t *testing.T) {
	s, problems := load(t, good, "eksnet:dns: {zones: [{domain: example.com, id: Z0123456789ABCDEFGHIJ}, {domain: example.com, private: true, own: true}]}")
	if problems.Err() != nil || len(s.DNS.Zones) != 2 || s.DNS.Zones[0].Own || s.DNS.Zones[0].Private || !s.DNS.Zones[1].Own {
		t.Errorf("%v %+v", problems, s.DNS)
	}
	if s, problems = load(t, good); problems.Err() != nil || len(s.DNS.Zones) > 0 {
		t.Errorf("without the key: %v %+v", problems, s.DNS)
	}
}

func TestAZoneThatCannotExistIsRefusedAtItsPath(t *testing.T) {
	for typed, problem := range map[string]string{
		"{}":                                 "dns.zones[0].domain: missing; write the domain of the zone",
		"{domain: Example.com}":              `dns.zones[0].domain: "Example.com" is not a domain`,
		"{domain: example.com.}":             `dns.zones[0].domain: "example.com." is not a domain`,
		"{domain: \"*.a.com\"}":              `dns.zones[0].domain: "*.a.com" is not a domain`,
		"{domain: 10.0.0.1}":                 `dns.zones[0].domain: "10.0.0.1" is not a domain`,
		"{domain: a.com, id: Z-}":            `dns.zones[0].id: "Z-" is not the ID of a hosted zone, such as Z0123456789ABCDEFGHIJ`,
		"{domain: a.com, id: Z1, own: true}": `dns.zones[0].id: "Z1", but own: true creates the zone`,
		"{domain: a.com}, {domain: a.com}":   `dns.zones[1].domain: "a.com" is listed twice with private: false`,
		"{domain: a.com, public: true}":      `dns.zones[0].public: unknown key`,
	} {
		if _, problems := load(t, good, "eksnet:dns: {zones: ["+typed+"]}"); !strings.Contains(problems.Error(), problem) {
			t.Errorf("%s: %v, want %s", typed, problems, problem)
		}
	}
}

func TestAHostnameIsAName(t *testing.T) {
	for _, host := range []string{"Echo.example.com", "echo", "http://echo.example.com", "10.0.0.1", "echo.example.com:80"} {
		if _, problems := load(t, good, `eksnet:workloads: {echo: {kind: nlb, hostname: "`+host+`"}}`); !strings.Contains(problems.Error(), "is not a valid host name") {
			t.Errorf("%s: %v", host, problems)
		}
	}
}

func TestAGatewayHasTheNamesOfItsTwin(t *testing.T) {
	for workload, problem := range map[string]string{
		"{kind: gateway-nlb, hostname: echo.example.com}": "",
		"{kind: gateway-nlb, hostname: echo}":             `workloads["echo"].hostname: "echo" is not a valid host name`,
		"{kind: gateway-alb, hostname: echo.example.com}": `workloads["echo"].hostname: "echo.example.com", but gateway-alb has hosts, which are also the hosts of its requests; remove it or write kind: gateway-nlb`,
		"{kind: gateway-nlb, hosts: [echo.example.com]}":  `workloads["echo"].hosts: ["echo.example.com"], but gateway-nlb forwards connections and does not read requests; remove it or write kind: gateway-alb`,
	} {
		_, problems := load(t, good, "eksnet:addons: {gatewayApi: {}}\neksnet:workloads: {echo: "+workload+"}")
		if problem == "" && problems.Err() != nil || !strings.Contains(problems.Error(), problem) {
			t.Errorf("%s: %v, want %q", workload, problems, problem)
		}
	}
}
