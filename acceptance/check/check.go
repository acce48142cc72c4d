// Package check compares an account with what a stack needs, before anything is created.
package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan"
)

// Zone is an availability zone of an account.
type Zone struct{ ID, State string }

// Prober reads what a check needs of an account beside its resources.
type Prober interface {
	account.Account
	// RegionStatus returns whether the region is enabled: opt-in-not-required, opted-in or not-opted-in.
	RegionStatus(ctx context.Context) (string, error)
	// Zones returns the zones of the region by name.
	Zones(ctx context.Context) (map[string]Zone, error)
	// Offerings returns the zones in which the region offers instance types, by type.
	Offerings(ctx context.Context, types []string) (map[string][]string, error)
	// PublicAccessBlock returns the mode of VPC Block Public Access: off, block-bidirectional or block-ingress.
	PublicAccessBlock(ctx context.Context) (string, error)
	// HasRole reports whether a role exists.
	HasRole(ctx context.Context, name string) (bool, error)
	// Quota returns the value of a quota in a region.
	Quota(ctx context.Context, region, service, code string) (float64, error)
	// Usage returns how much of some quotas the account uses now, by code. Quotas whose use no call counts are left out.
	Usage(ctx context.Context, codes []string) (map[string]float64, error)
	// Certificate returns a certificate of ACM in the region. Its error has the cause Gone if it does not exist.
	Certificate(ctx context.Context, arn string) (Certificate, error)
	// Bucket returns a bucket of S3. Its error has the cause Gone if it does not exist.
	Bucket(ctx context.Context, name string) (Bucket, error)
	// HasKeyPair reports whether a key pair of EC2 exists.
	HasKeyPair(ctx context.Context, name string) (bool, error)
	// PrefixList returns a managed prefix list. Its error has the cause Gone if it does not exist.
	PrefixList(ctx context.Context, id string) (PrefixList, error)
	// WebACL returns the name of a regional web ACL. Its error has the cause Gone if it does not exist.
	WebACL(ctx context.Context, arn string) (name string, err error)
	// TrustStore returns a trust store. Its error has the cause Gone if it does not exist.
	TrustStore(ctx context.Context, arn string) (TrustStore, error)
	// IPAMPool returns a pool of IPAM. Its error has the cause Gone if it does not exist.
	IPAMPool(ctx context.Context, id string) (IPAMPool, error)
	// HostedZones returns all hosted zones of the account.
	HostedZones(ctx context.Context) ([]HostedZone, error)
	// AddonVersions returns the versions of an EKS add-on that EKS offers for a Kubernetes version.
	AddonVersions(ctx context.Context, addon, kubernetes string) ([]string, error)
}

// Status is the result of a check.
type Status string

// The results. Unknown is a check whose call failed, such as one that the credentials do not allow.
const (
	Passed  Status = "ok"
	Warned  Status = "warning"
	Failed  Status = "failed"
	Unknown Status = "unknown"
)

// Row is a check.
type Row struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Found  string `json:"found"`
	// Advice is what to do, "" for nothing.
	Advice string `json:"advice,omitempty"`
}

// Stack is what is checked.
type Stack struct {
	Spec  *config.Stack
	Plan  *plan.Plan
	Scope audit.Scope
}

