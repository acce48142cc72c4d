// Package quota works out what a stack needs of AWS's limits and warns where a default is not enough.
package quota

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
)

// Quota is a limit of AWS's that a stack uses a part of. Limits of an account or region count everything in it; a plan
// knows what this stack alone needs.
type Quota struct {
	// Name is as Service Quotas shows it.
	Name string `json:"name"`
	// Service and Code are what its commands take; Code is empty for a limit that AWS does not increase.
	Service string `json:"service"`
	Code    string `json:"code"`
	// Needed is what this stack alone may come to need, node groups at their max.
	Needed int `json:"needed"`
	// Unit is what both numbers count, "" for the things of the name.
	Unit string `json:"unit,omitempty"`
	// Default is what AWS gives an account that has asked for nothing.
	Default int `json:"default"`
	// Path is where in the stack file the need comes from.
	Path string `json:"path"`
	// Source is AWS's page that gives the default.
	Source string `json:"source"`
	// Command asks AWS for what is needed, or shows what the account has where the default is enough.
	Command string `json:"command"`
}

// Short reports whether the default is less than this stack alone needs.
func (q Quota) Short() bool { return q.Needed > q.Default }

// ComputeQuotas returns the limits that a stack file can come near, with what it needs of each. Gateways are how many
// NAT gateways it has, endpoints how many interface endpoints, and records how many records in the hosted zone that has
// most.
func ComputeQuotas(s *config.Stack, gateways, endpoints, records int) []Quota {
	var all []Quota
	for _, l := range slices.Concat(networkLimits(s, gateways, endpoints), clusterLimits(s), processorLimits(s), balancerLimits(s), zoneLimits(s, records)) {
		if l.needed > 0 {
			all = append(all, l.quota(s))
		}
	}
	return all
}

// quota completes a limit with the command for the stack's region.
func (l limit) quota(s *config.Stack) Quota {
	q := Quota{
		Name: l.name, Service: l.service, Code: l.code, Source: l.source,
		Needed: l.needed, Default: l.amount, Unit: l.unit, Path: l.path,
	}
	if q.Code == "" {
		return q
	}
	which := fmt.Sprintf("--service-code %s --quota-code %s", q.Service, q.Code)
	where := "--region " + cmp.Or(l.regionOf(s.Region), "REGION")
	if s.Profile != "" {
		where += " --profile " + s.Profile
	}
	q.Command = fmt.Sprintf("aws service-quotas get-service-quota %s %s", which, where)
	if q.Short() {
		q.Command = fmt.Sprintf("aws service-quotas request-service-quota-increase %s --desired-value %d %s", which, q.Needed, where)
	}
	return q
}

// AdviseOnShortages warns of quotas whose default is not enough: the account may have been given more.
func AdviseOnShortages(quotas []Quota) []config.Warning {
	var warnings []config.Warning
	for _, q := range quotas {
		if !q.Short() || q.isExceededByMost() {
			continue
		}
		way := "AWS does not increase it: reduce the need"
		if q.Code != "" {
			way = "unless the account already has more, request an increase: " + q.Command
		}
		warnings = append(warnings, config.Warning{Path: q.Path, Text: fmt.Sprintf("this stack alone may need %s of %s's quota %q, and the default is %d; %s",
			q.amount(), q.Service, q.Name, q.Default, way)})
	}
	return warnings
}

// isExceededByMost reports whether nearly every stack needs more than the default, which nearly every account in use
// has: vCPUs of standard instances. The table of quotas shows them with the command, and nothing warns.
func (q Quota) isExceededByMost() bool {
	return q.Code == onDemandStandard.code || q.Code == spotStandard.code
}

// amount is what is needed, with its unit.
func (q Quota) amount() string { return strings.TrimSpace(fmt.Sprint(q.Needed, " ", q.Unit)) }
