// Package audit finds what belongs to a stack in an account, and says of each resource who created it, why it remains,
// what it costs and how it is deleted.
package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// Scope is the stack that an audit is about.
type Scope struct {
	leftover.Subject
	// Domains are the domains of the stack's hosted zones, and Names the names that the stack has in them.
	Domains, Names []string
}

// Finding is a resource that belongs to the stack, or prevents its deletion.
type Finding struct {
	leftover.Resource
	Kind    string `json:"kind"`
	Creator string `json:"createdBy"`
	// For is the object in the cluster for which a controller created it, "" for none.
	For string `json:"for,omitempty"`
	Why string `json:"why"`
	// Price is what it costs, and MonthlyCost in US dollars for a month.
	Price       string   `json:"price,omitempty"`
	MonthlyCost float64  `json:"monthlyCost"`
	Remove      []string `json:"remove"`
	// Hold is why a sweep does not delete it, Free for a resource that it deletes.
	Hold   Hold   `json:"hold,omitempty"`
	Reason string `json:"holdReason,omitempty"`
}

// Hold is a class of reasons for which a sweep does not delete a resource.
type Hold string

// The classes of reasons.
const (
	// Free is no reason.
	Free Hold = ""
	// Ending is a resource that AWS deletes automatically.
	Ending Hold = "ending"
	// Unclaimed is a resource without a key of the stack.
	Unclaimed Hold = "unclaimed"
	// Shared is a resource with a key that another cluster of the same name has too.
	Shared Hold = "shared"
	// Data is a resource whose deletion loses data.
	Data Hold = "data"
	// Protected is a resource that AWS does not delete because of a setting.
	Protected Hold = "protected"
)

// Report is the result of an audit.
type Report struct {
	Findings []Finding `json:"findings"`
	// Ended are ARNs that the tagging API lists and that no longer exist.
	Ended []string `json:"ended"`
	// Unknown are ARNs with the stack's tag, of services that the audit does not read.
	Unknown []string `json:"unknown"`
	// ClusterStatus is the status of the stack's cluster, "" for none.
	ClusterStatus string `json:"clusterStatus,omitempty"`
}

// MonthlyCost is what the findings cost in a month, in US dollars.
func (r *Report) MonthlyCost() (sum float64) {
	for _, f := range r.Findings {
		sum += f.MonthlyCost
	}
	return sum
}

// With returns the findings with one of some holds.
func (r *Report) With(holds ...Hold) (all []Finding) {
	for _, f := range r.Findings {
		if slices.Contains(holds, f.Hold) {
			all = append(all, f)
		}
	}
	return all
}

// Run audits an account. It changes nothing.
func Run(ctx context.Context, a account.Account, scope Scope) (*Report, error) {
	s, err := search(ctx, a, scope)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	for _, r := range s.resources {
		if r.Type == leftover.ClusterType && s.isOwn(r) {
			report.ClusterStatus = r.State
		}
		if f, found := s.judge(r); found {
			report.Findings = append(report.Findings, f)
		}
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int {
		return cmp.Or(leftover.Rank(a.Type)-leftover.Rank(b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	report.Ended, report.Unknown = s.unconfirmed(a.Services())
	return report, nil
}

// judge returns the finding of a resource, if it belongs to the stack or prevents its deletion.
func (s *searched) judge(r leftover.Resource) (Finding, bool) {
	kind, known := leftover.KindOf(r.Type)
	if !known {
		return Finding{}, false
	}
	f := Finding{Resource: r, Kind: kind.Name, Price: kind.PriceText(), MonthlyCost: r.MonthlyCost(), Remove: r.Commands(), For: objectOf(r)}
	key, claimed := s.keyOf(r)
	switch {
	case !claimed && s.relates(r):
		f.Creator, f.Why, f.Hold = "unknown", "it has none of the keys of the stack", Unclaimed
		f.Reason = cmp.Or(r.Relation, "it is in a VPC of the stack, and prevents its deletion")
	case !claimed:
		return Finding{}, false
	default:
		f.Creator, f.Why = key.Creator, key.Why
		f.Hold, f.Reason = s.holdOf(r, key, kind)
	}
	if r.Ending != "" {
		f.Hold, f.Reason = Ending, r.Ending
	}
	return f, true
}

// holdOf returns why a sweep does not delete a resource with a key.
func (s *searched) holdOf(r leftover.Resource, key leftover.Key, kind leftover.Kind) (Hold, string) {
	switch {
	case r.VPC != "" && !s.isOwnVPC(r.VPC) && s.exists[r.VPC]:
		return Shared, fmt.Sprintf("it is in %s, which is not a VPC of the stack", r.VPC)
	case key.NamesCluster() && r.VPC == "" && s.rival != "":
		return Shared, fmt.Sprintf("it is named after the cluster, and so is %s", s.rival)
	case r.Protected != "":
		return Protected, fmt.Sprintf("%s is true", r.Protected)
	case kind.HoldsData && r.Ending == "":
		return Data, "its deletion loses the data in it"
	}
	return Free, ""
}

// objectTags name the object in the cluster for which a controller created a resource
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations; github.com/kubernetes/cloud-provider-aws;
// github.com/kubernetes-sigs/aws-ebs-csi-driver, docs/tagging.md).
var objectTags = []struct{ tag, kind string }{
	{"service.k8s.aws/stack", "Service"}, {"ingress.k8s.aws/stack", "Ingress or group"}, {"gateway.k8s.aws.alb/stack", "Gateway"},
	{"gateway.k8s.aws.nlb/stack", "Gateway"}, {"kubernetes.io/service-name", "Service"}, {"kubernetes.io/created-for/pvc/name", "PersistentVolumeClaim"},
}

func objectOf(r leftover.Resource) string {
	for _, o := range objectTags {
		if name := r.Tags[o.tag]; name != "" {
			return o.kind + " " + name
		}
	}
	return ""
}