// Run checks an account for a stack. It returns an error only if no call can succeed.
func Run(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	checks := []func(context.Context, Prober, Stack) ([]Row, error){checkAccount, checkRegion, checkLeftovers, checkZones, checkInstanceTypes, checkPublicAccess, checkRoles,
		checkIPAMPool, checkKeyPairs, checkCertificates, checkTrustStores, checkWebACLs, checkPrefixLists, checkLogBuckets, checkHostedZones, checkAddons, checkQuotas}
	var rows []Row
	for _, run := range checks {
		found, err := run(ctx, p, s)
		if account.CauseOf(err) == account.Unauthenticated || ctx.Err() != nil {
			return rows, err
		}
		if err != nil {
			row := Row{Check: "call", Status: Unknown, Found: err.Error()}
			if account.CauseOf(err) == account.Denied {
				row.Advice = "the permissions that the command needs are in docs/audit-policy.json and docs/check-policy.json"
			}
			rows = append(rows, row)
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

// Worst is the worst status of rows.
func Worst(rows []Row) Status {
	for _, status := range []Status{Failed, Unknown, Warned} {
		if slices.ContainsFunc(rows, func(r Row) bool { return r.Status == status }) {
			return status
		}
	}
	return Passed
}

func checkAccount(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	identity, err := p.Identity(ctx)
	if err != nil {
		return nil, err
	}
	row := Row{Check: "account", Status: Passed, Found: identity.Account + ", as " + identity.ARN}
	switch {
	case len(s.Spec.Accounts) == 0:
		row.Status, row.Advice = Warned, "aws:allowedAccountIds is empty: add the account, so that the stack is created in no other"
	case !slices.Contains(s.Spec.Accounts, identity.Account):
		row.Status, row.Advice = Failed, "aws:allowedAccountIds accepts "+strings.Join(s.Spec.Accounts, ", ")+": choose other credentials, or add the account"
	}
	return []Row{row}, nil
}

func checkRegion(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	status, err := p.RegionStatus(ctx)
	if err != nil {
		return nil, err
	}
	row := Row{Check: "region", Status: Passed, Found: s.Spec.Region + ", " + status}
	if status == "not-opted-in" {
		row.Status, row.Advice = Failed, "enable it: aws account enable-region --region-name "+s.Spec.Region
	}
	return []Row{row}, nil
}

// checkLeftovers fails if something of the stack exists, which an up cannot create again.
func checkLeftovers(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	report, err := audit.Run(ctx, p, s.Scope)
	if err != nil {
		return nil, err
	}
	row := Row{Check: "leftovers", Status: Passed, Found: "none"}
	switch left := report.With(audit.Free, audit.Data, audit.Protected, audit.Shared); {
	case report.ClusterStatus != "":
		row.Status, row.Found, row.Advice = Warned, "the stack exists: its cluster is "+report.ClusterStatus, "an up changes it"
	case len(left) > 0:
		row.Status, row.Found, row.Advice = Failed, fmt.Sprintf("%d resources of an earlier stack of this name, such as %s %s", len(left), left[0].Kind, left[0].ID), "see eksnet-aws audit "+s.Scope.Stack
	}
	return []Row{row}, nil
}

func checkZones(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	zones, err := p.Zones(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, name := range s.Spec.Network.Zones {
		zone, exists := zones[name]
		row := Row{Check: "zone " + name, Status: Passed, Found: zone.ID + ", " + zone.State}
		switch {
		case !exists:
			row.Status, row.Found, row.Advice = Failed, "does not exist in the account", "accepted: "+strings.Join(slices.Sorted(maps.Keys(zones)), ", ")
		case zone.State != "available":
			row.Status, row.Advice = Failed, "choose another zone"
		case slices.Contains(awsdata.ZonesWithoutControlPlanes, zone.ID):
			row.Status, row.Advice = Failed, "EKS accepts no control plane subnets in it: choose another zone"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// checkInstanceTypes fails if a node group has a zone in which none of its types is offered.
func checkInstanceTypes(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	var types []string
	for _, group := range s.Spec.NodeGroups {
		types = append(types, group.InstanceTypes...)
	}
	slices.Sort(types)
	types = slices.Compact(types)
	if len(types) == 0 {
		return nil, nil
	}
	offered, err := p.Offerings(ctx, types)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(s.Spec.NodeGroups)) {
		group := s.Spec.NodeGroups[name]
		row := Row{Check: "instance types of " + name, Status: Passed, Found: strings.Join(group.InstanceTypes, ", ") + " in each zone"}
		for _, zone := range s.Spec.Network.Zones {
			if !slices.ContainsFunc(group.InstanceTypes, func(typ string) bool { return slices.Contains(offered[typ], zone) }) {
				row.Status, row.Found = Failed, fmt.Sprintf("%s is not offered in %s", strings.Join(group.InstanceTypes, " or "), zone)
				row.Advice = "add an instance type that is, or remove the zone"
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// checkPublicAccess warns of a setting that makes load balancers and NAT gateways unreachable without an error
// (docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
func checkPublicAccess(ctx context.Context, p Prober, _ Stack) ([]Row, error) {
	mode, err := p.PublicAccessBlock(ctx)
	if err != nil {
		return nil, err
	}
	row := Row{Check: "VPC Block Public Access", Status: Passed, Found: mode}
	switch mode {
	case "block-bidirectional":
		row.Status, row.Advice = Failed, "neither NAT gateways nor internet-facing load balancers work: exclude the VPC, or set the mode to off"
	case "block-ingress":
		row.Status, row.Advice = Warned, "clients on the internet do not reach internet-facing load balancers: exclude the VPC, or set the mode to off"
	}
	return []Row{row}, nil
}

// serviceLinkedRoles are the roles that AWS creates at the first use of a service, and the service that has it
// (docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles.html).
var serviceLinkedRoles = map[string]string{"AWSServiceRoleForAmazonEKS": "eks", "AWSServiceRoleForAmazonEKSNodegroup": "eks-nodegroup", "AWSServiceRoleForAutoScaling": "autoscaling",
	spotRole:                                "spot",
	"AWSServiceRoleForElasticLoadBalancing": "elasticloadbalancing"}

// spotRole is the role of Spot Instances, which a stack without them does not need.
const spotRole = "AWSServiceRoleForEC2Spot"

func checkRoles(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	spot := slices.ContainsFunc(slices.Collect(maps.Values(s.Spec.NodeGroups)), func(g config.NodeGroup) bool { return g.Capacity == config.Spot })
	var missing, commands []string
	for _, name := range slices.Sorted(maps.Keys(serviceLinkedRoles)) {
		if name == spotRole && !spot {
			continue
		}
		exists, err := p.HasRole(ctx, name)
		if err != nil {
			return nil, err
		}
		if !exists {
			missing = append(missing, name)
			commands = append(commands, "aws iam create-service-linked-role --aws-service-name "+serviceLinkedRoles[name]+".amazonaws.com")
		}
	}
	if len(missing) == 0 {
		return []Row{{Check: "service-linked roles", Status: Passed, Found: "all exist"}}, nil
	}
	return []Row{{Check: "service-linked roles", Status: Warned, Found: "missing: " + strings.Join(missing, ", "),
		Advice: "AWS creates them at their first use, which takes somewhat longer; beforehand: " + strings.Join(commands, " && ")}}, nil
}
